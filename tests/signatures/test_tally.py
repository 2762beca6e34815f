"""What a signature counts towards: the same figures on the way in and on the way out, whenever that is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from campaign import counters, signatures
from campaign.campaigns import Campaign
from campaign.core.addresses import parse
from campaign.core.db import session, transaction
from campaign.jobs.recount import recount
from campaign.signatures import Correction, Counted, Public, SignatureState, hold, own, standing
from tests.support import people
from tests.support.threads import at_once

AT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # half past midnight in Brussels


def figures() -> dict[str, dict[str, int]]:
    """All that is not nought."""
    session().rollback()
    found = counters.figures(signatures.figures_key(people.page().id))
    kept = {part: {name: n for name, n in names.items() if n} for part, names in found.items()}
    return {part: names for part, names in kept.items() if names}


def move(row: Counted, sign: int) -> None:
    with transaction():
        signatures.count(row, sign)


def row(**changes: object) -> Counted:
    values = {"lang": "fr", "source": "facebook", "area": "BE-VOV", "edited": True}
    return Counted(campaign_id=people.page().id, confirmed_at=AT, **{**values, **changes})  # type: ignore[arg-type]


def test_staff_and_its_writer_who_change_a_signature_at_once_take_it_off_the_figures_once(
    seeded: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.supporter("other@example.org")
    id_, tally = people.supporter(), own._tally

    def meanwhile(signature_id: UUID, sign: int) -> None:
        tally(signature_id, sign)
        if sign < 0:
            at_once(seeded, 1, lambda _number: invalidate(signature_id))

    monkeypatch.setattr(own, "_tally", meanwhile)
    changed = Correction(name="Marie P.", postcode="9000", public=Public.NAME, comment="", updates=False)
    with transaction():
        own.correct(parse(people.MARIE).hash, id_, changed)
    invalidate(id_)
    assert signatures.confirmed_count(people.page().id) == 1
    session().rollback()
    assert recount() == {}


def invalidate(id_: UUID) -> None:
    with transaction():
        standing.move([id_], SignatureState.INVALID, cause="made up", actor="staff:1")


def test_a_signature_is_in_its_day_hour_language_source_and_area(seeded: Flask) -> None:
    with time_machine.travel(AT, tick=False):
        move(row(), 1)
        assert figures() == {
            "": {"personal": 1},
            "day:2026-11-23": {"signatures": 1, "personal": 1},
            "hour:2026-11-22T23": {"signatures": 1},
            "lang:fr": {"signatures": 1, "personal": 1},
            "source:facebook": {"signatures": 1},
            "area:BE-VOV": {"signatures": 1},
        }


def test_one_with_the_model_letter_is_not_personal(seeded: Flask) -> None:
    move(row(edited=False), 1)
    assert not any("personal" in names for names in figures().values())


def test_what_is_counted_and_taken_off_leaves_nothing_days_later_too(seeded: Flask) -> None:
    with time_machine.travel(AT, tick=False):
        move(row(), 1)
    with time_machine.travel(AT + timedelta(days=5), tick=False):
        move(row(), -1)
        assert figures() == {}


def test_an_hour_that_is_kept_no_more_is_not_touched(seeded: Flask) -> None:
    with time_machine.travel(AT + timedelta(days=30), tick=False):
        move(row(), 1)
        assert not any(part.startswith("hour:") for part in figures())
        assert figures()["day:2026-11-23"]["signatures"] == 1


def test_confirming_counts_what_the_row_says(seeded: Flask) -> None:
    id_ = people.supporter(source="partner", postcode="4700", lang="de", country="BE")
    (counted,) = signatures.counted([id_])
    assert (counted.lang, counted.source, counted.area) == ("de", "partner", "BE-WLG")
    before = figures()
    move(counted, -1)
    assert figures() == {}
    move(counted, 1)
    assert figures() == before


def test_who_never_confirmed_is_not_there_to_be_counted(seeded: Flask) -> None:
    people.sign()
    (pending,) = people.all_signatures()
    assert signatures.counted([pending.id]) == []
    assert figures() == {}


@pytest.mark.parametrize("source", ["", "a/b", "Ärger 'x' %", "x" * 40])
def test_any_source_is_a_part_of_its_own_that_the_recount_finds_again(seeded: Flask, source: str) -> None:
    people.supporter(source=source)
    assert figures()[f"source:{source}"] == {"signatures": 1}
    assert recount() == {}


def test_the_recount_drops_old_hours_without_calling_it_drift(seeded: Flask) -> None:
    people.supporter()
    hours = [part for part in figures() if part.startswith("hour:")]
    assert len(hours) == 1
    later = datetime.now(UTC) + timedelta(days=20)
    with time_machine.travel(later, tick=False):
        people.supporter("jan@example.org")
        assert recount() == {}
        kept = [part for part in figures() if part.startswith("hour:")]
    assert kept == [signatures.hour_part(later)]


def test_the_recount_finds_and_mends_a_wrong_day(seeded: Flask) -> None:
    id_: UUID = people.supporter()
    (counted,) = signatures.counted([id_])
    move(replace(counted, lang="nl"), 1)
    drift = recount()
    assert {name.split(" ")[1] for name in drift} >= {"lang:nl.signatures"}
    assert recount() == {}
    assert "lang:nl" not in figures()


def test_amid_confirming_holding_and_releasing_the_figures_are_exact_whenever_somebody_looks(seeded: Flask) -> None:
    """Five threads confirm, hold and release; a sixth recounts all the while and never finds any drift."""
    with transaction():
        home = session().scalars(select(Campaign)).one()
    held: list[int] = []

    def work(number: int) -> None:
        if number == 5:
            held.extend(len(recount()) for _ in range(6))
            return
        ids = [people.supporter(f"p{number}.{turn}@example.org", source=f"s{turn % 3}") for turn in range(8)]
        with transaction():
            hold.hold(home.id, ids[:5], "a look", actor="test", organisation_id=home.organisation_id)
        with transaction():
            hold.release(home.id, ids[2:4], actor="test", organisation_id=home.organisation_id)

    at_once(seeded, 6, work)
    assert held == [0] * 6
    assert recount() == {}
    confirmed = signatures.confirmed_count(home.id)
    assert confirmed == 5 * (8 - 5 + 2)
    assert sum(names["signatures"] for part, names in figures().items() if part.startswith("day:")) == confirmed
    assert sum(names["signatures"] for part, names in figures().items() if part.startswith("source:")) == confirmed
