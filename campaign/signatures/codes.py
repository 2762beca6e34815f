"""Six digits from the mail, as the other way to confirm: made from the signature and its address, never stored."""

import hmac
from uuid import UUID

from campaign.core.tokens import keyed_hash

DIGITS = 6
# Wrong ones for one signature; then only its link works.
TRIES = 5
# And for one address over all that wait, so that writing new texts buys no new tries.
TRIES_OF_ADDRESS = 15


def code_of(signature_id: UUID, email_hash: bytes) -> str:
    """The code of a signature: the same in each mail about it."""
    number = int.from_bytes(keyed_hash("code", f"{signature_id.hex} {email_hash.hex()}")[:8], "big")
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def clean(typed: str) -> str:
    """What was typed without the spaces and dashes that people put between digits."""
    return "".join(letter for letter in typed if letter not in " -\u00a0\u202f")


def fits(typed: str, signature_id: UUID, email_hash: bytes) -> bool:
    """Whether the code is the right one; takes as long for a wrong one."""
    return hmac.compare_digest(clean(typed).encode(), code_of(signature_id, email_hash).encode())
