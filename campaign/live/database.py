"""Reads counters from the database without holding up the event loop."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar

from flask import Flask

from campaign import reports
from campaign.live.snapshot import Snapshot

Value = TypeVar("Value")


async def read(app: Flask, slugs: Sequence[str]) -> dict[str, Snapshot]:
    """The present states of these campaigns, by one statement; raises what SQLAlchemy raises."""
    return await _in_thread(partial(_read, app, slugs))


def _read(app: Flask, slugs: Sequence[str]) -> dict[str, Snapshot]:
    # Leaving the context gives the connection back to the pool: no transaction stays open between two reads.
    with app.app_context():
        counters = reports.counters(slugs)
    return {slug: Snapshot.of(counter) for slug, counter in counters.items()}


async def _in_thread(work: Callable[[], Value]) -> Value:
    """As asyncio.to_thread, but in a daemon thread: a database that hangs must not keep the process alive."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Value] = loop.create_future()

    def settle(outcome: Callable[[], None]) -> None:
        if not answer.done():
            outcome()

    def run() -> None:
        try:
            outcome = partial(answer.set_result, work())
        except Exception as error:  # noqa: BLE001 - raised again where it is awaited
            outcome = partial(answer.set_exception, error)
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=run, name="read", daemon=True).start()
    return await answer
