"""What a request to SendGrid must be, beyond what its published description tells a validator.

The description lets pass: reserved headers, line breaks in them, unknown keys, numbers and size of custom arguments,
HTML before plain text, duplicate recipients. Every request is checked here once more after it is built.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from campaign.core.text import CONTROLS, ENCODED_WORD, BadText

REQUIRED = {"personalizations", "from", "subject", "content", "headers", "tracking_settings"}
OPTIONAL = {"reply_to"}
# SendGrid's list; it writes these itself.
RESERVED = {"x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding"}
RESERVED |= {"to", "from", "subject", "reply-to", "cc", "bcc"}
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,75}")
HEADER_COUNT = 30
ARGUMENT_BYTES = 10_000
# SendGrid takes 30 MB with attachments; a letter of a megabyte is a mistake.
CONTENT_BYTES = 1_000_000
# One plain address: dot-atom and domain in ASCII (RFC 5321). SendGrid takes no Unicode before the @.
LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(rf"(?=.{{1,64}}@){LOCAL}@(?:{LABEL}\.)+{LABEL}")
# A body may break lines and indent; other controls have no place in text.
UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def check(body: Mapping[str, Any]) -> None:
    """Raise BadText, naming the rule and never the value, when a request is not one of ours."""
    _keys(body, REQUIRED, OPTIONAL)
    _need(len(body["personalizations"]) == 1, "one person a message")
    for person in body["personalizations"]:
        _keys(person, {"to"}, {"custom_args"})
        _need(len(person["to"]) == 1, "one recipient a message")
        _person(person["to"][0])
        _arguments(person.get("custom_args", {}))
    _person(body["from"])
    if "reply_to" in body:
        _person(body["reply_to"])
    _line(body["subject"])
    _need(bool(body["subject"].strip()), "a subject")
    _headers(body["headers"])
    _content(body["content"])


def _person(person: Mapping[str, Any]) -> None:
    _keys(person, {"email"}, {"name"})
    _line(person["email"])
    _need(ADDRESS.fullmatch(person["email"]) is not None, "a plain address")
    if "name" in person:
        _line(person["name"])


def _arguments(arguments: Mapping[str, Any]) -> None:
    for key, value in arguments.items():
        _line(key)
        _line(value)
    size = sum(len(key.encode()) + len(value.encode()) for key, value in arguments.items())
    _need(size <= ARGUMENT_BYTES, "small arguments")


def _headers(headers: Mapping[str, Any]) -> None:
    names = [name.lower() for name in headers]
    _need(len(set(names)) == len(names) <= HEADER_COUNT, "each header once, and few of them")
    _need(not RESERVED.intersection(names), "no header that SendGrid writes")
    for name, value in headers.items():
        _need(HEADER_NAME.fullmatch(name) is not None, "header names of letters, digits and hyphens")
        _line(value)
        _need(value.isascii(), "headers in ASCII")


def _content(parts: Sequence[Mapping[str, Any]]) -> None:
    for part in parts:
        _keys(part, {"type", "value"})
        _need(isinstance(part["value"], str) and bool(part["value"].strip()), "a text")
        _need(not UNFIT.search(part["value"]), "a text without controls")
    kinds = [part["type"] for part in parts]
    _need(kinds in (["text/plain"], ["text/plain", "text/html"]), "plain text, then HTML")
    try:
        size = sum(len(part["value"].encode()) for part in parts)
    except UnicodeEncodeError:
        raise BadText("SendGrid would not take this: it is not Unicode text") from None
    _need(size <= CONTENT_BYTES, "a text of at most a megabyte")


def _line(value: object) -> None:
    """One line of text without controls and encoded words, as `header_text` leaves it."""
    _need(isinstance(value, str), "text")
    _need(not CONTROLS.search(str(value)) and ENCODED_WORD not in str(value), "ordinary letters and punctuation")


def _keys(value: Mapping[str, Any], required: set[str], optional: frozenset[str] | set[str] = frozenset()) -> None:
    _need(required <= value.keys() <= required | optional, "the fields that we use and no others")


def _need(holds: bool, rule: str) -> None:
    if not holds:
        raise BadText(f"SendGrid would not take this: it wants {rule}")
