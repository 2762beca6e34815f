"""A bare Flask site that writes the rows of a campaign with hand-written SQL, one statement a step.

Not a product: it checks the form's token, as every Flask site does, and nothing else; it has no guard against floods or
double clicks, no limit, no languages. It runs on the product's own schema, so both sides write the same rows into the
same indexes.
"""

import os
import random
import threading
from functools import cache
from hashlib import sha256
from typing import Any

import psycopg
from flask import Flask, Response, redirect, render_template, request
from flask_wtf.csrf import CSRFProtect

from bench.reference.statements import CAMPAIGN, CONFIRM, SIGN, TEXT, WORDING
from bench.visitors import PAGE
from campaign.counters.models import SLOTS

FILLER = "x" * int(os.environ.get("PAGE_FILLER", "0"))
COUNTRIES = [(f"{number:03d}", f"Country number {number}") for number in range(250)]

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
CSRFProtect(app)


own = threading.local()


def link() -> "psycopg.Connection[Any]":
    """This thread's connection."""
    if not hasattr(own, "link"):
        own.link = psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", "", 1))
    connection: psycopg.Connection[Any] = own.link
    return connection


@cache
def campaign() -> dict[str, Any]:
    """What stays the same, read once; and the wordings that consents point to."""
    with link().transaction():
        link().execute(WORDING)
        row = link().execute(CAMPAIGN).fetchone()
    assert row
    return dict(zip(("campaign", "version", "title", "lead", "story", "subject", "letter", "posts"), row, strict=True))


@app.get("/healthz")
def up() -> str:
    """The process is up."""
    return "up"


@app.get(PAGE)
def page() -> str:
    """A page of the product's size with a form on it."""
    return render_template("page.html", c=campaign(), page=PAGE, countries=COUNTRIES, filler=FILLER)


@app.post(f"{PAGE}/sign")
def sign() -> Response:
    """A letter's text, a signature, a consent, a message."""
    form = request.form
    known = campaign()
    values = {
        "campaign": known["campaign"],
        "version": known["version"],
        "hash": sha256(form["email"].encode()).digest(),
        **{name: form[name] for name in ("subject", "body", "email", "name", "postcode", "country")},
    }
    with link().transaction():
        link().execute(SIGN, values)
    return redirect(f"{PAGE}/check-your-mail", 303)  # type: ignore[return-value]  # Flask's own subclass


@app.get("/confirm/<id_>")
def confirm_page(id_: str) -> str:
    """The letter once more, with a button."""
    with link().transaction():
        row = link().execute(TEXT, {"id": id_}).fetchone()
    return render_template("confirm.html", text=row, id=id_)


@app.post("/confirm/<id_>")
def confirm(id_: str) -> Response:
    """The signature confirmed, a consent, two letters, two messages, the tallies moved."""
    values = {"id": id_, "posts": campaign()["posts"], "slot": random.randrange(SLOTS)}
    with link().transaction():
        link().execute(CONFIRM, values)
    return redirect(f"/thanks/{id_}", 303)  # type: ignore[return-value]  # Flask's own subclass
