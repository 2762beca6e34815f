"""The data folder: who may use it, its lock, and the short private folder with the sockets."""

import fcntl
import os
import pwd
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from campaign.embedded.errors import EmbeddedError, InUseError
from campaign.processes.launch import Account

# Fixed and short: a socket's path may have 107 bytes and PostgreSQL takes no odd characters in it.
_SOCKETS_ROOT = Path("/tmp")  # noqa: S108 (mkdtemp below makes the private folder)
_SOCKETS_PREFIX = "postbag-"
_LOCK = "servers.lock"


class Folder:
    """One data folder, locked for this process until `release`.

    `sockets` is the socket folder; `token`, its random name, is what our servers are known by.
    """

    def __init__(self, path: Path, end_servers: Callable[[str], None]) -> None:
        """`end_servers` ends the servers of an earlier, killed owner, given their token."""
        self.path = path.absolute()
        self.postgres = self.path / "postgres"
        self.redis = self.path / "redis"
        self.logs = self.path / "logs"
        self._lock = _locked(self.path)
        try:
            _refuse_foreign(self.path, self.postgres, self.redis)
            self.account = _account(self.postgres / "cluster")
            for folder in (self.postgres, self.redis, self.logs):
                self._make(folder)
            if self.account:
                os.chown(self.redis, self.account.uid, self.account.gid, follow_symlinks=False)
            self.hand_over(self.path / _LOCK)
            earlier = Path(self._lock.read().strip())
            end_servers(earlier.name)
            self._remove_sockets(earlier)
            self.sockets = self._new_sockets()
            self.token = self.sockets.name
        except BaseException:
            self._lock.close()
            raise

    def hand_over(self, path: Path) -> None:
        """When root works in a user's data folder, what it adds there is the user's."""
        owner = self.path.stat()
        if os.geteuid() == 0 and owner.st_uid != 0:
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)

    def _make(self, folder: Path) -> None:
        if not folder.exists():
            folder.mkdir(mode=0o700)
            self.hand_over(folder)

    def _new_sockets(self) -> Path:
        """Make the socket folder and note it in the lock file.

        Only we (and root) may enter it: that is the whole access control of both servers, and no weaker
        than a password, which whoever can read our files or environment would find. When root starts them
        as another user, they still reach it by their one capability, while other processes of that user do
        not.
        """
        sockets = Path(tempfile.mkdtemp(prefix=_SOCKETS_PREFIX, dir=_SOCKETS_ROOT))
        self._lock.seek(0)
        self._lock.write(f"{sockets}\n")
        self._lock.truncate()
        self._lock.flush()
        return sockets

    def release(self) -> None:
        """Remove the socket folder and let others use the data folder."""
        if not self._lock.closed:
            self._remove_sockets(self.sockets)
            self._lock.close()

    def _remove_sockets(self, path: Path) -> None:
        if path.parent != _SOCKETS_ROOT or not path.name.startswith(_SOCKETS_PREFIX) or path.is_symlink():
            return
        if path.is_dir() and path.stat().st_uid in {os.geteuid(), self.path.stat().st_uid}:
            shutil.rmtree(path, ignore_errors=True)


def _locked(path: Path) -> IO[str]:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        # Not inheritable, so a child that outlives a killed owner does not hold the lock.
        lock = os.fdopen(os.open(path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+")
    except PermissionError as error:
        raise _foreign(path) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise InUseError(f"{path} is in use by a running process; end it or choose another folder") from error
    return lock


def _refuse_foreign(*paths: Path) -> None:
    me = os.geteuid()
    for path in paths:
        if me != 0 and path.exists() and path.stat().st_uid != me:
            raise _foreign(path)


def _foreign(path: Path) -> EmbeddedError:
    return EmbeddedError(f"{path} belongs to another user; choose another data folder")


def _account(cluster: Path) -> Account | None:
    """Return whom the servers run as: PostgreSQL refuses root. An existing cluster keeps its owner."""
    if os.geteuid() != 0:
        return None
    if cluster.exists() and cluster.stat().st_uid != 0:
        return Account(cluster.stat().st_uid, cluster.stat().st_gid)
    try:
        nobody = pwd.getpwnam("nobody")  # initdb wants a user with a name
    except KeyError as error:
        raise EmbeddedError("PostgreSQL refuses root and there is no user nobody: start as a user") from error
    return Account(nobody.pw_uid, nobody.pw_gid)
