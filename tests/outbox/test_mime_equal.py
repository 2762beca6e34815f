"""Our composer and the standard library's write the same mail, to whoever reads it with the library's parser."""

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import getaddresses
from typing import cast

from hypothesis import assume, example, given, settings, strategies as st

from campaign.core.text import BadText
from campaign.outbox import Envelope
from campaign.outbox.encode import lines, quoted_printable, words
from campaign.outbox.gate import fit
from campaign.outbox.mime import build
from tests.support.generated import QUICK
from tests.support.outbox import an_envelope

POLICY = SMTP.clone(cte_type="7bit", max_line_length=78)
STRUCTURE = {"MIME-Version", "Content-Type", "Content-Transfer-Encoding"}

# What stands before the value in a line of a head.
NAME = re.compile(rb"^([A-Za-z-]+:)? ")


def by_the_library(envelope: Envelope) -> bytes:
    """The same mail, composed by EmailMessage."""
    envelope = fit(envelope)
    mail = envelope.mail
    message = EmailMessage(policy=POLICY)
    message.set_content(mail.text, cte="quoted-printable")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    message["From"] = _address(mail.from_name, envelope.sender)
    message["To"] = _address(mail.to_name, mail.to)
    message["Subject"] = mail.subject
    message["Date"] = envelope.date
    message["Message-ID"] = envelope.message_id
    message["Content-Language"] = mail.language
    if mail.reply_to:
        message["Reply-To"] = _address(mail.reply_to_name, mail.reply_to)
    if mail.automatic:
        message["Auto-Submitted"] = "auto-generated"
    for name, value in mail.headers.items():
        message[name] = value
    return message.as_bytes()


def _address(name: str, email: str) -> Address:
    local, _at, domain = email.rpartition("@")
    return Address(name, local, domain)


def read(raw: bytes) -> dict[str, object]:
    """All that a reader sees: headers decoded, each part with its type and words."""
    message = cast(EmailMessage, message_from_bytes(raw, policy=default))
    found: dict[str, object] = {}
    for name, value in message.raw_items():
        if name not in STRUCTURE:
            assert name not in found
            found[name] = _read(name, str(value).replace("\r\n", ""))
    assert not [part.defects for part in message.walk() if part.defects]
    found["parts"] = [(part.get_content_type(), *_content(part)) for part in message.walk()]  # type: ignore[arg-type]
    return found


def _read(name: str, value: str) -> object:
    """Blanks are folded: the library's composer loses some, ours none (test_mime_hostile).

    Names are read by its older reader: the newer leaves the blank between two encoded words in (RFC 2047, 6.2).
    """
    if name in ("From", "To", "Reply-To"):
        return [(_decoded(display), address) for display, address in getaddresses([value])]
    return _decoded(value)


def _decoded(value: str) -> str:
    return " ".join(str(make_header(decode_header(value))).split())


def _content(part: EmailMessage) -> tuple[str, ...]:
    if part.is_multipart():
        return ()
    return str(part.get_content_charset()), part.get_content()


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs"]), max_size=60)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=300)
PARAGRAPHS = st.lists(
    st.one_of(TEXTS, st.sampled_from(["", ".", "..", "a" * 76, "a" * 77, "b " * 39, "é" * 26, "=" * 80, " x ", "\t"]))
)
ENVELOPES = st.builds(
    an_envelope,
    from_name=NAMES,
    to_name=NAMES,
    reply_to=st.sampled_from([None, "marie@example.org", f"{'m' * 60}@{'d' * 60}.example"]),
    reply_to_name=NAMES,
    subject=NAMES,
    text=PARAGRAPHS.map("\n".join),
    html=st.one_of(st.none(), PARAGRAPHS.map("\r\n".join)),
    automatic=st.booleans(),
    headers=st.sampled_from([{}, {"X-Campaign": "shelter"}, {"List-Unsubscribe": "<https://x.example/u>"}]),
)


@settings(QUICK, max_examples=800)
@given(ENVELOPES)
@example(an_envelope(text=""))
@example(an_envelope(text="a\rb\r\nc\n\rd"))
@example(an_envelope(text="\n\n"))
@example(an_envelope(text=" "))
@example(an_envelope(text="a\n \n\t\n.\n"))
@example(an_envelope(text="é" * 500))
@example(an_envelope(text="\x00\x01\x7f"))
@example(an_envelope(from_name="", to_name="", reply_to_name=""))
@example(an_envelope(subject=""))
def test_both_write_the_same_mail(envelope: Envelope) -> None:
    try:
        ours = build(envelope)
    except BadText:
        assume(False)
    assert read(ours) == read(by_the_library(envelope))


@QUICK
@given(TEXTS)
def test_bodies_keep_to_the_limits(text: str) -> None:
    """RFC 2045, 6.7: at most 76 in a line, nothing but printable ASCII, no blank at an end."""
    encoded = quoted_printable(lines(text))
    assert encoded.endswith(b"\r\n")
    for line in encoded[:-2].split(b"\r\n"):
        assert len(line) <= 76
        assert not line.endswith((b" ", b"\t"))
        assert all(byte == 9 or 32 <= byte < 127 for byte in line)


@QUICK
@given(TEXTS.filter(bool), st.integers(50, 76))
def test_encoded_words_keep_to_the_limits_and_split_no_character(text: str, room: int) -> None:
    found = words(text, room)
    assert len(found[0]) <= room
    assert all(len(word) <= 75 for word in found)
    assert "".join(str(make_header(decode_header(word))) for word in found) == text


@QUICK
@given(ENVELOPES)
def test_the_same_mail_is_the_same_bytes_in_seven_bits_and_whole_lines(envelope: Envelope) -> None:
    try:
        raw = build(envelope)
    except BadText:
        assume(False)
    assert raw == build(envelope)
    assert raw.isascii()
    assert raw.endswith(b"\r\n")
    assert not {b"\r"[0], b"\n"[0]} & set(raw.replace(b"\r\n", b""))
    head, _blank, body = raw.partition(b"\r\n\r\n")
    assert all(len(line) <= 78 or b" " not in NAME.sub(b"", line) for line in head.split(b"\r\n"))
    assert max(map(len, body.split(b"\r\n"))) <= 78
