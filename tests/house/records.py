"""An address for every rule of the URL map, with records of the demonstration's organisation where it names any."""

from collections.abc import Callable
from uuid import uuid4

from flask import Flask
from sqlalchemy import text
from werkzeug.routing import AnyConverter, Rule

from campaign import accounts, campaigns
from campaign.accounts import Role, Scope
from campaign.core import tokens
from campaign.core.db import session, transaction
from campaign.core.tokens import Purpose
from tests.house.scene import BULK, answered, asked, registered, worked
from tests.support import console, people
from tests.support.forms import CAMPAIGN, SLUG

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
    "wish_id": "office_wishes",
    "follow_up_id": "follow_ups",
    "letter_id": "letters",
    "batch_id": "invalidations",
    "export_id": "exports",
    "handover_id": "outbox_handovers",
    "act_id": "review_acts",
    "lot_id": "paper_batches",
    "body_id": "bodies",
    "person_id": "persons",
    "tenure_id": "tenures",
    "contact_id": "contacts",
    "row_id": "contacts",
    "post_id": "posts WHERE key = 'be-prime-minister'",
    "fact_id": "facts",
    "embedder_id": "embedders",
    "news_id": "news",
}
# The pages behind a link to all that is here of a person.
MINE = ("page", "correct", "withdraw", "export", "erase")
# What an address asks for beside its parts.
QUERIES = {"embed.oembed": {"url": f"http://127.0.0.1:8000{CAMPAIGN}"}}


def scene() -> None:
    """A campaign with a letter, and a team with a member, an invitation and a key; and what came of both."""
    signature = people.supporter(comment="It must end.")
    bob = console.member(Role.VIEWER, MEMBER)
    with transaction():
        home = accounts.ensure_organisation("demo", "Demonstration")
        accounts.invitations.invite(home.id, INVITED, Role.VIEWER, "en", actor="test")
        accounts.make_key(home.id, "Map of the demonstration", [Scope.FIGURES], None, by=bob, actor="test")
        accounts.begin(bob, home.id, accounts.Device())
        whose = home.id
    answered(whose)
    asked(whose)
    worked(whose, signature)
    registered(whose)


def address(app: Flask, rule: Rule) -> str:
    """The address of a rule, with what the scene has made."""
    app.url_map.update()
    choices = {name: min(one.items) for name, one in rule._converters.items() if isinstance(one, AnyConverter)}
    values = {name: value(rule.endpoint, name) for name in rule.arguments - {"lang", *(rule.defaults or {})}} | choices
    values |= {"lang": "en"} if "lang" in rule.arguments else {}
    return app.url_map.bind("localhost").build(rule.endpoint, values | QUERIES.get(rule.endpoint, {}))


def value(endpoint: str, name: str) -> object:
    """A value for one part of an address."""
    fixed: dict[str, Callable[[], object]] = {
        "lang": lambda: "en",
        "slug": lambda: SLUG,
        "filename": lambda: "css/base.css",
        "user_id": lambda: accounts.user_of(MEMBER).id,
        "token": lambda: token(endpoint),
        "bulk_id": lambda: BULK,
    }
    if name in fixed:
        return fixed[name]()
    table = "register_acts" if name == "act_id" and "register" in endpoint else TABLES.get(name)
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
        "public.preview": (Purpose.PREVIEW, campaigns.previews.subject(people.page().id)),
        "public.thanks": (Purpose.STATUS, value("", "signature_id")),
        "public.own_letter": (Purpose.STATUS, value("", "signature_id")),
        "public.own_letter_file": (Purpose.STATUS, value("", "signature_id")),
        "public.office": (Purpose.OFFICE, value("", "letter_id")),
        "public.office_confirm": (Purpose.OFFICE_CONFIRM, value("", "wish_id")),
        "public.follow_up": (Purpose.FOLLOW_UP, value("", "follow_up_id")),
        "public.not_me": (Purpose.NOT_ME, value("", "signature_id")),
        "public.unsubscribe": (Purpose.UNSUBSCRIBE, value("", "signature_id")),
        **{f"public.mine_{name}": (Purpose.MINE, people.holder()) for name in MINE},
    }
    purpose, subject = values.get(endpoint, (Purpose.CONFIRM, value("", "signature_id")))
    return tokens.sign(purpose, getattr(subject, "hex", str(subject)))
