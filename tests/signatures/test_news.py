"""News reach those who agreed, once, behind everybody who waits; and stop when staff or their reader say so."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign import outbox, signatures
from campaign.accounts import Organisation, Role
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict, DomainError
from campaign.jobs.drain import drain
from campaign.outbox import Lane, Message, State, Unsendable
from campaign.signatures import NewsState, news
from tests.support import console, people
from tests.support.forms import SLUG
from tests.support.people import MARIE, supporter

TEXTS = {"en": {"subject": "The first hearing", "body": "It was heard.\n\nMore follows."}}
PAGE = f"/staff/campaigns/{SLUG}/news"


def drafted(**texts: dict[str, str]) -> str:
    with transaction():
        return str(news.draft(people.page().id, texts or TEXTS, actor="test"))


def send(id_: str) -> int:
    home = session().scalars(select(Organisation.id)).first()
    assert home
    with transaction():
        return news.send(people.page().id, id_, actor="test", organisation_id=home)  # type: ignore[arg-type]


def write_all() -> None:
    busy = True
    while busy:
        with transaction():
            busy = news.step()


def written() -> list[Message]:
    session().rollback()
    session().expire_all()
    return list(session().scalars(select(Message).where(Message.kind == "news").order_by(Message.id)))


def test_only_who_agreed_gets_them_and_only_once(seeded: Flask) -> None:
    supporter(MARIE, updates=True)
    supporter("jan@example.org", updates=False)
    people.sign("ann@example.org", updates=True)
    refused = supporter("eve@example.org", updates=True)
    signatures_left = news.audience(people.page().id)
    with transaction():
        signatures.refusals.refuse(refused, everywhere=False)
    assert (signatures_left, news.audience(people.page().id)) == (2, 1)
    id_ = drafted()
    assert send(id_) == 1
    with pytest.raises(Conflict):
        send(id_)
    write_all()
    write_all()
    (message,) = written()
    assert (message.lane, message.state, message.stream.partition(":")[0]) == (Lane.PEOPLE, State.QUEUED, "news")
    assert news.pieces(people.page().id)[0].state == NewsState.SENT


def test_a_confirmation_leaves_before_news_that_wait_for_longer(seeded: Flask) -> None:
    for number in range(5):
        supporter(f"reader{number}@example.org", updates=True)
    drain("people")
    send(drafted())
    write_all()
    people.sign("new@example.org")
    kinds = [next_kind()]
    while kinds[-1] != "confirmation":
        kinds.append(next_kind())
    assert len(kinds) <= 2, "one of them at most is before it"


def next_kind() -> str:
    """The kind of the mail that leaves next."""
    with transaction():
        claimed = outbox.claim(Lane.PEOPLE, "test")
        assert isinstance(claimed, outbox.Claimed)
        return session().scalars(select(Message.kind).where(Message.id == claimed.id)).one()


def test_consent_is_read_again_when_the_mail_is_made(seeded: Flask) -> None:
    id_ = supporter(updates=True)
    send(drafted())
    write_all()
    with transaction():
        signatures.own.unsubscribe(id_)
    with pytest.raises(Unsendable):
        news.compose(written()[0].ref)
    drain("people")
    assert [message.state for message in written()] == [State.FAILED]


def test_what_is_stopped_does_not_leave(seeded: Flask) -> None:
    supporter(updates=True)
    id_ = drafted()
    send(id_)
    write_all()
    home = session().scalars(select(Organisation.id)).first()
    assert home
    with transaction():
        taken = news.stop(people.page().id, id_, actor="test", organisation_id=home)  # type: ignore[arg-type]
    assert (taken, [message.state for message in written()]) == (1, [State.CANCELLED])
    send(id_)
    write_all()
    assert [message.state for message in written()] == [State.QUEUED], "to those who were to get it, once"


@pytest.mark.parametrize(
    "texts", [{}, {"subject": "Only that"}, {"body": "Only that"}, {"subject": "=?x?=", "body": "B"}]
)
def test_half_a_text_is_refused_with_its_field(seeded: Flask, texts: dict[str, str]) -> None:
    with pytest.raises(DomainError):
        drafted(en=texts)


def test_staff_write_look_try_and_send(client: FlaskClient) -> None:
    supporter(updates=True)
    drain("people")
    token = console.token(console.signed_in(client, Role.CAMPAIGNER))
    assert client.get(PAGE).status_code == 200
    half = client.post(f"{PAGE}/add", data={**token, "subject_en": "The first hearing"})
    assert (half.status_code, 'id="body_en-error"' in half.text) == (422, True)
    made = client.post(f"{PAGE}/add", data={**token, "subject_en": "The first hearing", "body_en": "It was heard."})
    assert made.status_code == 303
    page = client.get(made.location)
    assert "It was heard." in page.text
    for act in ("save", "test", "send", "stop"):
        data = {**token, "subject_en": "The hearing", "body_en": "It was heard twice."}
        assert client.post(f"{made.location}/{act}", data=data).status_code == 303, act
    late = client.post(f"{made.location}/save", data={**token, "subject_en": "A", "body_en": "B"})
    assert late.status_code == 409
