"""A campaign as supporters will see it, for whoever holds the link. Nobody can sign there."""

from dataclasses import replace

from flask import g, make_response, request
from flask.typing import ResponseReturnValue

from campaign import campaigns, reports
from campaign.campaigns import Outcome, Page, Status, previews
from campaign.core import tokens
from campaign.core.i18n import CODES
from campaign.core.tokens import Purpose
from campaign.web.audience import signed_link
from campaign.web.headers import Frame, framed
from campaign.web.public import blueprint, writing
from campaign.web.public.campaign import show
from campaign.web.public.forms import SignForm


@blueprint.get("/preview/<token>")
@signed_link
@framed(Frame.SITES)
def preview(token: str) -> ResponseReturnValue:
    """The page in a language and a state; without a language that the campaign has, in its first."""
    g.private = True
    id_ = previews.campaign_of(tokens.read(Purpose.PREVIEW, token))
    wanted = request.args.get("language", "")
    page = campaigns.draft(id_, wanted if wanted in CODES else "")
    g.lang = page.lang
    if request.args.get("framed") == "1":
        g.framed_by = ()  # our own pages, and no others
    response = make_response(_shown(_in_state(page, request.args.get("state", ""))))
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _shown(page: Page) -> ResponseReturnValue:
    """As the public page is made. The token of its form is good for no campaign."""
    letter, form = writing.begin(page), None
    if page.is_open and letter.model is not None:
        values = {"subject": letter.model.subject, "body": letter.model.body, "lot": letter.model.lot}
        form = SignForm(None, slug="", home=page.country, writing=letter, **values)
    return show(page, letter, form, preview=reports.nothing_yet(page.id, page.slug, page.goal))


def _in_state(page: Page, state: str) -> Page:
    if state in set(Outcome):
        return replace(page, status=Status.CLOSED, outcome=Outcome(state))
    if state in ("open", "scheduled", "paused"):
        return replace(page, status=Status(state), outcome=None)
    return replace(page, status=Status.CLOSED, outcome=None) if state == "closed" else page
