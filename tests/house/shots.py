"""A request that succeeds for every route that changes something, and what a stranger could make of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from campaign import accounts
from campaign.accounts import Role, User
from campaign.core import clock, tokens
from campaign.core.db import Base, session, transaction
from campaign.core.tokens import AGES, Purpose
from campaign.signatures import Signature
from tests.support import people
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

    def send(self, client: FlaskClient) -> TestResponse:
        """Send it."""
        token = self.made() if self.token is None else self.token
        if self.fields is None:
            return client.post(self.path.format(token=token), **self._body({}))
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


def member_of_staff(role: Role = Role.OWNER) -> None:
    """Somebody who may sign in."""
    with transaction():
        home = accounts.ensure_organisation("demo", "Demonstration")
        accounts.create_user(STAFF, PASSWORD, role, home, actor="test")


# One for each endpoint that takes anything but GET; a test compares this with the routes.
SHOTS: dict[str, Callable[[FlaskClient], Shot]] = {
    "public.sign": sign,
    "public.confirm": confirm,
    "api.sign": sign_by_json,
    "staff.sign_in": sign_in,
    "staff.sign_out": sign_out,
}

FOREIGN = "https://elsewhere.example"


def attacks(good: Shot) -> dict[str, Shot]:
    """What a stranger can send, who knows everything but the right token, or has it and sits on another site."""
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
    """What stands in each table, in short."""
    session().rollback()
    names = [name for name in Base.metadata.tables if name != "postcodes"]
    query = "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} t"
    return {name: session().scalar(text(query.format(name))) for name in names}
