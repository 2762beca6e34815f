"""SendGrid's event webhook and its inbound parse."""

import hmac
from typing import NoReturn

import structlog
from flask import jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from campaign import config, replies
from campaign.core import metrics
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.rates import Rate
from campaign.outbox import receipts
from campaign.replies import BYTES_MAX
from campaign.web.audience import hook, limited
from campaign.web.hooks import blueprint, multipart
from campaign.web.hooks.parsed import as_mail

log = structlog.get_logger()

EVENTS_MAX = 2 * 1024 * 1024
# A campaign of ten thousand letters reports some thirty thousand events, in batches.
OFTEN = Rate(3000, "minute")


class Unsigned(DomainError):
    """Not from whom it should be."""

    code, status = "unsigned", 401


@blueprint.post("/sendgrid/events")
@hook
@limited("hook-events", OFTEN)
def events() -> ResponseReturnValue:
    """Keep what SendGrid reports; 2xx only once it is kept. What is applied late is applied by the scheduler."""
    request.max_content_length = EVENTS_MAX
    body = request.get_data(cache=False)
    timestamp = _one(receipts.signature.TIMESTAMP_HEADER)
    signature = _one(receipts.signature.SIGNATURE_HEADER)
    if not receipts.signature.signed(config.current().sendgrid_event_public_key, timestamp, signature, body):
        _refuse("events")
    reports = receipts.sendgrid.read(body)
    with transaction():
        stored = receipts.store(reports)
    _apply(reports)
    return jsonify(stored=stored)


@blueprint.post("/sendgrid/inbound")
@hook
@limited("hook-inbound", Rate(600, "minute"))
def inbound() -> ResponseReturnValue:
    """Take in an answer. It is not signed: a secret in the address says that it comes from SendGrid.

    200 also for what belongs to no letter: SendGrid would send it again for days.
    """
    if not _knows_secret(config.current().inbound_secret):
        _refuse("inbound")
    request.max_content_length = BYTES_MAX
    fields, files = multipart.read(request.stream, request.mimetype_params.get("boundary", ""))
    raw, recipients = as_mail(fields, files)
    with transaction():
        outcome = replies.take(raw, recipients)
    return jsonify(outcome=outcome.value)


def _apply(reports: list[receipts.Report]) -> None:
    """In a transaction of its own: what was stored stays stored, whatever becomes of this."""
    try:
        with transaction():
            receipts.apply(receipts.messages_of(reports))
    except SQLAlchemyError as error:
        log.warning("receipts_later", error=type(error).__name__, count=len(reports))


def _one(name: str) -> str:
    """A header that came exactly once."""
    values = request.headers.getlist(name)
    return values[0] if len(values) == 1 else ""


def _knows_secret(secret: str) -> bool:
    """By the query, or as a password (https://any:SECRET@host/...), which no access log holds."""
    auth = request.authorization
    given = request.args.get("secret") or (auth.password if auth and auth.type == "basic" else "") or ""
    return bool(secret) and hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())


def _refuse(name: str) -> NoReturn:
    metrics.HOOKS_REFUSED.labels(name).inc()
    raise Unsigned("This request is not from whom it should be.")
