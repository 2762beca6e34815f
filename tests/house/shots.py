"""A request that succeeds for every route that changes something, and what a stranger could make of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from campaign import accounts, campaigns, reports
from campaign.accounts import Role, User
from campaign.campaigns import Campaign
from campaign.core import clock, tokens
from campaign.core.db import Base, session, transaction
from campaign.core.tokens import AGES, Purpose
from campaign.signatures import Signature
from tests.house import hook_shots, journey_shots, signature_shots
from tests.house.hook_shots import HookShot
from tests.support import people, replies as replies_support
from tests.support.forms import CAMPAIGN, SLUG, filled

STAFF, PASSWORD = "vera@postbag.example", "a password of Vera's own"
FIELD = "csrf_token"


@dataclass(frozen=True)
class Shot:
    """One POST. The token is made when it is sent: its purpose, and what it is bound to."""

    path: str
    purpose: Purpose
    subject: str
    fields: dict[str, str] | None = None  # none: the token stands in the address
    json: bool = False
    age: float = 0.0
    headers: tuple[tuple[str, str], ...] = ()
    plain: bool = False
    token: str | None = None
    beside: tuple[tuple[str, str], ...] = ()  # what else is sent where the token stands in the address

    def send(self, client: FlaskClient) -> TestResponse:
        """Send it."""
        token = self.made() if self.token is None else self.token
        if self.fields is None:
            return client.post(self.path.format(token=token), **self._body(dict(self.beside)))
        fields = {**self.fields, FIELD: token} if token else self.fields
        return client.post(self.path, **self._body(fields))

    def made(self) -> str:
        """The token, as old as it shall be."""
        with time_machine.travel(clock.now().timestamp() - self.age, tick=False):
            return tokens.sign(self.purpose, self.subject)

    def _body(self, fields: dict[str, str]) -> dict[str, object]:
        headers = dict(self.headers)
        if self.plain:  # what a form on any site can send without asking first
            return {"data": urlencode(fields), "content_type": "text/plain", "headers": headers}
        return {"json" if self.json else "data": fields, "headers": headers}


def sign(client: FlaskClient) -> Shot:
    """The sign form of the campaign page."""
    return Shot(f"{CAMPAIGN}/sign", Purpose.SIGN_FORM, SLUG, without_token(client))


def sign_in_a_frame(client: FlaskClient) -> Shot:
    """The form on somebody else's site."""
    return Shot(f"/embed/{SLUG}/form", Purpose.SIGN_FORM, SLUG, without_token(client))


def sign_by_json(client: FlaskClient) -> Shot:
    """Its twin for embedded forms."""
    values = {**without_token(client), "lang": "en"}
    return Shot(f"/api/v1/campaigns/{SLUG}/signatures", Purpose.SIGN_FORM, SLUG, values, json=True)


def without_token(client: FlaskClient) -> dict[str, str]:
    """A complete form but for its token."""
    return {name: value for name, value in filled(client.get(CAMPAIGN).text).items() if name != FIELD}


def confirm(_client: FlaskClient) -> Shot:
    """The button behind the mailed link."""
    people.sign()
    id_ = session().scalars(select(Signature.id)).one()
    return Shot("/confirm/{token}", Purpose.CONFIRM, id_.hex)


def sign_in(_client: FlaskClient) -> Shot:
    """The staff's door."""
    member_of_staff()
    return staff_form()


def staff_form() -> Shot:
    """The sign-in of somebody who is there."""
    return Shot("/staff/sign-in", Purpose.STAFF_SIGN_IN, "sign-in", {"email": STAFF, "password": PASSWORD})


def sign_out(client: FlaskClient) -> Shot:
    """And out again."""
    assert sign_in(client).send(client).status_code == 303
    id_ = session().scalars(select(User.id).where(User.email == STAFF)).one()
    return Shot("/staff/sign-out", Purpose.STAFF_FORM, str(id_), {})


def try_style(client: FlaskClient) -> Shot:
    """A button of the style page; what it changes is what the next page says."""
    assert sign_in(client).send(client).status_code == 303
    id_ = session().scalars(select(User.id).where(User.email == STAFF)).one()
    return Shot("/staff/style", Purpose.STAFF_FORM, str(id_), {})


def member_of_staff(role: Role = Role.OWNER) -> None:
    """Somebody who may sign in."""
    with transaction():
        home = accounts.ensure_organisation("demo", "Demonstration")
        accounts.create_user(STAFF, PASSWORD, role, home, actor="test")


def _milestones(client: FlaskClient, path: str, **fields: str) -> Shot:
    """A button or the form of the page of milestones, pressed by an owner."""
    assert sign_in(client).send(client).status_code == 303
    id_ = session().scalars(select(User.id).where(User.email == STAFF)).one()
    return Shot(f"/staff/campaigns/{SLUG}/milestones/{path}", Purpose.STAFF_FORM, str(id_), fields)


def add_milestone(client: FlaskClient) -> Shot:
    """Set a milestone."""
    return _milestones(client, "add", step="777", note="Cake")


def remove_milestone(client: FlaskClient, *, back: bool = False) -> Shot:
    """Remove one."""
    owner = session().scalars(select(Campaign.organisation_id)).one()
    mine = campaigns.of_organisation(owner, SLUG, "en")
    with transaction():
        id_ = reports.own_milestones.add(mine, 777, "Cake", actor="test")
    if back:
        with transaction():
            reports.own_milestones.remove(mine, id_, actor="test")
    return _milestones(client, f"{id_}/{'restore' if back else 'remove'}")


def restore_milestone(client: FlaskClient) -> Shot:
    """Bring it back."""
    return remove_milestone(client, back=True)


def milestone_mail(client: FlaskClient) -> Shot:
    """Have no more mails about milestones."""
    return _milestones(client, "mail", wanted="0")


def _reply(client: FlaskClient, act: str, **fields: str) -> Shot:
    """A button or the form beside an office's answer, pressed by an owner."""
    object.__setattr__(client.application.extensions["settings"], "inbound_domain", "reply.postbag.example")
    assert replies_support.arrive(replies_support.answer(replies_support.sent_letter())) == "reply"
    assert sign_in(client).send(client).status_code == 303
    id_ = session().scalars(select(User.id).where(User.email == STAFF)).one()
    path = f"/staff/campaigns/{SLUG}/replies/{replies_support.newest()}/{act}"
    return Shot(path, Purpose.STAFF_FORM, str(id_), fields)


def publish_reply(client: FlaskClient) -> Shot:
    """Show an answer to everybody."""
    return _reply(client, "publish", text="We will build.")


def unpublish_reply(client: FlaskClient, *, published: bool = True) -> Shot:
    """Take it off the page."""
    shot = _reply(client, "unpublish" if published else "restore")
    with transaction():
        session().execute(
            text("UPDATE replies SET published_text = 'We build.', published_at = CASE WHEN :p THEN now() END"),
            {"p": published},
        )
    return shot


def restore_reply(client: FlaskClient) -> Shot:
    """Show it again."""
    return unpublish_reply(client, published=False)


def _about_signatures(made: signature_shots.Made) -> Callable[[FlaskClient], Shot]:
    """A button or a form of the pages about signatures, used by an owner."""

    def shot(client: FlaskClient) -> Shot:
        assert sign_in(client).send(client).status_code == 303
        path, fields = made()
        id_ = session().scalars(select(User.id).where(User.email == STAFF)).one()
        return Shot(f"{signature_shots.HOME}/{path}", Purpose.STAFF_FORM, str(id_), dict(fields))

    return shot


def _of_journey(made: journey_shots.Made) -> Callable[[FlaskClient], Shot]:
    """A button or a form on the way from the campaign page to the end."""

    def shot(client: FlaskClient) -> Shot:
        path, purpose, subject, fields = made(without_token(client))
        if "{token}" not in path:
            return Shot(path, purpose, subject, fields)
        return Shot(path, purpose, subject, beside=tuple((fields or {}).items()))

    return shot


# One for each endpoint that takes anything but GET; a test compares this with the routes.
SHOTS: dict[str, Callable[[FlaskClient], Shot | HookShot]] = {
    "public.sign": sign,
    "public.confirm": confirm,
    "api.sign": sign_by_json,
    "embed.sign": sign_in_a_frame,
    "staff.sign_in": sign_in,
    "staff.sign_out": sign_out,
    "staff.try_style": try_style,
    "hooks.events": hook_shots.events,
    "hooks.inbound": hook_shots.inbound,
    "staff.publish_reply": publish_reply,
    "staff.unpublish_reply": unpublish_reply,
    "staff.restore_reply": restore_reply,
    "staff.add_milestone": add_milestone,
    "staff.remove_milestone": remove_milestone,
    "staff.restore_milestone": restore_milestone,
    "staff.milestone_mail": milestone_mail,
    **{f"public.{name}": _of_journey(made) for name, made in journey_shots.MADE.items()},
    **{endpoint: _about_signatures(made) for endpoint, made in signature_shots.MADE.items()},
}

# These show what was sent, ready to be sent on, and keep nothing.
SHOWING = {"public.check_letter", "public.own_mail"}

FOREIGN = "https://elsewhere.example"


def attacks(good: Shot | HookShot) -> Mapping[str, Shot | HookShot]:
    """What a stranger can send, who knows everything but the right token, or has it and sits on another site."""
    if isinstance(good, HookShot):
        return good.attacks()
    other = Purpose.STATUS if good.purpose != Purpose.STATUS else Purpose.CONFIRM
    return {
        "no token": replace(good, token="" if good.fields is not None else "x"),
        "a made-up token": replace(good, token="InNoZWx0ZXItaXMtdGhlLWxhdyI.aUAAAA.c2lnbmF0dXJl"),
        "a token for another purpose": replace(good, purpose=other),
        "a token for another thing": replace(good, subject="0" * 32),
        "a token that is too old": replace(good, age=AGES[good.purpose].total_seconds() + 60),
        "another site's Origin": replace(good, headers=(("Origin", FOREIGN),)),
        "another port's Origin": replace(good, headers=(("Origin", "http://localhost:81"),)),
        "cross-site": replace(good, headers=(("Sec-Fetch-Site", "cross-site"), ("Origin", "null"))),
        "a sister site": replace(good, headers=(("Sec-Fetch-Site", "same-site"),)),
        "a text/plain body": replace(good, plain=True),
    }


def fingerprint() -> dict[str, str | None]:
    """What stands in each table, in short; asked for at once, as the matrices ask hundreds of times."""
    session().rollback()
    names = [name for name in Base.metadata.tables if name != "postcodes"]
    one = "SELECT '{0}', (SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {0} t)"
    found: dict[str, str | None] = dict(session().execute(text(" UNION ALL ".join(map(one.format, names)))).all())
    return found
