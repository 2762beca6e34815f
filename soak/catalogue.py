"""Every fault by the name it is called with: how it is run, on which settings, and in which short form."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from campaign import embedded
from soak.faults.database import f5
from soak.faults.deploy import f13
from soak.faults.mixture import f16
from soak.faults.poison import f15
from soak.faults.redis import f3, f4, f4_hangs
from soak.faults.web import f1
from soak.faults.workers import f2, f2_points, f12, f14
from soak.ground import prepared
from soak.office import Office
from soak.verdict import Verdict

# A lease so short that it runs out while a test waits, and so long that a busy machine does not make it.
SHORT_LEASE = {"LEASE_SECONDS": "5"}


@dataclass(frozen=True)
class Fault:
    """`short` are the arguments for `make test`; the defaults of `run` are the full form."""

    run: Callable[..., Verdict]
    short: Mapping[str, object]
    settings: Mapping[str, str] = field(default_factory=dict)
    office: bool = False


FAULTS = {
    "f1": Fault(f1, {"kills": 6, "between": 1}),
    "f2": Fault(f2, {"kills": 5, "letters": 120, "workers": 3}, SHORT_LEASE),
    "f2-points": Fault(f2_points, {"kills": 1}, SHORT_LEASE, office=True),
    "f3": Fault(f3, {"rounds": 1, "signers": 8}),
    "f4": Fault(f4, {"away": 4, "kills": 2}),
    "f4-hangs": Fault(f4_hangs, {"rounds": 1, "seconds": 3}),
    "f5": Fault(f5, {"restarts": 3, "away": 2}, SHORT_LEASE),
    "f12": Fault(f12, {"letters": 200}),
    "f13": Fault(f13, {"deploys": 1}),
    "f14": Fault(f14, {"freezes": 2, "letters": 160}, SHORT_LEASE),
    "f15": Fault(f15, {"letters": 60, "attempts": 3}, office=True),
    "f16": Fault(f16, {"seconds": 60}, SHORT_LEASE),
}


def run(name: str, servers: embedded.Servers, folder: Path, **arguments: object) -> Verdict:
    """Run one fault on planted servers, in an empty folder."""
    fault = FAULTS[name]
    with ExitStack() as stack:
        settings, more = dict(fault.settings), []
        if fault.office:
            office = Office()
            stack.callback(office.close)
            settings |= office.settings
            more.append(office)
        ground = stack.enter_context(prepared(servers, folder, **settings))
        return fault.run(ground, *more, **arguments)
