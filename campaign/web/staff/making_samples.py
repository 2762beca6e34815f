"""Made-up steps, lights and fields for the style page, in English."""

from typing import Any

from campaign.campaigns import checklist
from campaign.web.staff.making.sheet import Field, Sheet
from campaign.web.staff.making.steps import Line


def everything(long: str) -> dict[str, Any]:
    """What templates/staff/style/making.html shows; `long` is a name of some length."""
    return {
        "making_steps": [
            Line("basics", "Basics", "#making", True, 0, 0),
            Line("story", "Ask and story", "#making", False, 2, 1),
            Line("facts", long, "#making", False, 0, 3),
            Line("delivery", "Delivery plan", "", False, 0, 0),
        ],
        "making_findings": [
            checklist.ok("The texts are complete.", "story", "en"),
            checklist.warn(long, "letter", "fr"),
            checklist.stop("Nobody gets the letters yet.", "targets"),
        ],
        "making_sheet": Sheet("sample", "Sample", _fields(long), version=1),
        "making_names": {"en": "English", "fr": "Français"},
        "making_links": {"letter": "#making", "targets": "#making"},
    }


def _fields(long: str) -> list[Field]:
    return [
        Field("shown_as", "Line", hint="A hint", data=long),
        Field("lead_en", "Lines", "lines", "A hint", required=True, errors=["Write the ask."]),
        Field("story_en", "Markdown", "markdown", data="**Bold**"),
        Field("goal", "Number", "number", data="1000", required=True),
        Field("closes_at", "Moment", "moment"),
        Field("accent", "Choice", "choice", choices=[("ocean", "Ocean"), ("plum", "Plum")], data="plum"),
    ]
