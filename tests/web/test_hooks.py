"""The hooks: only SendGrid gets in, everything it says is kept, and nothing that a request can hold breaks them."""

import json
import random
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, generate_private_key
from flask.testing import FlaskClient
from sendgrid.helpers.eventwebhook import EventWebhook
from sqlalchemy import func, select, text
from werkzeug.test import TestResponse

from campaign import outbox
from campaign.core.db import session
from campaign.outbox import Sent, State
from campaign.outbox.receipts import Receipt
from tests.support import outbox as ledger
from tests.support.people import letter_messages, supporter
from tests.support.sendgrid_events import PATH, SIGNATURE, TIMESTAMP, event, post, public_key, raw, signed

Headers = dict[str, str]
Change = Callable[[random.Random, bytes, Headers], tuple[bytes, Headers]]


@pytest.fixture
def env(env: dict[str, str]) -> dict[str, str]:
    return {**env, "SENDGRID_EVENT_PUBLIC_KEY": public_key()}


def stored() -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(Receipt)) or 0


def test_a_signed_request_is_kept_and_moves_the_letter(client: FlaskClient) -> None:
    supporter()
    ledger.without_pace()
    claim = ledger.claimed()
    ledger.record(claim, Sent("handover-1"))
    answer = post(client, [event("processed", claim.id), event("delivered", claim.id, 1)])
    assert (answer.status_code, answer.json) == (200, {"stored": 2})
    assert ledger.row(claim.id).state == State.DELIVERED
    assert post(client, [event("delivered", claim.id, 1)], age=25 * 3600).status_code == 200, "a retry after a day"


def test_sendgrids_own_library_agrees_that_our_requests_are_signed(client: FlaskClient) -> None:
    body = raw([event("delivered", None)])
    headers = signed(body)
    own = EventWebhook(public_key())
    assert own.verify_signature(body.decode(), headers[SIGNATURE], headers[TIMESTAMP])
    assert client.post(PATH, data=body, headers=headers).status_code == 200


# Mutations


def flip(dice: random.Random, data: bytes) -> bytes:
    place = dice.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << dice.randrange(8))]) + data[place + 1 :]


def body_bit(dice: random.Random, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
    return flip(dice, body), headers


def body_cut(dice: random.Random, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
    return body[: dice.randrange(len(body))], headers


def body_longer(dice: random.Random, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
    return dice.choice([body + b" ", b" " + body, body + b"\0", body + body]), headers


def body_respelt(dice: random.Random, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
    return json.dumps(json.loads(body), indent=dice.randrange(4)).encode(), headers


def signature_bit(dice: random.Random, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
    return body, headers | {SIGNATURE: b64encode(flip(dice, b64decode(headers[SIGNATURE]))).decode()}


def signature_text(dice: random.Random, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
    good = headers[SIGNATURE]
    odd = [
        "",
        "=",
        "A",
        "no base64!",
        good + "=",
        good[:-4],
        good[1:],
        good + "AAAA",
        "é",
        good + ", " + good,
        "A" * 5000,
    ]
    spare = good.replace("=", "") + "A"
    return body, headers | {SIGNATURE: dice.choice([*odd, spare, good.lower(), good.replace("A", "-", 1) + " "])}


def timestamp(dice: random.Random, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
    good = headers[TIMESTAMP]
    odd = [
        "",
        "0",
        "-1",
        "9" * 10,
        "9" * 400,
        "1e9",
        "١" * 10,
        good + "0",
        good[:-1],
        " ",
        good + ".0",
        f"+{good}",
        "\u00b2" * 10,
    ]
    return body, headers | {TIMESTAMP: dice.choice([*odd, str(int(good) + 1), str(int(good) - 1)])}


def boundary(dice: random.Random, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
    """The same bytes are signed; where the timestamp ends has moved."""
    good, n = headers[TIMESTAMP], dice.randint(1, 9)
    return good[-n:].encode() + body, headers | {TIMESTAMP: good[:-n]}


def missing(dice: random.Random, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
    gone = dice.choice([{SIGNATURE}, {TIMESTAMP}, {SIGNATURE, TIMESTAMP}])
    return body, {name: value for name, value in headers.items() if name not in gone}


def another_key(dice: random.Random, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
    return body, signed(body, key=generate_private_key(dice.choice([SECP256R1(), SECP384R1()])))


def too_old(dice: random.Random, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
    return body, signed(body, age=dice.choice([27 * 3600.0, 9 * 365 * 86400.0, -3600.0]))


CHANGES: list[Change] = [
    *(body_bit, body_cut, body_longer, body_respelt, signature_bit, signature_text, timestamp, boundary, missing),
    *(another_key, too_old),
]


def mutated(count: int) -> Iterator[tuple[str, bytes, Headers]]:
    dice = random.Random(20261122)
    made = 0
    while made < count:
        for change in CHANGES:
            body = raw(
                [event(dice.choice(["delivered", "bounce", "spamreport"]), None) for _ in range(dice.randint(1, 3))]
            )
            headers = signed(body)
            changed = change(dice, body, headers)
            if changed != (body, headers):
                made += 1
                yield change.__name__, *changed


def test_of_three_hundred_mutated_requests_none_is_accepted_and_none_is_an_error_of_ours(client: FlaskClient) -> None:
    wrong, tried = [], 0
    for name, body, headers in mutated(300):
        tried += 1
        answer = client.post(PATH, data=body, headers=headers)
        if answer.status_code != 401:
            wrong.append((name, answer.status_code))
    assert tried >= 300
    assert wrong == []
    assert stored() == 0
    assert post(client, [event("delivered", None)]).status_code == 200, (
        "the right one is, so the refusals mean something"
    )


@pytest.mark.parametrize("name", [SIGNATURE, TIMESTAMP])
def test_a_header_that_comes_twice_is_refused(client: FlaskClient, name: str) -> None:
    body = raw([event("delivered", None)])
    headers = signed(body)
    twice = [*headers.items(), (name, headers[name])]
    assert client.post(PATH, data=body, headers=twice).status_code == 401


def test_five_megabytes_are_too_much(client: FlaskClient) -> None:
    body = b"[" + b" " * 5_000_000 + b"]"
    assert client.post(PATH, data=body, headers=signed(body)).status_code == 413
    assert stored() == 0


def test_without_a_key_nobody_gets_in(client: FlaskClient) -> None:
    app = client.application
    settings = app.extensions["settings"]
    object.__setattr__(settings, "sendgrid_event_public_key", "")
    assert post(client, [event("delivered", None)]).status_code == 401


ODD = [
    b"",
    b"{}",
    b"null",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"event": "delivered"}',
    b"1e999",
]
INSIDE = [
    *(None, 7, "x", [], {}, {"event": None}, {"event": ["delivered"]}),
    {"event": "delivered", "timestamp": "soon", "sg_event_id": 7},
    {"event": "delivered", "timestamp": 10**30, "sg_event_id": "x" * 5000, "message_id": "not-an-id"},
    {"event": "delivered", "timestamp": -1, "sg_event_id": "nul\0inside", "message_id": "\0" * 36},
    {"event": "bounce", "timestamp": True, "sg_event_id": "\ud800", "status": {"a": 1}, "reason": ["x"], "type": 4},
    {"event": "bounce", "sg_message_id": "\0.x", "reason": "550 " * 10_000},
    {"event": "\u0000", "sg_event_id": "abc", "email": "\udfff@x"},
    {"event": "dropped", "timestamp": 1.5, "reason": None},
]


@pytest.mark.parametrize("body", ODD)
def test_what_is_signed_and_no_list_is_refused_in_words(client: FlaskClient, body: bytes) -> None:
    answer = client.post(PATH, data=body, headers=signed(body))
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "bad_events")


def test_what_is_signed_and_odd_inside_is_kept_where_it_is_an_event_and_breaks_nothing(client: FlaskClient) -> None:
    body = raw(INSIDE)  # type: ignore[arg-type]  # that they are none is the point
    first = client.post(PATH, data=body, headers=signed(body))
    assert first.status_code == 200
    assert stored() == first.json["stored"] == sum(isinstance(one, dict) for one in INSIDE) - 1, (
        "two say nothing at all"
    )
    assert client.post(PATH, data=body, headers=signed(body)).status_code == 200


def test_a_thousand_events_of_many_letters_go_in_at_once(client: FlaskClient) -> None:
    ledger.without_pace()
    ids = ledger.notes(200)
    for _id in ids:
        ledger.record(ledger.claimed(), Sent("handover-1"))
    events = [
        event(kind, id_, at) for id_ in ids for at, kind in enumerate(("processed", "deferred", "open", "delivered"))
    ]
    answer: TestResponse = post(client, [*events, *events[:200]])
    assert answer.json == {"stored": 800}
    assert session().scalar(text("SELECT count(*) FROM outbox_messages WHERE state = 'delivered'")) == 200


def test_that_applying_fails_loses_no_event(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    supporter()
    ledger.without_pace()
    claim = ledger.claimed()
    with monkeypatch.context() as broken:

        def fail(_ids: object) -> int:
            session().execute(text("SELECT 1 / 0"))
            return 0

        broken.setattr(outbox.receipts, "apply", fail)
        assert post(client, [event("delivered", claim.id)]).status_code == 200
    assert stored() == 1
    assert letter_messages()[0].state in (State.SENDING, State.QUEUED)


def test_another_sites_origin_does_not_matter_where_the_request_is_signed(client: FlaskClient) -> None:
    body = raw([event("delivered", None)])
    headers = signed(body) | {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post(PATH, data=body, headers=headers).status_code == 200
