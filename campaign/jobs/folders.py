"""Folders for names and addresses that are on their way into a file: gone with whoever made them, killed or not."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from campaign.core import clock

PREFIX = "postbag-export-"
# Younger than this its maker may not have locked it yet.
YOUNG_SECONDS = 60.0


@contextmanager
def folder() -> Iterator[Path]:
    """A folder of this process alone; it goes with the block. What killed ones left on this machine goes first."""
    clear()
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        # The system lets go of the lock however the process ends.
        lock = os.open(name, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(lock)


def clear() -> int:
    """Remove folders of ours that nobody holds any more; answers how many."""
    return sum(_removed(path) for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"))


def _removed(path: Path) -> bool:
    with suppress(OSError):  # somebody else's, held by its maker, or gone meanwhile
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            found = os.fstat(lock)
            if found.st_uid != os.getuid() or clock.now().timestamp() - found.st_mtime < YOUNG_SECONDS:
                return False
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path)
            return True
        finally:
            os.close(lock)
    return False
