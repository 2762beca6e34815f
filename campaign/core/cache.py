"""Remember an answer for a moment, per app, so that a crowd costs the database one question."""

import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import current_app

Value = TypeVar("Value")
# Content that staff edit: they see their own change after this at the latest.
SECONDS = 1.0
LARGEST = 1000


def remembered(key: tuple[Any, ...], ask: Callable[[], Value], seconds: float = SECONDS) -> Value:
    """The answer to `ask`, not older than `seconds`. Failures are not remembered."""
    cache: dict[tuple[Any, ...], tuple[float, Any]] = current_app.extensions.setdefault("cache", {})
    hit = cache.get(key)
    if hit is not None and time.monotonic() - hit[0] < seconds:
        return cast(Value, hit[1])
    value = ask()
    if len(cache) >= LARGEST:
        cache.clear()
    cache[key] = (time.monotonic(), value)
    return value
