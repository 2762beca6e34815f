"""Every answer that SendGrid can give, as one of the five. docs/mail.md shows this table; a test compares them."""

import json
import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message as Headers
from email.utils import parsedate_to_datetime

from campaign.core.clock import now
from campaign.outbox.answers import Answer, Later, Refused, Sent, Stopped, Unknown
from campaign.outbox.transports.sendgrid_line import Reply

# Where the provider names no time.
REST_SECONDS = 60.0
# A provider that is away is tried again soon, by one letter; the lane itself waits longer after each failure.
AWAY_SECONDS = 5.0
# A reset further away than this is taken for a mistake: asking too early costs one more 429.
REST_MAX = 3600.0
# Reset headers count seconds or name a moment in seconds since 1970; no rest is that long.
A_MOMENT = 1_000_000_000
PROVIDER_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")
# What differs from one message to the next. A complaint about anything else is about our set-up.
OF_THE_MESSAGE = ("personalizations", "subject", "content", "reply_to", "from.name")
FIELD = re.compile(r"[a-z_]{1,40}(\.([a-z_]{1,40}|\d{1,4})){0,6}")


@dataclass(frozen=True)
class Outcome:
    """One line of the table: for which answers, in words and in numbers, and what follows."""

    when: str
    statuses: Container[int]
    answer: Callable[[Reply], Answer]


def answer(given: Reply) -> Answer:
    """The first line that fits."""
    return next(line for line in OUTCOMES if given.status in line.statuses).answer(given)


def not_reached(why: str) -> Later:
    """No connection: surely not sent, and not this message's fault."""
    return Later(f"SendGrid cannot be reached: {why}", AWAY_SECONDS, lane=True, counted=False)


def lost(why: str) -> Unknown:
    """The connection failed while the request or its answer was under way."""
    return Unknown(f"SendGrid did not answer: {why}")


def _sent(given: Reply) -> Sent:
    provider_id = given.headers.get("X-Message-Id", "")
    return Sent(provider_id if PROVIDER_ID.fullmatch(provider_id) else None)


def _unknown(given: Reply) -> Unknown:
    return Unknown(f"SendGrid answered {given.status}")


def _away(given: Reply) -> Later:
    return Later(f"SendGrid answered {given.status}", AWAY_SECONDS, lane=True, counted=False)


def _rest(given: Reply) -> Later:
    return Later("SendGrid wants rest (429)", rest(given.headers), lane=True, counted=False)


def _redirected(given: Reply) -> Stopped:
    return Stopped(f"SendGrid answered {given.status} and points elsewhere; check SENDGRID_HOST")


def _locked_out(given: Reply) -> Stopped:
    return Stopped(f"SendGrid answered {given.status}; check SENDGRID_API_KEY, its scopes, the sender and the account")


def _not_ours(given: Reply) -> Stopped:
    return Stopped(f"answered {given.status}, which is not about the message; check SENDGRID_HOST and the account")


def _too_large(_given: Reply) -> Refused:
    return Refused("SendGrid refused it (413): too large")


def _complaint(given: Reply) -> Answer:
    """Final only where SendGrid itself complains of this message: a wrong set-up must not fail them all."""
    fields = _fields(given.body)
    if fields is None:
        return _not_ours(given)
    named = ", ".join(sorted(field for field in fields if FIELD.fullmatch(field))) or "no field named"
    if all(not field or field.startswith(OF_THE_MESSAGE) for field in fields):
        return Refused(f"SendGrid refused it ({given.status}): {named}")
    return Stopped(f"SendGrid answered {given.status}; check MAIL_FROM: {named}")


OUTCOMES = (
    Outcome("202", {202}, _sent),
    Outcome("another 2xx", range(200, 300), _unknown),
    Outcome("3xx", range(300, 400), _redirected),
    Outcome("400, 422", {400, 422}, _complaint),
    Outcome("401, 403", {401, 403}, _locked_out),
    Outcome("408, 425", {408, 425}, _away),
    Outcome("413", {413}, _too_large),
    Outcome("429", {429}, _rest),
    Outcome("another 4xx", range(400, 500), _not_ours),
    Outcome("5xx and anything else", range(1000), _unknown),
)


def rest(headers: Headers) -> float:
    """Seconds until SendGrid takes mail again, by its own clock where it tells the time."""
    there = _moment(headers.get("Date", "")) or now()
    waits = [
        seconds
        for name in ("X-RateLimit-Reset", "Retry-After")
        if (seconds := _seconds(headers.get(name, "").strip(), there)) is not None
    ]
    return min(max(waits), REST_MAX) if waits else REST_SECONDS


def _seconds(value: str, there: datetime) -> float | None:
    """A number of seconds, a moment in seconds since 1970 or a date (RFC 9110, 10.2.3); never below one second."""
    if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,9})?", value):
        number = float(value)
        return max(1.0, number - there.timestamp() if number >= A_MOMENT else number)
    moment = _moment(value)
    return max(1.0, (moment - there).total_seconds()) if moment else None


def _moment(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _fields(body: bytes) -> list[str] | None:
    """The fields that SendGrid complains of ("" for none named), or None where the words are not SendGrid's."""
    try:
        errors = json.loads(body)["errors"]
        fields = [str(error.get("field") or "") for error in errors]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return fields or None
