"""The states of a signature and the only moves between them."""

from enum import StrEnum


class SignatureState(StrEnum):
    """Where a signature stands. Only confirmed ones count and send."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    HELD = "held"  # set aside by staff: neither counts nor sends, and keeps its address taken
    REPLACED = "replaced"  # another text of the same address was confirmed
    WITHDRAWN = "withdrawn"
    INVALID = "invalid"  # taken out by staff
    REHEARSAL = "rehearsal"  # made up before a campaign opens: counts nowhere, reaches nobody, goes when it opens


S = SignatureState

MOVES: dict[SignatureState, frozenset[SignatureState]] = {
    S.PENDING: frozenset({S.CONFIRMED, S.REPLACED, S.WITHDRAWN, S.INVALID}),
    S.CONFIRMED: frozenset({S.HELD, S.WITHDRAWN, S.INVALID}),
    S.HELD: frozenset({S.CONFIRMED, S.WITHDRAWN, S.INVALID}),
    S.REPLACED: frozenset(),
    S.WITHDRAWN: frozenset(),
    # Undo: back to where it was.
    S.INVALID: frozenset({S.CONFIRMED, S.HELD, S.PENDING}),
    S.REHEARSAL: frozenset(),
}
# In these an address has signed, and cannot sign the same campaign again.
STANDING = (S.CONFIRMED, S.HELD)
# Their letters are composed; those of a rehearsal reach nobody.
WRITES = (S.CONFIRMED, S.REHEARSAL)
# What staff may take out.
LIVE = (S.PENDING, S.CONFIRMED, S.HELD)


def sources(target: SignatureState) -> list[SignatureState]:
    """The states from which `target` may be reached."""
    return [state for state in SignatureState if target in MOVES[state]]


class Review(StrEnum):
    """Where a public name or a comment stands with the staff who look at it."""

    WAITING = "waiting"
    SHOWN = "shown"
    HIDDEN = "hidden"


class Public(StrEnum):
    """How a supporter appears in public; hidden unless they say otherwise."""

    NAME = "name"
    INITIALS = "initials"
    HIDDEN = "hidden"


def public_name(name: str, public: Public) -> str | None:
    """What may be shown of a name: the first given name, the initials, or nothing."""
    words = name.split()
    if public == Public.HIDDEN or not words:
        return None
    if public == Public.NAME:
        return words[0]
    return " ".join(f"{word[0].upper()}." for word in (words[:1] + words[-1:] if len(words) > 1 else words))
