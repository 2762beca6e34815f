"""Turn a frozen mail into bytes. Everything that becomes a header passes one gate first."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default

from campaign.core.text import BadText, header_text
from campaign.outbox.mail import Envelope

# 7-bit on the wire wherever the message goes; quoted-printable keeps Latin text readable in the raw.
POLICY = SMTP.clone(cte_type="7bit", max_line_length=78)


def build(envelope: Envelope) -> bytes:
    """The message as bytes (RFC 5322, CRLF line ends); raises BadText when a value must not become a header."""
    mail = envelope.mail
    message = EmailMessage(policy=POLICY)
    headers = {
        "From": _address(mail.from_name, envelope.sender),
        "To": _address(mail.to_name, mail.to),
        "Subject": header_text(mail.subject),
        "Date": header_text(envelope.date),
        "Message-ID": header_text(envelope.message_id),
        "Content-Language": header_text(mail.language),
    }
    if mail.reply_to:
        headers["Reply-To"] = _address(mail.reply_to_name, mail.reply_to)
    if mail.automatic:
        headers["Auto-Submitted"] = "auto-generated"  # RFC 3834: no robot answers this one
    headers |= {name: header_text(value) for name, value in mail.headers.items()}
    message.set_content(mail.text, cte="quoted-printable")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
        # The library would draw lots: a mail that goes out again is the same to the last byte.
        message.set_boundary("=_" + envelope.message_id.strip("<>").partition("@")[0])
    for name, value in headers.items():  # after the content, which would take Content-Language down into its part
        message[name] = value
    raw = message.as_bytes()
    _check(raw, set(headers))
    return raw


def _address(name: str, email: str) -> Address:
    local, _at, domain = header_text(email, limit=254).rpartition("@")
    if not local or not domain:
        raise BadText("This is not an address that mail can be sent to.")
    return Address(header_text(name), local, domain)


def _check(raw: bytes, expected: set[str]) -> None:
    """Read the finished message back: the headers are the ones meant, each once (CVE-2024-6923)."""
    names = BytesParser(policy=default).parsebytes(raw, headersonly=True).keys()
    structure = {"MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
    if sorted(set(names) - structure) != sorted(expected) or len(names) != len(set(names)):
        raise BadText("The finished message does not have the headers that were meant.")
