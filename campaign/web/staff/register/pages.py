"""One office, one body, one person, each with its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask import g, render_template
from flask.typing import ResponseReturnValue

from campaign import campaigns, outbox
from campaign.core import clock, i18n
from campaign.core.i18n import language, pick
from campaign.targets import listing, stream_of
from campaign.web.audience import staff
from campaign.web.staff import blueprint


@dataclass(frozen=True)
class Span:
    """A tenure with its place on a line of time, in per cent of it."""

    held: listing.Held
    start: float
    width: float


@blueprint.get("/register/posts/<uuid:post_id>")
@staff()
def office(post_id: UUID) -> ResponseReturnValue:
    """Who holds it when, where it is reached, which campaigns write to it."""
    post, stands = listing.office(g.staff.organisation_id, post_id)
    mine = campaigns.all_of(g.staff.organisation_id, i18n.language())
    return render_template(
        "staff/register/office.html",
        post=post,
        stands=stands,
        spans=spans(listing.tenures(g.staff.organisation_id, post_id=post_id), clock.today()),
        contacts=listing.contacts(post_id),
        campaigns=[campaign for campaign in mine if post_id in campaign.post_ids],
        pause=outbox.pauses.standing([stream_of(post_id)]).get(stream_of(post_id)),
        today=clock.today(),
        stale_before=clock.today() - listing.STALE,
    )


@blueprint.get("/register/bodies/<uuid:body_id>")
@staff()
def body(body_id: UUID) -> ResponseReturnValue:
    """A body and its offices as they stand today."""
    found = listing.body(g.staff.organisation_id, body_id)
    offices, more = listing.offices(g.staff.organisation_id, body_id=body_id)
    name, mine = pick(found.name, language()), found.organisation_id == g.staff.organisation_id
    values = {"body": found, "name": name, "mine": mine, "offices": offices, "more": more}
    return render_template("staff/register/body.html", **values, today=clock.today())


@blueprint.get("/register/persons/<uuid:person_id>")
@staff()
def person(person_id: UUID) -> ResponseReturnValue:
    """A person and what they held."""
    found = listing.person(g.staff.organisation_id, person_id)
    held = listing.tenures(g.staff.organisation_id, person_id=person_id)
    mine = found.organisation_id == g.staff.organisation_id
    values = {"person": found, "mine": mine, "spans": spans(held, clock.today()), "today": clock.today()}
    return render_template("staff/register/person.html", **values)


def spans(tenures: Sequence[listing.Held], today: date) -> list[Span]:
    """Tenures on one line of time, which ends a little after today or with the last of them."""
    if not tenures:
        return []
    first = min(held.since for held in tenures)
    last = max([today + timedelta(days=30), *(held.until for held in tenures if held.until)])
    last = max(last, max(held.since for held in tenures) + timedelta(days=30))
    days = (last - first).days or 1
    found = []
    for held in tenures:
        start = 100 * (held.since - first).days / days
        width = 100 * ((held.until or last) - held.since).days / days
        found.append(Span(held, round(start, 2), round(max(width, 0.7), 2)))
    return found
