"""An address for every rule of the URL map, with records of the demonstration's organisation where it names any."""

from collections.abc import Callable
from uuid import uuid4

from flask import Flask
from sqlalchemy import text
from werkzeug.routing import AnyConverter, Rule

from campaign import accounts
from campaign.accounts import Role, Scope
from campaign.core import tokens
from campaign.core.db import session, transaction
from campaign.core.tokens import Purpose
from tests.support import console, people
from tests.support.forms import SLUG

MEMBER, INVITED = "bob@demo.example", "carol@demo.example"
# What nobody of another organisation may read.
MARKS = (SLUG, "Shelter is the law", people.MARIE, MEMBER, INVITED, "owner@demo.example", "Map of the demonstration")
# Where the records stand that addresses name; one that the scene does not make stands for one that is gone.
TABLES = {
    "suppression_id": "outbox_suppressions",
    "message_id": "outbox_messages WHERE kind = 'letter'",
    "signature_id": "signatures",
    "invitation_id": "invitations",
    "key_id": "api_keys",
    "session_id": "staff_sessions",
    "milestone_id": "milestones",
    "reply_id": "replies",
    "batch_id": "invalidations",
    "export_id": "exports",
    "act_id": "review_acts",
    "lot_id": "paper_batches",
    "body_id": "bodies",
    "person_id": "persons",
    "tenure_id": "tenures",
    "contact_id": "contacts",
}


def scene() -> None:
    """A campaign with a letter, and a team with a member, an invitation and a key. Its owner is signed in elsewhere."""
    people.supporter()
    bob = console.member(Role.VIEWER, MEMBER)
    with transaction():
        home = accounts.ensure_organisation("demo", "Demonstration")
        accounts.invitations.invite(home.id, INVITED, Role.VIEWER, "en", actor="test")
        accounts.make_key(home.id, "Map of the demonstration", [Scope.FIGURES], None, by=bob, actor="test")
        accounts.begin(bob, home.id, accounts.Device())


def address(app: Flask, rule: Rule) -> str:
    """The address of a rule, with what the scene has made."""
    app.url_map.update()
    choices = {name: min(one.items) for name, one in rule._converters.items() if isinstance(one, AnyConverter)}
    values = {name: value(rule.endpoint, name) for name in rule.arguments - {"lang", *(rule.defaults or {})}} | choices
    values |= {"lang": "en"} if "lang" in rule.arguments else {}
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def value(endpoint: str, name: str) -> object:
    """A value for one part of an address."""
    fixed: dict[str, Callable[[], object]] = {
        "lang": lambda: "en",
        "slug": lambda: SLUG,
        "filename": lambda: "css/base.css",
        "user_id": lambda: accounts.user_of(MEMBER).id,
        "token": lambda: token(endpoint),
    }
    if name in fixed:
        return fixed[name]()
    table = TABLES.get(name)
    found = session().scalar(text(f"SELECT id FROM {table} LIMIT 1")) if table else None
    return found or uuid4()


def token(endpoint: str) -> str:
    """The token of a link: each endpoint has its own purpose."""
    account = f"{accounts.user_of(MEMBER).id.hex} {accounts.fingerprint(accounts.user_of(MEMBER))}"
    home = accounts.ensure_organisation("demo", "Demonstration").id
    values: dict[str, tuple[Purpose, object]] = {
        "staff.invitation": (Purpose.STAFF_INVITATION, value("", "invitation_id")),
        "staff.reset": (Purpose.STAFF_RESET, account),
        "staff.email_link": (Purpose.STAFF_EMAIL, account),
        "staff.team_undo": (Purpose.STAFF_UNDO, f"{home.hex} {accounts.user_of(MEMBER).id.hex} owner"),
        "public.thanks": (Purpose.STATUS, value("", "signature_id")),
    }
    purpose, subject = values.get(endpoint, (Purpose.CONFIRM, value("", "signature_id")))
    return tokens.sign(purpose, getattr(subject, "hex", str(subject)))
