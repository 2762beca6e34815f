"""Codes of the app and of the paper: right ones once, wrong ones never."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from campaign.accounts import WrongCode, factor
from campaign.accounts.models import RecoveryCode, User
from campaign.core.db import session, transaction
from tests.support import console

NOON = datetime(2026, 11, 22, 12, 0, 15, tzinfo=UTC)
WRONG = ["", "000000", "12345", "1234567", "abcdef", "１２３４５６", "12 34", "\x00", "x" * 5000]


@pytest.fixture
def ann(app: Flask) -> UUID:
    return console.member()


def set_up(ann: UUID) -> tuple[pyotp.TOTP, list[str]]:
    """Switch it on; the step of its first code is used."""
    with transaction():
        factor.start(ann)
    secret = factor.waiting(ann)
    assert secret
    app = pyotp.TOTP(secret)
    with transaction():
        return app, factor.prove(ann, app.at(int(datetime.now(UTC).timestamp())))


def check(ann: UUID, code: str) -> bool:
    try:
        with transaction():
            factor.check(ann, code)
    except WrongCode:
        return False
    return True


def at(app: pyotp.TOTP, seconds: int) -> str:
    return app.at(int(NOON.timestamp()) + seconds)


def test_a_code_works_once_and_only_while_it_is_shown(ann: UUID) -> None:
    with time_machine.travel(NOON - timedelta(hours=1), tick=False):
        app, _codes = set_up(ann)
    with time_machine.travel(NOON, tick=False):
        assert not check(ann, at(app, -60)), "two steps old"
        assert not check(ann, at(app, 60)), "two steps ahead"
        assert check(ann, at(app, 0))
        assert not check(ann, at(app, 0)), "used already"
        assert not check(ann, at(app, -30)), "older than the last one used"
        assert check(ann, at(app, 30)), "a clock may be one step off"


def test_the_code_that_switched_it_on_does_not_sign_in(ann: UUID) -> None:
    with time_machine.travel(NOON, tick=False):
        app, _codes = set_up(ann)
        assert not check(ann, at(app, 0))


def test_white_space_in_a_code_does_not_matter(ann: UUID) -> None:
    with time_machine.travel(NOON - timedelta(hours=1), tick=False):
        app, _codes = set_up(ann)
    with time_machine.travel(NOON, tick=False):
        code = at(app, 0)
        assert check(ann, f" {code[:3]} {code[3:]} ")


@pytest.mark.parametrize("code", WRONG, ids=lambda code: ascii(code)[:12])
def test_nonsense_is_wrong(ann: UUID, code: str) -> None:
    set_up(ann)
    assert not check(ann, code)


def test_nothing_is_on_before_a_code_has_proved_it(ann: UUID) -> None:
    with transaction():
        factor.start(ann)
    with pytest.raises(WrongCode), transaction():
        factor.prove(ann, "000000")
    assert session().scalar(select(User.totp_secret).where(User.id == ann)) is None
    assert not check(ann, "000000")


def test_recovery_codes_work_once_each_in_any_spelling(ann: UUID) -> None:
    _app, codes = set_up(ann)
    assert len(set(codes)) == 10
    assert check(ann, codes[0].lower().replace("-", " "))
    assert not check(ann, codes[0])
    assert factor.codes_left(ann) == 9
    assert all(check(ann, code) for code in codes[1:])
    assert factor.codes_left(ann) == 0


def test_recovery_codes_are_stored_as_hashes_and_open_nobody_elses_account(ann: UUID) -> None:
    _app, codes = set_up(ann)
    stored = [bytes(value) for value in session().scalars(select(RecoveryCode.code_hash))]
    assert not any(code.encode() in value for code in codes for value in stored)
    bob = console.member(email="bob@staff.example")
    assert not check(bob, codes[0])


def test_new_codes_replace_the_old_ones(ann: UUID) -> None:
    _app, old = set_up(ann)
    with transaction():
        new = factor.renew_codes(ann)
    assert not check(ann, old[0])
    assert check(ann, new[0])


def test_switched_off_nothing_is_left(ann: UUID) -> None:
    with time_machine.travel(NOON - timedelta(hours=1), tick=False):
        app, codes = set_up(ann)
    with transaction():
        factor.switch_off(ann, actor="test")
    with time_machine.travel(NOON, tick=False):
        assert not check(ann, at(app, 0))
    assert not check(ann, codes[0])
    assert factor.codes_left(ann) == 0


def test_the_secret_is_sealed(ann: UUID) -> None:
    set_up(ann)
    stored = session().scalar(text("SELECT totp_secret FROM users WHERE id = :id"), {"id": ann})
    assert re.match(r"\d+:", stored)


def test_the_picture_brings_no_style_and_no_script(ann: UUID) -> None:
    picture = factor.qr("JBSWY3DPEHPK3PXP" * 2, 'ann"><script>@staff.example')
    assert picture.startswith("<svg")
    assert "style" not in picture
    assert "script" not in picture
