"""What arrives at SendGrid: exactly the fields and values meant, or nothing at all."""

import random
import re
import string
import unicodedata
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from campaign.config import Settings
from campaign.core.text import CONTROLS, BadText
from campaign.outbox import Envelope, Refused
from campaign.outbox.transports.sendgrid import SendGridTransport
from campaign.outbox.transports.sendgrid_body import TRACKING, compose
from campaign.outbox.transports.sendgrid_rules import check
from tests.support.outbox import an_envelope
from tests.support.sendgrid import KEY, StandIn

ID = "01890a5d-ac96-774b-bcce-b302099a8057"
OFF = {"click_tracking", "open_tracking", "subscription_tracking", "ganalytics"}
# The exploit of Python's email package (CVE-2024-6923), and what else has broken out of a header or an address list.
PIECES = [
    *("=?utf-8?q?Ann=0D=0ABcc=3A_v=40x.y?=", "=?", "?=", "\r\nBcc: v@x.y", "\nX-Evil: 1", "\r", "\n\n<html>", "\0"),
    *("\u2028", "\u2029", "\x85", "\x0b", "\x1b[31m", "\u202e", "\u200b", "\ufeff", "\ud800", "\xad", "\x7f"),
    *(", v@x.y", "; v@x.y", '" <v@x.y>, "', "<v@x.y>", "(note)", "[x]", "v@x.y:", "\\", '"', "'", "`", "|", "${x}"),
    *("{{name}}", "-name-", "<%asm_group_unsubscribe_raw_url%>", "[unsubscribe]", "&#13;&#10;Bcc: v@x.y,", "&quot;,"),
    *("%0d%0aBcc:v@x.y", "To:", "Subject: x", "x-sg-eid", '{"to":[]}', "</script>", "../..", "=cmd|' /C calc'!A0"),
    *("e\u0301", "\u00e9", "\ufb01", "\u212b", "名前", "Ελένη", "Łukasz", "👩🏽‍🚒", "\u0301", "İ", "ß"),
    *("  ", "\t", "A" * 150),
]  # fmt: skip
PLAIN = ["Marie", "Peeters", "van den Berg", "O'Neill", "Jean-Luc", "Dr.", "Anne", "Öztürk"]
ADDRESSES = [
    "marie@example.org",
    "m.p+x@example.org",
    "o'neill@example.org",
    "office@ministry.example",
    "a@b.c.example",
]


@pytest.fixture
def transport(settings: Settings, there: StandIn) -> Iterator[SendGridTransport]:
    transport = SendGridTransport(replace(settings, sendgrid_api_key=KEY, sendgrid_host=there.url))
    yield transport
    transport.close()


def test_a_letter(transport: SendGridTransport, there: StandIn) -> None:
    transport.send(replace(an_envelope(html="<p>It must end now.</p>", language="fr"), id=ID))
    assert there.mailbox == [
        {
            "personalizations": [
                {"to": [{"email": "office@ministry.example", "name": "The office"}], "custom_args": {"message_id": ID}}
            ],
            "from": {"email": "letters+token@mail.postbag.example", "name": "Marie Peeters"},
            "reply_to": {"email": "marie@example.org", "name": "Marie Peeters"},
            "subject": "A place for everyone",
            "content": [
                {"type": "text/plain", "value": "It must end now.\n"},
                {"type": "text/html", "value": "<p>It must end now.</p>"},
            ],
            "headers": {"Message-ID": "<0123456789abcdef@mail.postbag.example>", "Content-Language": "fr"},
            "tracking_settings": TRACKING,
        }
    ]
    assert {name: TRACKING[name]["enable"] for name in TRACKING} == dict.fromkeys(OFF, False)


def test_automatic_mail_with_an_unsubscribe_link_and_nobody_to_reply_to(
    transport: SendGridTransport, there: StandIn
) -> None:
    more = {
        "List-Unsubscribe": "<https://postbag.example/u/abc>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    transport.send(replace(an_envelope(automatic=True, reply_to=None, headers=more), id=ID))
    (body,) = there.mailbox
    assert "reply_to" not in body
    assert body["headers"] == more | {
        "Message-ID": "<0123456789abcdef@mail.postbag.example>",
        "Content-Language": "en",
        "Auto-Submitted": "auto-generated",
    }


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("Secretary of State for Asylum, Migration", "Secretary of State for Asylum Migration"),
        ("Peeters; v@x.y", "Peeters v x.y"),
        ('"Jef" <v@x.y>, Minister', "Jef v x.y Minister"),
        ("Dr. Anne O'Neill-Öztürk", "Dr. Anne O'Neill-Öztürk"),
        (",", None),
    ],
)
def test_a_recipients_name_cannot_be_read_as_a_list_of_addresses(name: str, becomes: str | None) -> None:
    body = compose(an_envelope(to_name=name, reply_to_name=name, from_name=name))
    for person in (body["personalizations"][0]["to"][0], body["reply_to"]):
        assert person.get("name") == becomes
    assert body["from"]["name"] == name


def hostile(chance: random.Random) -> str:
    """A name, subject or office as an attacker, a careless paste or a rare alphabet might make it."""
    pieces = [chance.choice(PIECES if chance.random() < 0.25 else PLAIN) for _ in range(chance.randint(1, 5))]
    return chance.choice(["", " ", " "]).join(pieces)


def hostile_address(chance: random.Random) -> str:
    address = chance.choice(ADDRESSES)
    if chance.random() < 0.8:
        return address
    at = chance.randint(0, len(address))
    return address[:at] + chance.choice(PIECES) + address[at:]


def hostile_envelope(chance: random.Random) -> Envelope:
    return replace(
        an_envelope(
            to=hostile_address(chance),
            to_name=hostile(chance),
            from_name=hostile(chance),
            reply_to=hostile_address(chance),
            reply_to_name=hostile(chance),
            subject=hostile(chance),
        ),
        id=ID,
    )


def expected(envelope: Envelope) -> Any:
    """What must arrive, worked out apart from the builder."""

    def person(email: str, name: str) -> dict[str, str]:
        return {"email": email, "name": name} if name else {"email": email}

    def plain(name: str) -> str:
        return " ".join("".join(" " if char in '()<>[]:;@\\,"' else char for char in name).split())

    mail = envelope.mail
    names = {key: unicodedata.normalize("NFC", getattr(mail, key)) for key in ("to_name", "from_name", "reply_to_name")}
    return {
        "personalizations": [{"to": [person(mail.to, plain(names["to_name"]))], "custom_args": {"message_id": ID}}],
        "from": person(envelope.sender, names["from_name"]),
        "reply_to": person(mail.reply_to or "", plain(names["reply_to_name"])),
        "subject": unicodedata.normalize("NFC", mail.subject),
        "content": [{"type": "text/plain", "value": mail.text}],
        "headers": {"Message-ID": envelope.message_id, "Content-Language": "en"},
        "tracking_settings": TRACKING,
    }


def must_be_refused(envelope: Envelope) -> bool:
    """Whether any value that becomes a header holds what no header may hold."""
    mail = envelope.mail
    texts = (mail.to_name, mail.from_name, mail.reply_to_name, mail.subject)
    return (
        not mail.subject.strip()
        or any(CONTROLS.search(text) or "=?" in text or re.search("[\ud800-\udfff]", text) for text in texts)
        or any(len(unicodedata.normalize("NFC", text)) > 200 for text in texts)
        or any(not plain_address(address) for address in (mail.to, mail.reply_to or ""))
    )


def plain_address(address: str) -> bool:
    """One address as RFC 5321 has it, in ASCII and without quotes, read character by character."""
    local, at, domain = address.rpartition("@")
    words, labels = local.split("."), domain.split(".")
    letters = set(string.ascii_letters + string.digits)
    return (
        bool(at)
        and "=?" not in address
        and 0 < len(local) <= 64
        and all(word and set(word) <= letters | set("!#$%&'*+/=?^_`{|}~-") for word in words)
        and len(labels) > 1
        and all(0 < len(label) < 64 and set(label) <= letters | {"-"} for label in labels)
        and not any(label.startswith("-") or label.endswith("-") for label in labels)
    )


def test_five_thousand_hostile_mails_arrive_as_expected_or_not_at_all(
    transport: SendGridTransport, there: StandIn
) -> None:
    chance, sent = random.Random(20_260), []
    for _ in range(5_000):
        envelope = hostile_envelope(chance)
        refused = isinstance(transport.send(envelope), Refused)
        assert refused == must_be_refused(envelope), envelope
        if not refused:
            sent.append(expected(envelope))
    assert there.mailbox == sent
    assert there.count == len(sent)
    assert 1_000 < len(sent) < 4_000
    assert {frozenset(call.headers) for call in there.calls} == {frozenset(there.calls[0].headers)}


@pytest.mark.parametrize("field", ["to_name", "from_name", "reply_to_name", "subject", "reply_to", "to"])
@pytest.mark.parametrize(
    "piece", ["=?utf-8?q?Ann=0D=0ABcc=3A_v=40x.y?=", "Ann\r\nBcc: v@x.y", "Ann\nv", "Ann\x85", "\ud800"]
)
def test_the_known_exploits_make_no_request(
    transport: SendGridTransport, there: StandIn, field: str, piece: str
) -> None:
    assert isinstance(transport.send(an_envelope(**{field: piece})), Refused)
    assert there.count == 0


@pytest.mark.parametrize("text", ["", " \n", "a\0b", "a\x1b[31mb", "a\ud800b", "a" * 1_000_001])
def test_a_text_that_is_none_makes_no_request(transport: SendGridTransport, there: StandIn, text: str) -> None:
    assert isinstance(transport.send(an_envelope(text=text)), Refused)
    assert isinstance(transport.send(an_envelope(html=text or " ")), Refused)
    assert there.count == 0


@pytest.mark.parametrize(
    "headers",
    [
        *({name: "x"} for name in ("To", "CC", "Bcc", "From", "subject", "REPLY-TO", "Received", "DKIM-Signature")),
        *({name: "x"} for name in ("x-sg-id", "X-SG-EID", "Content-Type", "content-transfer-encoding")),
        {"message-id": "<other@x.y>"},
        {"X-A": "1", "x-a": "2"},
        {"X-A": "ä"},
        {"X-A": "1\r\nBcc: v@x.y"},
        {"X A": "1"},
        {"": "1"},
        {"X-A:": "1"},
        {f"X-{n}": "1" for n in range(40)},
    ],
)
def test_a_header_that_is_not_ours_to_write_makes_no_request(
    transport: SendGridTransport, there: StandIn, headers: dict[str, str]
) -> None:
    assert isinstance(transport.send(an_envelope(headers=headers)), Refused)
    assert there.count == 0


def changed(path: str, value: Any) -> dict[str, Any]:
    """A good request with one place changed; a path ending in + appends."""
    body: dict[str, Any] = deepcopy(compose(replace(an_envelope(html="<p>x</p>"), id=ID)))
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place: Any = body
    for step in steps:
        place = place[step]
    if last == "+":
        place.append(value)
    elif value is None:
        del place[last]
    else:
        place[last] = value
    return body


PERSON = {"email": "v@x.example"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("bcc", [PERSON]),
        ("asm", {"group_id": 1}),
        ("template_id", "d-1"),
        ("reply_to_list", [PERSON]),
        ("personalizations.+", {"to": [PERSON]}),
        ("personalizations.0.to.+", PERSON),
        ("personalizations.0.to.+", {"email": "office@ministry.example"}),
        ("personalizations.0.cc", [PERSON]),
        ("personalizations.0.subject", "Another"),
        ("personalizations.0.custom_args.message_id", 5),
        ("personalizations.0.custom_args.message_id", "a\nb"),
        ("personalizations.0.custom_args.more", "x" * 10_001),
        ("personalizations.0.to.0.email", "office"),
        ("personalizations.0.to.0.email", "office@localhost"),
        ("personalizations.0.to.0.email", "a b@x.example"),
        ("personalizations.0.to.0.email", "a@x.example, b@x.example"),
        ("personalizations.0.to.0.email", "ä@x.example"),
        ("personalizations.0.to.0.email", '"a b"@x.example'),
        ("personalizations.0.to.0.email", "a@-x.example"),
        ("personalizations.0.to.0.email", "a" * 65 + "@x.example"),
        ("personalizations.0.to.0.title", "x"),
        ("from.email", None),
        ("from.name", "Ann\r\nBcc: v@x.y"),
        ("from.name", 5),
        ("reply_to.name", "=?utf-8?q?x?="),
        ("subject", "A\nB"),
        ("subject", " "),
        ("subject", None),
        ("headers.To", "v@x.example"),
        ("headers.X-A", 5),
        ("headers.X-A", "a\rb"),
        ("content", []),
        ("content.0", None),
        ("content.0.type", "text/html"),
        ("content.1.type", "text/calendar"),
        ("content.+", {"type": "text/plain", "value": "again"}),
        ("tracking_settings", None),
    ],
)
def test_the_rules_hold_where_sendgrids_description_does_not(path: str, value: Any) -> None:
    check(changed("subject", "Fine"))
    with pytest.raises(BadText) as caught:
        check(changed(path, value))
    assert "x.example" not in caught.value.words
