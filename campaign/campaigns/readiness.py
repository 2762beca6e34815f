"""What the check list says of texts, languages, targets and privacy."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from campaign import config
from campaign.campaigns import checklist
from campaign.campaigns.checklist import Found
from campaign.campaigns.drafts import NEEDED
from campaign.campaigns.models import Campaign, CampaignText
from campaign.campaigns.rules import links
from campaign.campaigns.staff import StaffCampaign
from campaign.core import clock
from campaign.core.db import session
from campaign.targets import listing

MOST_WORDS, MOST_LINKS = 250, 2
# So much of a text in capitals is shouting; a short one may be a name.
SHOUTING, SHORT = 0.5, 12


@dataclass(frozen=True)
class Standing:
    """A language of a campaign: whether supporters read it, and how many of its texts are missing."""

    lang: str
    shown: bool
    missing: int


def standing(campaign_id: UUID) -> list[Standing]:
    """Each language of a campaign, in order of the alphabet."""
    picture = _picture(campaign_id)
    return [Standing(text.lang, text.shown, len(_missing(text, picture))) for text in _texts(campaign_id)]


def texts(campaign: StaffCampaign) -> Iterator[Found]:
    """Every language that supporters read is complete; others are said to be missing."""
    all_, picture = _texts(campaign.id), campaign.picture is not None
    if not any(text.shown for text in all_):
        yield checklist.stop(_("No language is switched on."), "languages")
    for text in all_:
        missing = _missing(text, picture)
        for name in missing if text.shown else ():
            step = "basics" if name == "title" else "story"
            yield checklist.stop(_names()[name], step, text.lang)
        if not text.shown:
            words = _("The translation is not complete.") if missing else _("Complete, but not switched on.")
            yield checklist.warn(words, "languages", text.lang)
        elif not missing:
            yield checklist.ok(_("The texts are complete."), "story", text.lang)
        yield from _manners(text)


def _missing(text: CampaignText, picture: bool) -> list[str]:
    return [name for name in (*NEEDED, *(["picture_alt"] if picture else [])) if not getattr(text, name)]


def _names() -> dict[str, str]:
    return {
        "title": _("The title is missing."),
        "lead": _("The ask is missing."),
        "story": _("The story is missing."),
        "picture_alt": _("Nothing says what the picture shows."),
    }


def _manners(text: CampaignText) -> Iterator[Found]:
    if len(text.story.split()) > MOST_WORDS:
        words = _("The story has more than %(n)s words. Few read to its end.", n=MOST_WORDS)
        yield checklist.warn(words, "story", text.lang)
    if len(links(text.story)) > MOST_LINKS:
        words = _("The story has more than %(n)s links. Each leads people away.", n=MOST_LINKS)
        yield checklist.warn(words, "story", text.lang)
    if any(_shouts(getattr(text, name)) for name in ("title", "kicker", *NEEDED[1:])):
        yield checklist.warn(_("Much is in capitals. It reads as shouting."), "story", text.lang)


def _shouts(words: str) -> bool:
    letters = [letter for letter in words if letter.isalpha()]
    return len(letters) > SHORT and sum(letter.isupper() for letter in letters) > SHOUTING * len(letters)


def targets(campaign: StaffCampaign) -> Iterator[Found]:
    """At least one office with an address that somebody has checked lately; each other without one is named."""
    if not campaign.post_ids:
        yield checklist.stop(_("Nobody gets the letters yet."), "targets")
        return
    oldest = clock.today() - listing.STALE
    offices = listing.those(campaign.organisation_id, campaign.post_ids)
    good = [each for each in offices if each.email and each.checked_on and each.checked_on >= oldest]
    for each in offices:
        light = checklist.warn if good else checklist.stop
        if not each.email:
            yield light(_("%(office)s has no address.", office=each.office), "targets")
        elif each not in good:
            words = _("Nobody has checked the address of %(office)s for 180 days.", office=each.office)
            yield light(words, "targets")
    if good:
        yield checklist.ok(
            _("%(n)s of %(all)s offices have an address that was checked.", n=len(good), all=len(offices)), "targets"
        )


def privacy(campaign: StaffCampaign) -> Iterator[Found]:
    """Supporters are told where to ask about their data."""
    if campaign.privacy_contact or config.current().contact:
        yield checklist.ok(_("People know where to ask about their data."), "privacy")
    else:
        yield checklist.warn(_("Nothing says where to ask about one's data."), "privacy")


def _texts(campaign_id: UUID) -> list[CampaignText]:
    query = select(CampaignText).where(CampaignText.campaign_id == campaign_id).order_by(CampaignText.lang)
    return list(session().scalars(query.execution_options(populate_existing=True)))


def _picture(campaign_id: UUID) -> bool:
    return session().scalar(select(Campaign.picture).where(Campaign.id == campaign_id)) is not None
