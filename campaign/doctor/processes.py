"""Who runs: a worker for each lane, and a scheduler, by their heartbeats."""

from campaign.core import beats
from campaign.core.beats import Seen
from campaign.doctor.database import reading
from campaign.doctor.finding import Finding, Findings, ok, problem
from campaign.doctor.spans import span
from campaign.outbox import Lane

MISSED = {
    Lane.PEOPLE: "confirmations do not leave, and nobody can sign",
    Lane.LETTERS: "letters do not leave",
}


def check() -> Findings:
    """One line for each lane and one for the scheduler."""
    with reading():
        seen = beats.seen()
    for lane in Lane:
        name = beats.worker(lane.value)
        yield _one(f"worker {lane}", name, seen, MISSED[lane], f"campaign worker --lane {lane}")
    missed = "campaigns do not open or close, nothing is purged, and unsure messages wait"
    yield _one("scheduler", beats.SCHEDULER, seen, missed, "campaign scheduler")


def _one(check: str, name: str, seen: list[Seen], missed: str, command: str) -> Finding:
    mine = [one for one in seen if one.name == name]
    alive = [one for one in mine if one.alive]
    if alive:
        places = ", ".join(sorted({one.host for one in alive}))
        longest = span(max(one.running for one in alive))
        return ok(check, f"{len(alive)} at work on {places}; up for {longest}.")
    last = f" The last one was seen {span(mine[0].silent)} ago on {mine[0].host}." if mine else ""
    return problem(check, f"None is at work: {missed}.{last}", f"Start one: {command}")
