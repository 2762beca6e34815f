"""The fields of a campaign as staff write them: read as words, saved together, never over somebody else's words.

A name is a column, or a column of the texts with its language: `goal`, `title_fr`. Moments are `2026-11-22T09:00` by
the clocks of the campaign's country.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select

from campaign.campaigns import rules
from campaign.campaigns.lifecycle import PUBLIC, Outcome, Status
from campaign.campaigns.models import Accent, Campaign, CampaignText
from campaign.core import audit, merge
from campaign.core.db import session
from campaign.core.errors import DomainError, NotFound
from campaign.core.i18n import CODES
from campaign.core.zones import zone_of

PLAIN = ("shown_as", "controller", "privacy_contact", "country")
OWN = (*PLAIN, "goal", "accent", "opens_at", "closes_at", "retention_days", "outcome")
TEXTS = ("title", "kicker", "lead", "story", "picture_alt", "picture_credit", "outcome_text")
CONSENTS = ("consent_send", "consent_updates")
MOMENTS = ("opens_at", "closes_at")
# Without these nobody can read what is asked, so a language that supporters see keeps them.
NEEDED = ("title", "lead", "story")


@dataclass(frozen=True)
class Draft:
    """Fields of a campaign at one version."""

    version: int
    values: dict[str, str]

    @property
    def seal(self) -> str:
        """What travels with the form, to tell later who changed what."""
        return merge.seal(self.values)


def read(campaign_id: UUID, names: Sequence[str]) -> Draft:
    """These fields as they stand."""
    row = session().get_one(Campaign, campaign_id, populate_existing=True)
    texts = _texts(campaign_id)
    return Draft(row.version, {name: _value(row, texts, name) for name in names})


def save(
    organisation_id: UUID, campaign_id: UUID, mine: Mapping[str, str], *, seen: int, base: str, actor: str
) -> Draft:
    """Write what changed, in one version; see `merge.changes` for `seen` and `base`.

    Raises Clash where somebody else changed the same field meanwhile, DomainError for what cannot stand there.
    """
    row = lock(organisation_id, campaign_id)
    texts = _texts(campaign_id)
    theirs = {name: _value(row, texts, name) for name in mine}
    wanted = merge.changes(mine, theirs, base, seen, row.version)
    if wanted:
        _check(row, texts, wanted)
        for name, value in wanted.items():
            _set(row, texts, name, value)
        row.version += 1
        session().flush()
        audit.record(
            actor,
            "campaigns.save",
            f"campaign:{campaign_id}",
            organisation_id,
            before={name: theirs[name] for name in wanted},
            after=wanted,
        )
    return Draft(row.version, {name: _value(row, texts, name) for name in mine})


def lock(organisation_id: UUID, campaign_id: UUID) -> Campaign:
    """A campaign of an organisation, for changing; raises NotFound for any other."""
    query = select(Campaign).where(Campaign.id == campaign_id, Campaign.organisation_id == organisation_id)
    row = session().scalar(query.with_for_update(key_share=True).execution_options(populate_existing=True))
    if row is None:
        raise NotFound(_("There is no campaign here."))
    return row


def local(at: datetime | None, country: str) -> str:
    """A moment by the clocks of a country, as a form shows it; empty for none."""
    return at.astimezone(ZoneInfo(zone_of(country))).strftime(rules.MINUTES) if at else ""


def split(name: str) -> tuple[str, str]:
    """A field's column and its language; the language is empty for a field that has none."""
    column, _line, lang = name.rpartition("_")
    return (column, lang) if lang in CODES and column in (*TEXTS, *CONSENTS) else (name, "")


def _texts(campaign_id: UUID) -> dict[str, CampaignText]:
    query = select(CampaignText).where(CampaignText.campaign_id == campaign_id)
    return {text.lang: text for text in session().scalars(query.execution_options(populate_existing=True))}


def _value(row: Campaign, texts: Mapping[str, CampaignText], name: str) -> str:
    column, lang = split(name)
    if lang:
        if lang not in texts:
            raise NotFound(_("This campaign has no text in that language."))
        return str(getattr(texts[lang], column))
    value = getattr(row, column)
    if column in MOMENTS:
        return local(value, row.country)
    return "" if value is None else str(value)


def _set(row: Campaign, texts: Mapping[str, CampaignText], name: str, value: str) -> None:
    column, lang = split(name)
    if lang:
        setattr(texts[lang], column, value)
    elif column in MOMENTS:
        setattr(row, column, _moment(value, row.country))
    elif column in ("goal", "retention_days"):
        setattr(row, column, int(value) if value else None)
    elif column == "accent":
        row.accent = Accent(value)
    elif column == "outcome":
        row.outcome = Outcome(value) if value else None
    else:
        setattr(row, column, value)


def _moment(value: str, country: str) -> datetime | None:
    if not value:
        return None
    naive = datetime.strptime(value, rules.MINUTES)  # noqa: DTZ007 - the zone follows
    return naive.replace(tzinfo=ZoneInfo(zone_of(country)))


def _check(row: Campaign, texts: Mapping[str, CampaignText], wanted: Mapping[str, str]) -> None:
    """What holds between fields, and what a campaign that is public cannot do without."""
    fields = {}
    for name, value in wanted.items():
        column, lang = split(name)
        if not value and column in ("goal", "accent", "country"):
            fields[name] = _("Fill this in.")
        if not value and lang and column in NEEDED and row.status in PUBLIC and texts[lang].shown:
            fields[name] = _("Supporters read this now. It cannot be empty.")
    if row.status == Status.SCHEDULED and wanted.get("opens_at") == "":
        fields["opens_at"] = _("The campaign opens at this time. On the check list, make it a draft again first.")
    country = wanted.get("country") or row.country
    opens, closes = (
        _moment(wanted[name], country) if name in wanted else getattr(row, name) for name in ("opens_at", "closes_at")
    )
    if opens and closes and closes <= opens and wanted.keys() & set(MOMENTS):
        fields["closes_at"] = _("It must close after it opens.")
    if fields:
        raise DomainError(next(iter(fields.values())), fields=fields)
