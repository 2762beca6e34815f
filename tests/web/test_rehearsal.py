"""A rehearsal goes the whole way and reaches nobody: a sink and the resolver are watched, and nothing of it stays."""

import socket
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign import campaigns, counters, outbox, signatures
from campaign.campaigns import Status
from campaign.core.db import session, transaction
from campaign.core.i18n import CODES
from campaign.jobs import drain
from campaign.jobs.recount import recount
from campaign.outbox import Envelope
from campaign.signatures import Conditions
from tests.support import console, ledger, people
from tests.support.forms import SLUG, token

PAGE = f"/staff/campaigns/{SLUG}/rehearsal"


@pytest.fixture
def sink() -> Iterator[socket.socket]:
    """A mail server that nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture
def env(env: dict[str, str], sink: socket.socket) -> dict[str, str]:
    return {**env, "DEMO": "0", "MAIL_URL": f"smtp://127.0.0.1:{sink.getsockname()[1]}"}


def put_back(status: Status = Status.DRAFT) -> None:
    """The demonstration campaign before it opened."""
    with transaction():
        session().execute(text("UPDATE campaigns SET status = :status"), {"status": status.value})
    people.forget()


def start(client: FlaskClient, number: str = "100") -> int:
    """Fill in the form; the answer's status."""
    page = client.get(PAGE).text
    return client.post(f"{PAGE}/start", data={"csrf_token": token(page), "number": number}).status_code


def rehearsed() -> list[Envelope]:
    """What the ledger keeps of the letters."""
    rows = session().scalars(text("SELECT mail FROM outbox_messages WHERE stream LIKE 'rehearsal:%'"))
    return [Envelope.load(mail[2:]) for mail in rows]


def count(table: str) -> int:
    """How many rows."""
    session().rollback()
    return int(session().scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def test_of_a_hundred_rehearsed_letters_none_leaves(
    client: FlaskClient, sink: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_back()
    console.signed_in(client)
    assert start(client) == 303
    ledger.pace(None)
    asked: list[object] = []
    lookup = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: asked.append(args) or lookup(*args, **more))
    drain.drain("letters")
    with pytest.raises(BlockingIOError):
        sink.accept()
    assert asked == []
    mails = [one.mail for one in rehearsed()]
    assert len(mails) == 200
    assert count("outbox_messages WHERE stream LIKE 'rehearsal:%' AND state = 'delivered'") == 200
    assert {mail.to for mail in mails} == {"nobody@rehearsal.invalid"}
    assert all(mail.subject.startswith("[") and "ministry" not in mail.to for mail in mails)
    assert {mail.language for mail in mails} == set(CODES)
    assert any("Nobody was sent this letter. It would go to " in mail.text for mail in mails)
    page = client.get(PAGE).text
    assert "of 200" in page
    assert "Letters of this campaign are made up and reach nobody." in page


def test_what_is_rehearsed_counts_nowhere_and_nobody_sees_it(client: FlaskClient) -> None:
    put_back()
    console.signed_in(client)
    page = people.campaigns.by_id(campaigns.all_of(home(), "en")[0].id, "en")
    assert start(client, "3") == 303
    assert counters.figures(signatures.campaign_key(page.id)) == {}
    assert recount() == {}
    with transaction():
        moved = "UPDATE outbox_messages SET state = 'delivered', tried_at = now() WHERE stream LIKE 'rehearsal:%'"
        session().execute(text(moved))
    assert outbox.sent_by_day(page.id, "UTC", 7) == {}
    assert signatures.register.count(page.id, Conditions()) == 0
    assert signatures.confirmed_count(page.id) == 0


def test_the_outbox_says_of_a_rehearsed_letter_that_it_is_one(client: FlaskClient) -> None:
    put_back()
    console.signed_in(client)
    pill = '<span class="pill pill-off">Rehearsal</span>'
    assert start(client, "3") == 303
    page = client.get("/staff/outbox").text
    assert page.count(pill) == count("outbox_messages WHERE stream LIKE 'rehearsal:%'") == 6
    with transaction():
        session().execute(text("UPDATE outbox_messages SET stream = 'target:one'"))
    assert pill not in client.get("/staff/outbox").text


def home() -> object:
    """The demonstration's organisation."""
    return session().scalar(text("SELECT organisation_id FROM campaigns WHERE slug = :slug"), {"slug": SLUG})


@pytest.mark.parametrize("ends", ["by hand", "by opening"])
def test_nothing_of_it_is_left_when_it_ends_or_the_campaign_opens(client: FlaskClient, ends: str) -> None:
    before = {table: count(table) for table in ("signatures", "letters", "letter_texts", "outbox_messages")}
    put_back()
    console.signed_in(client)
    assert start(client, "5") == 303
    assert count("signatures") == 5
    if ends == "by hand":
        form = {"csrf_token": token(client.get(PAGE).text)}
        assert client.post(f"{PAGE}/end", data=form).status_code == 303
    else:
        with transaction():
            id_ = session().scalar(text("SELECT id FROM campaigns WHERE slug = :slug"), {"slug": SLUG})
            campaigns.change_status(id_, Status.OPEN, actor="test")
    assert {table: count(table) for table in before} == before
    assert count("outbox_paces WHERE key LIKE 'rehearsal:%'") == 0


def test_an_open_campaign_cannot_be_rehearsed_and_odd_numbers_are_refused(client: FlaskClient) -> None:
    console.signed_in(client)
    form = console.token(console.member(email="zoe@demo.example"))
    assert "Nothing to rehearse" in client.get(PAGE).text
    assert client.post(f"{PAGE}/start", data={**form, "number": "5"}).status_code == 422, "another's token"
    put_back()
    for number in ("0", "501", "many", ""):
        assert start(client, number) == 422
    page = client.get(PAGE).text
    put_back(Status.OPEN)
    assert client.post(f"{PAGE}/start", data={"csrf_token": token(page), "number": "5"}).status_code == 409
    assert count("signatures") == 0


def test_rehearsed_mail_never_comes_to_the_real_transport(seeded: Flask) -> None:
    from_connect = outbox.connect(seeded.extensions["settings"])
    assert type(from_connect).__name__ == "WithRehearsals"
