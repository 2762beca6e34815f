"""The filters of the outbox: what an address asks for, as far as it makes sense."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from campaign import letters, signatures
from campaign.campaigns import StaffCampaign
from campaign.core.text import one_line
from campaign.outbox import State, Wanted

# What supporters and offices get, then what staff get.
KINDS = ("letter", "confirmation", "already_signed", "reply", "digest", "summary")
STAFF_KINDS = ("milestone", "alarm", "not_opened", "invitation", "staff_reset", "staff_password", "staff_factor")
STAFF_ADDRESS_KINDS = ("staff_email", "staff_email_asked")
EVERY_KIND = (*KINDS, *STAFF_KINDS, *STAFF_ADDRESS_KINDS)
LONGEST = 254


@dataclass(frozen=True)
class Chosen:
    """What was asked for; an empty word is no filter."""

    q: str = ""
    state: str = ""
    kind: str = ""
    campaign: str = ""
    office: str = ""

    def arguments(self) -> dict[str, Any]:
        """The same as an address has it."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}

    def wanted(self, mine: Sequence[StaffCampaign], more: Sequence[UUID] = ()) -> Wanted:
        """The messages of these campaigns that fit; `more` are owners beside them, where no campaign is chosen."""
        owners = [one.id for one in mine if self.campaign in ("", one.slug)]
        return Wanted(
            owners=tuple(owners if self.campaign else [*owners, *more]),
            states=(State(self.state),) if self.state else (),
            kind=self.kind,
            stream=f"target:{self.office}" if self.office else "",
            numbers=_numbers(self.q, owners) if self.q else None,
        )


def chosen(arguments: Mapping[str, str], mine: Sequence[StaffCampaign]) -> Chosen:
    """The filters of a request; what is none is passed over."""
    office = _uuid(arguments.get("office", ""))
    state, kind, slug = (arguments.get(name, "") for name in ("state", "kind", "campaign"))
    return Chosen(
        q=one_line(arguments.get("q", ""))[:LONGEST].replace("\x00", "").strip(),
        state=state if state in list(State) else "",
        kind=kind if kind in EVERY_KIND else "",
        campaign=slug if slug in [one.slug for one in mine] else "",
        office=str(office) if office and any(office in one.post_ids for one in mine) else "",
    )


def _numbers(words: str, campaign_ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """What the words name: one message, else everything that was written for the signatures that fit."""
    number = _uuid(words)
    if number:
        return (number,)
    hits, _more = signatures.find(campaign_ids, words)
    ids = [hit.id for hit in hits]
    return (*ids, *(letter.id for id_ in ids for letter in letters.of_signature(id_)))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
