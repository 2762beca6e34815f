"""The outbox, to look at."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import outbox
from campaign.core.i18n import number
from campaign.outbox import Lane, State
from campaign.web.audience import staff
from campaign.web.staff import blueprint

MOST_PAGES = 1000


@blueprint.get("/")
@staff()
def console() -> ResponseReturnValue:
    """The first page of the console."""
    return show()


@blueprint.get("/outbox", endpoint="outbox")
@staff()
def show() -> ResponseReturnValue:
    """The lanes, and a page of messages."""
    wanted = request.args.get("state", "")
    state = State(wanted) if wanted in list(State) else None
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    rows, more = outbox.messages(state, page)
    return render_template(
        "staff/outbox.html",
        lanes=[_lane(view) for view in outbox.lanes()],
        messages=rows,
        page={"number": page, "more": more},
    )


@blueprint.get("/outbox/<uuid:message_id>", endpoint="message")
@staff()
def message(message_id: UUID) -> ResponseReturnValue:
    """One message and every step it took."""
    view, moves = outbox.message(message_id)
    return render_template("staff/message.html", message=view, moves=moves)


def _lane(view: outbox.LaneView) -> dict[str, object]:
    labels = {Lane.PEOPLE: _("Mail that people wait for"), Lane.LETTERS: _("Letters to offices")}
    pace = _("%(n)s a minute", n=number(round(view.per_minute))) if view.per_minute else _("no limit")
    states = {state.value: view.states.get(state, 0) for state in State}
    return {
        "name": view.lane.value,
        "label": labels[view.lane],
        "pace_text": pace,
        "closed_reason": view.closed_reason,
        **states,
    }
