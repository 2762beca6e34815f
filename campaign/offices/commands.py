"""An office asks for something by its link, and confirms it by a mail to its own address."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select, text

from campaign import outbox, signatures
from campaign.accounts import Membership, Role, User
from campaign.campaigns import Campaign
from campaign.core import audit
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import Conflict, DomainError, Gone, TooMany
from campaign.core.ids import new_id
from campaign.core.text import prose
from campaign.offices.models import OfficeNotice, Wish, WishKind
from campaign.offices.queries import About
from campaign.outbox import Draft, Lane

TEXT_MAX = 10_000
# Whoever has a letter has its link: nobody may fill the office's mailbox with it.
MAILS_A_DAY = 5
SAME = timedelta(hours=1)
TOLD = (Role.OWNER, Role.CAMPAIGNER)
ACTOR = "office"


def ask(about: About, kind: WishKind, words: str) -> None:
    """Keep a wish and mail the office a link that confirms it. Call it in a transaction.

    The same wish again within the hour changes nothing. Raises DomainError where a text is missing or too long,
    Conflict where the office has no address, TooMany above five mails a day.
    """
    words = _checked(kind, words)
    post_id, email = about.target.post_id, about.target.email
    if email is None:
        raise Conflict(_("We know no address of this office now."))
    session().execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"office:{post_id}"})
    if _asked_before(about, kind, words):
        return
    since = now() - timedelta(days=1)
    today = select(func.count()).select_from(Wish).where(Wish.post_id == post_id, Wish.created_at > since)
    if (session().scalar(today) or 0) >= MAILS_A_DAY:
        raise TooMany(_("We have written to this office several times today. Try again tomorrow."), retry_after=86400)
    row = Wish(
        id=new_id(), campaign_id=about.campaign.id, post_id=post_id, kind=kind, text=words, created_at=now(),
        lang=signatures.office_language(post_id),
    )  # fmt: skip
    session().add(row)
    session().flush()
    _write("office_confirm", row.id, about.campaign.id, email)


def _checked(kind: WishKind, words: str) -> str:
    words = prose(words) if kind in (WishKind.ANSWER, WishKind.OBJECT) else ""
    wrong = ""
    if kind == WishKind.ANSWER and not words.strip():
        wrong = _("Write your answer.")
    elif len(words) > TEXT_MAX:
        wrong = _("Please use at most %(limit)s characters here.", limit=TEXT_MAX)
    if wrong:
        raise DomainError(wrong, fields={"text": wrong})
    return words


def _asked_before(about: About, kind: WishKind, words: str) -> bool:
    lately = (Wish.post_id == about.target.post_id, Wish.campaign_id == about.campaign.id, Wish.kind == kind)
    query = select(Wish).where(*lately, Wish.created_at > now() - SAME, Wish.confirmed_at.is_(None))
    return any(one.text == words for one in session().scalars(query))


def _write(kind: str, ref: UUID, owner: UUID, email: str) -> None:
    domain = email.rpartition("@")[2].lower()
    outbox.write([Draft(kind=kind, ref=ref, owner=owner, lane=Lane.PEOPLE, stream=Lane.PEOPLE.limit, domain=domain)])


def confirm(wish_id: UUID) -> WishKind:
    """Do what the office asked for, once; again it changes nothing. Call it in a transaction. Raises Gone."""
    query = select(Wish).where(Wish.id == wish_id).with_for_update().execution_options(populate_existing=True)
    row = session().scalar(query)
    if row is None:
        raise Gone(_("This wish is no longer here."))
    if row.confirmed_at is None:
        row.confirmed_at = now()
        _EFFECTS[row.kind](row)
        session().flush()
    return row.kind


def _digest(row: Wish) -> None:
    _change_plan(row, 0)


def _single(row: Wish) -> None:
    _change_plan(row, None)


def _change_plan(row: Wish, above: int | None) -> None:
    """The office's own word on how it is written to holds for all campaigns; staff see it in the plan."""
    stream = f"target:{row.post_id}"
    before = outbox.plans.plan_of(stream)
    after = replace(before, digest_above=above)
    if after != before:
        outbox.plans.save_plan(stream, after)
        home = _home(row.campaign_id)
        values = {"before": asdict(before), "after": asdict(after)}
        audit.record(ACTOR, "outbox.save_plan", f"plan:{stream}", home, **values)


def _object(row: Wish) -> None:
    """The letters of this campaign to this office wait until staff decide."""
    key = outbox.pauses.of_owner(row.campaign_id, f"target:{row.post_id}")
    outbox.pauses.pause(key, reason="the office objects", actor=ACTOR)
    audit.record(ACTOR, "offices.object", f"target:{row.post_id}", _home(row.campaign_id))
    _tell(row)


def _answer(row: Wish) -> None:
    audit.record(ACTOR, "offices.answer", f"target:{row.post_id}", _home(row.campaign_id))
    _tell(row)


def _home(campaign_id: UUID) -> UUID | None:
    return session().scalar(select(Campaign.organisation_id).where(Campaign.id == campaign_id))


def _tell(row: Wish) -> None:
    """Write to everybody who answers for the campaign."""
    query = select(User.id, User.email).join(Membership, Membership.user_id == User.id)
    mine = (Membership.organisation_id == _home(row.campaign_id), Membership.role.in_(TOLD), User.active)
    for user_id, email in session().execute(query.where(*mine)).all():
        told = OfficeNotice(id=new_id(), wish_id=row.id, user_id=user_id)
        session().add(told)
        session().flush()
        _write("office_wish", told.id, _home(row.campaign_id) or row.campaign_id, email)


_EFFECTS: dict[WishKind, Callable[[Wish], None]] = {
    WishKind.DIGEST: _digest,
    WishKind.SINGLE: _single,
    WishKind.ANSWER: _answer,
    WishKind.OBJECT: _object,
}
