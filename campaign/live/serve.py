"""Runs the live process: granian inside our own event loop, so that one process is one process id."""

import asyncio
import signal
import socket

import structlog
from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

from campaign.config import Settings
from campaign.live.asgi import Live, make_asgi

log = structlog.get_logger()

# Connections above our own cap on streams, for those who are told 503 and those who ask for the JSON. granian leaves
# more than that waiting in the backlog, unanswered.
SPARE = 2000
BACKLOG = 4096
# A reader that takes nothing must not fill our memory: beyond this, writing to it waits.
BUFFER = 16 * 1024
HEADER_MILLISECONDS = 10_000
# Streams end at once when asked to; what has not been taken by then is left.
GRACE_SECONDS = 3.0
# granian's messages go the way of ours, and only what is wrong.
LOGGING = {
    "version": 1, "disable_existing_loggers": False, "formatters": {}, "handlers": {},
    "loggers": {"_granian": {"handlers": [], "propagate": True}},
}  # fmt: skip


def serve(app: Flask, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; returns within a few seconds of it. Raises OSError where the port is taken."""
    _check_free(host, port)
    asyncio.run(_serve(make_asgi(app), app.extensions["settings"], host, port))


async def _serve(live: Live, settings: Settings, host: str, port: int) -> None:
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    server = _server(live, settings, host, port)
    tasks = [asyncio.create_task(work) for work in (server.serve(), live.run(), asked.wait())]
    log.info("live_listens", host=host, port=port)
    done, _pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    live.close()
    server.stop()
    await asyncio.wait(tasks[:1], timeout=GRACE_SECONDS)
    for task in tasks:
        task.cancel()
    for task in done:
        task.result()


def _server(live: Live, settings: Settings, host: str, port: int) -> Server:
    return Server(
        live,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=BUFFER),
        websockets=False,
        backlog=BACKLOG,
        backpressure=settings.live_streams + SPARE,
        log_level=LogLevels.error,
        log_dictconfig=LOGGING,
    )


def _check_free(host: str, port: int) -> None:
    """granian shares a port with whoever listens there already, and each would get half of the requests."""
    with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
        pass
