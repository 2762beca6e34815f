"""What the check list of a campaign says of the domain that its letters come from."""

from collections.abc import Iterator

from flask_babel import gettext as _

from campaign import config
from campaign.campaigns import StaffCampaign, checklist, modes
from campaign.core.cache import remembered
from campaign.core.db import session
from campaign.doctor import domain
from campaign.doctor.finding import Finding, Status
from campaign.doctor.resolver import Resolver, SystemResolver

STEP = "delivery"
# DNS changes within minutes, and people reload the page after a change.
SECONDS = 60.0


def sending_domain(campaign: StaffCampaign, resolver: Resolver | None = None) -> Iterator[checklist.Found]:
    """Whether receivers believe the domain; in a demonstration nothing leaves, so nothing is asked."""
    if config.current().demo:
        yield checklist.ok(_("The sending domain is not looked at: this is a demonstration."), STEP)
        return
    anyway = modes.of(campaign.id).unverified
    # Asking DNS takes seconds: no transaction waits for it.
    session().rollback()
    findings = remembered(("sending domain",), lambda: list(domain.check(resolver or SystemResolver())), SECONDS)
    wrong = [each for each in findings if each.status in (Status.PROBLEM, Status.WARNING)]
    yield from (_found(each, anyway=anyway) for each in wrong)
    if not wrong:
        yield checklist.ok(_("Receivers can check the domain that letters come from."), STEP)


def _found(finding: Finding, *, anyway: bool) -> checklist.Found:
    words = f"{finding.check}: {finding.text} {finding.advice}".strip()
    stops = finding.status is Status.PROBLEM and not anyway  # staff may say so, on record: see `campaigns.modes`
    return checklist.stop(words, STEP) if stops else checklist.warn(words, STEP)
