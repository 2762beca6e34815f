"""A right request for each POST of the journey: path, purpose and subject of its token, fields."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select, text

from campaign import offices, signatures
from campaign.core.addresses import parse
from campaign.core.db import session, transaction
from campaign.core.tokens import Purpose
from campaign.signatures import Consent, Signature
from tests.support import people
from tests.support.forms import CAMPAIGN, SLUG
from tests.support.offices import asked_about
from tests.support.replies import sent_letter

# With {token} in the path it stands there, else among the fields. What is given is a form of the campaign page, filled.
Parts = tuple[str, Purpose, str, dict[str, str] | None]
Made = Callable[[dict[str, str]], Parts]
CHECK_MAIL = f"{CAMPAIGN}/check-your-mail"


def holder() -> bytes:
    return parse(people.MARIE).hash


def check_letter(form: dict[str, str]) -> Parts:
    return f"{CAMPAIGN}/check", Purpose.SIGN_FORM, SLUG, form


def own_mail(form: dict[str, str]) -> Parts:
    return f"{CAMPAIGN}/own-mail", Purpose.SIGN_FORM, SLUG, form


def own_mail_sent(_form: dict[str, str]) -> Parts:
    return f"{CAMPAIGN}/own-mail/sent", Purpose.SIGN_FORM, SLUG, {}


def errand() -> tuple[UUID, str]:
    """A signature that waits, and what the page about it knows."""
    people.sign()
    id_ = session().scalars(select(Signature.id)).one()
    with transaction():
        session().execute(text("UPDATE outbox_messages SET created_at = created_at - interval '3 minutes'"))
    return id_, signatures.errands.of_form(people.page(), people.form()).dump()


def enter_code(_form: dict[str, str]) -> Parts:
    id_, subject = errand()
    fields = {"code": signatures.codes.code_of(id_, holder())}
    return f"{CHECK_MAIL}/code", Purpose.CHECK_MAIL, subject, fields


def mail_again(_form: dict[str, str]) -> Parts:
    return f"{CHECK_MAIL}/again", Purpose.CHECK_MAIL, errand()[1], {}


def change_address(_form: dict[str, str]) -> Parts:
    return f"{CHECK_MAIL}/address", Purpose.CHECK_MAIL, errand()[1], {"email": "marie.p@example.org"}


def not_me(_form: dict[str, str]) -> Parts:
    return "/not-me/{token}", Purpose.NOT_ME, errand()[0].hex, None


def unsubscribe(_form: dict[str, str]) -> Parts:
    id_ = people.supporter(updates=True)
    assert session().scalars(select(Consent.given).where(Consent.signature_id == id_)).all() == [True, True]
    return "/unsubscribe/{token}", Purpose.UNSUBSCRIBE, id_.hex, None


def mine(_form: dict[str, str]) -> Parts:
    people.supporter()
    return "/en/mine", Purpose.MINE_FORM, "mine", {"email": people.MARIE}


def mine_correct(_form: dict[str, str]) -> Parts:
    id_ = people.supporter()
    fields = {"name": "Marie Peeters-Janssens", "postcode": "1000", "public": "hidden", "updates": "no"}
    fields |= {"subject": "A roof", "body": "A roof over every head before the winter."}
    return f"/en/mine/{{token}}/{id_}", Purpose.MINE, people.holder(), fields


def mine_withdraw(_form: dict[str, str]) -> Parts:
    id_ = people.supporter()
    return f"/en/mine/{{token}}/{id_}/withdraw", Purpose.MINE, people.holder(), None


def mine_erase(_form: dict[str, str]) -> Parts:
    people.supporter()
    return "/en/mine/{token}/erase", Purpose.MINE, people.holder(), None


def ask_for_office(_form: dict[str, str]) -> Parts:
    return "/office/{token}", Purpose.OFFICE, sent_letter().hex, {"kind": "digest"}


def office_confirm(_form: dict[str, str]) -> Parts:
    letter = sent_letter()
    with transaction():
        offices.ask(offices.about(letter), offices.WishKind.DIGEST, "")
    return "/office/confirm/{token}", Purpose.OFFICE_CONFIRM, session().scalars(select(offices.Wish.id)).one().hex, None


def follow_up(_form: dict[str, str]) -> Parts:
    id_ = asked_about(sent_letter())
    (one,) = offices.follow_up.asked(id_)
    return "/answered/{token}", Purpose.FOLLOW_UP, id_.hex, {one.post_id.hex: "yes"}


MADE: dict[str, Made] = {
    made.__name__: made
    for made in (
        check_letter,
        own_mail,
        own_mail_sent,
        enter_code,
        mail_again,
        change_address,
        not_me,
        unsubscribe,
        mine,
        mine_correct,
        mine_withdraw,
        mine_erase,
        ask_for_office,
        office_confirm,
        follow_up,
    )
}
