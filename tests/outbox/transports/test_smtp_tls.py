"""Letters and passwords go only where MAIL_URL lets them go."""

from dataclasses import replace
from pathlib import Path

import pytest

from campaign.config import Settings
from campaign.outbox import Answer, Later, Sent, Stopped
from campaign.outbox.transports.smtp import SmtpTransport
from tests.support.certificates import Certificate, certificate
from tests.support.outbox import an_envelope
from tests.support.smtp import ESCAPED, PASSWORD, QUICK, USER, Sink, listening, server_tls, transport


@pytest.fixture
def right(tmp_path: Path) -> Certificate:
    """What a server called localhost shows; nobody trusts it yet."""
    return certificate(tmp_path)


@pytest.fixture
def trusted(right: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """The same, vouched for by an authority that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(right.authority))
    return right


def send(settings: Settings, url: str) -> Answer:
    with transport(settings, url) as smtp:
        return smtp.send(an_envelope())


@pytest.mark.parametrize("query", ["?tls=required", "?tls=opportunistic", ""])
def test_starttls_is_used_where_it_is_offered(settings: Settings, trusted: Certificate, query: str) -> None:
    with listening(Sink(), starttls=server_tls(trusted)) as sink:
        assert isinstance(send(settings, f"smtp://localhost:{sink.port}{query}"), Sent)
    assert sink.encrypted == [True]
    assert sink.heard[:3] == ["EHLO", "STARTTLS", "EHLO"]


def test_two_letters_share_one_encrypted_connection(settings: Settings, trusted: Certificate) -> None:
    sink = Sink()
    with (
        listening(sink, starttls=server_tls(trusted)),
        transport(settings, f"smtp://localhost:{sink.port}?tls=required") as smtp,
    ):
        assert [type(smtp.send(an_envelope())) for _ in range(5)] == [Sent] * 5
    assert (sink.connections, sink.encrypted) == (1, [True] * 5)


def test_implicit_tls(settings: Settings, trusted: Certificate) -> None:
    sink = Sink()
    with (
        listening(sink, tls=server_tls(trusted)),
        transport(settings, f"smtps://localhost:{sink.port}") as smtp,
    ):
        assert [type(smtp.send(an_envelope())) for _ in range(5)] == [Sent] * 5
    assert (sink.connections, len(sink.mails)) == (1, 5)


def test_no_letter_leaves_in_the_clear_where_encryption_is_required(settings: Settings) -> None:
    with listening(Sink(), login=True) as sink:
        for url in (f"smtp://localhost:{sink.port}?tls=required", f"smtp://{ESCAPED}localhost:{sink.port}"):
            answer = send(settings, url)
            assert isinstance(answer, Stopped)
            assert "STARTTLS" in answer.reason
    assert set(sink.heard) == {"EHLO"}


@pytest.mark.parametrize(("reply", "expected"), [("454 4.7.0 not now", Later), ("501 5.5.2 no", Stopped)])
def test_starttls_that_the_server_declines(
    settings: Settings, right: Certificate, reply: str, expected: type[Answer]
) -> None:
    with listening(Sink({"STARTTLS": reply}), starttls=server_tls(right)) as sink:
        assert isinstance(send(settings, f"smtp://localhost:{sink.port}?tls=required"), expected)
        assert sink.mails == []
        assert isinstance(send(settings, f"smtp://localhost:{sink.port}?tls=opportunistic"), Sent)
    assert sink.encrypted == [False]


def wrong_certificates(folder: Path) -> dict[str, tuple[Certificate, Path]]:
    """What a server called localhost may show, and what this machine trusts then."""
    good, other = certificate(folder), certificate(folder, "elsewhere")
    (folder / "old").mkdir()
    expired = certificate(folder / "old", days=-1)
    return {
        "nobody vouches for it": (good, other.authority),
        "another host": (other, other.authority),
        "expired": (expired, expired.authority),
    }


@pytest.mark.parametrize("case", ["nobody vouches for it", "another host", "expired"])
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_that_does_not_hold_stops_the_lane_before_the_password_is_said(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, scheme: str
) -> None:
    shown, authority = wrong_certificates(tmp_path)[case]
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    implicit = {"tls": server_tls(shown)} if scheme == "smtps" else {"starttls": server_tls(shown)}
    with listening(Sink(), login=True, **implicit) as sink:
        answer = send(settings, f"{scheme}://{ESCAPED}localhost:{sink.port}")
    assert isinstance(answer, Stopped)
    assert "certificate" in answer.reason
    assert not {"AUTH", "MAIL", "."} & set(sink.heard)


def test_encryption_without_a_promise_takes_any_certificate(settings: Settings, right: Certificate) -> None:
    """Debian's mail server on this machine offers STARTTLS with a certificate that nobody vouches for."""
    with listening(Sink(), starttls=server_tls(right)) as sink:
        assert isinstance(send(settings, f"smtp://localhost:{sink.port}"), Sent)
    assert sink.encrypted == [True]


@pytest.mark.parametrize("url", ["smtps://localhost:{}", "smtp://localhost:{}?tls=none"])
def test_a_port_that_speaks_the_other_way_makes_the_lane_rest(settings: Settings, right: Certificate, url: str) -> None:
    tls = None if url.startswith("smtps") else server_tls(right)
    with listening(Sink(), tls=tls) as sink, transport(settings, url.format(sink.port), QUICK) as smtp:
        answer = smtp.send(an_envelope())
    assert isinstance(answer, Later)
    assert answer.lane
    assert not answer.counted


@pytest.mark.parametrize("mechanisms", [[], ["PLAIN"]], ids=["PLAIN", "LOGIN"])
def test_log_in(settings: Settings, trusted: Certificate, mechanisms: list[str]) -> None:
    with listening(Sink(), starttls=server_tls(trusted), login=True, auth_required=True,
                   auth_exclude_mechanism=mechanisms) as sink:  # fmt: skip
        assert isinstance(send(settings, f"smtp://{ESCAPED}localhost:{sink.port}"), Sent)
    assert sum(line.startswith("AUTH LOGIN" if mechanisms else "AUTH PLAIN") for line in sink.lines) == 1


def test_a_wrong_password_stops_the_lane_is_tried_once_and_is_not_told(
    settings: Settings, trusted: Certificate
) -> None:
    with listening(Sink(), starttls=server_tls(trusted), login=True, auth_required=True) as sink:
        answer = send(settings, f"smtp://relay-user:hunter2@localhost:{sink.port}")
    assert isinstance(answer, Stopped)
    assert "log-in" in answer.reason
    assert "535" in answer.reason
    assert "hunter2" not in answer.reason
    assert sink.heard.count("AUTH") == 1
    assert "MAIL" not in sink.heard


@pytest.mark.parametrize(
    "quoted", [f"no {USER} with {PASSWORD}", "cmVsYXktdXNlcg==", "AHJlbGF5LXVzZXIAYTpwYXNzL3dvcmRAMT8="]
)
def test_a_reason_never_holds_the_log_in(settings: Settings, trusted: Certificate, quoted: str) -> None:
    with listening(Sink({"AUTH": f"535 5.7.8 {quoted}"}), starttls=server_tls(trusted), login=True) as sink:
        answer = send(settings, f"smtp://{ESCAPED}localhost:{sink.port}")
    assert isinstance(answer, Stopped)
    for secret in (USER, PASSWORD, "cmVsYXk", "pass/word", "AHJlbGF5"):
        assert secret not in answer.reason, answer.reason


@pytest.mark.parametrize(
    ("reply", "expected"), [("454 4.7.0 not now", Later), ("421 4.7.0 busy", Later), ("535 5.7.8 no", Stopped),
                            ("534 5.7.9 too weak", Stopped), ("hello there", Later), ("close", Later)]
)  # fmt: skip
def test_what_a_server_says_to_a_log_in(
    settings: Settings, trusted: Certificate, reply: str, expected: type[Answer]
) -> None:
    with listening(Sink({"AUTH": reply}), starttls=server_tls(trusted), login=True) as sink:
        answer = send(settings, f"smtp://{ESCAPED}localhost:{sink.port}")
    assert isinstance(answer, expected)
    assert not isinstance(answer, Later) or (answer.lane and not answer.counted)


def test_a_server_without_a_log_in_that_we_know_stops_the_lane(settings: Settings, trusted: Certificate) -> None:
    with listening(Sink(), starttls=server_tls(trusted), auth_exclude_mechanism=["PLAIN", "LOGIN"]) as sink:
        answer = send(settings, f"smtp://{ESCAPED}localhost:{sink.port}")
    assert isinstance(answer, Stopped)
    assert "PLAIN or LOGIN" in answer.reason


def test_a_check_without_a_letter_says_what_a_letter_would_meet(settings: Settings, trusted: Certificate) -> None:
    with listening(Sink(), starttls=server_tls(trusted), login=True) as sink:
        for password, expected in ((ESCAPED, type(None)), ("relay-user:wrong@", Stopped)):
            with transport(settings, f"smtp://{password}localhost:{sink.port}") as smtp:
                assert isinstance(smtp.check(), expected)
    assert "MAIL" not in sink.heard


@pytest.mark.parametrize(
    "url",
    [
        "smtp://",
        "smtp:",
        "smtp://user@host:25",
        "smtp://:secret@host:25",
        "smtp://user:sec/ret@host:25",
        "smtp://user:secret@host:port",
        "smtp://host:25/path",
        "smtp://host:25?tls=maybe",
        "smtp://host:25?tls=implicit",
        "smtp://host:25?other=1",
        "smtps://host:465?tls=none",
        "smtp://user:se%0Acret@host:25",
        "smtp://us%C3%A9r:secret@host:25",
    ],
)
def test_a_url_that_is_not_right_is_refused_without_quoting_it(settings: Settings, url: str) -> None:
    with pytest.raises(ValueError, match=r"^MAIL_URL: ") as caught:
        SmtpTransport(replace(settings, mail_url=url))
    assert "sec" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_what_is_secret_does_not_show(settings: Settings) -> None:
    with transport(settings, f"smtp://{ESCAPED}host.example") as smtp:
        shown = repr(smtp._server)
    assert "host.example" in shown
    assert "587" in shown
    assert "pass" not in shown
    assert USER not in shown
