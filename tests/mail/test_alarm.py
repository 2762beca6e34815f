"""The alarm: who gets it, once, and what it says, word for word."""

import os
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

from campaign import accounts, outbox, reports
from campaign.accounts import Role
from campaign.core.db import session, transaction
from campaign.core.i18n import CODES
from campaign.outbox import Message, Unsendable
from tests.mail.writing import _wire, part, shown
from tests.support.console import member

GOLDEN = Path(__file__).parent / "golden" / "staff"
REASON = "there is no such mailbox (5.1.1)"


@pytest.fixture
def ann(seeded: Flask) -> UUID:
    """An owner of the demonstration, beside people who answer for nothing."""
    member(Role.VIEWER, "viewer@demo.example")
    member(Role.OWNER, "owner@other.example", "other")
    id_ = member(Role.OWNER, "ann@demo.example")
    with transaction():
        accounts.save_profile(id_, "Ann Claes", "en")
    return id_


def stop(actor: str = "receipts") -> str:
    """Pause the first target; answers its key."""
    with transaction():
        post = session().scalar(text("SELECT post_id FROM campaign_targets ORDER BY position LIMIT 1"))
        outbox.pauses.pause(f"target:{post}", reason=REASON, actor=actor)
    return f"target:{post}"


def alarms() -> list[UUID]:
    """Who got one."""
    return list(session().scalars(select(Message.ref).where(Message.kind == "alarm")))


def tell() -> int:
    with transaction():
        return reports.tell_of_pauses()


def test_whoever_answers_for_the_target_is_told_once(ann: UUID) -> None:
    stop()
    assert tell() == 1
    assert tell() == 0
    assert alarms() == [ann]


def test_nobody_is_told_of_what_staff_did_themselves(ann: UUID) -> None:
    stop(actor=f"staff:{ann}")
    assert tell() == 0
    assert alarms() == []


@pytest.mark.parametrize("lang", CODES)
def test_the_alarm_is_the_golden_one(ann: UUID, lang: str) -> None:
    with transaction():
        accounts.save_profile(ann, "Ann Claes", lang)
    stop()
    raw = _wire(reports.alarms.alarm(ann))
    found = shown(raw)
    if os.environ.get("REWRITE_GOLDEN") == "1":
        (GOLDEN / f"alarm-{lang}.txt").write_text(found, encoding="utf-8")
    assert found == (GOLDEN / f"alarm-{lang}.txt").read_text(encoding="utf-8")
    assert REASON in part(raw, "plain")
    assert "/staff/outbox" in part(raw, "plain")


def test_an_alarm_is_not_sent_where_all_goes_on_again(ann: UUID) -> None:
    key = stop()
    tell()
    with transaction():
        outbox.pauses.resume(key)
    with pytest.raises(Unsendable), transaction():
        reports.alarms.alarm(ann)
