"""Identifiers: time-ordered for rows (index locality), random for what people read out."""

import secrets
import time
from datetime import datetime
from uuid import UUID

# No vowels and no look-alikes (0/O, 1/I/L, 5/S): a reference is read over the phone and never spells a word.
ALPHABET = "2346789BCDFGHJKMNPQRTVWXYZ"


def new_id() -> UUID:
    """A version 7 UUID (RFC 9562, 5.7): 48 bits of milliseconds, then 74 random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    return UUID(int=value | 0b10 << 62 | secrets.randbits(62))


def first_id(moment: datetime) -> UUID:
    """No id that was made at this moment (aware) or later comes before it: rows of an age, found by their key."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62)


def reference() -> str:
    """A short random reference such as `K7WQ-9XNT`, for a person to quote."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{code[:4]}-{code[4:]}"
