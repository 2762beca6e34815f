"""Every fault by the name it is called with: how it is run, on which settings, and in which short form.

To add one: a function `fN(ground, *, figure: int = …)` in soak/faults, whose defaults are the full form (at most 3
minutes); with a receiving side of its own it takes an `Office` or a `Provider` as well. It starts processes by
`ground`, breaks something real, waits by `ground.settled()`, notes what must hold by `verdict.need`, and ends with
`judge(…)`, which counts losses, doubles and pace at the receiving side. Then a line below, a test in
tests/faults/test_faults.py that runs its short form, and a row in docs/reliability.md.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from campaign import embedded
from soak.faults.clock import f11
from soak.faults.database import f5
from soak.faults.deploy import f13
from soak.faults.disk import f10
from soak.faults.domain import f7
from soak.faults.frozen import f14, f14_points
from soak.faults.mixture import f16
from soak.faults.poison import f15
from soak.faults.provider import f6
from soak.faults.receipts import f8, f9
from soak.faults.redis import f3, f4, f4_hangs
from soak.faults.web import f1
from soak.faults.workers import f2, f2_points, f12
from soak.ground import prepared
from soak.office import Office
from soak.private import on_small_disk, with_own_clock
from soak.provider import Provider
from soak.verdict import Verdict

# Leases so short that they run out while a test waits, and so long that a busy machine does not make them.
SHORT_LEASE, SHORTER_LEASE = {"LEASE_SECONDS": "5"}, {"LEASE_SECONDS": "3"}
# So that a busy web process has the time to take a report before its letter goes again.
PATIENT = {"GRACE_SECONDS": "6"}

SHORT_F6 = {"letters": 100, "workers": 2, "hangs": 1, "resets": 1, "stops": 1, "failures": 6, "mix": 4}


@dataclass(frozen=True)
class Fault:
    """`short` are the arguments for `make test`; the defaults of `run` are the full form.

    `servers`: its own in place of those that the faults share.
    """

    run: Callable[..., Verdict]
    short: Mapping[str, object]
    settings: Mapping[str, str] = field(default_factory=dict)
    receiver: Callable[[], Office | Provider] | None = None
    servers: Callable[[Path], AbstractContextManager[embedded.Servers]] | None = None


FAULTS = {
    "f1": Fault(f1, {"kills": 3, "between": 1}),
    "f2": Fault(f2, {"kills": 10, "letters": 200, "workers": 3}, SHORTER_LEASE),
    "f2-points": Fault(f2_points, {"kills": 1}, SHORTER_LEASE, receiver=Office),
    "f3": Fault(f3, {"rounds": 1, "signers": 8}),
    "f4": Fault(f4, {"away": 3, "kills": 1, "deaths": 5}, SHORTER_LEASE),
    "f4-hangs": Fault(f4_hangs, {"rounds": 1, "seconds": 2}),
    "f5": Fault(f5, {"restarts": 2, "away": 2}, SHORT_LEASE),
    "f6": Fault(f6, SHORT_F6, PATIENT, receiver=Provider),
    "f7": Fault(f7, {"seconds": 3, "windows": 2}),
    "f8": Fault(f8, {"letters": 20, "forged": 42}, receiver=Provider),
    "f9": Fault(f9, {"letters": 40}, PATIENT, receiver=Provider),
    "f10": Fault(f10, {"times": 2, "seconds": 2, "panics": 1, "rate": 10}, servers=on_small_disk),
    "f11": Fault(f11, {"jumps": 2, "seconds": 3, "rate": 10, "workers": 2}, servers=with_own_clock),
    "f12": Fault(f12, {"letters": 160}),
    "f13": Fault(f13, {"deploys": 1}),
    "f14": Fault(f14, {"freezes": 2, "letters": 160}, SHORT_LEASE),
    "f14-points": Fault(f14_points, {"freezes": 2}, SHORTER_LEASE, receiver=Office),
    "f15": Fault(f15, {"letters": 60, "attempts": 3}, receiver=Office),
    "f16": Fault(f16, {"seconds": 60}, SHORT_LEASE | PATIENT, receiver=Provider),
}


def run(name: str, servers: embedded.Servers, folder: Path, **arguments: object) -> Verdict:
    """Run one fault on planted servers, in an empty folder."""
    fault = FAULTS[name]
    with ExitStack() as stack:
        settings, more = dict(fault.settings), []
        if fault.servers:
            servers = stack.enter_context(fault.servers(folder))
        if fault.receiver:
            receiver = fault.receiver()
            stack.callback(receiver.close)
            settings |= receiver.settings
            more.append(receiver)
        ground = stack.enter_context(prepared(servers, folder, **settings))
        return fault.run(ground, *more, **arguments)
