"""The transport through the real SDK against a stand-in over real HTTP: what each fault is answered with."""

import logging
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from campaign.config import Settings
from campaign.outbox import Later, Refused, Sent, Stopped, Unknown, connect
from campaign.outbox.transports import sendgrid_line
from campaign.outbox.transports.sendgrid import SendGridTransport
from campaign.outbox.transports.sendgrid_line import Patience
from tests.support.certificates import certificate
from tests.support.outbox import an_envelope
from tests.support.sendgrid import KEY, StandIn, Step, complaint, server_tls

QUICK = Patience(connect=1.0, answer=0.6)
ENVELOPE = replace(an_envelope(), id="01890a5d-ac96-774b-bcce-b302099a8057")


@pytest.fixture
def settings(settings: Settings, there: StandIn) -> Settings:
    return replace(settings, mail_url="sendgrid:", sendgrid_api_key=KEY, sendgrid_host=there.url)


@pytest.fixture
def transport(settings: Settings) -> Iterator[SendGridTransport]:
    transport = SendGridTransport(settings, patience=QUICK)
    yield transport
    transport.close()


def test_202_is_sent_and_the_providers_id_is_kept(transport: SendGridTransport, there: StandIn) -> None:
    there.script(Step(headers={"X-Message-Id": "14c5d75ce93.dfd.64b469"}))
    assert transport.send(ENVELOPE) == Sent("14c5d75ce93.dfd.64b469")
    (call,) = there.calls
    assert (call.method, call.path) == ("POST", "/v3/mail/send")
    assert call.headers["authorization"] == f"Bearer {KEY}"
    assert call.headers["user-agent"].startswith("sendgrid/6.12")
    assert there.copies == {ENVELOPE.id: 1}


def test_mail_url_chooses_it(settings: Settings, there: StandIn) -> None:
    transport = connect(settings)
    assert isinstance(transport.send(ENVELOPE), Sent)
    transport.close()


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (Step(200), Unknown),
        (Step(204), Unknown),
        (Step(400, body=complaint("subject")), Refused),
        (Step(400), Stopped),
        (Step(401, body=complaint(None)), Stopped),
        (Step(403, body=complaint("from")), Stopped),
        (Step(404), Stopped),
        (Step(413), Refused),
        (Step(429, reset_in=60), Later),
        (Step(500), Unknown),
        (Step(502), Unknown),
        (Step(503), Unknown),
        (Step(504), Unknown),
        (Step(202, then="hang"), Unknown),
        (Step(202, then="reset"), Unknown),
        (Step(202, then="close"), Unknown),
        (Step(202, then="cut"), Unknown),
        (Step(202, then="drip"), Unknown),
        (Step(202, then="cut", cut=30), Sent),
        (Step(202, headers={"Transfer-Encoding": "chunked"}, body=b"nonsense"), Sent),
        (Step(500, body=b"x" * 100_000), Unknown),
    ],
    ids=lambda value: f"{value.status}-{value.then}" if isinstance(value, Step) else None,
)
def test_a_fault_is_asked_once_and_holds_nobody(
    transport: SendGridTransport, there: StandIn, step: Step, kind: type
) -> None:
    there.script(step)
    assert type(transport.send(ENVELOPE)) is kind  # what hangs would do so for ever, what drips would end as sent
    assert there.count == 1
    assert isinstance(transport.send(ENVELOPE), Sent), "the next message is none the worse"


def test_a_wrong_key_is_stopped(settings: Settings, there: StandIn) -> None:
    transport = SendGridTransport(replace(settings, sendgrid_api_key="SG.another"))
    assert isinstance(transport.send(ENVELOPE), Stopped)
    transport.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_the_key_goes_nowhere(
    transport: SendGridTransport, there: StandIn, status: int
) -> None:
    elsewhere = StandIn()
    there.script(Step(status, headers={"Location": f"{elsewhere.url}/v3/mail/send"}))
    assert isinstance(transport.send(ENVELOPE), Stopped)
    elsewhere.close()
    assert (elsewhere.connections, there.count) == (0, 1)


def test_nobody_listens(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    transport = SendGridTransport(replace(settings, sendgrid_host=f"http://127.0.0.1:{port}"), patience=QUICK)
    answer = transport.send(ENVELOPE)
    assert answer == Later("SendGrid cannot be reached: connection refused", 5.0, lane=True, counted=False)


def test_a_name_that_nobody_has(settings: Settings) -> None:
    for host in ("https://nobody.invalid", "https://a..b"):
        answer = SendGridTransport(replace(settings, sendgrid_host=host), patience=QUICK).send(ENVELOPE)
        assert isinstance(answer, Later)
        assert (answer.lane, answer.counted) == (True, False)


def test_nothing_leaves_once_the_lease_is_over(settings: Settings, there: StandIn) -> None:
    transport = SendGridTransport(replace(settings, lease_seconds=0))
    answer = transport.send(ENVELOPE)
    transport.close()
    assert answer == Later("SendGrid cannot be reached: connecting took too long", 5.0, lane=True, counted=False)
    assert there.count == 0


def test_a_host_that_does_not_speak_tls(settings: Settings, there: StandIn) -> None:
    host = there.url.replace("http:", "https:")
    answer = SendGridTransport(replace(settings, sendgrid_host=host), patience=QUICK).send(ENVELOPE)
    assert isinstance(answer, Later)
    assert there.count == 0


class TestOverTLS:
    @pytest.fixture
    def secure(self, tmp_path: Path) -> Iterator[tuple[StandIn, ssl.SSLContext]]:
        made = certificate(tmp_path)
        standin = StandIn(tls=server_tls(made.shown, made.key))
        yield standin, ssl.create_default_context(cafile=made.authority)
        standin.close()

    def test_one_session_carries_letter_after_letter(
        self, settings: Settings, secure: tuple[StandIn, ssl.SSLContext]
    ) -> None:
        standin, tls = secure
        transport = SendGridTransport(replace(settings, sendgrid_host=standin.url), tls=tls)
        for _ in range(20):
            assert isinstance(transport.send(ENVELOPE), Sent)
        transport.close()
        assert (standin.count, standin.connections) == (20, 1)

    def test_a_certificate_that_nobody_vouches_for(
        self, settings: Settings, secure: tuple[StandIn, ssl.SSLContext]
    ) -> None:
        standin, _tls = secure
        answer = SendGridTransport(replace(settings, sendgrid_host=standin.url)).send(ENVELOPE)
        assert isinstance(answer, Later)
        assert "certificate is not trusted" in answer.reason
        assert standin.count == 0

    @pytest.mark.parametrize(("name", "days"), [("other.example", 2), ("localhost", -1)])
    def test_a_certificate_for_another_name_or_another_time(
        self, settings: Settings, tmp_path: Path, name: str, days: int
    ) -> None:
        made = certificate(tmp_path, name, days=days)
        standin = StandIn(tls=server_tls(made.shown, made.key))
        tls = ssl.create_default_context(cafile=made.authority)
        host = standin.url.replace("127.0.0.1", "localhost")
        answer = SendGridTransport(replace(settings, sendgrid_host=host), tls=tls).send(ENVELOPE)
        standin.close()
        assert isinstance(answer, Later)
        assert standin.count == 0


def test_a_connection_that_the_other_side_dropped_is_made_anew_before_sending(
    transport: SendGridTransport, there: StandIn
) -> None:
    there.script(Step(then="leave"))
    assert isinstance(transport.send(ENVELOPE), Sent)
    time.sleep(0.1)
    assert isinstance(transport.send(ENVELOPE), Sent)
    assert (there.count, there.connections) == (2, 2)


def test_a_connection_that_rested_is_not_trusted(
    transport: SendGridTransport, there: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport.send(ENVELOPE)
    monkeypatch.setattr(sendgrid_line, "IDLE_SECONDS", 0.0)
    assert isinstance(transport.send(ENVELOPE), Sent)
    assert there.connections == 2


def test_connection_close_is_heeded(transport: SendGridTransport, there: StandIn) -> None:
    there.script(Step(headers={"Connection": "close"}))
    transport.send(ENVELOPE)
    assert isinstance(transport.send(ENVELOPE), Sent)
    assert there.connections == 2


def test_neither_key_nor_person_is_logged_at_any_level(
    transport: SendGridTransport, there: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("python_http_client", "python_http_client.client", "sendgrid"):
        caplog.set_level(logging.DEBUG, logger=name)
    there.script(Step(), Step(400, body=complaint("subject")), Step(401), Step(302), Step(500), Step(then="reset"))
    for _ in range(7):
        transport.send(ENVELOPE)
    assert there.count == 7
    for secret in (KEY, "Bearer", "marie", "Marie", "office@", "It must end now"):
        assert secret not in caplog.text


@pytest.mark.parametrize("key", ["", "SG.a\nX-Evil: 1", "SG.a b", "SG.ä", "SG.a\r"])
def test_a_strange_key_is_refused_without_repeating_it(settings: Settings, key: str) -> None:
    with pytest.raises(ValueError, match="SENDGRID_API_KEY") as caught:
        SendGridTransport(replace(settings, sendgrid_api_key=key))
    assert "SG." not in str(caught.value)


@pytest.mark.parametrize("host", ["http://api.sendgrid.com", "http://127.0.0.1.example.org", "http://10.0.0.1"])
def test_the_key_never_travels_in_the_clear(settings: Settings, host: str) -> None:
    with pytest.raises(ValueError, match="https"):
        SendGridTransport(replace(settings, sendgrid_host=host))
