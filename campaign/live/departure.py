"""Follows a viewer for as long as its reader is there."""

import asyncio

from campaign.live.answers import Message, Receive, Send
from campaign.live.viewer import Viewer


async def follow(viewer: Viewer, receive: Receive, send: Send) -> None:
    """Send the viewer's stream until it ends or its reader has gone."""
    departure = _Departure(viewer, receive)
    try:
        await viewer.run(send)
    finally:
        departure.forget()


class _Departure:
    """Listens for the end of the connection, by a callback: a task for it would cost every stream more memory."""

    __slots__ = ("_next", "_receive", "_viewer")

    def __init__(self, viewer: Viewer, receive: Receive) -> None:
        self._viewer = viewer
        self._receive = receive
        self._next: asyncio.Future[Message] | None = None
        self._listen()

    def forget(self) -> None:
        """Stop listening, and part from granian's future: it hides the cycle of references from the collector."""
        if self._next is not None:
            self._next.cancel()
        self._next = None

    def _listen(self) -> None:
        self._next = asyncio.ensure_future(self._receive())
        self._next.add_done_callback(self._heard)

    def _heard(self, message: "asyncio.Future[Message]") -> None:
        if self._next is None or message.cancelled():
            return
        if message.exception() is not None or message.result()["type"] == "http.disconnect":
            self._viewer.end()
        else:  # the request's body, which has nothing to say
            self._listen()
