"""DKIM (RFC 6376): the public key that our provider's signatures are checked with."""

import base64
import binascii

from campaign.doctor.finding import Finding, ok, problem, warning
from campaign.doctor.resolver import Resolver, texts
from campaign.doctor.tags import tags

CHECK = "DKIM"
# The bytes of an RSA key as published: 162 at 1,024 bits, 294 at 2,048.
BYTES_OF_1024, BYTES_OF_2048 = 160, 290


def check(resolver: Resolver, domain: str, selector: str) -> Finding:
    """The key of a selector. Raises Unanswered."""
    if not selector:
        return warning(
            CHECK,
            "Not checked: the selector is not known.",
            "Set DKIM_SELECTOR to the one that your mail provider signs with (s1 at SendGrid).",
        )
    name = f"{selector}._domainkey.{domain}"
    keys = [found for text in texts(resolver, name) if "p" in (found := tags(text))]
    if not keys:
        return problem(CHECK, f"There is no key at {name}.", "Publish the record that your mail provider shows for it.")
    if len(keys) > 1:
        return problem(CHECK, f"There are {len(keys)} keys at {name}.", "Leave only your provider's.")
    return _key(name, keys[0])


def _key(name: str, key: dict[str, str]) -> Finding:
    again = "Publish the record again as your mail provider shows it."
    if not key["p"]:
        return problem(CHECK, f"The key at {name} is revoked.", again)
    try:
        size = len(base64.b64decode("".join(key["p"].split()), validate=True))
    except binascii.Error:
        return problem(CHECK, f"The key at {name} is damaged.", again)
    if key.get("k", "rsa") == "rsa" and size < BYTES_OF_1024:
        return problem(CHECK, f"The key at {name} is too short or cut off.", again)
    if "y" in key.get("t", "").split(":"):
        return warning(CHECK, f"The key at {name} is marked as a test (t=y).", "Take t=y out of it.")
    if key.get("k", "rsa") == "rsa" and size < BYTES_OF_2048:
        return warning(CHECK, f"The key at {name} has fewer than 2,048 bits.", "Ask your provider for a longer one.")
    return ok(CHECK, f"A key is at {name}.")
