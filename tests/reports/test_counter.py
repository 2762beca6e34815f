"""The public counter: the contract's object, in one statement, with nobody's name who did not agree."""

import json
import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import event, text

from campaign import reports
from campaign.core.db import db, session, transaction
from campaign.core.errors import NotFound
from campaign.outbox import Sent, State
from campaign.signatures import Public
from tests.support import outbox as ledger, people
from tests.support.forms import SLUG
from tests.support.people import letter_messages, sign, supporter


def now() -> dict[str, object]:
    people.forget()
    return dict(json.loads(reports.counter(SLUG).json()))


def test_an_untouched_campaign_counts_nothing_towards_the_first_step(seeded: Flask) -> None:
    found = now()
    assert (found["signatures"], found["goal"], found["recent"]) == (0, 100, [])
    assert found["letters"] == {"queued": 0, "sent": 0, "delivered": 0, "bounced": 0}
    assert set(found) == {"signatures", "paper", "goal", "personal", "letters", "targets", "recent", "as_of"}


def test_letters_move_through_the_figures_as_they_leave(seeded: Flask) -> None:
    supporter()
    with transaction():
        session().execute(text("UPDATE outbox_paces SET gap = 0"))
    assert now()["letters"] == {"queued": 2, "sent": 0, "delivered": 0, "bounced": 0}
    claims = [ledger.claimed(), ledger.claimed()]
    assert now()["letters"] == {"queued": 2, "sent": 0, "delivered": 0, "bounced": 0}
    ledger.record(claims[0], Sent())
    ledger.record(claims[1], Sent(delivered=True))
    assert now()["letters"] == {"queued": 0, "sent": 2, "delivered": 1, "bounced": 0}
    with transaction():
        ledger.outbox.moves.move([claims[1].id], State.BOUNCED, cause="receipt", actor="webhook")
    assert now()["letters"] == {"queued": 0, "sent": 2, "delivered": 0, "bounced": 1}


def test_each_target_has_its_own_figures_in_the_order_of_the_campaign(seeded: Flask) -> None:
    supporter()
    targets = now()["targets"]
    assert [target["key"] for target in targets] == ["be-prime-minister", "be-asylum-migration"]  # type: ignore[attr-defined]
    assert all(target["letters"]["queued"] == 1 for target in targets)  # type: ignore[attr-defined]
    assert targets[0]["office"]["nl"] == "Eerste minister"  # type: ignore[index]


def test_only_who_agreed_is_shown_and_only_as_agreed_and_the_newest_first(seeded: Flask) -> None:
    supporter("a@example.org", name="Ann Adams", public=Public.NAME)
    supporter("b@example.org", name="Bob Brown", public=Public.INITIALS)
    supporter("c@example.org", name="Hidden Canary", public=Public.HIDDEN)
    sign("d@example.org", name="Unconfirmed Canary", public=Public.NAME)
    assert now()["recent"] == [{"name": "B. B.", "place": "Gent"}, {"name": "Ann", "place": "Gent"}]
    for number in range(7):
        supporter(f"p{number}@example.org", name=f"Person{number} X", public=Public.NAME)
    recent = now()["recent"]
    assert [one["name"] for one in recent] == [f"Person{n}" for n in (6, 5, 4, 3, 2)]  # type: ignore[attr-defined]


def test_the_object_holds_no_personal_data_but_that(seeded: Flask) -> None:
    supporter("canary.marie@example.org", name="Marie Canary", public=Public.NAME)
    body = reports.counter(SLUG).json().decode()
    assert "anary" not in body
    assert not re.search(r"\b9000\b", body)


def test_the_same_state_is_the_same_bytes_and_a_change_is_not(seeded: Flask) -> None:
    supporter()
    first = reports.counter(SLUG).json()
    people.forget()
    assert reports.counter(SLUG).json() == first
    supporter("jan@example.org")
    people.forget()
    assert reports.etag(reports.counter(SLUG).json()) != reports.etag(first)


def test_as_of_is_when_it_last_changed_in_rfc_3339(seeded: Flask) -> None:
    supporter()
    first = str(now()["as_of"])
    assert first.endswith("Z")
    moment = datetime.fromisoformat(first)
    assert abs((datetime.now(UTC) - moment).total_seconds()) < 60
    assert now()["as_of"] == first
    supporter("jan@example.org")
    assert datetime.fromisoformat(str(now()["as_of"])) > moment


def test_a_crowd_costs_one_statement_a_second(seeded: Flask) -> None:
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    people.forget()
    for _ in range(200):
        reports.counter(SLUG)
    assert len(statements) == 1


def test_no_rows_are_counted_for_it(seeded: Flask) -> None:
    from campaign.reports.counter import READ

    assert "count(" not in str(READ).lower()


def test_a_campaign_that_is_not_public_has_no_counter(seeded: Flask) -> None:
    with pytest.raises(NotFound):
        reports.counter("nothing-here")
    with transaction():
        session().execute(text("UPDATE campaigns SET status = 'archived'"))
    people.forget()
    with pytest.raises(NotFound):
        reports.counter(SLUG)


def test_share_and_what_is_missing_follow_the_goal(seeded: Flask) -> None:
    supporter()
    people.forget()
    counter = reports.counter(SLUG)
    assert (counter.share, counter.to_go) == (0.01, 99)
    assert len(letter_messages()) == 2
