"""Whether a request was signed by SendGrid: ECDSA on P-256 with SHA-256 over timestamp and raw body.

SendGrid's own helper raises on odd input, takes any age, and does not say where the timestamp ends and the body begins.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from campaign.core.clock import now

SIGNATURE_HEADER = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP_HEADER = "X-Twilio-Email-Event-Webhook-Timestamp"
# Exactly so many digits: else bytes could move between timestamp and body under the same signature.
TIMESTAMP = re.compile(r"[0-9]{10}")
# SendGrid tries again for 24 hours. What comes twice is known by its id; this only bounds how old a replay can be.
OLDEST, NEWEST = timedelta(hours=26), timedelta(minutes=10)


def signed(public_key: str, timestamp: str, signature: str, body: bytes) -> bool:
    """Whether the holder of the key signed these bytes lately. Never raises for what a request can hold."""
    if not public_key or not TIMESTAMP.fullmatch(timestamp):
        return False
    age = now() - datetime.fromtimestamp(int(timestamp), UTC)
    raw = _exactly(signature)
    if raw is None or not -NEWEST <= age <= OLDEST:
        return False
    try:
        key(public_key).verify(raw, timestamp.encode() + body, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):  # ValueError: the key in the settings is none, and signs nothing
        return False
    return True


@lru_cache(maxsize=4)
def key(text: str) -> EllipticCurvePublicKey:
    """The key as SendGrid shows it: base64 of its DER form. Raises ValueError for anything but a key on P-256."""
    try:
        found = load_der_public_key(b64decode(text, validate=True))
    except (Error, TypeError) as error:
        raise ValueError("is not a public key in base64") from error
    if not isinstance(found, EllipticCurvePublicKey) or not isinstance(found.curve, SECP256R1):
        raise ValueError("is not an ECDSA key on the curve P-256")
    return found


def _exactly(text: str) -> bytes | None:
    """The bytes of a signature; None unless the text is their one spelling in base64."""
    try:
        raw = b64decode(text, validate=True)
    except (Error, ValueError):  # ValueError: characters beyond ASCII
        return None
    return raw if raw and b64encode(raw).decode() == text else None
