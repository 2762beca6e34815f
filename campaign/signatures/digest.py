"""What an office gets in place of many mails: the digest of a day's letters, and the summary at a milestone."""

from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from sqlalchemy import select

from campaign import campaigns, counters, outbox, targets
from campaign.core import clock, mailtext
from campaign.core.db import session
from campaign.letters import Letter, LetterText
from campaign.outbox import Mail, State, Unsendable
from campaign.signatures.keys import campaign_key
from campaign.signatures.models import Signature
from campaign.signatures.office_link import office_language, office_link
from campaign.signatures.states import SignatureState


@dataclass(frozen=True)
class Line:
    """One letter in a digest: who wrote it, and what. Nothing of them but what the letter itself shows."""

    id: UUID
    post_id: UUID
    campaign_id: UUID
    version_id: UUID
    variant_id: UUID | None
    state: SignatureState
    name: str
    place: str
    subject: str
    body: str
    edited: bool


@dataclass(frozen=True)
class Group:
    """Letters with the same words."""

    subject: str
    body: str
    writers: tuple[Line, ...]


_LINE = (
    select(
        Letter.id,
        Letter.post_id,
        Signature.campaign_id,
        LetterText.version_id,
        LetterText.variant_id,
        Signature.state,
        Signature.name,
        Signature.place,
        LetterText.subject,
        LetterText.body,
        LetterText.edited,
    )
    .join(LetterText, LetterText.id == Letter.text_id)
    .join(Signature, Signature.id == Letter.signature_id)
    .order_by(LetterText.edited, LetterText.version_id, LetterText.variant_id, Letter.id)
)


def sift(message_id: UUID) -> tuple[State, str] | None:
    """Take out of a digest what may not leave any more, as it would not on its own; with all of it the digest goes."""
    lines = _lines(message_id)
    gone = [line.id for line in lines if line.state != SignatureState.CONFIRMED or not line.body]
    outbox.withhold(gone, State.CANCELLED, cause="the signature or its text is gone", actor="digest")
    return None if len(gone) < len(lines) else (State.CANCELLED, "all of its letters have been taken back")


def digest(message_id: UUID) -> Mail:
    """The day's letters to one office: those with the model's words by name and place, the others in full."""
    lines = _lines(message_id)
    if not lines:
        raise Unsendable("it carries no letter")
    same = [line for line in lines if not line.edited]
    by_text = [tuple(group) for _text, group in groupby(same, key=lambda line: (line.version_id, line.variant_id))]
    groups = [Group(group[0].subject, group[0].body, group) for group in by_text]
    own = [line for line in lines if line.edited]
    link = office_link(message_id)
    context = {"groups": groups, "own": own, "number": len(lines), "office_link": link}
    return _to_office("digest", lines[0].campaign_id, lines[0].post_id, **context)


def _lines(message_id: UUID) -> list[Line]:
    rows = session().execute(_LINE.where(Letter.id.in_(outbox.digests.carried(message_id)))).mappings()
    return [Line(**dict(row)) for row in rows]


def summary(message_id: UUID) -> Mail:
    """How many have signed, for an office whose plan wants to know at milestones."""
    stream, owner = outbox.digests.addressed(message_id)
    if owner is None:
        raise Unsendable("it belongs to no campaign")
    signatures = counters.figures(campaign_key(owner)).get("", {}).get("signatures", 0)
    link = office_link(message_id)
    return _to_office("summary", owner, UUID(stream.partition(":")[2]), number=signatures, office_link=link)


def _to_office(name: str, campaign_id: UUID, post_id: UUID, **context: object) -> Mail:
    page = campaigns.by_id(campaign_id, office_language(post_id))
    target = next(iter(targets.resolve([post_id], clock.today(), page.lang)), None)
    if target is None or target.email is None:
        raise Unsendable("the target has no address")
    written = mailtext.plain(name, page.lang, campaign=page, target=target, **context)
    return Mail(
        to=target.email,
        to_name=target.holder or target.office,
        from_name=page.organisation,
        subject=written.subject,
        text=written.text,
        language=page.lang,
    )
