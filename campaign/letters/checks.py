"""What the check list before opening says of the letter."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from campaign.campaigns import CampaignText, StaffCampaign, checklist
from campaign.core.db import session
from campaign.core.errors import DomainError
from campaign.letters import trials
from campaign.letters.advice import advice
from campaign.letters.drafts import unsaved
from campaign.letters.models import ModelLetterVersion
from campaign.letters.newest import all_checked, newest_of
from campaign.letters.parts import Checked, checked, spread

STEP = "letter"


@dataclass(frozen=True)
class Standing:
    """What both checks go by: the languages that supporters may read, and the newest version in each."""

    shown: set[str]
    versions: dict[str, ModelLetterVersion]


def everything(campaign: StaffCampaign) -> Iterator[checklist.Found]:
    """All that the check list says of the letter and of test letters."""
    stands = _standing(campaign)
    yield from letter(campaign, stands)
    yield from trial(campaign, stands)


def letter(campaign: StaffCampaign, stands: Standing) -> Iterator[checklist.Found]:
    """A letter in each language, with nothing in it to look at again; in a language that is not shown it may lack."""
    shown, versions, drafts = stands.shown, stands.versions, unsaved(campaign.id)
    written = all_checked(list(versions.values()))
    for lang in campaign.langs:
        if lang not in versions:
            missing = checklist.stop if lang in shown else checklist.warn
            yield missing(_("There is no letter in this language yet."), STEP, lang)
            continue
        text = written[versions[lang].id]
        found = [checklist.warn(each.text, STEP, lang) for each in advice(text)]
        found += _wrong(text, lang)
        if lang in drafts:
            found.append(checklist.warn(_("A draft is not saved. Supporters get the version before it."), STEP, lang))
        yield from found or [checklist.ok(_("The letter is written."), STEP, lang)]


def _standing(campaign: StaffCampaign) -> Standing:
    query = select(CampaignText.lang).where(CampaignText.campaign_id == campaign.id, CampaignText.shown)
    return Standing(set(session().scalars(query)), newest_of(campaign.id))


def _wrong(text: Checked, lang: str) -> list[checklist.Found]:
    """What rules that came later than the version would refuse."""
    try:
        checked(spread(text))
    except DomainError as error:
        return [checklist.stop(words, STEP, lang) for words in error.fields.values()]
    return []


def trial(campaign: StaffCampaign, stands: Standing | None = None) -> Iterator[checklist.Found]:
    """A test letter of the newest version has left: in one language before anything opens, better in each."""
    stands = stands or _standing(campaign)
    shown, versions, read = stands.shown, stands.versions, trials.tested(campaign.id)
    tested = {lang: lang in versions and versions[lang].id in read for lang in campaign.langs if lang in shown}
    if not any(tested.values()):
        yield checklist.stop(_("Send yourself a test letter, and read it as the office will."), STEP)
        return
    for lang, sent in tested.items():
        if sent:
            yield checklist.ok(_("A test letter has been sent."), STEP, lang)
        else:
            yield checklist.warn(_("Nobody has read a test letter of this version."), STEP, lang)
