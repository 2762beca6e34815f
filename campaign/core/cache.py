"""Remember an answer for a moment, per app, so that a crowd costs the database one question."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import current_app

Value = TypeVar("Value")
# Content that staff edit: they see their own change after this at the latest.
SECONDS = 1.0
LARGEST = 5000


@dataclass(slots=True)
class _Kept(Generic[Value]):
    value: Value
    until: float
    asking: bool = False


def remembered(key: tuple[Any, ...], ask: Callable[[], Value], seconds: float = SECONDS) -> Value:
    """The answer to `ask`, not older than `seconds`. Failures are not remembered.

    When its time is over one asks again. Those who come meanwhile take the old answer, at most as long again.
    """
    cache: dict[tuple[Any, ...], _Kept[Value]] = current_app.extensions.setdefault("cache", {})
    kept, now = cache.get(key), time.monotonic()
    if kept is not None:
        if now < kept.until + (seconds if kept.asking else 0.0):
            return kept.value
        kept.asking = True
    try:
        value = ask()
    except BaseException:
        cache.pop(key, None)
        raise
    if len(cache) >= LARGEST:
        cache.clear()
    cache[key] = _Kept(value, time.monotonic() + seconds)
    return value
