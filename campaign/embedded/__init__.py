"""A private PostgreSQL and Valkey for the demonstration and the tests: real servers, nothing to set up."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from campaign.embedded import leftovers
from campaign.embedded.errors import EmbeddedError, InUseError
from campaign.embedded.folder import Folder
from campaign.embedded.postgres import Postgres
from campaign.embedded.valkey import Valkey
from campaign.processes.interrupts import shielded

__all__ = ["EmbeddedError", "InUseError", "Postgres", "Servers", "Valkey", "start"]


class Servers:
    """The running pair; as a context manager it stops both at the end."""

    def __init__(self, folder: Folder, postgres: Postgres, valkey: Valkey) -> None:
        self._folder = folder
        self.postgres = postgres
        self.valkey = valkey

    @property
    def database_url(self) -> str:
        """Value for DATABASE_URL."""
        return self.postgres.url

    @property
    def redis_url(self) -> str:
        """Value for REDIS_URL."""
        return self.valkey.url

    def stop(self) -> None:
        """End both servers, remove their sockets and let others use the data folder. May be called twice."""
        with shielded():
            try:
                self.postgres.stop()
                self.valkey.stop()
            finally:
                self._folder.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _end_servers(token: str) -> None:
    for server in (Postgres, Valkey):
        leftovers.end(server.program, token, server.stop_steps)


def start(data_dir: Path, *, quiet: bool = True, durable: bool = True, env: Mapping[str, str] | None = None) -> Servers:
    """Start both servers on `data_dir` (made if missing) and return when they answer.

    They are children of this process in its process group and end with it, however it ends. They listen
    only on unix sockets in a folder of ours. Data stay in `data_dir`/postgres and /redis; what a killed
    owner left running there is ended first. quiet: their logs go to `data_dir`/logs instead of the
    terminal. durable: off is faster and may lose data when the machine (not a process) stops; for tests.
    env: added to the servers' environment.

    Raises InUseError when another process has servers on this folder, EmbeddedError when they cannot start.
    """
    folder = Folder(Path(data_dir), _end_servers)
    try:
        postgres = Postgres(folder, quiet=quiet, durable=durable, env=env or {})
        valkey = Valkey(folder, quiet=quiet, durable=durable, env=env or {})
    except BaseException:
        folder.release()
        raise
    servers = Servers(folder, postgres, valkey)
    try:
        postgres.start()
        valkey.start()
    except BaseException:
        servers.stop()
        raise
    return servers
