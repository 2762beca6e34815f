"""The routes of the live process, as an ASGI application without a framework."""

import asyncio
import re
from collections.abc import Awaitable
from functools import partial

from flask import Flask

from campaign.config import Settings
from campaign.core.errors import DomainError, NotFound
from campaign.live import database
from campaign.live.answers import METHODS, Answer, Receive, Scope, Send, failure, plain, preflight, start
from campaign.live.departure import follow
from campaign.live.failures import NotAllowed, Unavailable, no_campaign
from campaign.live.hub import Hub
from campaign.live.news import News
from campaign.live.room import Room
from campaign.live.snapshot import Snapshot
from campaign.live.viewer import HEADERS, Viewer
from campaign.live.visitor import has, network_of

PREFIX = "/api/v1/campaigns/"
# As the database has it; anything else is no question for it.
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SLUG_LENGTH = 80

UP = plain({"status": "up"})
PREFLIGHT = preflight()
NOWHERE = failure(NotFound("There is nothing here."))
NO_CAMPAIGN = failure(no_campaign())
READ_ONLY = failure(NotAllowed("This can only be read."), [(b"allow", METHODS)])
STREAM_HEAD = Answer(start(200, HEADERS), {"type": "http.response.body", "body": b"", "more_body": False})


class Live:
    """The application. `run` keeps it alive; `close` ends its streams."""

    def __init__(self, settings: Settings, hub: Hub, places: int) -> None:
        self._proxies = settings.proxies
        self._room = Room(places)
        self._hub = hub
        self._news = News(settings.redis_url, hub.heard, hub.listen)

    async def run(self) -> None:
        """Read and listen, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._hub.run())
            tasks.create_task(self._news.run())

    def close(self) -> None:
        """End all streams; new ones are refused."""
        self._hub.close()

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer one request. A plain function: a stream of an hour then does not hold on to its request."""
        path: str = scope["path"]
        method: str = scope["method"]
        if path == "/healthz":
            return UP.give(send)
        slug, _slash, what = path.removeprefix(PREFIX).partition("/")
        if what not in ("counter", "counter/stream") or not path.startswith(PREFIX):
            return NOWHERE.give(send)
        if method == "OPTIONS":
            return PREFLIGHT.give(send)
        if method not in ("GET", "HEAD"):
            return READ_ONLY.give(send)
        if what == "counter":
            snapshot = self._hub.fresh(slug)
            if snapshot is not None:
                return _choose(snapshot, scope).give(send)
        if len(slug) > SLUG_LENGTH or not SLUG.fullmatch(slug):
            return NO_CAMPAIGN.give(send)
        network = network_of(scope, self._proxies)
        if what == "counter":
            return self._counter(slug, network, scope, send)
        if method == "HEAD":
            return self._stream_head(slug, network, send)
        return self._stream(slug, network, receive, send)

    async def _counter(self, slug: str, network: str, scope: Scope, send: Send) -> None:
        try:
            answer = _choose(await self._hub.current(slug, network), scope)
        except DomainError as error:
            answer = _refusal(error)
        await answer.give(send)

    async def _stream_head(self, slug: str, network: str, send: Send) -> None:
        try:
            await self._hub.last(slug, network)
        except DomainError as error:
            await _refusal(error).give(send)
        else:
            await STREAM_HEAD.give(send)

    async def _stream(self, slug: str, network: str, receive: Receive, send: Send) -> None:
        try:
            if self._hub.closed:
                raise Unavailable("This process is ending; another one is there soon.", retry_after=3)
            with self._room.place(network):
                viewer = Viewer(await self._hub.last(slug, network))
                with self._hub.watching(slug, viewer):
                    await follow(viewer, receive, send)
        except DomainError as error:
            await _refusal(error).give(send)


def _choose(snapshot: Snapshot, scope: Scope) -> Answer:
    return snapshot.unchanged if has(scope, snapshot.tag) else snapshot.json


def _refusal(error: DomainError) -> Answer:
    if isinstance(error, Unavailable):
        return failure(error, [(b"retry-after", b"%d" % error.retry_after)])
    return failure(error)


def make_asgi(app: Flask, places: int | None = None) -> Live:
    """The application over the database of `app`, with places for LIVE_STREAMS streams or for fewer."""
    settings: Settings = app.extensions["settings"]
    return Live(settings, Hub(partial(database.read, app)), places or settings.live_streams)
