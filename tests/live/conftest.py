"""A live process on the demonstration campaign."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from campaign import counters, reports
from campaign.core.db import session, transaction
from tests.live.process import LiveProcess

SLUG = "shelter-is-the-law"
COUNTER = f"/api/v1/campaigns/{SLUG}/counter"
STREAM = f"{COUNTER}/stream"

Start = Callable[..., LiveProcess]
Sign = Callable[..., int]


@pytest.fixture
def start_live(seeded: Flask, env: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Starts a live process with these settings besides the usual ones."""
    running: list[LiveProcess] = []

    def start(**more: str) -> LiveProcess:
        running.append(LiveProcess({**env, **more}, tmp_path))
        return running[-1]

    yield start
    for process in running:
        process.close()


@pytest.fixture
def live(start_live: Start) -> LiveProcess:
    """A live process."""
    return start_live()


@pytest.fixture
def sign(seeded: Flask) -> Sign:
    """Moves the tally as a signature does; answers how many there are then."""

    def move(times: int = 1) -> int:
        with transaction():
            campaign = reports.counters([SLUG])[SLUG]
            counters.bump(f"campaign:{campaign.campaign_id}", signatures=times)
        session().rollback()
        return campaign.signatures + times

    return move
