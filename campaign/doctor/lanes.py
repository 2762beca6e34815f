"""The lanes: open, moving, and how much is unsure."""

from collections.abc import Mapping

from campaign import config, outbox
from campaign.core.logs import clean
from campaign.doctor.database import reading
from campaign.doctor.finding import Finding, Findings, ok, problem, skipped, warning
from campaign.doctor.spans import span
from campaign.outbox import Health, Lane

# A person sits before the page that says: check your mail.
PATIENCE_SECONDS = 60.0
Paused = Mapping[str, outbox.pauses.PauseView]
# One ring may be missed, and a worker may be at another letter.
RINGS = 2


def check() -> Findings:
    """Each lane, then what may have been sent."""
    with reading():
        found = outbox.health()
        paused = outbox.pauses.standing([outbox.pauses.ALL, *(lane.limit for lane in Lane)])
    for health in found:
        yield _lane(health, paused)
    for health in found:
        yield _moving(health, paused)
    yield _unsure(sum(health.unsure for health in found))


def _lane(health: Health, paused: Paused) -> Finding:
    check, reason = f"lane {health.lane}", clean(health.reason or "no reason given")
    for key, option in ((health.lane.limit, f" --lane {health.lane}"), (outbox.pauses.ALL, "")):
        if key in paused:
            return warning(
                check,
                f"It is paused by {paused[key].actor}: {clean(paused[key].reason)}. Its mail waits and is not lost.",
                f"When it may go on: campaign outbox resume{option}.",
            )
    if health.stopped:
        return problem(
            check,
            f"It is stopped: {reason}. Its mail waits and is not lost.",
            f"Put that right, then open it: campaign outbox open --lane {health.lane}. One message goes first.",
        )
    if health.closed is not None:
        return warning(
            check,
            f"It rests for {span(health.closed)} more, because the mail provider failed: {reason}.",
            "It opens by itself, and one message tries. If it goes on, ask the provider.",
        )
    return ok(check, "It is open.")


def _moving(health: Health, paused: Paused) -> Finding:
    check, waits = f"oldest {health.lane}", health.waiting or 0.0
    if paused.keys() & {health.lane.limit, outbox.pauses.ALL}:
        return skipped(check, "Not looked at while the lane is paused.")
    if health.lane == Lane.PEOPLE and waits > PATIENCE_SECONDS:
        return warning(
            check,
            f"Somebody has waited {span(waits)} for a mail.",
            f"Look at its lane and its worker above, and at PROVIDER_PACE ({config.current().provider_pace}).",
        )
    # A letter that waits for its target's pace waits rightly, for days if need be.
    idle, sweep = health.idle or 0.0, config.current().sweep_seconds
    if health.lane == Lane.LETTERS and health.closed is None and idle > RINGS * sweep:
        return warning(
            check,
            f"A letter could have left {span(idle)} ago, and did not.",
            "Look at its worker and the scheduler above, and at the log of the worker.",
        )
    return ok(check, f"The oldest has been due for {span(waits)}." if waits else "Nothing that is due waits.")


def _unsure(count: int) -> Finding:
    if not count:
        return ok("unsure messages", "There are none.")
    grace = span(config.current().grace_seconds)
    return warning(
        "unsure messages",
        f"Of {count} it is not known whether they left: a worker died or the provider did not answer.",
        f"Nothing to do: without a receipt each goes again after {grace}, under the same Message-ID.",
    )
