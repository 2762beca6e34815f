"""The heart of a worker or scheduler: a thread that writes its heartbeat while the process works.

A thread of its own, because no place in the loops is reached often enough: handing one letter to a slow provider,
one purge or one recount may take longer than a beat may be late. It shows that the process is there and not frozen;
whether letters leave is seen in the ledger. It takes a connection from the pool for one statement, and holds nothing
between two beats.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from campaign.core import beats
from campaign.core.db import transaction

log = structlog.get_logger()

# A database that is away must not hold up the end: the row it keeps goes stale by itself.
PARTING_SECONDS = 2.0


@contextmanager
def beating(app: Flask, name: str) -> Iterator[None]:
    """Beat under `name` for as long as the block lasts."""
    ended = threading.Event()
    heart = threading.Thread(target=_live, args=(app, name, ended), name="heart", daemon=True)
    heart.start()
    try:
        yield
    finally:
        ended.set()
        heart.join(PARTING_SECONDS)


def _live(app: Flask, name: str, ended: threading.Event) -> None:
    begun = time.monotonic()
    while not ended.is_set():
        _write(app, partial(beats.beat, name, time.monotonic() - begun))
        ended.wait(beats.EVERY_SECONDS)
    _write(app, partial(beats.leave, name))


def _write(app: Flask, command: Callable[[], None]) -> None:
    """A beat that fails is missed, and nothing else happens."""
    try:
        with app.app_context(), transaction():
            command()
    except SQLAlchemyError as error:
        log.warning("beat_missed", error=type(error).__name__)
    except Exception:  # the heart must not stop while the process works
        log.exception("beat_missed")
