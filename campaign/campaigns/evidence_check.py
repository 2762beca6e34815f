"""What the check list before opening says of the facts."""

from collections.abc import Iterator

from flask_babel import gettext as _

from campaign.campaigns import checklist, evidence
from campaign.campaigns.checklist import Found
from campaign.campaigns.evidence import StaffFact
from campaign.campaigns.staff import StaffCampaign
from campaign.core import clock

STEP = "facts"


def facts(campaign: StaffCampaign) -> Iterator[Found]:
    """Facts with a source that can be opened, in every language, and none that waits for another look."""
    every = evidence.every(campaign.id)
    if not every:
        yield checklist.warn(_("There are no facts yet."), STEP)
        return
    odd = [each for number, fact in enumerate(every, 1) for each in _odd(number, fact, campaign.langs)]
    yield from odd or [checklist.ok(_("Every fact has a source."), STEP)]


def _odd(number: int, fact: StaffFact, langs: tuple[str, ...]) -> Iterator[Found]:
    for lang in langs:
        if not fact.statement.get(lang):
            yield checklist.warn(_("Fact %(n)s is not translated.", n=number), STEP, lang)
    if not fact.link:
        yield checklist.warn(_("The source of fact %(n)s has no link.", n=number), STEP)
    if fact.is_due(clock.today()):
        yield checklist.warn(_("Fact %(n)s should be looked at again.", n=number), STEP)
