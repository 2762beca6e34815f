"""What the office's page shows, and what staff and everybody read of what offices said."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from campaign import campaigns, letters, outbox, signatures, targets
from campaign.campaigns import Page
from campaign.core import clock
from campaign.core.cache import remembered
from campaign.core.db import session
from campaign.core.errors import DomainError, Gone, NotFound
from campaign.offices.models import Wish, WishKind
from campaign.outbox import Message
from campaign.replies import Published
from campaign.signatures import Signature, SignatureState
from campaign.targets import Target

PAGE = 50


@dataclass(frozen=True)
class About:
    """What a mail to an office was: in which campaign, to which post, how many letters, and whether they are real."""

    campaign: Page
    target: Target
    letters: int
    confirmed_at: datetime | None
    stands: bool
    digest: bool


@dataclass(frozen=True)
class WishView:
    """One wish as people read it."""

    id: UUID
    campaign_id: UUID
    post_id: UUID
    kind: WishKind
    lang: str
    text: str
    created_at: datetime
    confirmed_at: datetime | None
    published_at: datetime | None
    published_text: str | None


def about(message_id: UUID) -> About:
    """What is known of a mail to an office; raises Gone where it is not here any more."""
    query = select(Message.kind, Message.stream, Message.owner).where(Message.id == message_id)
    row = session().execute(query).one_or_none()
    if row is None or row.owner is None or not row.stream.startswith("target:"):  # such as a test letter to staff
        raise Gone(_("This mail is no longer here."))
    post_id = UUID(row.stream.partition(":")[2].partition("/")[0])
    page, target = _addressed(row.owner, post_id)
    if row.kind != "letter":
        number = session().scalar(select(func.count()).where(Message.carrier_id == message_id)) or 0
        return About(page, target, number, None, True, digest=True)
    confirmed_at, stands = _proof(message_id)
    return About(page, target, 1, confirmed_at, stands, digest=False)


def _addressed(campaign_id: UUID, post_id: UUID) -> tuple[Page, Target]:
    lang = signatures.office_language(post_id)
    target = next(iter(targets.resolve([post_id], clock.today(), lang)), None)
    if target is None:
        raise Gone(_("This mail is no longer here."))
    return campaigns.by_id(campaign_id, lang), target


def _proof(letter_id: UUID) -> tuple[datetime | None, bool]:
    """When the writer confirmed, and whether the signature still stands."""
    try:
        signature_id = letters.letter(letter_id).signature_id
    except DomainError:
        return None, False
    query = select(Signature.confirmed_at, Signature.state).where(Signature.id == signature_id)
    row = session().execute(query).one_or_none()
    return (row.confirmed_at, row.state == SignatureState.CONFIRMED) if row else (None, False)


def is_digested(post_id: UUID) -> bool:
    """Whether this office gets one mail a day and no single letters."""
    return outbox.plans.plan_of(f"target:{post_id}").digest_above == 0


_WISH = tuple(getattr(Wish, name) for name in WishView.__dataclass_fields__)


def wish(id_: UUID, campaign_id: UUID | None = None) -> WishView:
    """One wish, of that campaign where it is named; raises NotFound."""
    fitting: list[ColumnElement[bool]] = [Wish.id == id_]
    fitting += [Wish.campaign_id == campaign_id, Wish.confirmed_at.is_not(None)] if campaign_id else []
    row = session().execute(select(*_WISH).where(*fitting)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such wish of an office."))
    return WishView(*row)


def wishes(campaign_id: UUID) -> list[WishView]:
    """What offices have asked for and confirmed, newest first."""
    query = select(*_WISH).where(Wish.campaign_id == campaign_id, Wish.confirmed_at.is_not(None))
    return [WishView(*row) for row in session().execute(query.order_by(Wish.confirmed_at.desc()).limit(PAGE))]


def published(campaign_id: UUID) -> list[Published]:
    """Answers to all that everybody may read, newest first. Kept for a moment, as pages are."""
    return remembered(("answers to all", campaign_id), lambda: _published(campaign_id))


def _published(campaign_id: UUID) -> list[Published]:
    query = select(Wish.post_id, Wish.lang, Wish.confirmed_at, Wish.published_text)
    query = query.where(Wish.campaign_id == campaign_id, Wish.published_at.is_not(None))
    rows = session().execute(query.order_by(Wish.confirmed_at.desc()).limit(PAGE))
    return [Published(post_id, lang, at, said or "") for post_id, lang, at, said in rows if at]
