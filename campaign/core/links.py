"""Web addresses that staff write: one gate, so that each leads where its reader thinks."""

import re
from urllib.parse import urlsplit

from flask_babel import gettext as _

from campaign.core.text import CONTROLS, BadText

LONGEST = 500
# Whatever a reader would take for an address in running text: a scheme, or the beginning of one that was left out.
IN_TEXT = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{0,20}:(?://|\\)|\b(?:javascript|data|vbscript|file|mailto):|\bwww\.)\S*", re.IGNORECASE
)
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})", re.IGNORECASE)
# What stands after an address in a sentence and is no part of it.
AFTER = ".,;:!?)]}>\"'»”’"


def https(value: str) -> str:
    """`value` as the address of a page; raises BadText in words.

    Whole, encrypted, of a named host, without a password in it, and in plain ASCII: what is shown is where it leads.
    """
    value = value.strip()
    if len(value) > LONGEST:
        raise BadText(_("Use at most %(limit)s characters for a link.", limit=LONGEST))
    if not value.lower().startswith("https://"):
        raise BadText(_("A link begins with https://, such as https://www.example.org/report."))
    if CONTROLS.search(value) or re.search(r'[\s<>"\\^`{|}]', value) or not value.isascii():
        raise BadText(_("A link has no blanks, quotes or accents. Copy it from the browser's address bar."))
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise BadText(_("This is not a link. Copy it from the browser's address bar.")) from error
    if "@" in parts.netloc:
        raise BadText(_("A link must not hold a name or a password."))
    if port is not None or not HOST.fullmatch(parts.hostname or ""):
        raise BadText(_("A link names a site, such as https://www.example.org/report."))
    return value


def in_text(text: str) -> list[str]:
    """Whatever in a text reads like a web address."""
    return [found[0].rstrip(AFTER) for found in IN_TEXT.finditer(text)]


def check_text(text: str, field: str) -> None:
    """Every address in a text is one that `https` takes; raises BadText with the field's name."""
    for link in in_text(text):
        try:
            https(link)
        except BadText as error:
            words = _("%(link)s: %(problem)s", link=link[:80], problem=error.words)
            raise BadText(words, fields={field: words}) from error
