"""When the hub reads, what it keeps and what it refuses; over a database that is only a dictionary."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from campaign.core.errors import NotFound
from campaign.live import hub as module
from campaign.live.failures import Unavailable
from campaign.live.hub import Hub
from campaign.live.shelf import ROOM, SHARE
from campaign.live.snapshot import Snapshot
from campaign.live.viewer import Viewer
from tests.live.states import identity, snapshot


class Database:
    """Answers from a dictionary, or not at all, and notes what it is asked."""

    def __init__(self, *slugs: str) -> None:
        self.numbers = dict.fromkeys(slugs, 1)
        self.asked: list[tuple[float, set[str]]] = []
        self.broken = False

    async def read(self, slugs: Sequence[str]) -> dict[str, Snapshot]:
        self.asked.append((time.monotonic(), set(slugs)))
        await asyncio.sleep(0.01)
        if self.broken:
            raise OSError
        return {slug: snapshot(self.numbers[slug], slug) for slug in slugs if slug in self.numbers}


class Running:
    """A hub at work."""

    def __init__(self, database: Database) -> None:
        self.hub = Hub(database.read)

    async def __aenter__(self) -> Hub:
        self.task = asyncio.create_task(self.hub.run())
        return self.hub

    async def __aexit__(self, *_arguments: object) -> None:
        self.task.cancel()
        await asyncio.wait({self.task})


def test_requests_at_once_share_one_read() -> None:
    async def run() -> None:
        database = Database("one", "two")
        async with Running(database) as hub:
            states = await asyncio.gather(*(hub.current(slug, "n") for slug in ("one", "two") * 50))
        assert len({state.key for state in states}) == 2
        assert [asked for _moment, asked in database.asked] == [{"one", "two"}]

    asyncio.run(run())


def test_reads_are_a_second_apart_whatever_is_asked() -> None:
    async def run() -> None:
        database = Database("one")
        async with Running(database) as hub:
            begun = time.monotonic()
            number = 0
            while time.monotonic() - begun < 3.5:
                number += 1
                asked = asyncio.create_task(hub.current(f"unknown-{number}", f"network {number}"))
                asked.add_done_callback(lambda task: task.exception())
                hub.fresh("one") or await hub.current("one", "n")
                await asyncio.sleep(0.02)
        assert 2 <= len(database.asked) <= time.monotonic() - begun + 1

    asyncio.run(run())


def test_what_is_asked_for_again_and_again_never_waits() -> None:
    async def run() -> None:
        database = Database("one")
        async with Running(database) as hub:
            await hub.current("one", "n")
            waits = 0
            for _ in range(120):
                waits += hub.fresh("one") is None
                await asyncio.sleep(0.025)
        # A machine that stops for a moment may let one second's read come late.
        assert waits < 20
        assert len(database.asked) >= 3

    asyncio.run(run())


def test_news_of_what_nobody_watches_are_not_read() -> None:
    async def run() -> None:
        database = Database("one", "two")
        async with Running(database) as hub:
            with hub.watching("one", Viewer(await hub.current("one", "n"))):
                await asyncio.sleep(2.2)
                assert len(database.asked) == 2
                hub.heard([f"campaign:{identity('two')}", "campaign:unknown", "other"])
                await asyncio.sleep(0.2)
                assert len(database.asked) == 2
                hub.heard([f"campaign:{identity('one')}"])
                await asyncio.sleep(0.2)
                assert len(database.asked) == 3

    asyncio.run(run())


def test_who_begins_to_watch_just_after_news_gets_the_new_number() -> None:
    async def run() -> None:
        database = Database("one")
        async with Running(database) as hub:
            hub.listen(True)
            old = await hub.current("one", "n")
            database.numbers["one"] = 2
            hub.heard([f"campaign:{identity('one')}"])
            viewer = Viewer(await hub.last("one", "n"))
            assert viewer._latest is old, "what was read a moment ago is good enough to begin with"
            with hub.watching("one", viewer):
                await asyncio.sleep(1.2)
                assert viewer._latest.tag == snapshot(2).tag
                with hub.watching("one", Viewer(await hub.last("one", "n"))):
                    await asyncio.sleep(1.2)
        assert len(database.asked) == 2, "those who come after the first cost nothing"

    asyncio.run(run())


def test_viewers_keep_their_state_while_reads_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 1.5)

    async def run() -> None:
        database = Database("one")
        async with Running(database) as hub:
            first = await hub.current("one", "n")
            database.broken = True
            await asyncio.sleep(1.3)
            assert await hub.current("one", "n") is first
            with pytest.raises(Unavailable):
                await hub.current("unheard-of", "n")
            database.broken, database.numbers["one"] = False, 2
            hub.fresh("one")
            await asyncio.sleep(1.3)
            assert (await hub.current("one", "n")).tag == snapshot(2).tag

    asyncio.run(run())


def test_one_network_cannot_ask_for_everything_unknown() -> None:
    async def run() -> None:
        async with Running(Database()) as hub:
            asked = (hub.current(f"unknown-{number}", "n") for number in range(SHARE + 10))
            errors = await asyncio.gather(*asked, return_exceptions=True)
            assert sum(isinstance(error, Unavailable) for error in errors) == 10
            assert sum(isinstance(error, NotFound) for error in errors) == SHARE

    asyncio.run(run())


def test_unknown_slugs_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign.live.shelf.MISS_SECONDS", 0.5)

    async def run() -> None:
        async with Running(Database()) as hub:
            for turn in range(3):
                asked = (hub.current(f"{turn}-{number}", f"{number}") for number in range(ROOM * 2))
                await asyncio.gather(*asked, return_exceptions=True)
                assert len(hub._shelf) <= ROOM * 3
            await asyncio.sleep(2.5)
            assert len(hub._shelf) == 0

    asyncio.run(run())


def test_a_campaign_that_appears_is_found_once_its_miss_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MISS_SECONDS", 0.5)

    async def run() -> None:
        database = Database()
        async with Running(database) as hub:
            with pytest.raises(NotFound):
                await hub.current("one", "n")
            database.numbers["one"] = 1
            await asyncio.sleep(0.6)
            assert (await hub.current("one", "n")).tag == snapshot(1).tag

    asyncio.run(run())
