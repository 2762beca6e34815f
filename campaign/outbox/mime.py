"""Turn a frozen mail into bytes. Everything that becomes a header passes one gate first.

The parts are put together by hand: the standard library's composer costs twenty times as much for the same message,
and builds headers out of what it has decoded (CVE-2024-6923). Tests read both with the library's parser.
"""

import re

from campaign.core.text import BadText
from campaign.outbox.encode import SEVEN_BITS, header, lines, mailbox, quoted_printable
from campaign.outbox.gate import fit
from campaign.outbox.mail import Envelope, Mail

# What a finished head consists of. Nothing else can stand in it, and no line of it is without its name.
HEAD = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]*: (?:[!-~][ -~]*)?\r\n(?: [!-~][ -~]*\r\n)*)+")
NAMES = re.compile(rb"^([A-Za-z0-9-]+):", re.MULTILINE)


def build(envelope: Envelope) -> bytes:
    """The message as bytes (RFC 5322, CRLF line ends); raises BadText when a value must not become a header."""
    envelope = fit(envelope)
    mail = envelope.mail
    fields = {
        "From": mailbox("From", mail.from_name, envelope.sender),
        "To": mailbox("To", mail.to_name, mail.to),
        "Subject": header("Subject", mail.subject),
        "Date": header("Date", envelope.date),
        "Message-ID": header("Message-ID", envelope.message_id),
        "Content-Language": header("Content-Language", mail.language),
    }
    if mail.reply_to:
        fields["Reply-To"] = mailbox("Reply-To", mail.reply_to_name, mail.reply_to)
    if mail.automatic:
        fields["Auto-Submitted"] = header("Auto-Submitted", "auto-generated")  # RFC 3834: no robot answers this one
    fields |= {name: header(name, value) for name, value in mail.headers.items()}
    fields["MIME-Version"] = "MIME-Version: 1.0\r\n"
    content, body = _body(mail, envelope.message_id)
    fields |= content
    head = "".join(fields.values()).encode("ascii")
    _check(head, list(fields))
    return head + b"\r\n" + body


def _body(mail: Mail, message_id: str) -> tuple[dict[str, str], bytes]:
    text = lines(mail.text)
    if not mail.html:
        plain = SEVEN_BITS.fullmatch(text) is not None
        return _content("plain", "7bit" if plain else "quoted-printable"), text if plain else quoted_printable(text)
    # The same boundary each time, so that a mail that goes out again is the same to the last byte.
    # `=_` cannot stand in quoted-printable: no text can end its part.
    boundary = "=_" + message_id[1:61].partition("@")[0]
    body = b""
    for kind, part in (("plain", text), ("html", lines(mail.html))):
        head = "".join(_content(kind, "quoted-printable").values())
        # The line break before a boundary belongs to the boundary (RFC 2046, 5.1.1).
        body += f"--{boundary}\r\n{head}\r\n".encode() + quoted_printable(part) + b"\r\n"
    content = f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n'
    return {"Content-Type": content}, body + f"--{boundary}--\r\n".encode()


def _content(kind: str, encoding: str) -> dict[str, str]:
    return {
        "Content-Type": f'Content-Type: text/{kind}; charset="utf-8"\r\n',
        "Content-Transfer-Encoding": f"Content-Transfer-Encoding: {encoding}\r\n",
    }


def _check(head: bytes, names: list[str]) -> None:
    """Read the finished head back: it holds the headers that were meant, each once, and nothing else."""
    found = [name.decode() for name in NAMES.findall(head)]
    if not HEAD.fullmatch(head) or found != names or len({name.lower() for name in found}) != len(found):
        raise BadText("The finished message does not have the headers that were meant.")
