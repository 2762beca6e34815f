"""The mails of this room: to the office, to staff, to the writers."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from campaign import campaigns, config, signatures, targets
from campaign.accounts import User
from campaign.campaigns import Page
from campaign.core import clock, i18n, mailtext, tokens
from campaign.core.db import session
from campaign.core.tokens import Purpose
from campaign.offices import follow_up as following
from campaign.offices.models import AnswerCopy, OfficeNotice, Wish, WishKind
from campaign.outbox import Mail, Unsendable
from campaign.signatures import Consent, ConsentKind, SignatureState, Signed
from campaign.targets import Target

_WANTS = select(Consent.given).where(Consent.kind == ConsentKind.UPDATES)


def kind_name(kind: WishKind) -> str:
    """What an office asks for, in words."""
    return {
        WishKind.DIGEST: _("One mail a day with all letters"),
        WishKind.SINGLE: _("Each letter by itself"),
        WishKind.ANSWER: _("One answer to everybody who wrote"),
        WishKind.OBJECT: _("No more letters of this campaign"),
    }[kind]


def office_confirm(wish_id: UUID) -> Mail:
    """Asks the office, at its own address, whether it wants what somebody asked for with its link."""
    row = session().get(Wish, wish_id, populate_existing=True)
    if row is None or row.confirmed_at is not None:
        raise Unsendable("nothing to confirm any more")
    page, target = _addressed(row)
    link = f"{config.current().public_url}/office/confirm/{tokens.sign(Purpose.OFFICE_CONFIRM, row.id.hex)}"
    with i18n.speaking(page.lang):
        wanted = kind_name(row.kind)
    days = tokens.AGES[Purpose.OFFICE_CONFIRM].days
    written = mailtext.plain(
        "office_confirm", page.lang, campaign=page, target=target, wish=row, wanted=wanted, link=link, days=days
    )
    if target.email is None:
        raise Unsendable("the target has no address")
    return Mail(
        to=target.email,
        to_name=target.office,
        from_name=page.organisation,
        subject=written.subject,
        text=written.text,
        language=page.lang,
    )


def _addressed(row: Wish) -> tuple[Page, Target]:
    page = campaigns.by_id(row.campaign_id, signatures.office_language(row.post_id))
    return page, _target(row, page.lang)


def _target(row: Wish, lang: str) -> Target:
    found = next(iter(targets.resolve([row.post_id], clock.today(), lang)), None)
    if found is None:
        raise Unsendable("there is no such office any more")
    return found


def office_wish(notice_id: UUID) -> Mail:
    """Tells a member of staff that an office objects, or has answered to all."""
    query = (
        select(Wish, User.email, User.name, User.lang)
        .join(OfficeNotice, OfficeNotice.wish_id == Wish.id)
        .join(User, User.id == OfficeNotice.user_id)
    )
    found = session().execute(query.where(OfficeNotice.id == notice_id)).one_or_none()
    if found is None:
        raise Unsendable("the wish is not here any more")
    page, office = campaigns.by_id(found.Wish.campaign_id, found.lang), _target(found.Wish, found.lang).office
    link = f"{config.current().public_url}/staff/campaigns/{page.slug}/offices"
    objects = found.Wish.kind == WishKind.OBJECT
    written = mailtext.plain("office_wish", found.lang, campaign=page, office=office, objects=objects, link=link)
    return Mail(
        to=found.email,
        to_name=found.name,
        from_name="Postbag",
        subject=written.subject,
        text=written.text,
        language=found.lang,
    )


def office_answer(copy_id: UUID) -> Mail:
    """Brings a writer who agreed to hear of it the office's answer to all, as staff have published it."""
    copy = session().get(AnswerCopy, copy_id)
    row = session().get(Wish, copy.wish_id, populate_existing=True) if copy else None
    if copy is None or row is None or row.published_at is None:
        raise Unsendable("the answer is not published any more")
    writer = signatures.signed(copy.signature_id)
    if writer.state != SignatureState.CONFIRMED or not writer.email:
        raise Unsendable("the signature does not stand any more")
    page = campaigns.by_id(row.campaign_id, writer.lang)
    office = _target(row, writer.lang).office
    return _to_writer("office_answer", writer, page, office=office, answer=row)


def follow_up(follow_up_id: UUID) -> Mail:
    """Asks a writer who agreed, once, whether the offices answered her."""
    writer = following.writer(follow_up_id)
    page = campaigns.by_id(writer.campaign_id, writer.lang)
    waiting = [one.post_id for one in following.asked(follow_up_id) if not one.known and one.said is None]
    names = [target.office for target in targets.resolve(waiting, clock.today(), writer.lang)]
    if not names:
        raise Unsendable("nothing to ask any more")
    say_link = f"{config.current().public_url}/answered/{tokens.sign(Purpose.FOLLOW_UP, follow_up_id.hex)}"
    return _to_writer("follow_up", writer, page, offices=names, say_link=say_link)


def _to_writer(name: str, writer: Signed, page: Page, **context: object) -> Mail:
    """To somebody who said yes to hear how the campaign goes on, if that still holds."""
    if not session().scalar(_WANTS.where(Consent.signature_id == writer.id)):
        raise Unsendable("the writer does not want it any more")
    link = f"{config.current().public_url}/thanks/{tokens.sign(Purpose.STATUS, writer.id.hex)}"
    end_link = signatures.unsubscribe.link(writer.id)
    values = {"supporter_name": writer.name, "campaign": page, "link": link, "end_link": end_link}
    written = mailtext.plain(name, writer.lang, **values, **context)
    return Mail(
        to=writer.email,
        to_name=writer.name,
        from_name=page.organisation,
        subject=written.subject,
        text=written.text,
        language=writer.lang,
        headers=signatures.unsubscribe.headers(writer.id),
    )
