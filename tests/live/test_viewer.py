"""One stream alone, with a reader that is as slow as the test wants."""

import asyncio
from typing import Any

import pytest

from campaign.live import viewer as module
from campaign.live.departure import follow
from campaign.live.viewer import Viewer
from tests.live.states import snapshot


class Reader:
    """Takes messages while its gate is open."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, message: dict[str, Any]) -> None:
        await self.gate.wait()
        self.taken.append(message.get("body", b""))

    def events(self) -> list[bytes]:
        return [body for body in self.taken if b"event: counter" in body]


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_slow_reader_is_given_the_last_state_only() -> None:
    async def run() -> None:
        reader, states = Reader(), [snapshot(signatures) for signatures in range(50)]
        viewer = Viewer(states[0])
        task = asyncio.create_task(viewer.run(reader.send))
        await settle()
        reader.gate.clear()
        for state in states[1:]:
            viewer.show(state)
            await settle()
        reader.gate.set()
        await settle()
        # The first, the one that was on its way when the reader stopped, and the last.
        assert reader.events() == [states[index].event["body"] for index in (0, 1, 49)]
        viewer.end()
        await task
        assert reader.taken[-1] == b""

    asyncio.run(run())


def test_a_silent_stream_has_a_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        reader, viewer = Reader(), Viewer(snapshot(1))
        task = asyncio.create_task(viewer.run(reader.send))
        await settle()
        viewer.tick(viewer._sent_at + 14)
        await settle()
        assert b":\n\n" not in reader.taken
        monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.0)
        viewer.tick(viewer._sent_at)
        monkeypatch.undo()
        viewer._sent_at -= 15
        await settle()
        assert reader.taken.count(b":\n\n") == 1
        viewer.end()
        await task

    asyncio.run(run())


def test_a_stream_ends_after_about_an_hour() -> None:
    async def run() -> None:
        reader, viewer = Reader(), Viewer(snapshot(1))
        task = asyncio.create_task(viewer.run(reader.send))
        await settle()
        viewer.tick(viewer._sent_at + 45 * 60)
        await settle()
        assert not task.done()
        viewer.tick(viewer._sent_at + 75 * 60)
        await asyncio.wait_for(task, 1)

    asyncio.run(run())


def test_streams_of_the_same_moment_end_at_different_ones() -> None:
    async def run() -> None:
        assert len({Viewer(snapshot(1))._ends_at for _ in range(20)}) == 20

    asyncio.run(run())


def test_a_reader_that_goes_ends_the_stream() -> None:
    async def run() -> None:
        reader, messages = Reader(), asyncio.Queue[dict[str, Any]]()
        task = asyncio.create_task(follow(Viewer(snapshot(1)), messages.get, reader.send))
        messages.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        await settle()
        assert not task.done()
        messages.put_nowait({"type": "http.disconnect"})
        await asyncio.wait_for(task, 1)

    asyncio.run(run())
