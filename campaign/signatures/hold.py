"""Set signatures aside while somebody looks into them, and let them go on."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _

from campaign.core import audit
from campaign.core.errors import Conflict, DomainError
from campaign.signatures import register, standing
from campaign.signatures.states import SignatureState

LONGEST_REASON = 500


def hold(campaign_id: UUID, ids: Sequence[UUID], reason: str, *, actor: str, organisation_id: UUID) -> list[UUID]:
    """Hold the confirmed ones among these signatures; their letters that have not left wait. Answers which.

    Raises DomainError without a reason, Conflict where none could be held.
    """
    moved = standing.move(
        register.ids_of(campaign_id, list(ids)),
        SignatureState.HELD,
        cause=wanted(reason),
        actor=actor,
        note=wanted(reason),
        only_from=[SignatureState.CONFIRMED],
    )
    return _told("signatures.hold", campaign_id, moved, actor, organisation_id)


def release(campaign_id: UUID, ids: Sequence[UUID], *, actor: str, organisation_id: UUID) -> list[UUID]:
    """Let held signatures count and their letters leave again; answers which. Raises Conflict where none could."""
    moved = standing.move(
        register.ids_of(campaign_id, list(ids)),
        SignatureState.CONFIRMED,
        cause="released",
        actor=actor,
        only_from=[SignatureState.HELD],
    )
    return _told("signatures.release", campaign_id, moved, actor, organisation_id)


def wanted(reason: str) -> str:
    """A reason, which must be there; raises DomainError."""
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        words = _("Write why, in at most %(limit)s characters.", limit=LONGEST_REASON)
        raise DomainError(words, fields={"reason": words})
    return reason


def _told(action: str, campaign_id: UUID, moved: standing.Moved, actor: str, organisation_id: UUID) -> list[UUID]:
    if not moved.ids:
        raise Conflict(_("Nothing changed: none of these signatures is in a state for that now."))
    subject = f"signature:{moved.ids[0]}" if len(moved.ids) == 1 else f"campaign:{campaign_id}"
    n, letters = len(moved.ids), moved.letters
    audit.record(actor, action, subject, organisation_id=organisation_id, signatures=n, letters=letters)
    return list(moved.ids)
