"""A campaign at work: what came in, what went out, and how long the rest will take."""

from typing import Any

from flask import g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import campaigns, outbox, reports, targets
from campaign.campaigns import StaffCampaign
from campaign.core import clock, i18n, zones
from campaign.reports import Figures, Forecast
from campaign.web import when
from campaign.web.audience import staff
from campaign.web.public.campaign import counter_urls
from campaign.web.staff import blueprint, charts, slow
from campaign.web.staff.making import steps
from campaign.web.staff.outbox_acts import MAY_ACT

# How many milestones stand on the dashboard.
LATEST = 3


@blueprint.get("/campaigns/<slug>")
@staff()
def dashboard(slug: str) -> ResponseReturnValue:
    """The dashboard of a campaign."""
    figures = reports.figures(g.campaign.id)
    live = counter_urls(slug) if g.campaign.status in campaigns.PUBLIC else {}
    return render_template(
        "staff/dashboard/dashboard.html",
        to_do=steps.to_do(),
        **_now(g.campaign, figures),
        **charts.points(figures),
        **live,
    )


@blueprint.get("/campaigns/<slug>/now")
@staff()
def dashboard_now(slug: str) -> ResponseReturnValue:
    """What its script renews: the parts of the dashboard that move."""
    return render_template("staff/dashboard/now.html", slug=slug, **_now(g.campaign, reports.figures(g.campaign.id)))


def _now(campaign: StaffCampaign, figures: Figures) -> dict[str, Any]:
    forecast = reports.forecast(campaign)
    return {
        "campaign": campaign,
        "figures": figures,
        "forecast": _forecast(forecast, figures.zone),
        "offices": _offices(campaign, figures, forecast),
        "milestones": _latest(campaign),
        "may_pause": g.staff.role in MAY_ACT,
        "is_paused": bool(outbox.pauses.standing([outbox.pauses.of_owner(campaign.id)])),
    }


def _forecast(forecast: Forecast, zone: str) -> str:
    """When the outbox is empty, in words."""
    if not forecast.queued:
        return _("nothing waits")
    if forecast.on_paper:
        return _("until the hand-over")
    if forecast.lane.closed is not None or forecast.seconds is None:
        return _("stopped: see the table below")
    words = when.empty_in(forecast.seconds, zones.local(clock.now(), zone))
    if forecast.per_minute is None:
        return words
    return _("%(when)s, at %(pace)s to each office", when=words, pace=when.pace(forecast.per_minute))


def _offices(campaign: StaffCampaign, figures: Figures, forecast: Forecast) -> list[dict[str, Any]]:
    """Each office with its holder, its letters and how its lane goes."""
    posts = {post.post_id: post for post in targets.resolve(campaign.post_ids, clock.today(), i18n.language())}
    none = dict.fromkeys(figures.letters, 0)
    return [
        {
            "key": posts[lasting.post_id].key,
            "office": posts[lasting.post_id].office,
            "holder": posts[lasting.post_id].holder,
            "letters": figures.targets.get(lasting.post_id, none),
            **slow.pace(lasting, figures.zone),
        }
        for lasting in forecast.targets
    ]


def _latest(campaign: StaffCampaign) -> list[reports.MilestoneView]:
    """The milestones that were reached or taken back last."""
    reached = [each for each in reports.milestones(campaign.id) if each.reached_at]
    return sorted(reached, key=lambda each: (each.taken_back_at or each.reached_at, each.step), reverse=True)[:LATEST]
