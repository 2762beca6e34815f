"""Our requests through an independent validator that holds SendGrid's published OpenAPI description.

`make contract` gets both and runs this file: Prism stands between the transport and the stand-in, answers 422 to a
request that breaks the description, and passes the others on. Without them the tests are skipped.
"""

import json
import os
import random
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sendgrid import SendGridAPIClient

from campaign.config import Settings
from campaign.core.ids import new_id
from campaign.outbox import Refused, Sent, Stopped, Unknown
from campaign.outbox.transports.sendgrid import SendGridTransport
from campaign.outbox.transports.sendgrid_body import compose
from campaign.outbox.transports.sendgrid_line import KeptClient, Line, Patience
from tests.support.outbox import an_envelope
from tests.support.sendgrid import KEY, PATH, StandIn, Step, complaint

PRISM, DESCRIPTION = os.environ.get("PRISM", ""), os.environ.get("OAI", "")
pytestmark = [
    pytest.mark.skipif(
        not (PRISM and DESCRIPTION), reason="needs Prism and SendGrid's OpenAPI description: make contract"
    ),
    pytest.mark.timeout(300),
]
NAMES = ["Marie Peeters", "Öztürk, Anne", "名前", "O'Neill", "Łukasz <x@y.z>", '"Jef"', "Ελένη; Α", "A" * 200]


def served(folder: Path) -> Path:
    """The description with mail/send where SendGrid has it: some editions leave the version to the server's address."""
    described = json.loads(Path(DESCRIPTION).read_text())
    if PATH in described["paths"]:
        return Path(DESCRIPTION)
    described["paths"] = {PATH: described["paths"]["/mail/send"]}
    copy = folder / "description.json"
    copy.write_text(json.dumps(described))
    return copy


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def behind() -> Iterator[StandIn]:
    """The stand-in behind the validator."""
    standin = StandIn()
    yield standin
    standin.close()


@pytest.fixture(scope="module")
def proxy(behind: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The validator's address."""
    folder, port = tmp_path_factory.mktemp("prism"), free_port()
    command = [PRISM, "proxy", str(served(folder)), behind.url, "--errors", "-h", "127.0.0.1", "-p", str(port)]
    log = folder / "prism.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        ends = time.monotonic() + 90
        while not listens(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < ends, log.read_text()
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
        process.terminate()
        process.wait(20)


@pytest.fixture
def there(behind: StandIn) -> StandIn:
    """The same stand-in, with an empty mailbox."""
    behind.count = 0
    behind.calls.clear()
    behind.mailbox.clear()
    return behind


@pytest.fixture
def transport(settings: Settings, proxy: str) -> Iterator[SendGridTransport]:
    transport = SendGridTransport(replace(settings, sendgrid_api_key=KEY, sendgrid_host=proxy))
    yield transport
    transport.close()


def test_every_request_that_we_make_keeps_to_the_description(transport: SendGridTransport, there: StandIn) -> None:
    chance, link = random.Random(3), {"List-Unsubscribe": "<https://postbag.example/u/abc>"}
    sent = 0
    for number in range(60):
        changes: dict[str, Any] = {name: chance.choice(NAMES) for name in ("to_name", "from_name", "reply_to_name")}
        changes |= {"automatic": True, "headers": link, "html": "<p>Hello</p>"} if number % 2 else {}
        changes |= {"reply_to": None} if number % 3 == 0 else {}
        envelope = replace(an_envelope(**changes, subject=chance.choice(NAMES)), id=str(new_id()))
        answer = transport.send(envelope)
        assert isinstance(answer, Sent), (answer, envelope)
        assert answer.provider_id
        sent += 1
    assert there.count == len(there.mailbox) == sent


def test_answers_pass_through_as_sendgrid_gives_them(transport: SendGridTransport, there: StandIn) -> None:
    faults = {400: Refused, 401: Stopped, 403: Stopped, 404: Stopped, 413: Refused, 500: Unknown}
    for status, kind in faults.items():
        there.script(Step(status, body=complaint("subject")))
        answer = transport.send(an_envelope())
        assert isinstance(answer, Refused | Stopped | Unknown)
        assert (type(answer), str(status) in answer.reason) == (kind, True)
    assert there.count == len(faults)


def without(key: str) -> Callable[[dict[str, Any]], object]:
    return lambda body: body.pop(key)


@pytest.mark.parametrize(
    "spoil",
    [
        without("from"),
        without("personalizations"),
        without("subject"),
        lambda body: body["from"].update(email="nobody"),
        lambda body: body["content"][0].update(value=""),
        lambda body: body["personalizations"][0].update(to=[{}]),
        lambda body: body.update(categories=["same", "same"]),
        lambda body: body["tracking_settings"]["open_tracking"].update(enable="no"),
    ],
)
def test_the_validator_is_awake(proxy: str, there: StandIn, spoil: Callable[[dict[str, Any]], object]) -> None:
    line = Line(proxy, Patience())
    api = SendGridAPIClient(api_key=KEY, host=proxy)
    api.client = KeptClient(line, host=proxy, request_headers=api.client.request_headers, version=3)
    body = json.loads(json.dumps(compose(an_envelope())))
    assert api.send(body).status_code == 202
    spoil(body)
    assert api.send(body).status_code == 422
    line.close()
    assert there.count == 1
