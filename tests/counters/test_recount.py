"""The nightly count of all rows: nobody who signs meanwhile has to wait for it."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask

from campaign import counters, signatures
from campaign.core.db import transaction
from campaign.jobs.recount import recount
from tests.support import people
from tests.support.people import supporter
from tests.support.threads import at_once


def test_a_supporter_confirms_while_the_rows_are_counted(seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, and the count is of one moment: without both it would find too many, and lock the tallies to be sure."""
    supporter()
    count: Callable[[UUID], int] = signatures.confirmed_count
    counted = []

    def meanwhile(campaign_id: UUID) -> int:
        counted.append(count(campaign_id))
        at_once(seeded, 1, lambda number: supporter(f"ines-{number}@example.org"))
        return counted[-1]

    with monkeypatch.context() as slow:
        slow.setattr(signatures, "confirmed_count", meanwhile)
        assert recount() == {}
    assert counted == [1]
    assert recount() == {}
    assert count(people.page().id) == 2


def test_what_is_wrong_is_put_right_and_reported_once(seeded: Flask) -> None:
    supporter()
    with transaction():
        campaign_id = people.page().id
        counters.bump(signatures.campaign_key(campaign_id), signatures=2)
        counters.bump(f"{signatures.figures_key(campaign_id)}/lang:fr", signatures=-1)
    found = recount()
    assert sorted(found.values()) == [-1, 2]
    assert recount() == {}
