"""Text from outside: one gate for what becomes a mail header, one for prose, one for Markdown by staff."""

import re
import unicodedata

import bleach
from flask_babel import gettext as _
from markdown_it import MarkdownIt
from markupsafe import Markup

from campaign.core.errors import DomainError

# C0, DEL, C1, line and paragraph separators, bidirectional controls, zero-width marks, byte-order mark, soft hyphen.
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
# What word processors and old systems break lines with.
LINE_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Python's email package decodes RFC 2047 words again and lets their line breaks through (CVE-2024-6923).
ENCODED_WORD = "=?"
HEADER_MAX = 200

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False})
_markdown.disable(["image", "code", "fence", "html_inline"])
TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "h2", "h3", "hr"}


class BadText(DomainError):
    """A text holds something that must not go where it would go."""

    code = "bad_text"


def header_text(value: str, *, limit: int = HEADER_MAX) -> str:
    """`value` fit for a mail header: NFC, one line, no controls, no encoded words.

    Raises BadText for control characters and encoded words (RELIABILITY: header injection; RFC 5322, RFC 2047).
    """
    value = unicodedata.normalize("NFC", value)
    if CONTROLS.search(value) or ENCODED_WORD in value or _has_surrogate(value):
        raise BadText(_("Please use ordinary letters and punctuation here."))
    if len(value) > limit:
        raise BadText(_("Please use at most %(limit)s characters here.", limit=limit))
    return value


def one_line(value: str) -> str:
    """A form's single-line value: trimmed, NFC, inner white space folded. Controls stay for header_text to refuse."""
    return re.sub(r"[ \t\u00a0]+", " ", unicodedata.normalize("NFC", value)).strip()


def prose(value: str) -> str:
    """A form's multi-line value as stored: NFC, LF line ends, no controls but LF and TAB, no trailing blanks."""
    value = LINE_BREAKS.sub("\n", unicodedata.normalize("NFC", value))
    value = CONTROLS.sub(lambda found: found[0] if found[0] in "\n\t" else "", value)
    value = value.encode("utf-8", "ignore").decode()
    lines = [line.rstrip() for line in value.split("\n")]
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).strip("\n")


def markdown(source: str) -> Markup:
    """Safe HTML of a staff member's Markdown: raw HTML is shown as text, then only a fixed set of tags passes."""
    return sanitise(_markdown.render(source))


def sanitise(html: str) -> Markup:
    """The second wall. bleach is named by the user; its engine can be changed in this line (docs/decisions)."""
    return Markup(bleach.clean(html, tags=TAGS, attributes=_absolute, protocols={"https", "mailto"}, strip=True))


def _absolute(tag: str, name: str, value: str) -> bool:
    """Links with whole addresses only: bleach would let `//elsewhere` and `/here` pass."""
    return tag == "a" and name == "href" and value.lower().startswith(("https://", "mailto:"))


def _has_surrogate(value: str) -> bool:
    return any("\ud800" <= ch <= "\udfff" for ch in value)
