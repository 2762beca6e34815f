"""Workers of the letters' lane, and the ways in which they are taken away."""

import os
import random
import signal

from soak.ground import Ground, eventually
from tests.support import kills

HOLDER = """
    SELECT split_part(actor, '/', 2) FROM outbox_moves
    WHERE message_id = :id AND to_state = 'sending' ORDER BY id DESC LIMIT 1
"""
HELD = """
    SELECT m.id FROM outbox_messages m JOIN LATERAL (
        SELECT actor FROM outbox_moves WHERE message_id = m.id ORDER BY id DESC LIMIT 1) v ON true
    WHERE m.state = 'sending' AND v.actor LIKE '%/' || :pid
"""
SENT = "SELECT EXISTS (SELECT FROM outbox_moves WHERE actor LIKE '%/' || :pid)"


class Crew:
    """So many workers at all times: who is killed or dismissed is replaced by the caller's `hire`."""

    def __init__(self, ground: Ground, size: int, prefix: str = "letters") -> None:
        self._ground, self._prefix, self._hired = ground, prefix, 0
        self.names: list[str] = []
        self._pids: set[int] = set()
        for _worker in range(size):
            self.hire()

    def hire(self) -> str:
        """Start one more worker."""
        name = f"{self._prefix}-{self._hired}"
        self._hired += 1
        self._pids.add(self._ground.installation.start(name, "worker", "--lane", "letters").pid)
        self.names.append(name)
        return name

    @property
    def ever(self) -> int:
        """How many processes there were so far, by their ids."""
        return len(self._pids)

    def pid(self, name: str) -> int:
        """The id of a worker's process."""
        return self._ground.installation.processes[name].pid

    def holder(self, message_id: str) -> str:
        """Which of them claimed a message last."""
        pid = int(self._ground.ask(HOLDER, id=message_id))
        return next(name for name in self.names if self.pid(name) == pid)

    def held(self, name: str) -> str | None:
        """The message that a worker has claimed and not recorded."""
        found = self._ground.ask(HELD, pid=str(self.pid(name)))
        return str(found) if found else None

    def ready(self) -> "Crew":
        """Wait until each has claimed something."""
        if not eventually(lambda: all(map(self.has_sent, self.names))):
            raise AssertionError(f"a worker never began; {self._ground.installation.logs()}")
        return self

    def has_sent(self, name: str) -> bool:
        """Whether a worker has claimed anything yet."""
        return bool(self._ground.ask(SENT, pid=str(self.pid(name))))

    def kill(self, name: str) -> None:
        """kill -9."""
        self._ground.installation.kill(name)
        self.names.remove(name)

    def kill_with_lease(self, seconds: float = 30) -> bool:
        """kill -9 one that holds a lease; False when none did in that time."""
        killed = kills.kill_with_lease(self._ground.installation, self.names, seconds)
        if killed:
            self.names.remove(killed)
        return killed is not None

    def lose(self, kills: int) -> int:
        """Kill so many that hold a lease, and hire another for each; answers how many it were."""
        met = 0
        while met < kills and self.kill_with_lease():
            met += 1
            self.hire()
        return met

    def kill_any(self) -> bool:
        """kill -9 one at once; True when it held a lease."""
        name = random.choice(self.names)
        self.stop(name)
        met = self.held(name) is not None
        self.kill(name)
        return met

    def stop(self, name: str) -> None:
        """Freeze one."""
        os.kill(self.pid(name), signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Let a frozen one go on."""
        os.kill(self.pid(name), signal.SIGCONT)

    def dismiss(self, name: str, seconds: float = 40) -> int:
        """SIGTERM to its whole process group, as a deploy may send it; answers its exit code."""
        process = self._ground.installation.processes[name]
        os.killpg(process.pid, signal.SIGTERM)
        self.names.remove(name)
        return process.wait(seconds)
