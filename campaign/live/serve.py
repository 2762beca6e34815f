"""Runs the live process: granian inside our own event loop, so that one process is one process id."""

import asyncio
import os
import resource
import signal
import socket
import sys
from typing import NoReturn

import structlog
import uvloop
from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

from campaign.config import Settings
from campaign.live.asgi import Live, make_asgi

log = structlog.get_logger()

# Connections above our own cap on streams, for those who are told 503 and those who ask for the JSON: one for five
# streams. granian leaves more than it may hold waiting unanswered.
SPARE_PART = 5
# Files that are no connections of visitors: database, Redis, logs, sockets.
OTHER_FILES = 100
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


def serve(app: Flask, host: str, port: int) -> NoReturn:
    """Serve until SIGTERM or SIGINT; the process ends within a few seconds of it. Raises OSError: the port is taken."""
    _check_free(host, port)
    settings: Settings = app.extensions["settings"]
    connections = _connections(settings.live_streams)
    live = make_asgi(app, min(settings.live_streams, connections - connections // (SPARE_PART + 1)))
    try:
        uvloop.run(_serve(live, _server(live, host, port, connections)))
    except Exception:
        log.exception("live_fails")
        _leave(1)
    _leave(0)


async def _serve(live: Live, server: Server) -> None:
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    tasks = [asyncio.create_task(work) for work in (server.serve(), live.run(), asked.wait())]
    done, _pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    live.close()
    server.stop()
    await asyncio.wait(tasks[:1], timeout=GRACE_SECONDS)
    for task in tasks:
        task.cancel()
    for task in done:
        task.result()


def _leave(code: int) -> NoReturn:
    """End the process without taking the interpreter down.

    granian's threads outlive its server. Before Python 3.14 one that wants the interpreter while it is taken down is
    unwound through Rust, which aborts the process (python/cpython#87135).
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _server(live: Live, host: str, port: int, connections: int) -> Server:
    log.info("live_starts", host=host, port=port, count=connections)
    return Server(
        live,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=BUFFER),
        websockets=False,
        backlog=BACKLOG,
        backpressure=connections,
        log_level=LogLevels.error,
        log_dictconfig=LOGGING,
    )


def _connections(streams: int) -> int:
    """How many connections to hold for so many streams; fewer where the system does not allow so many open files."""
    wanted = streams + max(streams // SPARE_PART, OTHER_FILES)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = wanted + OTHER_FILES if hard == resource.RLIM_INFINITY else min(wanted + OTHER_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    if files < wanted + OTHER_FILES:
        log.warning("too_few_open_files", count=files, reason=f"{wanted + OTHER_FILES} wanted for LIVE_STREAMS")
    return files - OTHER_FILES


def _check_free(host: str, port: int) -> None:
    """Refuse a port in use: granian would share it with whoever listens there, and each would get half."""
    with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
        pass
