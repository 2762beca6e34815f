"""The steps of making a campaign, with what is missing in each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request, url_for
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from campaign import campaigns
from campaign.campaigns import checklist
from campaign.core.i18n import LANGUAGES
from campaign.core.zones import zone_of
from campaign.web.staff.nav import may_open


@dataclass(frozen=True)
class Step:
    """One step: its key, as findings name it, the page where it is done, and what it is called."""

    key: str
    endpoint: str
    label: LazyString


STEPS = (
    Step("basics", "staff.making_basics", _("Basics")),
    Step("story", "staff.making_story", _("Ask and story")),
    Step("letter", "staff.letter", _("Letter")),
    Step("targets", "staff.making_targets", _("Who gets the letters")),
    Step("facts", "staff.facts", _("Facts")),
    Step("delivery", "staff.delivery", _("Delivery plan")),
    Step("languages", "staff.making_languages", _("Languages")),
    Step("privacy", "staff.making_privacy", _("Privacy")),
    Step("check", "staff.making_check", _("Check and open")),
)


@dataclass(frozen=True)
class Line:
    """A step as this reader sees it; `href` is empty where their role does not open it."""

    key: str
    label: str
    href: str
    current: bool
    stops: int
    warns: int


def lines(findings: Sequence[checklist.Found] | None = None) -> list[Line]:
    """Every step that this installation has, with what its findings say."""
    found = checklist.look(g.campaign) if findings is None else findings
    count = Counter((each.step, each.light) for each in found)
    return [
        Line(
            key=step.key,
            label=str(step.label),
            href=address(step),
            current=request.endpoint == step.endpoint,
            stops=count[step.key, checklist.Light.STOP],
            warns=count[step.key, checklist.Light.WARN],
        )
        for step in STEPS
        if step.endpoint in current_app.view_functions
    ]


def to_do() -> dict[str, Any]:
    """What the dashboard says of the making: why a campaign did not open at its time, and which facts are due."""
    late = campaigns.late.is_late(g.campaign)
    findings = checklist.look(g.campaign) if late else []
    return {
        "late": late,
        "missing": [found for found in findings if found.light == checklist.Light.STOP],
        "links": {step.key: address(step) for step in STEPS if step.endpoint in current_app.view_functions},
        "names": {each.code: each.name for each in LANGUAGES},
        "zone": zone_of(g.campaign.country),
        "facts_due": len(campaigns.evidence.due(g.campaign.id)),
    }


def address(step: Step) -> str:
    """Where a step is done; empty where this reader's role does not open it."""
    return url_for(step.endpoint, slug=g.campaign.slug) if may_open(step.endpoint) else ""


def after(key: str) -> str:
    """The address of the step that follows."""
    keys = [step.key for step in STEPS]
    rest = STEPS[keys.index(key) + 1 :] if key in keys else ()
    return next((href for step in rest if (href := address(step))), url_for("staff.making", slug=g.campaign.slug))
