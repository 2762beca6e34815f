"""Read campaigns as a page shows them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import ColumnElement, select

from campaign.accounts import Organisation
from campaign.campaigns.lifecycle import PUBLIC, Status
from campaign.campaigns.models import Campaign, CampaignTarget, CampaignText, Fact, FactSource
from campaign.core.cache import remembered
from campaign.core.db import session
from campaign.core.errors import NotFound
from campaign.core.i18n import pick
from campaign.core.text import markdown


@dataclass(frozen=True)
class Picture:
    """The one picture of a campaign."""

    src: str
    alt: str
    credit: str


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

    @property
    def is_open(self) -> bool:
        """Whether it can be signed now."""
        return self.status == Status.OPEN


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


def find(slug: str, lang: str) -> Page:
    """A campaign that the public may see, in that language or in the first it has; raises NotFound.

    Kept for a moment: a crowd on one page asks the database once a second.
    """
    return remembered(("campaign", slug, lang), lambda: _load(Campaign.slug == slug, lang))


def by_id(id_: UUID, lang: str) -> Page:
    """The campaign of a signature, whatever its status."""
    return remembered(("campaign", id_, lang), lambda: _load(Campaign.id == id_, lang, public_only=False))


def open_campaigns(lang: str) -> list[Page]:
    """Every open campaign, newest first, in that language or in the first it has."""
    slugs = session().scalars(
        select(Campaign.slug).where(Campaign.status == Status.OPEN).order_by(Campaign.created_at.desc())
    )
    return [find(slug, lang) for slug in slugs.all()]


def facts(campaign_id: UUID, lang: str) -> list[FactView]:
    """The facts of a campaign with their sources, in order."""
    return remembered(("facts", campaign_id, lang), lambda: _facts(campaign_id, lang))


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
    }
    if not texts:
        raise NotFound(_("There is no campaign here."))
    text = texts.get(lang) or texts.get("en") or next(iter(texts.values()))
    posts = session().scalars(
        select(CampaignTarget.post_id)
        .where(CampaignTarget.campaign_id == campaign.id)
        .order_by(CampaignTarget.position)
    )
    picture = Picture(campaign.picture, text.picture_alt, text.picture_credit) if campaign.picture else None
    return Page(
        id=campaign.id,
        slug=campaign.slug,
        status=campaign.status,
        goal=campaign.goal,
        accent=campaign.accent,
        country=campaign.country,
        is_demo=campaign.is_demo,
        moderation=campaign.moderation,
        organisation=organisation,
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        lang=text.lang,
        langs=tuple(texts),
        title=text.title,
        kicker=text.kicker,
        lead=text.lead,
        story=markdown(text.story),
        picture=picture,
        post_ids=tuple(posts),
    )


def _facts(campaign_id: UUID, lang: str) -> list[FactView]:
    rows = session().execute(
        select(Fact, FactSource)
        .join(FactSource, FactSource.id == Fact.source_id)
        .where(Fact.campaign_id == campaign_id)
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
        )
        for number, (fact, source) in enumerate(rows, 1)
    ]
