"""The nightly count of all rows: nobody who signs meanwhile has to wait for it."""

from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from campaign import counters, signatures
from campaign.campaigns import Campaign
from campaign.core.db import session, transaction
from campaign.jobs.recount import recount
from tests.support.people import supporter

MOVE = "UPDATE tallies SET n = n + %s WHERE ctid = (SELECT ctid FROM tallies WHERE key = %s AND part = '' LIMIT 1)"


def test_a_tally_moves_while_the_rows_are_counted(
    seeded: Flask, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    supporter()
    count: Callable[[UUID], int] = signatures.confirmed_count

    def meanwhile(campaign_id: UUID) -> int:
        with psycopg.connect(database_url.replace("+psycopg", "", 1), options="-c lock_timeout=2000") as other:
            for delta in (1, -1):
                other.execute(MOVE, (delta, signatures.campaign_key(campaign_id)))
        return count(campaign_id)

    monkeypatch.setattr(signatures, "confirmed_count", meanwhile)
    assert recount() == {}


def test_what_is_wrong_is_put_right_and_reported_once(seeded: Flask) -> None:
    supporter()
    with transaction():
        campaign_id = session().scalars(select(Campaign.id)).one()
        counters.bump(signatures.campaign_key(campaign_id), signatures=2)
        counters.bump(f"{signatures.figures_key(campaign_id)}/lang:fr", signatures=-1)
    found = recount()
    assert sorted(found.values()) == [-1, 2]
    assert recount() == {}
