"""A domain that is shut holds up its own letters only, and a claim that is refused holds on to nothing."""

from collections import Counter
from dataclasses import replace

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from campaign import outbox
from campaign.core.db import session, transaction
from campaign.core.ids import new_id
from campaign.core.rates import Rate
from campaign.outbox import Claimed, Draft, Lane, Sent, Wait
from tests.support import outbox as ledger
from tests.support.threads import at_once

# More than a claim tries.
MANY = 25


def fill(domain: str, streams: int, each: int) -> None:
    """Letters to so many offices of a domain, which nothing but the domain holds up."""
    outbox.compose_with(domain, lambda _ref: replace(ledger.NOTE, to=f"office@{domain}"))
    names = [f"target:{domain}-{n}" for n in range(streams)]
    drafts = [
        Draft(kind=domain, ref=new_id(), lane=Lane.LETTERS, stream=name, domain=domain)
        for name in names
        for _ in range(each)
    ]
    with transaction():
        outbox.write(drafts)
        for name in names:
            outbox.set_rate(name, None, Lane.LETTERS)
        outbox.set_rate(f"domain:{domain}", None)
        outbox.set_rate(Lane.LETTERS.limit, None)


def close(domain: str) -> None:
    with transaction():
        outbox.pace.close(f"domain:{domain}", 600, "it does not answer")


def sent(most: int) -> Counter[str]:
    """What claims give, each recorded at once, until one says to wait or after so many."""
    found: Counter[str] = Counter()
    while found.total() < most and isinstance(claim := ledger.claim(), Claimed):
        ledger.record(claim, Sent())
        found[claim.envelope.mail.domain] += 1
    return found


@pytest.mark.parametrize("offices", [5, MANY])
def test_a_shut_domain_with_many_offices_hides_none_of_another(app: Flask, offices: int) -> None:
    fill("big.example", offices, 1)
    fill("other.example", 1, 5)
    close("big.example")
    assert sent(6) == {"other.example": 5}
    waits = ledger.claim()
    assert isinstance(waits, Wait)
    assert waits.seconds == pytest.approx(600, abs=60), "until the domain opens, and not at once"


def test_many_shut_domains_hide_none_of_another(app: Flask) -> None:
    for n in range(MANY):
        fill(f"town-{n}.example", 1, 1)
        close(f"town-{n}.example")
    fill("other.example", 1, 3)
    assert sent(4) == {"other.example": 3}


def test_a_domain_with_a_pace_gives_its_letters_at_that_pace_and_the_others_theirs(app: Flask) -> None:
    fill("big.example", MANY, 2)
    fill("other.example", 1, 3)
    with transaction():
        outbox.set_rate("domain:big.example", Rate(1, "minute"))
    assert sent(10) == {"big.example": 1, "other.example": 3}


def test_an_office_that_has_moved_to_a_shut_domain_is_passed_over(app: Flask) -> None:
    """The ledger has the domain of the time when the letter was written."""
    fill("old.example", 2, 1)
    fill("other.example", 1, 2)
    fill("new.example", 1, 0)
    outbox.compose_with("old.example", lambda _ref: replace(ledger.NOTE, to="office@new.example"))
    close("new.example")
    assert sent(3) == {"other.example": 2}


def test_a_claim_that_finds_a_limit_shut_holds_no_other(app: Flask, database_url: str) -> None:
    """Whoever held the lane and went on to another domain would wait crosswise with who holds that one."""
    fill("big.example", 2, 1)
    close("big.example")
    with transaction(), psycopg.connect(database_url.replace("+psycopg", "", 1)) as other:
        assert isinstance(outbox.claim(Lane.LETTERS, "worker:test/1"), Wait)
        held = other.execute(
            "SELECT key FROM outbox_paces WHERE lane IS NULL ORDER BY key FOR UPDATE NOWAIT"
        ).fetchall()
    assert [key for (key,) in held] == ["domain:big.example", "lane:letters"]


def test_workers_that_are_refused_do_not_wait_for_each_other(app: Flask) -> None:
    for domain in ("a.example", "b.example"):
        fill(domain, 5, 4)
        with transaction():
            outbox.set_rate(f"domain:{domain}", Rate(20, "second"))
    fill("well.example", 1, 100)

    def work(number: int) -> int:
        done = 0
        while session().scalar(text("SELECT count(*) FROM outbox_messages WHERE state = 'queued'")):
            session().rollback()
            claim = ledger.claim(actor=f"worker:test/{number}")
            if isinstance(claim, Claimed):
                ledger.record(claim, Sent())
                done += 1
        session().rollback()
        return done

    assert sum(at_once(app, 3, work)) == 140, "and none of them met a deadlock, which raises"
