"""The five answers of a transport. Everything a provider can say is mapped to one of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sent:
    """The provider has it. `delivered` only where handing over is delivering, as with a Maildir."""

    provider_id: str | None = None
    delivered: bool = False


@dataclass(frozen=True)
class Refused:
    """Final: this message will never be taken. `dead` when nothing will be at this address."""

    reason: str
    dead: bool = False


@dataclass(frozen=True)
class Later:
    """Surely not sent; to be tried again in `seconds`.

    `lane` when the provider as a whole wants rest, `full` when the mailbox has no room: nothing more for it meanwhile.
    `silent` when the way to the recipient's domain did not answer: it would hold up one worker after another.
    """

    reason: str
    seconds: float
    lane: bool = False
    counted: bool = True
    full: bool = False
    silent: bool = False


@dataclass(frozen=True)
class Unknown:
    """May have been sent: time-out after connecting, reset, 5xx. `lane` unless it tells of the recipient's only."""

    reason: str
    lane: bool = True


@dataclass(frozen=True)
class Stopped:
    """The provider does not let us in at all (401, 403): the lane halts, no attempt is counted."""

    reason: str


Answer = Sent | Refused | Later | Unknown | Stopped
