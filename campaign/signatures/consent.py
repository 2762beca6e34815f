"""What people are asked, word for word, and the record of their answers."""

import hashlib
from uuid import UUID

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert

from campaign.campaigns import Page
from campaign.core import rows
from campaign.core.clock import now
from campaign.core.db import after_commit, session
from campaign.core.i18n import language
from campaign.signatures.models import Consent, ConsentKind, ConsentWording

REPLACE = """
    ON CONFLICT (signature_id, kind) DO UPDATE SET given = excluded.given, wording = excluded.wording, at = excluded.at
"""


def wording(kind: ConsentKind, page: Page) -> str:
    """The question in the reader's language, as the page shows it and the record keeps it.

    What staff wrote for the campaign holds in the language that they wrote it in; else the words that all have.
    """
    own = page.consent_send if kind == ConsentKind.SEND else page.consent_updates
    if own and page.lang == language():
        return own
    organisation = page.organisation
    if kind == ConsentKind.SEND:
        return _(
            "By confirming I agree that %(organisation)s counts my signature and sends my letter. "
            "It carries my name, postcode, place and reply address. It shows a political opinion.",
            organisation=organisation,
        )
    return _("May %(organisation)s email you about how this campaign goes on?", organisation=organisation)


def record(signature_id: UUID, kind: ConsentKind, given: bool, page: Page) -> None:
    """Keep an answer with its exact wording, language and time; a second answer to the same question replaces it."""
    words, lang = wording(kind, page), language()
    key = hashlib.sha256(f"{kind}\0{lang}\0{words}".encode()).digest()
    known: set[bytes] = current_app.extensions.setdefault("wordings", set())
    if key not in known:
        row = {"hash": key, "kind": kind, "lang": lang, "words": words, "first_used": now()}
        session().execute(insert(ConsentWording).values(row).on_conflict_do_nothing())
        after_commit(lambda: known.add(key))
    answer = {"signature_id": signature_id, "kind": kind, "given": given, "wording": key, "at": now()}
    rows.add(Consent, answer, on_conflict=REPLACE)
