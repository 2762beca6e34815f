"""A frozen mail as bytes: what is meant is there, and nothing else can be."""

from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.policy import compat32, default
from email.utils import getaddresses
from typing import cast

import pytest
from flask import Flask
from hypothesis import example, given, strategies as st

from campaign.core.errors import DomainError
from campaign.core.text import BadText, header_text
from campaign.outbox import Refused
from campaign.outbox.mime import build
from campaign.outbox.transports.maildir import MaildirTransport
from tests.support.generated import QUICK
from tests.support.outbox import NOTE, an_envelope

EXPLOIT = "=?utf-8?q?Ann=0D=0ABcc=3A_v=40x.y?="
LETTER = b"""\
From: =?utf-8?q?Andr=C3=A9_Peeters?= <letters+token@mail.postbag.example>
To: "The office" <office@ministry.example>
Subject: =?utf-8?q?D=C3=A9cidez_maintenant?=
Date: Sun, 22 Nov 2026 03:00:00 +0000
Message-ID: <0123456789abcdef@mail.postbag.example>
Content-Language: fr
Reply-To: "Marie Peeters" <marie@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Il faut que =C3=A7a cesse.
""".replace(b"\n", b"\r\n")
MAIL = b"""\
From: "Postbag" <letters+token@mail.postbag.example>
To: "The office" <office@ministry.example>
Subject: A place for everyone
Date: Sun, 22 Nov 2026 03:00:00 +0000
Message-ID: <0123456789abcdef@mail.postbag.example>
Content-Language: en
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: multipart/alternative;
 boundary="=_0123456789abcdef"

--=_0123456789abcdef
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

It must end now.

--=_0123456789abcdef
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

<p>It must end now.</p>

--=_0123456789abcdef--
""".replace(b"\n", b"\r\n")


def parsed(raw: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(raw, policy=default))


def people(message: EmailMessage, name: str) -> list[tuple[str, str]]:
    """Names and addresses. The library's newer reader leaves the blank between two encoded words in (RFC 2047, 6.2)."""
    header = cast(AddressHeader, message[name])
    assert not header.defects, (name, header.defects)
    raw = dict(message.raw_items())[name].replace("\r", "").replace("\n", "")
    names = [str(make_header(decode_header(found))) for found, _address in getaddresses([raw])]
    return [(folded(found), address.addr_spec) for found, address in zip(names, header.addresses, strict=True)]


def folded(text: str) -> str:
    """Runs of blanks count as one: a header may be folded at them."""
    return " ".join(text.split())


def test_a_letter_is_plain_text_with_the_headers_that_were_meant(plain: Flask) -> None:
    envelope = an_envelope(
        from_name="André Peeters", subject="Décidez maintenant", text="Il faut que ça cesse.\n", language="fr"
    )
    assert build(envelope) == LETTER


def test_a_mail_to_a_supporter_has_text_first_and_then_html(plain: Flask) -> None:
    mail = an_envelope(from_name="Postbag", html="<p>It must end now.</p>\n", reply_to=None, automatic=True)
    assert build(mail) == MAIL


def test_only_automatic_mail_says_that_it_is(plain: Flask) -> None:
    assert parsed(build(an_envelope(automatic=True)))["Auto-Submitted"] == "auto-generated"
    assert parsed(build(an_envelope(automatic=False)))["Auto-Submitted"] is None


HOSTILE_VALUES = [
    EXPLOIT,
    "=?utf-8?b?" + "QW5uDQpCY2M6IHZAeC55" + "?=",
    "Ann\r\nBcc: v@x.y",
    "Ann\nBcc: v@x.y",
    "Ann\rBcc: v@x.y",
    "Ann\r\n\r\n<html>",
    "Ann\x00",
    "Ann\x85Bcc: v@x.y",
    "Ann\u2028Bcc: v@x.y",
    "Ann\u202emoc.elpmaxe@v",
    "Ann\ud800",
]


@pytest.mark.parametrize("field", ["from_name", "to_name", "reply_to_name", "subject", "to", "reply_to", "language"])
def test_hostile_values_never_become_a_header(plain: Flask, field: str) -> None:
    for hostile in HOSTILE_VALUES:
        with pytest.raises(BadText):
            build(an_envelope(**{field: hostile}))


@pytest.mark.parametrize("field", ["sender", "message_id", "date"])
def test_hostile_values_never_become_a_header_of_the_envelope(plain: Flask, field: str) -> None:
    with pytest.raises(BadText):
        build(replace(an_envelope(), **{field: EXPLOIT + "@x.example"}))


def test_extra_headers_pass_the_gate_too(plain: Flask) -> None:
    assert parsed(build(an_envelope(headers={"X-Campaign": "shelter"})))["X-Campaign"] == "shelter"
    for headers in ({"X-Campaign": "a\nBcc: v@x.y"}, {"X-Campaign": EXPLOIT}, {"X-Campaign\nBcc": "v@x.y"}):
        with pytest.raises((BadText, ValueError)):
            build(an_envelope(headers=headers))


def test_the_exploit_would_work_without_the_gate(plain: Flask) -> None:
    """RELIABILITY 1.7 on this Python; where it is mended there, the gate costs nothing."""
    message = EmailMessage()
    message["Subject"] = EXPLOIT
    raw = message.as_bytes()
    if b"\nBcc:" not in raw.replace(b"\r", b""):
        pytest.skip("this Python refuses or encodes it")
    assert b"Bcc" not in build(an_envelope())


NAMES = st.text(st.characters(codec="utf-8"), max_size=220)
HOSTILE = st.one_of(
    NAMES,
    st.text("=?utf-8?qb_=0D0ABcc: \r\n\x00\u2028,;\"'()<>@\\[]éß漢🙂", max_size=80),
    st.lists(
        st.sampled_from([EXPLOIT, "\r\n", "Bcc: v@x.y", '"', "\\", ",", "Ärzte", " ", "<v@x.y>", "(c)", "=?"])
    ).map("".join),
)


@QUICK
@given(HOSTILE, st.sampled_from(["from_name", "to_name", "reply_to_name", "subject"]))
@example("Peeters, Ärzte und Ärztinnen gegen die Obdachlosigkeit e. V., Ortsgruppe Sankt Vith, Ostbelgien", "from_name")
@example('"Ann" \\ "B"', "from_name")
@example(f"{'a ' * 45}, boss@gov.example", "from_name")
@example(f"{'a ' * 45} <boss@gov.example>", "from_name")
@example(f": {'a ' * 45} @home", "reply_to_name")
@example("a" * 200, "subject")
@example("é" * 200, "subject")
@example("x " * 99, "from_name")
@example("@" * 60 + "é" * 60, "from_name")
def test_whatever_is_sent_is_read_back_as_it_was_meant(plain: Flask, value: str, field: str) -> None:
    """Each mail either cannot be built or says, to any reader, exactly what was put in and nothing more."""
    try:
        raw = build(an_envelope(**{field: value}))
    except BadText:
        return
    message = parsed(raw)
    wanted = {"from_name": "Marie Peeters", "to_name": "The office", "reply_to_name": "Marie Peeters"}
    wanted |= {"subject": NOTE.subject, field: folded(header_text(value))}
    assert people(message, "From") == [(wanted["from_name"], "letters+token@mail.postbag.example")]
    assert people(message, "To") == [(wanted["to_name"], "office@ministry.example")]
    assert people(message, "Reply-To") == [(wanted["reply_to_name"], "marie@example.org")]
    assert folded(message["Subject"]) == wanted["subject"]
    assert message.get_content() == "It must end now.\r\n"
    names = [name for name, _value in message_from_bytes(raw, policy=compat32).items()]
    assert sorted(names) == sorted(
        [
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding",
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Content-Language",
            "Reply-To",
        ]
    )


@QUICK
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters="\n\t"), max_size=400))
@example(".\n..\nFrom me\n--=_0123456789abcdef--\n")
@example("x" * 2000)
@example(" leading\ntrailing ")
def test_a_letters_words_arrive_to_the_last_character(plain: Flask, words: str) -> None:
    text = words + "\n"
    raw = build(an_envelope(text=text, html=f"<pre>{len(words)}</pre>"))
    body = parsed(raw).get_body(("plain",))
    assert body is not None
    assert body.get_content() == text.replace("\n", "\r\n")
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert raw.isascii()
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)


def test_a_long_sending_domain_leaves_the_message_id_whole(plain: Flask) -> None:
    domain = "letters.of-the-many-friends-of-shelter.a-rather-long-organisation.example.org"
    envelope = replace(an_envelope(), message_id=f"<{'0' * 40}@{domain}>", sender=f"letters+{'a' * 20}@{domain}")
    message = parsed(build(envelope))
    assert message["Message-ID"] == envelope.message_id
    assert people(message, "From") == [("Marie Peeters", envelope.sender)]


@pytest.mark.parametrize(
    "changes",
    [{"subject": EXPLOIT}, {"to": "nobody"}, {"to": ""}, {"to": "@x.example"}, {"to": "x@"}, {"reply_to": "nobody"}],
    ids=repr,
)
def test_a_mail_that_cannot_be_built_is_refused_and_does_not_break_its_worker(
    plain: Flask, tmp_path: object, changes: dict[str, str]
) -> None:
    answer = MaildirTransport(f"{tmp_path}/mail").send(an_envelope(**changes))
    assert isinstance(answer, Refused), answer


@pytest.mark.parametrize("name", ["X Y", "X:Y", "X\nY", ""])
def test_a_header_with_a_name_that_cannot_be_one_is_refused(plain: Flask, tmp_path: object, name: str) -> None:
    answer = MaildirTransport(f"{tmp_path}/mail").send(an_envelope(headers={name: "v@x.y"}))
    assert isinstance(answer, Refused), answer


def test_errors_of_the_gate_are_words_for_people(plain: Flask) -> None:
    with pytest.raises(DomainError, match="ordinary letters"):
        build(an_envelope(subject="a\nb"))
