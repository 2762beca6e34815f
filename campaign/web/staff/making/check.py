"""The last step: what is right, what is missing, and then: open, pause, close."""

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import campaigns
from campaign.campaigns import Status, checklist
from campaign.core.clock import now
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict
from campaign.core.i18n import moment
from campaign.core.zones import zone_of
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import plain_form
from campaign.web.staff.making import ACTS, MAY_MAKE, MAY_WRITE, steps
from campaign.web.staff.making.basics import NAMES
from campaign.web.staff.making.sheet import Field, Sheet, handle
from campaign.web.staff.making.words import OUTCOMES
from campaign.web.staff.notices import notice

# What each act makes of a campaign, and the act that takes it back.
TO = {
    "open": (Status.OPEN, "pause"),
    "schedule": (Status.SCHEDULED, "unschedule"),
    "unschedule": (Status.DRAFT, None),
    "pause": (Status.PAUSED, "resume"),
    "resume": (Status.OPEN, "pause"),
    "close": (Status.CLOSED, "resume"),
}
CHECKED = {"open", "schedule"}
# What stands in the way comes first.
ORDER = [checklist.Light.STOP, checklist.Light.WARN, checklist.Light.OK]


@blueprint.get("/campaigns/<slug>/making/check")
@staff(*MAY_WRITE)
def making_check(slug: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has loaded the campaign by it
    """Every finding, and the buttons."""
    return _show(checklist.look(g.campaign))


def _show(findings: list[checklist.Found], status: int = 200) -> ResponseReturnValue:
    later = g.campaign.opens_at is not None and g.campaign.opens_at > now()
    sorted_ = sorted(findings, key=lambda found: ORDER.index(found.light))
    context = {"findings": sorted_, "may": checklist.may_open(findings), "later": later, "names": NAMES}
    context |= {"may_make": g.staff.role in MAY_MAKE, "zone": zone_of(g.campaign.country)}
    context |= {"late": campaigns.late.is_late(g.campaign)}
    lines = steps.lines(findings)
    links = {line.key: line.href for line in lines}
    return render_template("staff/making/check.html", steps=lines, links=links, **context), status


@blueprint.post("/campaigns/<slug>/making/<any(open, schedule, unschedule, pause, resume, close):act>")
@staff(*MAY_MAKE)
@limited("staff-making", ACTS)
def campaign_life(slug: str, act: str) -> ResponseReturnValue:
    """Open now or at its time, pause, go on, close. What stands in the way of opening is shown."""
    plain_form()
    if act in CHECKED:
        findings = checklist.look(g.campaign)
        if not checklist.may_open(findings):
            return _show(findings, 409)
    to, back = TO[act]
    before = g.campaign.status
    if act == "resume" and before not in (Status.PAUSED, Status.CLOSED):  # what opens first goes by the check list
        raise Conflict(_("This campaign cannot become %(status)s now.", status=to.value))
    if before == Status.CLOSED:
        back = "close"
    elif act == "close" and before != Status.OPEN:
        back = None  # to go on would open what was paused
    if act == "schedule" and (g.campaign.opens_at is None or g.campaign.opens_at <= now()):
        raise Conflict(_("Set a time to open that is still to come, among the basics."))
    session().rollback()
    with transaction():
        campaigns.change_status(g.campaign.id, to, actor=g.staff.actor)
    undo = url_for("staff.campaign_life", slug=slug, act=back) if back and act != "open" else None
    notice(_words(act), undo=undo)
    return redirect(url_for("staff.making_check", slug=slug), 303)


def _words(act: str) -> str:
    words = {
        "open": _("The campaign is open. People can sign now."),
        "schedule": _("The campaign opens by itself: %(when)s.", when=moment(g.campaign.opens_at or now())),
        "unschedule": _("The campaign is a draft again."),
        "pause": _("The campaign is paused. Nobody can sign for now."),
        "resume": _("The campaign is open again."),
        "close": _("The campaign is closed. Say how it ended."),
    }
    return words[act]


@blueprint.route("/campaigns/<slug>/making/closing", methods=["GET", "POST"])
@staff(*MAY_MAKE)
@limited("staff-making", ACTS)
def making_closing(slug: str) -> ResponseReturnValue:
    """How it ended, in words for supporters."""
    outcomes = [("", _("Nothing said yet")), *((str(key), str(label)) for key, label in OUTCOMES.items())]
    hint = _("What was reached, what comes next, thanks. Markdown. It stands on the page and beside the counter.")
    fields = [Field("outcome", _("Outcome"), "choice", choices=outcomes)]
    for lang in g.campaign.langs:
        label = _("How it ended, in %(language)s", language=NAMES[lang])
        fields.append(Field(f"outcome_text_{lang}", label, "markdown", hint))
    return handle(Sheet("closing", _("How it ended"), fields), back=url_for("staff.making_closing", slug=slug))
