"""What may stand in each field of a campaign. Values are words, as a form sends them; see `drafts`."""

import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from flask_babel import gettext as _

from campaign.campaigns.lifecycle import Outcome
from campaign.campaigns.models import Accent
from campaign.core import addresses, i18n
from campaign.core.errors import DomainError
from campaign.core.text import header_text, one_line, prose

# In characters. A lead is two or three sentences; a story that nobody reads to its end helps nobody.
LIMITS = {
    "title": 120,
    "kicker": 80,
    "lead": 400,
    "story": 12_000,
    "picture_alt": 300,
    "picture_credit": 200,
    "outcome_text": 6_000,
    "consent_send": 600,
    "consent_updates": 600,
    "shown_as": 150,
    "controller": 300,
    "privacy_contact": 254,
}
MARKDOWN = frozenset({"story", "outcome_text"})
LARGEST_GOAL = 100_000_000
# Long enough to answer questions of offices, short enough to need no reason.
RETENTION = range(14, 366)
YEARS = range(2000, 2101)
MINUTES = "%Y-%m-%dT%H:%M"

_LINK = re.compile(
    r"\]\(\s*<?([^)>\s]*)|^ {0,3}\[[^\]]+\]:\s*<?([^>\s]+)|<([A-Za-z][A-Za-z0-9+.-]*:[^>\s]*)>", re.MULTILINE
)
_PICTURE = re.compile(r"!\[[^\]]*\]")
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::00)?")


def clean(column: str, value: str) -> str:
    """The value as it is stored; raises DomainError whose words say what is wrong with it. Empty stays empty."""
    if column in MARKDOWN:
        return _markdown(prose(value), LIMITS[column])
    words = one_line(value.replace("\r", "").replace("\n", " "))
    if not words:
        return ""
    return _RULES.get(column, _plain)(column, words)


def links(source: str) -> list[str]:
    """The addresses that a Markdown text links to, as they are written."""
    return [next(part for part in found if part) for found in _LINK.findall(source) if any(found)]


def _markdown(source: str, limit: int) -> str:
    if len(source) > limit:
        raise DomainError(_("Please use at most %(limit)s characters here.", limit=limit))
    if _PICTURE.search(source):
        raise DomainError(_("A text holds no pictures. The campaign has one of its own, below."))
    # What is in angle brackets and not an address would be shown as it is typed.
    if _TAG.search(re.sub(r"<[A-Za-z][A-Za-z0-9+.-]*:[^>\s]*>", "", source)):
        raise DomainError(_("HTML does not work here. Use Markdown: **bold**, *italic*, [words](https://…)."))
    if re.search(r"\]\(\s*\)", source):
        raise DomainError(_("A link has no address. Write it like this: [words](https://…)."))
    for link in links(source):
        _link(link)
    return source


def _link(link: str) -> None:
    scheme = link.partition(":")[0].lower()
    try:
        parts = urlsplit(link)
        whole = (scheme == "https" and "." in (parts.hostname or "")) or (scheme == "mailto" and "@" in parts.path)
        whole = whole and parts.username is None and parts.port in (None, 443)
    except ValueError:
        whole = False
    if not whole:
        raise DomainError(_("%(link)s cannot be linked to. Begin with https:// or mailto:.", link=link[:60]))


def _plain(column: str, value: str) -> str:
    return header_text(value, limit=LIMITS[column])


def _goal(_column: str, value: str) -> str:
    if not (value.isascii() and value.isdecimal()) or not 1 <= int(value[:12]) <= LARGEST_GOAL:
        raise DomainError(_("Write a number of signatures, in digits only."))
    return str(int(value))


def _accent(_column: str, value: str) -> str:
    return _one_of(value, [str(accent) for accent in Accent], _("Choose one of the colours."))


def _outcome(_column: str, value: str) -> str:
    return _one_of(value, [str(outcome) for outcome in Outcome], _("Choose one of the outcomes."))


def _one_of(value: str, choices: list[str], words: str) -> str:
    if value not in choices:
        raise DomainError(words)
    return value


def _country(_column: str, value: str) -> str:
    if not i18n.is_country(value):
        raise DomainError(_("Choose a country from the list."))
    return value


def _moment(_column: str, value: str) -> str:
    try:
        if not _MOMENT.fullmatch(value):
            raise ValueError(value)
        found = datetime.strptime(value[:16], MINUTES)  # noqa: DTZ007 - on the campaign's own clock, see `drafts`
        if found.year not in YEARS:
            raise ValueError(value)
    except ValueError as error:
        raise DomainError(_("Write a day and a time such as 2026-11-22T09:00.")) from error
    return found.strftime(MINUTES)


def _retention(_column: str, value: str) -> str:
    if not (value.isascii() and value.isdecimal()) or int(value[:6]) not in RETENTION:
        words = _("Write a number of days from %(least)s to %(most)s.", least=RETENTION.start, most=RETENTION.stop - 1)
        raise DomainError(words)
    return str(int(value))


def _contact(_column: str, value: str) -> str:
    return addresses.parse(value).email


_RULES: dict[str, Callable[[str, str], str]] = {
    "goal": _goal,
    "accent": _accent,
    "outcome": _outcome,
    "country": _country,
    "opens_at": _moment,
    "closes_at": _moment,
    "retention_days": _retention,
    "privacy_contact": _contact,
}
