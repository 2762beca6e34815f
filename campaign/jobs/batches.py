"""What staff started and does not end at once: invalidations, news and spreadsheets, in a thread beside the sweeps.

Everything is in rows: without Redis it goes on as well, and what a killed process left, the next one takes up.
"""

import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from campaign import outbox, printing, signatures
from campaign.core import i18n
from campaign.core.db import db, session, transaction
from campaign.jobs import folders
from campaign.jobs.stop import stopping
from campaign.signatures import exports, invalidation, sheets, tables

log = structlog.get_logger()

LOOK_SECONDS = 0.5
FORGET_SECONDS = 600.0
BEAT_SECONDS = 2.0
PARTING_SECONDS = 5.0
PART = 1024 * 1024
PACKS = ("pack", printing.handover.KIND)


@contextmanager
def working(app: Flask) -> Iterator[None]:
    """Do what staff started for as long as the block lasts."""
    ended = threading.Event()
    worker = threading.Thread(target=_live, args=(app, ended), name="batches", daemon=True)
    worker.start()
    try:
        yield
    finally:
        ended.set()
        worker.join(PARTING_SECONDS)


def _live(app: Flask, ended: threading.Event) -> None:
    folders.clear()
    with app.app_context():
        while not ended.is_set():
            if not _attempt():
                ended.wait(LOOK_SECONDS)


def _attempt() -> bool:
    """One piece of work; a failure is logged, and the next look tries again."""
    try:
        return work()
    except SQLAlchemyError as error:
        log.warning("task_failed", name="batches", error=type(error).__name__)
    except Exception:  # one batch's mistake must not end the others
        log.exception("task_failed", name="batches")
    finally:
        session().rollback()
        db.session.remove()
    return False


def work() -> bool:
    """A chunk of an invalidation, else one of news, else a file; False where nothing waits."""
    with transaction():
        busy = signatures.chunk()
    if not busy:
        with transaction():
            busy = signatures.news.step()
    return busy or _make()


def forget() -> None:
    """Drop the files whose day is over, what killed makers left, and what was counted and never begun."""
    folders.clear()
    with transaction():
        exports.forget()
        invalidation.forget()


def _make() -> bool:
    with transaction():
        wanted = exports.take()
    if wanted is None:
        return False
    # In the folder lie names and addresses: it goes with the block, whatever happens.
    with folders.folder() as folder:
        path = folder / f"signatures.{wanted.kind}"
        done = _pack(wanted, path) if wanted.kind in PACKS else _write(wanted, path)
        if done is not None:
            _store(wanted, path, done)
    return True


def _write(wanted: exports.File, path: Path) -> int | None:
    """Write the rows; answers how many, None where nobody wants the file any more or this process ends."""
    book = sheets.Sheets(path, tables.header(wanted.layout, wanted.columns))
    done, told = 0, time.monotonic()
    try:
        for rows in tables.pieces(wanted.campaign_id, wanted.conditions, wanted.layout, wanted.columns):
            session().rollback()
            book.write(rows)
            done += len(rows)
            if time.monotonic() - told > BEAT_SECONDS:
                told = time.monotonic()
                if stopping() or not _beat(wanted, done):
                    return None
    finally:
        book.close()
    return done if _beat(wanted, done) else None


def _pack(wanted: exports.File, path: Path) -> int | None:
    """Put the letters on paper, a file of them at a time; answers as `_write` does."""
    done, handover = 0, wanted.id if wanted.kind == printing.handover.KIND else None
    if handover:
        with transaction():
            outbox.handovers.begin(handover)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for part in printing.parts(wanted.campaign_id, i18n.DEFAULT, handover):
            session().rollback()
            archive.writestr(part.name, part.data)
            if handover and part.letters:
                with transaction():
                    outbox.handovers.printed(handover, part.letters)
            done += part.done
            if stopping() or not _beat(wanted, done):
                return None
    return done


def _beat(wanted: exports.File, done: int) -> bool:
    with transaction():
        return exports.beat(wanted.id, done)


def _store(wanted: exports.File, path: Path, done: int) -> None:
    with transaction(), path.open("rb") as source:
        number = 0
        while data := source.read(PART):
            exports.keep(wanted.id, number, data)
            number += 1
        exports.finish(wanted.id, path.stat().st_size, done)
        if wanted.kind == printing.handover.KIND:
            outbox.handovers.made(wanted.id)
