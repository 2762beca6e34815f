"""The states of a message and the only moves between them."""

from enum import StrEnum


class State(StrEnum):
    """Where a message stands. *Frozen* is a flag beside the state, not a state."""

    HELD = "held"  # waits for the supporter or for approval
    QUEUED = "queued"  # leaves when it is due and the pace allows
    SENDING = "sending"  # leased by one worker
    UNSURE = "unsure"  # may have been sent: waits for a receipt, then goes again under the same Message-ID
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    FAILED = "failed"  # finally refused, or nothing that could be sent
    CANCELLED = "cancelled"
    SUPPRESSED = "suppressed"  # the recipient must not be written to
    HANDED_OVER = "handed_over"  # on paper, see `handovers`


S = State
# What a provider may report.
RECEIVED = frozenset({S.SENT, S.DELIVERED, S.BOUNCED, S.COMPLAINED})

# From each state: where it may go, and why.
MOVES: dict[State, frozenset[State]] = {
    S.HELD: frozenset({S.QUEUED, S.CANCELLED, S.SUPPRESSED}),
    # Straight to sent and beyond: it was unsure, waits to go again, and now its receipt comes.
    S.QUEUED: frozenset({S.SENDING, S.HELD, S.FAILED, S.CANCELLED, S.SUPPRESSED, S.HANDED_OVER}) | RECEIVED,
    # Back to queued is a deferral. Straight to delivered, bounced or complained: a receipt overtook our own record.
    S.SENDING: frozenset({S.SENT, S.QUEUED, S.UNSURE, S.FAILED, S.DELIVERED, S.BOUNCED, S.COMPLAINED}),
    S.UNSURE: frozenset({S.QUEUED, S.SENT, S.DELIVERED, S.BOUNCED, S.COMPLAINED, S.FAILED, S.CANCELLED}),
    S.SENT: frozenset({S.DELIVERED, S.BOUNCED, S.COMPLAINED}),
    # A mailbox that took a message may still return it, or its reader may complain.
    S.DELIVERED: frozenset({S.BOUNCED, S.COMPLAINED}),
    # Staff may send again what came back, failed, was cancelled or suppressed.
    # What went twice may come back once and arrive once; and who complains has read it.
    S.BOUNCED: frozenset({S.QUEUED, S.DELIVERED, S.COMPLAINED}),
    S.COMPLAINED: frozenset(),
    # Given up, taken back or stopped while unsure: a receipt that comes later says that it had left.
    S.FAILED: frozenset({S.QUEUED}) | RECEIVED,
    S.CANCELLED: frozenset({S.QUEUED}) | RECEIVED,
    S.SUPPRESSED: frozenset({S.QUEUED}) | RECEIVED,
    # Undo: it was not handed over after all.
    S.HANDED_OVER: frozenset({S.QUEUED}),
}

# What the public counter shows. `sent` is all that left us, so delivered and bounced are in it too.
FIGURES: dict[State, tuple[str, ...]] = {
    S.HELD: ("queued",),
    S.QUEUED: ("queued",),
    S.SENDING: ("queued",),
    S.UNSURE: ("queued",),
    S.SENT: ("sent",),
    S.DELIVERED: ("sent", "delivered"),
    S.BOUNCED: ("sent", "bounced"),
    S.COMPLAINED: ("sent", "delivered"),
    S.FAILED: (),
    S.CANCELLED: (),
    S.SUPPRESSED: (),
    S.HANDED_OVER: ("sent", "delivered"),
}


def sources(target: State) -> list[State]:
    """The states from which `target` may be reached."""
    return [state for state in State if target in MOVES[state]]


def change(before: State | None, after: State) -> dict[str, int]:
    """How the public figures move when a message does."""
    deltas: dict[str, int] = {}
    for name in FIGURES[after]:
        deltas[name] = deltas.get(name, 0) + 1
    for name in FIGURES[before] if before else ():
        deltas[name] = deltas.get(name, 0) - 1
    return {name: delta for name, delta in deltas.items() if delta}


# States in which nothing more is to be sent.
FINAL = frozenset({S.SENT, S.DELIVERED, S.BOUNCED, S.COMPLAINED, S.FAILED, S.CANCELLED, S.SUPPRESSED, S.HANDED_OVER})
