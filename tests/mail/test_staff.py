"""What staff accounts get by mail is, word for word, the golden one, in each language.

After a change that is meant: `REWRITE_GOLDEN=1 make test ARGS=tests/mail`, then read what git shows.
"""

import os
import re
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from campaign import accounts
from campaign.accounts import Role
from campaign.accounts.composers import BY_KIND
from campaign.core.db import session, transaction
from campaign.core.i18n import CODES
from tests.mail.page import Page
from tests.mail.writing import _wire, part, shown
from tests.support.console import member

GOLDEN = Path(__file__).parent / "golden" / "staff"
FRESH = re.compile(r"(?<=/staff/)(invitation|reset|email)/[\w.~-]+")


@pytest.fixture
def ann(seeded: Flask) -> UUID:
    """An owner who wants another address."""
    id_ = member(Role.OWNER, "ann@demo.example")
    with transaction():
        session().execute(text("UPDATE users SET email_wanted = 'claes@demo.example' WHERE id = :id"), {"id": id_})
    return id_


def written(kind: str, ann: UUID, lang: str) -> bytes:
    """The mail of that kind, as it leaves, to somebody who reads that language."""
    with transaction():
        accounts.save_profile(ann, "Ann Claes", lang)
        ref = ann
        if kind == "invitation":
            home = accounts.ensure_organisation("demo", "Demo").id
            asked = ("new@demo.example", Role.CAMPAIGNER, lang)
            ref = accounts.invitations.invite(home, *asked, actor=f"staff:{ann}", by=ann)
    with transaction():
        return _wire(BY_KIND[kind](ref))


@pytest.mark.parametrize("lang", CODES)
@pytest.mark.parametrize("kind", BY_KIND)
def test_each_is_the_golden_one(ann: UUID, kind: str, lang: str) -> None:
    found = FRESH.sub(r"\1/TOKEN", shown(written(kind, ann, lang)))
    path = GOLDEN / f"{kind.replace('_', '-')}-{lang}.txt"
    if os.environ.get("REWRITE_GOLDEN") == "1":
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", BY_KIND)
def test_text_and_html_have_the_same_links(ann: UUID, kind: str) -> None:
    raw = written(kind, ann, "en")
    page, plain = Page(part(raw, "html")), part(raw, "plain")
    assert page.links
    assert all(link in plain.splitlines() for link in page.links)
