"""Supporters of the demonstration campaign, at the level of the rooms."""

from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select

from campaign import campaigns, letters, signatures
from campaign.campaigns import Campaign, Page, StaffCampaign
from campaign.core.addresses import parse
from campaign.core.db import session, transaction
from campaign.outbox import Message
from campaign.signatures import Form, Public, Signature
from tests.support.forms import BODY, SLUG

MARIE = "marie@example.org"


def form(email: str = MARIE, **changes: Any) -> Form:
    """Marie's form, or somebody else's."""
    values: dict[str, Any] = {
        "name": "Marie Peeters",
        "address": parse(email),
        "postcode": "9000",
        "country": "BE",
        "subject": "A place for everyone",
        "body": BODY,
        "updates": False,
        "public": Public.NAME,
        "source": "",
        "lang": "en",
    }
    return Form(**values | changes)


def holder(email: str = MARIE) -> str:
    """What the token of a mailed link to one's own data says."""
    return signatures.own.holder(parse(email).hash, email)


def forget() -> None:
    """Let the short memory of pages pass, as a second would."""
    current_app.extensions.pop("cache", None)


def page(slug: str = SLUG, lang: str = "en") -> Page:
    """A campaign as it stands."""
    forget()
    return campaigns.find(slug, lang)


def staff_campaign(slug: str = SLUG) -> StaffCampaign:
    """The same as its staff have it."""
    whose = session().scalars(select(Campaign.organisation_id).where(Campaign.slug == slug)).one()
    return campaigns.of_organisation(whose, slug, "en")


def sign(email: str = MARIE, *, slug: str = SLUG, **changes: Any) -> None:
    """What one POST of the form does."""
    filled = form(email, **changes)
    campaign = page(slug, filled.lang)
    model = letters.model(campaign.id, filled.lang, campaign.title)
    with transaction():
        signatures.sign(campaign, model, filled)


def confirm(signature_id: UUID) -> UUID:
    """What one POST of the confirmation page does."""
    signature = signatures.signed(signature_id)
    with transaction():
        return signatures.confirm(signature_id, campaigns.by_id(signature.campaign_id, signature.lang))


def supporter(email: str = MARIE, **changes: Any) -> UUID:
    """Somebody who has signed and confirmed."""
    sign(email, **changes)
    mine = select(Signature.id).where(Signature.email_hash == parse(email).hash)
    newest = session().scalars(mine.order_by(Signature.id.desc())).first()
    assert newest
    return confirm(newest)


def all_signatures() -> list[Signature]:
    """Every signature as the database has it now, oldest first."""
    session().rollback()
    session().expire_all()
    return list(session().scalars(select(Signature).order_by(Signature.id)))


def letter_messages() -> list[Message]:
    """The letters in the ledger as it is now."""
    session().rollback()
    session().expire_all()
    return list(session().scalars(select(Message).where(Message.kind == "letter").order_by(Message.id)))


def mails(email: str | None = None, kind: str | None = None) -> int:
    """How many messages were written, to a supporter's address or of a kind."""
    query = select(func.count()).select_from(Message)
    if email is not None:
        query = query.where(Message.recipient_hash == parse(email).hash)
    if kind is not None:
        query = query.where(Message.kind == kind)
    return session().scalar(query) or 0
