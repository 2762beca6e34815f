"""Receipts and answers go after their time; that they came stays."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.core.db import session, transaction
from campaign.outbox import State, receipts
from campaign.privacy import purge
from tests.support import outbox as ledger
from tests.support.replies import answer, arrive, newest, sent_letter
from tests.support.sendgrid_events import event


@pytest.fixture
def env(env: dict[str, str]) -> dict[str, str]:
    return {**env, "INBOUND_DOMAIN": "reply.postbag.example"}


def age(table: str, days: float) -> None:
    with transaction():
        session().execute(text(f"UPDATE {table} SET received_at = received_at - :by"), {"by": timedelta(days=days)})


def run(step: object) -> int:
    with transaction():
        return step()  # type: ignore[operator,no-any-return]


def test_receipts_go_and_states_stay(seeded: Flask) -> None:
    letter = sent_letter()
    reports = receipts.sendgrid.read(json.dumps([event("delivered", letter)]).encode())
    with transaction():
        receipts.store(reports)
        receipts.apply([letter])
    age("receipts", 27.9)
    assert run(purge.receipts) == 0
    age("receipts", 0.2)
    assert (run(purge.receipts), run(purge.receipts)) == (1, 0)
    assert ledger.row(letter).state == State.DELIVERED


def test_answers_lose_their_words_and_keep_that_they_came(seeded: Flask) -> None:
    arrive(answer(sent_letter()))
    id_ = newest()
    with transaction():
        session().execute(text("UPDATE replies SET published_at = now(), published_text = 'We build.'"))
    age("replies", 28.1)
    assert (run(purge.replies), run(purge.replies)) == (1, 0)
    row = session().execute(text("SELECT * FROM replies WHERE id = :id"), {"id": id_}).mappings().one()
    said = {row[name] for name in ("sender", "sender_name", "subject", "body", "attachments")}
    assert said == {"0:"}
    assert (row["erased"], row["published_text"]) == (True, "We build.")
