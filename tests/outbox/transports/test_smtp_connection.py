"""One connection carries many letters, and a dead one costs a reconnection, never a letter and never a second copy."""

import time

import pytest

from campaign.config import Settings
from campaign.outbox import Answer, Later, Refused, Sent, Stopped, Unknown
from campaign.outbox.transports import smtp as room
from campaign.outbox.transports.smtp import SmtpTransport
from campaign.outbox.transports.smtp_session import Times
from tests.support.outbox import an_envelope
from tests.support.smtp import CLOSE, QUICK, SLOW, STALL, STALL_SECONDS, Sink, listening, transport

OFFERS = pytest.mark.parametrize("offers", [("PIPELINING",), ()], ids=["together", "in turn"])


def url(sink: Sink) -> str:
    return f"smtp://127.0.0.1:{sink.port}"


def send(smtp: SmtpTransport, number: int) -> Answer:
    return smtp.send(an_envelope(subject=f"Letter {number}"))


def subjects(sink: Sink) -> list[str]:
    contents = [mail.content for mail in sink.mails]
    return [content.split(b"Subject: ")[1].split(b"\r\n")[0].decode() for content in contents if content]  # type: ignore[union-attr]


@OFFERS
def test_a_hundred_letters_go_over_one_connection_and_the_next_over_another(
    settings: Settings, offers: tuple[str, ...]
) -> None:
    with listening(Sink(offers=offers)) as sink, transport(settings, url(sink)) as smtp:
        for number in range(100):
            assert isinstance(send(smtp, number), Sent)
        assert sink.connections == 1
        assert isinstance(send(smtp, 100), Sent)
        assert sink.connections == 2
    assert subjects(sink) == [f"Letter {number}" for number in range(101)]
    assert set(sink.heard) == {"EHLO", "MAIL", "RCPT", "DATA", ".", "QUIT"}
    assert sink.heard.count("EHLO") == sink.heard.count("QUIT") == 2


def test_commands_go_together_only_where_the_server_offers_it(settings: Settings) -> None:
    seen = {}
    for offers in (("PIPELINING",), ()):
        with listening(Sink(offers=offers)) as sink, transport(settings, url(sink)) as smtp:
            for number in range(5):
                assert isinstance(send(smtp, number), Sent)
        seen[offers] = sink.together
    assert seen == {("PIPELINING",): 3, (): 1}


@OFFERS
@pytest.mark.parametrize("line", ["421 4.4.2 idle for too long", ""], ids=["421", "closed"])
def test_a_connection_that_the_server_ended_between_letters_is_replaced(
    settings: Settings, offers: tuple[str, ...], line: str
) -> None:
    with listening(Sink(offers=offers)) as sink, transport(settings, url(sink)) as smtp:
        assert isinstance(send(smtp, 1), Sent)
        sink.hang_up(line)
        assert isinstance(send(smtp, 2), Sent)
    assert sink.connections == 2
    assert subjects(sink) == ["Letter 1", "Letter 2"]
    assert sink.heard.count("MAIL") == 2  # nothing was said to the dead one


@OFFERS
@pytest.mark.parametrize(
    "reply", ["421 4.7.0 too many letters", "503 5.5.1 nested MAIL", "550 too many", "nonsense", CLOSE]
)
def test_a_kept_connection_that_takes_no_more_mail_is_replaced_once(
    settings: Settings, offers: tuple[str, ...], reply: str
) -> None:
    with listening(Sink({"MAIL": ["", reply]}, offers=offers)) as sink, transport(settings, url(sink)) as smtp:
        assert isinstance(send(smtp, 1), Sent)
        assert isinstance(send(smtp, 2), Sent)
    assert (sink.connections, subjects(sink)) == (2, ["Letter 1", "Letter 2"])
    with listening(Sink({"MAIL": ["", reply, reply]}, offers=offers)) as sink, transport(settings, url(sink)) as smtp:
        send(smtp, 1)
        answer = send(smtp, 2)
        assert isinstance(answer, Stopped if reply[0] == "5" else Later), answer
    assert sink.connections == 2


@OFFERS
@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_a_connection_that_dies_on_a_letter_is_not_replaced_for_it(
    settings: Settings, offers: tuple[str, ...], command: str
) -> None:
    """A letter on which the server breaks would break it again; the next letter has a connection of its own."""
    with listening(Sink({command: ["", CLOSE]}, offers=offers)) as sink, transport(settings, url(sink)) as smtp:
        assert isinstance(send(smtp, 1), Sent)
        answer = send(smtp, 2)
        assert isinstance(answer, Later)
        assert not answer.lane
        assert sink.connections == 1
        assert isinstance(send(smtp, 3), Sent)
    assert (sink.connections, subjects(sink)) == (2, ["Letter 1", "Letter 3"])


def test_a_silence_after_three_commands_at_once_is_laid_at_the_right_one(settings: Settings) -> None:
    """A server may keep the answer to MAIL back until it knows the recipient: then only step by step is it plain."""
    script: dict[str, str | list[str]] = {"MAIL": ["", STALL], "RCPT": ["", STALL]}
    with listening(Sink(script)) as sink, transport(settings, url(sink), QUICK) as smtp:
        assert isinstance(send(smtp, 1), Sent)
        answer = send(smtp, 2)
        assert isinstance(answer, Later)
        assert "RCPT" in answer.reason
        assert not answer.lane
        assert isinstance(send(smtp, 3), Sent)
    assert (sink.connections, subjects(sink)) == (3, ["Letter 1", "Letter 3"])


@OFFERS
@pytest.mark.parametrize("reply", ["250 2.0.0 Ok", CLOSE, STALL])
def test_nothing_is_sent_twice_once_the_last_dot_has_left(
    settings: Settings, offers: tuple[str, ...], reply: str
) -> None:
    times = Times(connect=5.0, command=2.0)
    with (
        listening(Sink({".": ["", reply]}, offers=offers)) as sink,
        transport(settings, url(sink), times, lease_seconds=2) as smtp,
    ):
        answers = [send(smtp, number) for number in (1, 2, 3)]
    assert [type(answer) for answer in answers] == [Sent, Sent if reply.startswith("2") else Unknown, Sent]
    assert sink.heard.count(".") == 3
    assert sink.connections == (1 if reply.startswith("2") else 2)


@OFFERS
@pytest.mark.parametrize(
    ("command", "reply"), [("RCPT", "550 5.1.1 nobody"), ("RCPT", "451 4.3.0 wait"), ("DATA", "554 5.7.1 no"),
                           (".", "550 5.7.1 spam"), (".", "451 4.3.0 wait")]
)  # fmt: skip
def test_a_letter_that_is_turned_down_leaves_the_connection_to_the_next(
    settings: Settings, offers: tuple[str, ...], command: str, reply: str
) -> None:
    with listening(Sink({command: ["", reply]}, offers=offers)) as sink, transport(settings, url(sink)) as smtp:
        answers = [send(smtp, number) for number in (1, 2, 3)]
    assert [type(answer) for answer in answers] == [Sent, Refused if reply.startswith("5") else Later, Sent]
    assert (sink.connections, subjects(sink)) == (1, ["Letter 1", "Letter 3"])
    assert sink.heard.count("RSET") == (0 if command == "." else 1)


def test_a_server_that_asks_for_the_body_without_a_recipient_gets_none(settings: Settings) -> None:
    """RFC 2920, 3.1: a server may answer 354 although it refused the recipient. An empty mail is no way out."""
    script: dict[str, str | list[str]] = {"RCPT": ["", "550 5.1.1 nobody"], "DATA": ["", "354 go on"]}
    with listening(Sink(script)) as sink, transport(settings, url(sink)) as smtp:
        answers = [send(smtp, number) for number in (1, 2, 3)]
    assert [type(answer) for answer in answers] == [Sent, Refused, Sent]
    assert (sink.connections, subjects(sink)) == (2, ["Letter 1", "Letter 3"])


def test_an_idle_connection_is_left_politely(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "IDLE_SECONDS", 0.2)
    with listening(Sink()) as sink, transport(settings, url(sink)) as smtp:
        send(smtp, 1)
        time.sleep(0.3)
        send(smtp, 2)
        assert sink.connections == 2
        assert sink.heard.count("QUIT") == 1


def test_a_body_does_not_leave_once_the_lease_is_over(settings: Settings) -> None:
    """By then another worker may hold the letter."""
    with listening(Sink({"RCPT": SLOW})) as sink, transport(settings, url(sink), lease_seconds=1) as smtp:
        answer = send(smtp, 1)
    assert isinstance(answer, Later)
    assert "so long" in answer.reason
    assert "." not in sink.heard


@pytest.mark.parametrize("reply", [STALL, CLOSE, "500 what"])
def test_closing_never_fails_and_never_waits_for_long(settings: Settings, reply: str) -> None:
    with listening(Sink({"QUIT": reply})) as sink:
        with transport(settings, url(sink)) as smtp:
            send(smtp, 1)
            begun = time.monotonic()
        assert time.monotonic() - begun < STALL_SECONDS, "it does not wait for as long as the server would"
        smtp.close()
