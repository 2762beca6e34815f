"""Read campaigns as a page shows them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import ColumnElement, select

from campaign.accounts import Organisation
from campaign.campaigns import pictures, slugs
from campaign.campaigns.lifecycle import PUBLIC, Outcome, Status
from campaign.campaigns.models import Campaign, CampaignTarget, CampaignText, Fact, FactSource
from campaign.core import clock
from campaign.core.cache import remembered
from campaign.core.db import session
from campaign.core.errors import NotFound
from campaign.core.i18n import pick
from campaign.core.text import markdown

NOTHING = Markup()


@dataclass(frozen=True)
class Picture:
    """The one picture of a campaign."""

    src: str
    alt: str
    credit: str
    width: int = 1200
    height: int = 750

    @property
    def uploaded(self) -> bool:
        """Whether `src` is the hash of an uploaded one; else it is a path below static/."""
        return pictures.is_stored(self.src)


@dataclass(frozen=True)
class Page:
    """A campaign in one language."""

    id: UUID
    slug: str
    status: Status
    goal: int
    accent: str
    country: str
    is_demo: bool
    moderation: bool
    organisation: str
    opens_at: datetime | None
    closes_at: datetime | None
    lang: str
    langs: tuple[str, ...]
    title: str
    kicker: str
    lead: str
    story: Markup
    picture: Picture | None
    post_ids: tuple[UUID, ...]
    outcome: Outcome | None = None
    outcome_text: Markup = NOTHING
    consent_send: str = ""
    consent_updates: str = ""
    controller: str = ""
    privacy_contact: str = ""
    retention_days: int | None = None
    own_mail: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it can be signed now."""
        return self.status == Status.OPEN

    def seeks(self, signatures: int) -> bool:
        """Whether there is a next goal to go for: while it can be signed, and in a pause of what has begun."""
        return self.is_open or (signatures > 0 and self.status not in {Status.CLOSED, Status.ARCHIVED})

    @property
    def opens_later(self) -> bool:
        """Whether the time at which it opens is still to come."""
        return self.opens_at is not None and self.opens_at > clock.now()


class Moved(NotFound):
    """The campaign has another address now; `slug` is that."""

    code = "moved"

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(_("There is no campaign here."))


@dataclass(frozen=True)
class SourceView:
    """What a fact rests on."""

    publisher: str
    title: str
    title_lang: str
    date_text: str
    link: str | None


@dataclass(frozen=True)
class FactView:
    """One fact in one language."""

    number: int
    figure: str
    statement: str
    source: SourceView
    id: UUID
    sentence: str  # as a letter in this language says it; empty where it has none


def find(slug: str, lang: str) -> Page:
    """A campaign that the public may see, in that language or in the first it has; raises NotFound or Moved.

    Kept for a moment: a crowd on one page asks the database once a second.
    """
    return remembered(("campaign", slug, lang), lambda: _named(slug, lang))


def by_id(id_: UUID, lang: str) -> Page:
    """The campaign of a signature, whatever its status."""
    return remembered(("campaign", id_, lang), lambda: _load(Campaign.id == id_, lang, public_only=False))


def draft(id_: UUID, lang: str) -> Page:
    """A campaign as supporters will see it, in any language that it has, whatever its status: for previews."""
    return _load(Campaign.id == id_, lang, public_only=False)


def open_campaigns(lang: str) -> list[Page]:
    """Every open campaign, newest first, in that language or in the first it has."""
    slugs = session().scalars(
        select(Campaign.slug).where(Campaign.status == Status.OPEN).order_by(Campaign.created_at.desc())
    )
    return [find(slug, lang) for slug in slugs.all()]


def facts(campaign_id: UUID, lang: str) -> list[FactView]:
    """The facts of a campaign with their sources, in order."""
    return remembered(("facts", campaign_id, lang), lambda: _facts(campaign_id, lang))


def _named(slug: str, lang: str) -> Page:
    try:
        return _load(Campaign.slug == slug, lang)
    except NotFound:
        moved = slugs.present(slug)
        if moved is None or moved.status not in PUBLIC:
            raise
        raise Moved(moved.slug) from None


def _load(condition: ColumnElement[bool], lang: str, *, public_only: bool = True) -> Page:
    query = select(Campaign, Organisation.name).join(Organisation).where(condition)
    row = session().execute(query).one_or_none()
    if row is None or (public_only and row[0].status not in PUBLIC):
        raise NotFound(_("There is no campaign here."))
    campaign, organisation = row
    texts = {
        text.lang: text
        for text in session().scalars(
            select(CampaignText).where(CampaignText.campaign_id == campaign.id).order_by(CampaignText.lang)
        )
        # Whoever signed in a language goes on in it, also when it was switched off since.
        if text.shown or not public_only
    }
    if not texts:
        raise NotFound(_("There is no campaign here."))
    text = texts.get(lang) or texts.get("en") or next(iter(texts.values()))
    posts = session().scalars(
        select(CampaignTarget.post_id)
        .where(CampaignTarget.campaign_id == campaign.id)
        .order_by(CampaignTarget.position)
    )
    return Page(
        id=campaign.id,
        slug=campaign.slug,
        status=campaign.status,
        goal=campaign.goal,
        accent=campaign.accent,
        country=campaign.country,
        is_demo=campaign.is_demo,
        moderation=campaign.moderation,
        organisation=campaign.shown_as or organisation,
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        lang=text.lang,
        langs=tuple(texts),
        title=text.title,
        kicker=text.kicker,
        lead=text.lead,
        story=markdown(text.story),
        picture=_picture(campaign, text),
        post_ids=tuple(posts),
        own_mail=campaign.own_mail,
        outcome=campaign.outcome,
        outcome_text=markdown(text.outcome_text),
        consent_send=text.consent_send,
        consent_updates=text.consent_updates,
        controller=campaign.controller,
        privacy_contact=campaign.privacy_contact,
        retention_days=campaign.retention_days,
    )


def _picture(campaign: Campaign, text: CampaignText) -> Picture | None:
    if not campaign.picture:
        return None
    words = (campaign.picture, text.picture_alt, text.picture_credit)
    return Picture(*words, *pictures.size_of(campaign.picture)) if pictures.is_stored(words[0]) else Picture(*words)


def _facts(campaign_id: UUID, lang: str) -> list[FactView]:
    rows = session().execute(
        select(Fact, FactSource)
        .join(FactSource, FactSource.id == Fact.source_id)
        .where(Fact.campaign_id == campaign_id, Fact.removed_at.is_(None))
        .order_by(Fact.position)
    )
    return [
        FactView(
            number,
            pick(fact.figure, lang),
            pick(fact.statement, lang),
            SourceView(
                pick(source.publisher, lang), source.title, source.title_lang, pick(source.dated, lang), source.link
            ),
            fact.id,
            fact.sentence.get(lang, ""),
        )
        for number, (fact, source) in enumerate(rows, 1)
    ]
