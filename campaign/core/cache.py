"""Remember an answer for a moment, per app, so that a crowd costs the database one question."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Any, Generic, TypeVar

from flask import current_app

Value = TypeVar("Value")
# Content that staff edit: they see their own change after this at the latest.
SECONDS = 1.0
LARGEST = 5000
# Then one asks for oneself: whoever was first may hang.
PATIENCE_SECONDS = 2.0


@dataclass(slots=True)
class _Kept(Generic[Value]):
    value: Value
    until: float
    asking: bool = False


def remembered(key: tuple[Any, ...], ask: Callable[[], Value], seconds: float = SECONDS) -> Value:
    """The answer to `ask`, not older than `seconds`. Failures are not remembered.

    When its time is over one asks again. Those who come meanwhile take the old answer, at most as long again. Where
    there is none yet they wait for the first one's: otherwise all threads of a fresh process make the same page at
    once, which took sixteen of them 2.3 s instead of 0.4.
    """
    cache: dict[tuple[Any, ...], _Kept[Value] | Event] = current_app.extensions.setdefault("cache", {})
    first, kept = None, cache.get(key)
    if kept is None:
        first = Event()
        kept = cache.setdefault(key, first)
    if isinstance(kept, Event) and kept is not first:
        kept.wait(PATIENCE_SECONDS)
        kept = cache.get(key)
    if isinstance(kept, _Kept):
        if time.monotonic() < kept.until + (seconds if kept.asking else 0.0):
            return kept.value
        kept.asking = True
    try:
        value = ask()
        if len(cache) >= LARGEST:
            cache.clear()
        cache[key] = _Kept(value, time.monotonic() + seconds)
    except BaseException:
        cache.pop(key, None)
        raise
    finally:
        if first:
            first.set()
    return value
