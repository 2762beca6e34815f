"""Somebody who changes her mind: she sees, corrects, takes back and saves what is here, then erases it. It is gone."""

import json
from pathlib import Path
from uuid import UUID

import pytest
import redis
from flask.testing import FlaskClient
from sqlalchemy import select, text

from campaign import counters, letters, outbox, privacy, signatures
from campaign.accounts import Organisation
from campaign.core import clock, tokens
from campaign.core.addresses import parse
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict
from campaign.core.tokens import Purpose
from campaign.jobs import batches
from campaign.jobs.drain import drain
from campaign.outbox import State
from campaign.replies import Reply
from campaign.signatures import SignatureState
from campaign.signatures.conditions import Conditions
from campaign.signatures.tables import PLAIN
from tests.support import people
from tests.support.people import MARIE, all_signatures, letter_messages, sign, supporter

NAMES = ("Wilhelmina", "Zoetemelk", "wilhelmina.z@example.org", "zoetemelk", "my own secret reason")
WHO = {"name": "Wilhelmina Zoetemelk", "body": "This is my own secret reason to write to you.", "comment": "Zoetemelk"}
EMAIL = "wilhelmina.z@example.org"


def holder(email: str = EMAIL) -> bytes:
    return parse(email).hash


def page_of(email: str = EMAIL, then: str = "") -> str:
    return f"/en/mine/{tokens.sign(Purpose.MINE, people.holder(email))}{then}"


def dump() -> str:
    """Every row of every table as text, as a dump has it."""
    session().rollback()
    names = session().scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
    return "\n".join(row for name in names for row in session().scalars(text(f"SELECT t::text FROM {name} t")))


def everywhere(redis_url: str, folder: Path, log: str) -> dict[str, str]:
    """All places where a name could be."""
    with redis.Redis.from_url(redis_url) as client:
        kept = b"\n".join(key + b" " + (client.dump(key) or b"") for key in client.keys("*"))
    files = b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    found = {
        "database": dump(),
        "redis": kept.decode("latin-1"),
        "mail": files.decode("latin-1"),
        "log": log,
    }
    return {place: ", ".join(name for name in NAMES if name.lower() in what.lower()) for place, what in found.items()}


def answer_to(letter_id: UUID) -> Reply:
    """An office's answer that names her."""
    letter = letters.letter(letter_id)
    campaign = people.page().id
    return Reply(
        digest=b"x", letter_id=letter_id, campaign_id=campaign, post_id=letter.post_id, automatic=False, lang="en",
        sender="a@office.example", sender_name="A", subject="Dear Wilhelmina", body="Dear Wilhelmina Zoetemelk, no.",
        attachments="", cut=False, received_at=clock.now(),
    )  # fmt: skip


@pytest.fixture
def her_things(client: FlaskClient) -> None:
    """She has signed, her letters have left, one was answered, staff have exported, and she asked for her link."""
    sign(EMAIL, subject="First try", **WHO)
    supporter(EMAIL, **WHO, updates=True)
    supporter(MARIE)
    client.post("/en/mine", data={"csrf_token": tokens.sign(Purpose.MINE_FORM, "mine"), "email": EMAIL})
    drain("people")
    drain("letters")
    campaign = people.page().id
    with transaction():
        home = session().scalars(select(Organisation.id)).first()
        assert home
        wanted = ["name", "email"]
        signatures.exports.order(campaign, Conditions(), PLAIN, wanted, actor="test", organisation_id=home)
    while batches.work():
        pass


def test_erasing_leaves_her_name_nowhere_and_everybody_else_as_they_were(
    client: FlaskClient,
    her_things: None,
    redis_url: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    her = all_signatures()[1].id
    letter = signatures.letter_states(her)[0].id
    with transaction():
        session().add(answer_to(letter))
        outbox.suppressions.suppress(holder(), EMAIL, reason="bounced", actor="test")
    captured = capfd.readouterr()
    before = everywhere(redis_url, tmp_path / "mail", captured.err + captured.out)
    assert before["database"]
    assert before["mail"], "she is there, so the search can find her"
    assert client.get(page_of(then="/erase")).status_code == 200
    assert client.post(page_of(then="/erase")).status_code == 200
    captured = capfd.readouterr()
    assert everywhere(redis_url, tmp_path / "mail", captured.err + captured.out) == {
        "database": "", "redis": "", "mail": "", "log": ""
    }  # fmt: skip
    assert [row.name for row in all_signatures()] == ["", "", "Marie Peeters"]
    assert outbox.suppressions.is_suppressed(holder()), "kept by its keyed hash"
    key = signatures.campaign_key(people.page().id)
    assert counters.figures(key)[""]["signatures"] == 1
    assert client.post(page_of(then="/erase")).status_code == 410, "a second click"
    assert "We keep nothing of this address" in client.get(page_of()).text


def test_what_has_not_left_does_not_leave(client: FlaskClient) -> None:
    supporter(EMAIL, **WHO)
    with transaction():
        assert privacy.erase(holder()) == 1
    assert {message.state for message in letter_messages()} == {State.CANCELLED}
    drain("letters")
    drain("people")
    assert all_signatures()[0].state == SignatureState.WITHDRAWN
    sign(EMAIL, **WHO)
    assert all_signatures()[1].state == SignatureState.PENDING, "she may come back"


def test_a_letter_that_is_leaving_is_waited_for(client: FlaskClient) -> None:
    supporter(EMAIL, **WHO)
    with transaction():
        session().execute(text("UPDATE outbox_messages SET state = 'sending' WHERE kind = 'letter'"))
    with pytest.raises(Conflict), transaction():
        privacy.erase(holder())
    assert all_signatures()[0].name == WHO["name"]


def test_the_file_holds_all_that_is_here_of_her_and_nothing_of_others(client: FlaskClient, her_things: None) -> None:
    answer = client.get(page_of(then="/export"))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    found = json.loads(answer.text)
    assert [one["state"] for one in found["signatures"]] == ["replaced", "confirmed"]
    standing = found["signatures"][1]
    assert (standing["email"], standing["name"], standing["text"]["body"]) == (EMAIL, WHO["name"], WHO["body"])
    assert {letter["state"] for letter in standing["letters"]} == {"delivered"}
    assert {consent["kind"]: consent["given"] for consent in standing["consents"]} == {"send": True, "updates": True}
    assert {mail["kind"] for mail in found["mails"]} == {"confirmation", "access"}
    assert MARIE not in answer.text


def test_one_mailed_link_lists_corrects_and_takes_back(client: FlaskClient, tmp_path: Path) -> None:
    id_ = supporter(EMAIL, **WHO)
    page = client.get(page_of())
    assert WHO["name"] in page.text
    form = {"name": "Mina Zoet", "postcode": "1000", "public": "initials", "comment": "", "updates": "yes"}
    text_ = {"subject": "A roof", "body": "A roof over every head before the winter."}
    answer = client.post(page_of(then=f"/{id_}"), data={**form, **text_})
    assert answer.status_code == 303
    (signature,) = all_signatures()
    assert (signature.name, signature.public_name) == ("Mina Zoet", "M. Z.")
    assert signature.place not in ("", "Gent")
    drain("letters")
    from_her = [message.mail or "" for message in letter_messages()]
    assert all("A roof over every head" in mail and "Mina Zoet" in mail for mail in from_her)
    late = client.post(page_of(then=f"/{id_}"), data={**form, **text_, "body": "Something else, and far too late."})
    assert late.status_code == 303, "details can still be corrected; the text is not asked for any more"
    assert "far too late" not in str(privacy.export(holder(), "en"))
    other = supporter(MARIE)
    assert client.post(page_of(then=f"/{other}/withdraw")).status_code == 404, "somebody else's"
    for _click in range(2):
        assert client.post(page_of(then=f"/{id_}/withdraw")).status_code == 303
        figures = counters.figures(signatures.campaign_key(people.page().id))[""]
        assert figures["signatures"] == 1
    with transaction():
        session().execute(text("UPDATE signatures SET state = 'invalid' WHERE id = :id"), {"id": id_})
    assert client.post(page_of(then=f"/{id_}/withdraw")).status_code == 409


def test_asking_for_the_link_says_nothing_and_has_its_own_cap(client: FlaskClient) -> None:
    supporter(EMAIL, **WHO)
    answers = []
    for email in [EMAIL, "nobody@example.org"] * 5:
        form = {"csrf_token": tokens.sign(Purpose.MINE_FORM, "mine"), "email": email}
        answer = client.post("/en/mine", data=form)
        answers.append((answer.status_code, answer.location))
        with transaction():
            session().execute(text("UPDATE outbox_messages SET created_at = created_at - interval '3 minutes'"))
    assert len(set(answers)) == 1
    assert (people.mails(EMAIL, "access"), people.mails("nobody@example.org")) == (3, 0)
