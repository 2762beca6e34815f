"""A refusal reaches whoever is still sending."""

import socket
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from campaign.web import leftover
from tests.support.installation import Installation

PICTURE = "/staff/campaigns/shelter-is-the-law/making/picture"


@pytest.mark.parametrize(("size", "left"), [(2_000_000, 0), (leftover.MOST + 3 * leftover.PART, 3 * leftover.PART)])
def test_what_is_refused_unread_is_read_before_it_is_answered(client: FlaskClient, size: int, left: int) -> None:
    body = BytesIO(b"x" * size)
    answer = client.post(PICTURE, input_stream=body, content_length=size)
    assert (answer.status_code, "sign-in" in answer.location) == (303, True)
    assert len(body.read()) == left


@pytest.mark.processes
def test_a_slow_sender_gets_the_whole_answer(installation: Installation) -> None:
    installation.web()
    size = 3_000_000
    with socket.create_connection(("127.0.0.1", installation.port), timeout=20) as line:
        line.sendall(f"POST {PICTURE} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {size}\r\n\r\n".encode())
        for _part in range(size // 100_000):
            line.sendall(b"x" * 100_000)
        assert line.recv(200).startswith(b"HTTP/1.1 303")
