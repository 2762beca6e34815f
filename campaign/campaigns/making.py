"""Begin a campaign, copy one, put one away, and say in which languages it can be read."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Table, insert, inspect, select, update

from campaign.campaigns import modes, slugs
from campaign.campaigns.commands import change_status, create
from campaign.campaigns.drafts import NEEDED, lock
from campaign.campaigns.lifecycle import PUBLIC, Status
from campaign.campaigns.models import Accent, Campaign, CampaignTarget, CampaignText, Fact, FactSource
from campaign.core import audit
from campaign.core.db import session
from campaign.core.errors import Conflict, DomainError, NotFound
from campaign.core.i18n import CODES
from campaign.core.ids import new_id

GOAL, COUNTRY = 1000, "BE"
# Of a campaign, what belongs to the one and not to its copy.
NOT_COPIED = {"id", "slug", "status", "is_demo", "opens_at", "closes_at", "closed_at", "created_at", "outcome"}
NOT_COPIED |= {"version", "preview_version"}


def begin(organisation_id: UUID, title: str, lang: str, *, actor: str) -> Campaign:
    """A new draft with nothing but a title in one language; its address is made of the title."""
    row = Campaign(
        organisation_id=organisation_id, slug=slugs.from_title(title), goal=GOAL, accent=Accent.CRIMSON, country=COUNTRY
    )
    return create(row, [_empty(lang, title, shown=True)], [], actor=actor)


def duplicate(organisation_id: UUID, campaign_id: UUID, *, actor: str) -> Campaign:
    """A draft with the same texts, facts and targets and none of the signatures. Letters are copied by their room."""
    old = session().scalar(
        select(Campaign).where(Campaign.id == campaign_id, Campaign.organisation_id == organisation_id)
    )
    if old is None:
        raise NotFound(_("There is no campaign here."))
    texts = session().scalars(select(CampaignText).where(CampaignText.campaign_id == campaign_id)).all()
    posts = select(CampaignTarget.post_id).where(CampaignTarget.campaign_id == campaign_id)
    slug = slugs.from_title(f"{old.slug} copy")
    made = create(
        Campaign(slug=slug, **_columns(old, NOT_COPIED)),
        [CampaignText(**{**_columns(text, {"campaign_id"}), "outcome_text": ""}) for text in texts],
        session().scalars(posts.order_by(CampaignTarget.position)).all(),
        actor=actor,
    )
    _copy_facts(campaign_id, made.id)
    modes.apply(made.id, made.delivery, actor=actor)
    audit.record(actor, "campaigns.duplicate", f"campaign:{made.id}", organisation_id, of=str(campaign_id))
    return made


def archive(organisation_id: UUID, campaign_id: UUID, *, actor: str) -> None:
    """Put a draft or a closed campaign away; raises Conflict for any other."""
    lock(organisation_id, campaign_id)
    change_status(campaign_id, Status.ARCHIVED, actor=actor)


def unarchive(organisation_id: UUID, campaign_id: UUID, *, actor: str) -> None:
    """Bring it back as what it was: a draft, or closed if it was ever open."""
    row = lock(organisation_id, campaign_id)
    if row.status != Status.ARCHIVED:
        raise Conflict(_("This campaign is not in the archive."))
    # Retention goes on counting from the day on which it closed.
    closed_at = row.closed_at
    change_status(campaign_id, Status.CLOSED if closed_at else Status.DRAFT, actor=actor)
    session().execute(update(Campaign).where(Campaign.id == campaign_id).values(closed_at=closed_at))


def add_language(organisation_id: UUID, campaign_id: UUID, lang: str, *, actor: str) -> None:
    """Begin a translation; nobody else sees it before it is complete and switched on."""
    row = lock(organisation_id, campaign_id)
    if lang not in CODES:
        words = _("Choose one of the languages.")
        raise DomainError(words, fields={"lang": words})
    if session().get(CampaignText, (campaign_id, lang)):
        raise Conflict(_("The campaign has this language already."))
    session().add(_empty(lang, "", shown=False, campaign_id=campaign_id))
    row.version += 1
    session().flush()
    audit.record(actor, "campaigns.add_language", f"campaign:{campaign_id}", organisation_id, lang=lang)


def show_language(organisation_id: UUID, campaign_id: UUID, lang: str, wanted: bool, *, actor: str) -> None:
    """Let supporters read a language, or no longer. Raises Conflict where texts are missing or none would be left."""
    row = lock(organisation_id, campaign_id)
    texts = session().scalars(select(CampaignText).where(CampaignText.campaign_id == campaign_id)).all()
    mine = next((text for text in texts if text.lang == lang), None)
    if mine is None:
        raise NotFound(_("This campaign has no text in that language."))
    if wanted and not all(getattr(mine, name) for name in NEEDED):
        raise Conflict(_("Translate the title, the ask and the story first."))
    if not wanted and row.status in PUBLIC and not any(text.shown for text in texts if text.lang != lang):
        raise Conflict(_("It is the only language that supporters can read."))
    before, mine.shown = mine.shown, wanted
    row.version += 1
    session().flush()
    subject = f"campaign:{campaign_id}"
    audit.record(
        actor, "campaigns.show_language", subject, organisation_id, {"shown": before}, {"shown": wanted}, lang=lang
    )


def revoke_previews(organisation_id: UUID, campaign_id: UUID, *, actor: str) -> None:
    """Every link to a preview that was given out leads nowhere from now on."""
    row = lock(organisation_id, campaign_id)
    row.preview_version += 1
    session().flush()
    audit.record(actor, "campaigns.revoke_previews", f"campaign:{campaign_id}", organisation_id)


def _empty(lang: str, title: str, *, shown: bool, campaign_id: UUID | None = None) -> CampaignText:
    empty = dict.fromkeys(("kicker", "lead", "story", "picture_alt", "picture_credit"), "")
    return CampaignText(campaign_id=campaign_id, lang=lang, title=title, shown=shown, **empty)


def _copy_facts(old: UUID, new: UUID) -> None:
    """Facts and what they rest on, whatever columns they have."""
    sources = {}
    for row in _rows(FactSource.__table__, old):
        sources[row["id"]] = new_id()
        session().execute(insert(FactSource).values({**row, "id": sources[row["id"]], "campaign_id": new}))
    for row in _rows(Fact.__table__, old):
        copy = {**row, "id": new_id(), "campaign_id": new, "source_id": sources[row["source_id"]]}
        session().execute(insert(Fact).values(copy))


def _rows(table: Any, campaign_id: UUID) -> Sequence[dict[str, Any]]:
    found: Table = table
    rows = session().execute(select(found).where(found.c.campaign_id == campaign_id)).mappings()
    return [dict(row) for row in rows]


def _columns(row: Any, without: set[str]) -> dict[str, Any]:
    names = [column.key for column in inspect(row).mapper.column_attrs]
    return {name: getattr(row, name) for name in names if name not in without}
