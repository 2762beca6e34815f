"""DNS as a table."""

import threading
from dataclasses import dataclass, field

from campaign.doctor.resolver import NoSuchName, Unanswered

# In place of records.
NOT_THERE, SILENT = "nxdomain", "time-out"
Records = list[str] | str


@dataclass
class Zone:
    """Answers from two tables. A name that is in neither has no records of that kind."""

    texts: dict[str, Records] = field(default_factory=dict)
    hosts: dict[str, Records] = field(default_factory=dict)
    hold: threading.Event | None = None  # no answer before this
    asked: list[str] = field(default_factory=list)

    def txt(self, name: str) -> list[str]:
        return self._answer(name, self.texts)

    def mx(self, name: str) -> list[str]:
        return self._answer(name, self.hosts)

    def _answer(self, name: str, table: dict[str, Records]) -> list[str]:
        self.asked.append(name)
        if self.hold:
            self.hold.wait(30)
        records = table.get(name, [])
        if records == NOT_THERE:
            raise NoSuchName(name)
        if isinstance(records, str):
            raise Unanswered("no answer in time")
        return records
