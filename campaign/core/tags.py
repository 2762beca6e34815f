"""Tags: what stands behind the plus of an address of ours, so that what comes back to it finds its message.

A tag holds an id and a keyed hash of it. It needs no table, is good for one purpose, and survives mail servers that
change the case of letters.
"""

import hmac
from base64 import b32decode, b32encode
from binascii import Error
from uuid import UUID

from campaign.core.tokens import keyed_hash

ID_BYTES = 16
# 48 bits: somebody who guesses has to send each guess as a mail.
HASH_BYTES = 6
# 22 bytes in base32, without its padding. With it, 27 characters are left of the 64 that a local part may have
# (RFC 5321, 4.5.3.1.1).
LENGTH = 36
PADDING = "===="


def make(purpose: str, id_: UUID) -> str:
    """The tag of an id: lower-case letters and digits."""
    return b32encode(id_.bytes + _hash(purpose, id_)).decode().rstrip("=").lower()


def read(purpose: str, tag: str) -> UUID | None:
    """The id in a tag; None where the tag was not made here, or for something else."""
    if len(tag) != LENGTH or not tag.isascii():
        return None
    try:
        raw = b32decode(tag.upper() + PADDING)
    except (Error, ValueError):
        return None
    id_ = UUID(bytes=raw[:ID_BYTES])
    known = hmac.compare_digest(raw[ID_BYTES:], _hash(purpose, id_))
    # The last character has bits to spare: one spelling only.
    return id_ if known and make(purpose, id_) == tag.lower() else None


def _hash(purpose: str, id_: UUID) -> bytes:
    return keyed_hash(f"tag {purpose}", id_.hex)[:HASH_BYTES]
