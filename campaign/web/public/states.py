"""What a page says of how things stand: a letter on its way, a campaign that does not take letters, a new holder."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from campaign import outbox
from campaign.campaigns import Page
from campaign.core import clock, i18n
from campaign.core.cache import remembered
from campaign.core.db import session
from campaign.outbox import Lane, State
from campaign.reports import Counter
from campaign.targets import Target, Tenure

# For so long after a change of hands the page says who holds the office now.
NEW_HOLDER = timedelta(days=30)


@dataclass(frozen=True)
class Notice:
    """One thing to know before reading on; `tone` as the notice macro has it."""

    title: str
    text: str
    tone: str = ""


def state_label(state: State, *, paper: bool = False) -> str:
    """A message's state in words for its writer; `paper`: it leaves so."""
    if paper and state == State.QUEUED:
        return _("waits for the hand-over")
    labels = {
        State.HELD: _("waiting"),
        State.QUEUED: _("waiting for its turn"),
        State.SENDING: _("leaving now"),
        State.UNSURE: _("being checked"),
        State.SENT: _("sent"),
        State.DELIVERED: _("delivered"),
        State.BOUNCED: _("came back"),
        State.COMPLAINED: _("delivered"),
        State.CANCELLED: _("taken back"),
        State.HANDED_OVER: _("handed over"),
    }
    return labels.get(state, _("not sent"))


def paused(campaign_id: UUID) -> bool:
    """Whether all letters of a campaign stand still at this moment."""
    keys = (outbox.pauses.ALL, Lane.LETTERS.limit, outbox.pauses.of_owner(campaign_id))
    return remembered(("paused", campaign_id), lambda: bool(outbox.pauses.standing(keys)))


def notices(page: Page, counter: Counter, posts: list[Target]) -> list[Notice]:
    """What is out of the ordinary on an open campaign: a pause, a goal that is reached, an office with a new holder."""
    if not page.is_open:
        return []
    found = [_new_holder(target, day) for target, day in _changed(posts)]
    if outbox.paper.is_chosen(page.id):
        words = _("The organisers print each letter and hand it over to its office. None leaves by mail.")
        found.append(Notice(_("Letters go on paper"), words))
    elif paused(page.id):
        words = _("Letters leave again when it ends. You can sign: yours keeps its place.")
        found.append(Notice(_("Sending is paused"), words))
    if counter.signatures >= page.goal:
        goal, more = i18n.number(page.goal), i18n.number(counter.goal)
        title = _("The goal of %(goal)s is reached", goal=goal)
        found.append(Notice(title, _("Thank you. Each further letter still arrives: on to %(goal)s.", goal=more), "ok"))
    return found


def _new_holder(target: Target, day: str) -> Notice:
    title = _("%(office)s: a new holder since %(day)s", office=target.office, day=day)
    words = _("%(name)s holds this office now. Letters that still wait go to %(name)s.", name=target.holder)
    return Notice(title, words)


def _changed(posts: list[Target]) -> list[tuple[Target, str]]:
    """The targets whose holder is new, with the day; not those that had none before."""
    days = remembered(("tenures", *(target.post_id for target in posts)), lambda: _since(posts), 60.0)
    return [(target, days[target.post_id]) for target in posts if target.post_id in days and target.holder]


def _since(posts: list[Target]) -> dict[UUID, str]:
    today, ids = clock.today(), [target.post_id for target in posts]
    now = select(Tenure.post_id, Tenure.since).where(Tenure.post_id.in_(ids), Tenure.since <= today)
    now = now.where((Tenure.until.is_(None)) | (Tenure.until > today), Tenure.since > today - NEW_HOLDER)
    before = set(session().scalars(select(Tenure.post_id).where(Tenure.post_id.in_(ids), Tenure.until <= today)))
    return {row.post_id: i18n.day(row.since) for row in session().execute(now) if row.post_id in before}
