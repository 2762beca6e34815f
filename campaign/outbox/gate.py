"""The gate: whatever of a mail becomes a header or an SMTP command is proven fit here, whichever way it leaves."""

import re
from dataclasses import replace

from campaign.core.addresses import EMAIL_MAX
from campaign.core.text import BadText, header_text
from campaign.outbox.mail import Envelope

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
# ASCII, no quoted local part, no comments: nothing in it means anything to a header or to an SMTP command.
ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
MESSAGE_ID = re.compile(r"<[A-Za-z0-9.+_-]+@[A-Za-z0-9.-]+>")
LANGUAGE = re.compile(r"[A-Za-z0-9-]{1,35}")
DATE = re.compile(r"[A-Za-z0-9 ,:+-]{1,60}")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
# Long enough for a signed link, short enough for one line of a header (RFC 5322, 2.1.1).
VALUE_MAX = 900
# What the builder and the mail servers write themselves. A second one would be read by some, and not by others.
OURS = {"from", "to", "subject", "date", "message-id", "reply-to", "auto-submitted"}
OURS |= {"cc", "bcc", "sender", "received", "return-path", "dkim-signature"}
OUR_FAMILIES = ("content-", "mime-", "resent-", "arc-")


def fit(envelope: Envelope) -> Envelope:
    """The same mail with every header value fit to be one, in NFC; raises BadText when a value cannot be.

    RFC 5322, 2.2; RFC 5321, 4.1.2; the encoded words of RFC 2047 are refused in values, we alone write them.
    """
    mail = envelope.mail
    return replace(
        envelope,
        sender=_matching(ADDRESS, envelope.sender, EMAIL_MAX),
        message_id=_matching(MESSAGE_ID, envelope.message_id, EMAIL_MAX),
        date=_matching(DATE, envelope.date, 60),
        mail=replace(
            mail,
            to=_matching(ADDRESS, mail.to, EMAIL_MAX),
            to_name=header_text(mail.to_name),
            from_name=header_text(mail.from_name),
            reply_to=_matching(ADDRESS, mail.reply_to, EMAIL_MAX) if mail.reply_to else None,
            reply_to_name=header_text(mail.reply_to_name),
            subject=header_text(mail.subject),
            language=_matching(LANGUAGE, mail.language, 35),
            headers=dict(_extra(name, value) for name, value in mail.headers.items()),
        ),
    )


def _matching(pattern: re.Pattern[str], value: str, limit: int) -> str:
    if len(value) > limit or "=?" in value or not pattern.fullmatch(value):
        raise BadText("A value is not in the form that its header needs.")
    return value


def _extra(name: str, value: str) -> tuple[str, str]:
    """A header that a composer added: a name that is not taken, one line of ASCII."""
    low = name.lower()
    if not NAME.fullmatch(name) or low in OURS or low.startswith(OUR_FAMILIES):
        raise BadText("A mail may not bring a header of this name.")
    value = header_text(value, limit=VALUE_MAX)
    if not value.isascii() or not value or value != " ".join(value.split()):
        raise BadText("A header that a mail brings must be plain ASCII.")
    return name, value
