"""What a mail server says, and which of the five answers that is."""

from pathlib import Path
from typing import Any

import pytest

from campaign.config import ROOT, Settings
from campaign.outbox import Answer, Later, Refused, Sent, Stopped, Unknown
from campaign.outbox.transports.smtp_answers import SPECIALS, TABLE
from campaign.outbox.transports.smtp_trouble import Stage
from tests.support.outbox import an_envelope
from tests.support.smtp import CLOSE, QUICK, STALL, Sink, listening, transport

NO_MAILBOX = "550 5.1.1 <office@ministry.example>: Recipient address rejected: User unknown"


def send(settings: Settings, sink: Sink) -> Answer:
    """One letter over a new connection."""
    with listening(sink), transport(settings, f"smtp://127.0.0.1:{sink.port}") as smtp:
        return smtp.send(an_envelope())


def kind(answer: Answer) -> str:
    """An answer in the short words of the cases below."""
    if not isinstance(answer, Later):
        return type(answer).__name__.lower()
    return "later" + (" lane" if answer.lane else "") + ("" if answer.counted else " uncounted")


CASES = [
    ("CONNECT", "421 4.3.2 too busy", "later lane uncounted"),
    ("CONNECT", "450 not now", "later lane uncounted"),
    ("CONNECT", "554 5.7.1 your network is blocked", "stopped"),
    ("CONNECT", CLOSE, "later lane uncounted"),
    ("CONNECT", STALL, "later lane uncounted"),
    ("CONNECT", "hello there", "later lane uncounted"),
    ("EHLO", "451 4.3.0 try later", "later lane uncounted"),
    ("EHLO", "550 who are you", "stopped"),
    ("EHLO", CLOSE, "later lane uncounted"),
    ("MAIL", "450 4.1.8 sender domain not found", "later lane uncounted"),
    ("MAIL", "452 4.3.1 disk full", "later lane uncounted"),
    ("MAIL", "421 4.7.0 slow down", "later lane uncounted"),
    ("MAIL", "530 5.7.0 must log in", "stopped"),
    ("MAIL", "553 5.7.1 sender not allowed", "stopped"),
    ("MAIL", "552 5.3.4 too large", "refused"),
    ("MAIL", CLOSE, "later lane uncounted"),
    ("MAIL", STALL, "later lane uncounted"),
    ("RCPT", "450 4.2.0 greylisted", "later"),
    ("RCPT", "451 4.3.0 lookup failed", "later"),
    ("RCPT", "452 4.2.2 mailbox full", "later"),
    ("RCPT", "421 4.3.2 shutting down", "later lane"),
    ("RCPT", NO_MAILBOX, "refused"),
    ("RCPT", "552 5.2.2 mailbox full", "later"),
    ("RCPT", "452 over quota", "later"),
    (".", "554 mailbox for this user is over quota", "later"),
    ("RCPT", "550 5.7.1 sending quota exceeded", "refused"),
    ("RCPT", "530 5.7.0 must log in", "stopped"),
    ("RCPT", "554 5.7.1 <office@ministry.example>: Relay access denied", "stopped"),
    ("RCPT", "550 5.1.1 User unknown in relay recipient table", "refused"),
    ("RCPT", CLOSE, "later"),
    ("RCPT", STALL, "later"),
    ("DATA", "451 4.3.0 queue file", "later"),
    ("DATA", "554 5.5.1 no valid recipients", "refused"),
    ("DATA", "421 4.3.2 shutting down", "later lane"),
    ("DATA", CLOSE, "later"),
    ("DATA", STALL, "later"),
    (".", "451 4.3.0 try later", "later"),
    (".", "452 4.3.1 disk full", "later"),
    (".", "421 4.3.2 shutting down", "later lane"),
    (".", "550 5.7.1 spam", "refused"),
    (".", "552 5.3.4 too large", "refused"),
    (".", "554 5.6.0 broken", "refused"),
    (".", "hello there", "unknown"),
    (".", "354 go on", "unknown"),
    (".", CLOSE, "unknown"),
    (".", STALL, "unknown"),
    (".", "250 thanks", "sent"),
]
WAYS = ["first", "together", "in turn"]


@pytest.mark.parametrize(
    ("command", "reply", "expected", "way"),
    # A kept connection is past its greeting.
    [(*case, way) for case in CASES for way in (WAYS if case[0] not in ("CONNECT", "EHLO") else WAYS[:1])],
)
def test_each_thing_that_a_server_does_is_one_of_the_five_answers(
    settings: Settings, command: str, reply: str, expected: str, way: str
) -> None:
    """On a new connection, and on a kept one with the commands together or in turn."""
    sink = Sink(offers=("PIPELINING",) if way == "together" else ())
    patience: dict[str, Any] = {"times": QUICK, "lease_seconds": 2} if reply == STALL else {}
    with listening(sink), transport(settings, f"smtp://127.0.0.1:{sink.port}", **patience) as smtp:
        if way != "first":
            assert isinstance(smtp.send(an_envelope()), Sent)
        sink.script[command] = reply
        answer = smtp.send(an_envelope())
    assert kind(answer) == expected, answer
    assert len(sink.mails) == (way != "first") + (expected == "sent")
    assert sink.connections <= (1 if way == "first" else 2)


def test_a_server_that_is_not_there_makes_the_lane_rest(settings: Settings) -> None:
    with listening(Sink()) as sink:
        port = sink.port
    for url in (f"smtp://127.0.0.1:{port}", "smtp://no-such-host.invalid:25"):
        with transport(settings, url) as smtp:
            answer = smtp.send(an_envelope())
        assert kind(answer) == "later lane uncounted"
        assert "invalid" not in str(answer)


@pytest.mark.parametrize(
    ("reply", "provider_id"),
    [
        ("250 2.0.0 Ok: queued as 4bXyzQ1234", "4bXyzQ1234"),
        ("250 OK id=1rXyZ0-0004Ab-2C", "1rXyZ0-0004Ab-2C"),
        ("250 Ok 0102018f9a1b2c3d-11aa22bb-000000", "0102018f9a1b2c3d-11aa22bb-000000"),
        ("250 2.0.0 Ok", None),
        ("250 OK", None),
        ("250 2.6.0 <3f2a@mail.example> [InternalId=123456789] Queued mail for delivery", None),
        ("250 2.0.0 Ok: queued as marie-peeters", None),
        ("250 2.0.0 Ok: queued as 4marie@example.org", None),
    ],
)
def test_the_queue_id_is_kept_where_the_reply_names_one(
    settings: Settings, reply: str, provider_id: str | None
) -> None:
    assert send(settings, Sink({".": reply})) == Sent(provider_id)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (NO_MAILBOX, "no such mailbox (RCPT 550 5.1.1): <[address]>: Recipient address rejected: User unknown"),
        ("554 5.2.3 over quota", "the message is too large for the mailbox (RCPT 554 5.2.3): over quota"),
        ("552 too much", "over its storage limit (RCPT 552): too much"),
        ("550-5.1.1 The account does not exist.\n550 5.1.1 Try elsewhere",
         "no such mailbox (RCPT 550 5.1.1): The account does not exist. Try elsewhere"),
        ("550 5.7.999 no", "a rule of the receiver forbids it (RCPT 550 5.7.999): no"),
        ("550 4.1.1 contradiction", "the mailbox is not there for us (RCPT 550): contradiction"),
        ("599 what", "the mail server declined (RCPT 599): what"),
        ("550", "the mailbox is not there for us (RCPT 550)"),
    ],
)  # fmt: skip
def test_a_refusal_says_in_words_what_it_means(settings: Settings, reply: str, words: str) -> None:
    assert send(settings, Sink({"RCPT": reply})) == Refused(words, dead="5.1.1" in reply)


@pytest.mark.parametrize("command", ["RCPT", "."])
@pytest.mark.parametrize(
    "quoted",
    [
        "<office@ministry.example>",
        "OFFICE@Ministry.Example",
        "office (at) ministry.example",
        "no user office here",
        "rfc822;office@ministry.example",
        "Marie Peeters may not write",
        "reply to marie@example.org",
        "letters+token@mail.postbag.example",
        "0123456789abcdef0123456789abcdef0123456789abcdef",
        "\x1b[31moffice\x07",
    ],
)
def test_a_reason_names_nobody(settings: Settings, command: str, quoted: str) -> None:
    """Servers quote whom they refuse. The reason goes into the ledger, onto staff's screens and into logs."""
    answer = send(settings, Sink({command: f"550 5.1.1 rejected: {quoted}"}))
    assert isinstance(answer, Refused)
    low = answer.reason.lower()
    for private in ("office", "ministry.example", "marie", "peeters", "example.org", "letters+", "89abcdef", "\x1b"):
        assert private not in low, answer.reason
    assert "5.1.1" in low


def test_a_full_mailbox_waits_for_longer_than_a_busy_server(settings: Settings) -> None:
    full, busy = (send(settings, Sink({"RCPT": reply})) for reply in ("452 4.2.2 full", "451 4.3.0 busy"))
    assert isinstance(full, Later)
    assert isinstance(busy, Later)
    assert full.seconds > busy.seconds
    assert "full" in full.reason


def test_a_message_that_cannot_be_built_is_refused_before_anybody_hears_of_it(settings: Settings) -> None:
    with listening(Sink()) as sink, transport(settings, f"smtp://127.0.0.1:{sink.port}") as smtp:
        for changes in ({"subject": "a\r\nBcc: v@x.y"}, {"to": "a@x.y>\r\nRCPT TO:<b@x.y"}, {"to": "ünï@x.y"}):
            assert isinstance(smtp.send(an_envelope(**changes)), Refused)
        assert sink.connections == 0


def test_a_letter_arrives_dot_for_dot(settings: Settings) -> None:
    text = ".\n..\nMAIL FROM:<x@y.z>\n\n.\r\nQUIT\n.hidden\n"
    with listening(Sink()) as sink, transport(settings, f"smtp://127.0.0.1:{sink.port}") as smtp:
        assert isinstance(smtp.send(an_envelope(text=text)), Sent)
    (mail,) = sink.mails
    assert isinstance(mail.content, bytes)
    assert mail.content.partition(b"\r\n\r\n")[2] == text.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    assert (mail.mail_from, mail.rcpt_tos) == ("letters+token@mail.postbag.example", ["office@ministry.example"])
    assert sink.names == ["mail.postbag.example"]


def test_the_documentation_shows_the_table_as_it_is() -> None:
    page = Path(ROOT / "docs" / "mail.md").read_text()
    for stage, outcomes in TABLE.items():
        shown = f"| {stage} | {outcomes.soft.words} | {outcomes.hard.words} | {outcomes.lost.words} |"
        assert shown in page, shown
    for special in SPECIALS:
        shown = f"| {special.words} | {special.way.words} |"
        assert shown in page, shown
    assert list(TABLE) == list(Stage)


def test_stopped_and_unknown_are_told_apart_from_the_rest(settings: Settings) -> None:
    assert isinstance(send(settings, Sink({"MAIL": "530 5.7.0 log in"})), Stopped)
    assert isinstance(send(settings, Sink({".": CLOSE})), Unknown)
