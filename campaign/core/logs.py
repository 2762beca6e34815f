"""JSON logs with ids only. What could name a person is taken out here, whoever logs it."""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# What a log line may carry. Anything else is dropped by name, so that a new field is a decision and not an accident.
ALLOWED = frozenset(
    {
        *("event", "level", "timestamp", "logger", "process", "exception", "error", "code", "status", "method"),
        *("route", "duration_ms", "lane", "message_id", "answer", "cause", "campaign_id", "signature_id", "count"),
        *("due", "seconds", "attempt", "port", "pid", "child", "signal", "host", "path", "version", "name", "reason"),
    }
)
# structlog's own, taken out before anything is written.
INTERNAL = frozenset({"_record", "_from_structlog"})
ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
TOKEN = re.compile(r"[A-Za-z0-9_.-]{40,}")


def clean(text: str) -> str:
    """`text` without addresses, tokens and line breaks."""
    text = ADDRESS.sub("[address]", TOKEN.sub("[token]", text))
    return text.replace("\r", "\\r").replace("\n", "\\n")


def keep_allowed(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop every field that is not on the list and scrub the values of those that are."""
    kept: EventDict = {}
    for key, value in event.items():
        if key in ALLOWED or key in INTERNAL:
            kept[key] = value if isinstance(value, int | float | None) else clean(str(value))
    return kept


def plain_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception as its type and places. Its message may quote a person's data, so it stays out."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[0]:
        places, trace = [], info[2]
        while trace:
            code = trace.tb_frame.f_code
            places.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        event["exception"] = f"{info[0].__name__} at " + " < ".join(reversed(places[-12:]))
    return event


def setup(process: str, level: str = "info", stream: Any = None) -> None:
    """Send structlog and the standard library's loggers through the same filter, as one JSON object a line."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        lambda _l, _m, event: {**event, "process": process},
        plain_exception,
        keep_allowed,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # These say too much at their own level: addresses, keys, one line per job.
    for name in ("rq", "python_http_client", "alembic", "_granian"):
        logging.getLogger(name).setLevel("WARNING")
