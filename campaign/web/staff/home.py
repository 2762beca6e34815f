"""The console's first page: the campaigns of the organisation at a glance."""

from flask import g, render_template
from flask.typing import ResponseReturnValue

from campaign import accounts, campaigns, reports
from campaign.core import i18n
from campaign.web.audience import staff
from campaign.web.staff import blueprint, nav


@blueprint.get("/")
@staff()
def home() -> ResponseReturnValue:
    """Every campaign with its figures, newest first."""
    found = campaigns.all_of(g.staff.organisation_id, i18n.language())
    figures = reports.overview([campaign.id for campaign in found])
    others = [home for home in accounts.team.homes(g.staff.id) if home.id != g.staff.organisation_id]
    context = {"figures": figures, "others": others, "may_make": nav.may_open("staff.new_campaign")}
    return render_template("staff/home/home.html", campaigns=found, **context)
