"""The live process with its statements noted: `python -m tests.live.counting PORT FILE`.

With ONLY_NEWS in its environment it does not look by itself whether a campaign has moved. It says so when the
interpreter is taken down, which must not happen.
"""

import atexit
import os
import sys
import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from campaign import config
from campaign.app import create_app
from campaign.core import logs
from campaign.live import hub, serve

TAKEN_DOWN = "the interpreter is taken down"


def main(port: int, path: str) -> None:
    """Serve, and write the moment of every statement into the file."""
    app = create_app(config.load())
    logs.setup("live")
    atexit.register(print, TAKEN_DOWN)
    if os.environ.get("ONLY_NEWS"):
        hub.POLL_SECONDS = 3600.0
    with open(path, "a", buffering=1) as file:  # noqa: PTH123

        @event.listens_for(Engine, "before_cursor_execute")
        def note(*_arguments: Any) -> None:
            file.write(f"{time.time()}\n")

        serve(app, "127.0.0.1", port)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
