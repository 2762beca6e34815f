"""SendGrid's side of the event webhook: events as it words them, signed as it signs them."""

import json
import secrets
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.core import clock

PATH = "/webhooks/sendgrid/events"
SIGNATURE, TIMESTAMP = "X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp"
Event = dict[str, Any]

# What SendGrid adds to each kind of event.
MORE: dict[str, Event] = {
    "processed": {"smtp-id": "<0123456789abcdef@mail.postbag.example>"},
    "deferred": {"response": "450 4.2.1 office@ministry.example is receiving mail too fast", "attempt": "5"},
    "delivered": {"response": "250 2.0.0 OK office@ministry.example", "ip": "192.0.2.7"},
    "bounce": {
        "type": "bounce",
        "status": "5.1.1",
        "reason": "550 5.1.1 <office@ministry.example> no such user",
        "bounce_classification": "Invalid Address",
    },
    "dropped": {"reason": "Bounced Address", "status": "5.0.0"},
    "spamreport": {},
    "open": {"useragent": "Mozilla/5.0", "ip": "192.0.2.8"},
}


@cache
def private_key() -> EllipticCurvePrivateKey:
    """The key of this run."""
    return generate_private_key(SECP256R1())


def public_key() -> str:
    """What SENDGRID_EVENT_PUBLIC_KEY is set to."""
    return b64encode(private_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def event(kind: str, message_id: UUID | str | None, at: int = 0, handover: str = "handover-1", **more: Any) -> Event:
    """One event; `at` in seconds after this minute began. Without a message, as one that was not sent by us."""
    made: Event = {
        "email": "office@ministry.example",
        "event": kind,
        "timestamp": int(clock.now().timestamp()) // 60 * 60 + at,
        "sg_event_id": secrets.token_urlsafe(24),
        "sg_message_id": f"{handover}.recvd-5f8c9d6b4-abcde-1-6565.0",
        **MORE.get(kind, {}),
    }
    if message_id is not None:
        made["message_id"] = str(message_id)
    return made | more


def signed(body: bytes, age: float = 0.0, key: EllipticCurvePrivateKey | None = None) -> dict[str, str]:
    """The headers of a request with this body, signed so many seconds ago."""
    stamp = str(int(clock.now().timestamp() - age))
    signature = (key or private_key()).sign(stamp.encode() + body, ECDSA(SHA256()))
    return {SIGNATURE: b64encode(signature).decode(), TIMESTAMP: stamp, "Content-Type": "application/json"}


def raw(events: Sequence[Event]) -> bytes:
    """The body, in the spelling that is signed."""
    return json.dumps(events, separators=(",", ":")).encode()


def post(client: FlaskClient, events: Sequence[Event], **options: Any) -> TestResponse:
    """Post events as SendGrid does."""
    body = raw(events)
    return client.post(PATH, data=body, headers=signed(body, **options))
