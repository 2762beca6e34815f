"""What staff do in the outbox beyond one message: many at once, the whole organisation, offices, pages, history."""

import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from campaign import outbox
from campaign.accounts import Role
from campaign.core import tokens
from campaign.core.db import session, transaction
from campaign.core.tokens import Purpose
from campaign.outbox import Message, State
from campaign.outbox.listing import PAGE
from tests.support import ledger as letters, outbox as ledger, people
from tests.support.console import signed_in, token
from tests.support.forms import SLUG
from tests.support.sendgrid_events import event

HERE = "/staff/outbox"


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def numbers(html: str) -> list[str]:
    """The messages that a page lists, in its order."""
    return re.findall(r'class="row-link" href="/staff/outbox/([0-9a-f-]{36})', html)


def letter_states() -> set[State]:
    session().rollback()
    session().expire_all()
    return set(session().scalars(select(Message.state).where(Message.kind == "letter")))


def undo(page: str) -> str:
    """The address that the notice on a page takes the act back with."""
    (found,) = re.findall(r'action="([^"]+)" data-undo', page)
    return str(found).replace("&amp;", "&")


def actions(prefix: str) -> list[str]:
    session().rollback()
    query = text("SELECT action FROM audit_log WHERE action LIKE :prefix || '%' ORDER BY at")
    return list(session().scalars(query, {"prefix": prefix}))


def test_pages_go_on_from_a_row_and_back_without_losing_or_doubling_any(client: FlaskClient) -> None:
    letters.fill(PAGE + 5)
    signed_in(client)
    seen, path, pages = [], f"{HERE}?kind=letter", []
    while path:
        page = client.get(path).text
        pages.append(numbers(page))
        seen += pages[-1]
        found = re.findall(r'rel="next" href="([^"]+)"', page)
        path = found[0].replace("&amp;", "&") if found else ""
    assert [len(page) for page in pages] == [PAGE, PAGE, 10]
    assert len(set(seen)) == len(seen) == 2 * (PAGE + 5)
    (newer,) = re.findall(r'rel="prev" href="([^"]+)"', page)
    assert numbers(client.get(newer.replace("&amp;", "&")).text) == pages[1]


def test_a_message_is_found_by_its_number_its_signature_and_its_office(client: FlaskClient) -> None:
    people.supporter()
    people.supporter("jan@example.org", name="Jan")
    signed_in(client)
    marie, jan = people.all_signatures()
    letter = people.letter_messages()[0]
    post = letter.stream.removeprefix("target:")
    assert numbers(client.get(f"{HERE}?q={letter.id}").text) == [str(letter.id)]
    assert len(numbers(client.get(f"{HERE}?q={marie.reference}").text)) == 3, "the confirmation and two letters"
    assert len(numbers(client.get(f"{HERE}?q=jan@example.org&kind=letter").text)) == 2
    assert len(numbers(client.get(f"{HERE}?office={post}").text)) == 2
    assert numbers(client.get(f"{HERE}?q=nobody@example.org").text) == []
    assert jan.id != marie.id


def test_all_of_a_filter_are_counted_cancelled_and_put_back(client: FlaskClient) -> None:
    letters.fill(3)
    me = signed_in(client)
    page = client.get(f"{HERE}/all?act=cancel&kind=letter&campaign={SLUG}").text
    assert "6 messages have not left yet" in page
    answer = client.post(f"{HERE}/all?act=cancel", data={**token(me), "kind": "letter", "campaign": SLUG})
    assert answer.status_code == 303
    assert letter_states() == {State.CANCELLED}
    page = client.get(answer.location).text
    assert "6 messages are cancelled." in words(page)
    assert client.post(undo(page), data=token(me)).status_code == 303
    assert letter_states() == {State.QUEUED}
    letters.check()
    assert actions("outbox.") == ["outbox.cancel_all", "outbox.take_back"]


def test_what_did_not_arrive_is_sent_again_together_each_in_its_own_way(client: FlaskClient) -> None:
    letters.fill(2)
    me = signed_in(client)
    first, second, *rest = [row.id for row in people.letter_messages()]
    with transaction():
        session().execute(
            text("UPDATE outbox_messages SET state = 'failed' WHERE id = ANY(:ids)"), {"ids": [first, second]}
        )
        session().execute(
            text(
                "INSERT INTO outbox_moves (message_id, from_state, to_state, cause, actor)"
                " VALUES (:id, 'sending', 'unsure', 'x', 'test')"
            ),
            {"id": second},
        )
    client.post(f"{HERE}/all?act=again", data={**token(me), "state": "failed"})
    assert [ledger.row(id_).state for id_ in (first, second)] == [State.QUEUED, State.QUEUED]
    assert [ledger.row(id_).edition for id_ in (first, second)] == [1, 0], "what may have arrived goes as it was"
    assert {ledger.row(id_).edition for id_ in rest} == {0}


def test_a_filter_that_fits_nothing_changes_nothing(client: FlaskClient) -> None:
    letters.fill(1)
    me = signed_in(client)
    assert "Nothing to do" in client.get(f"{HERE}/all?act=cancel&state=bounced").text
    assert client.post(f"{HERE}/all?act=cancel", data={**token(me), "state": "bounced"}).status_code == 404
    assert letter_states() == {State.QUEUED}


def test_mail_to_staff_is_not_cancelled_with_the_rest(client: FlaskClient) -> None:
    letters.fill(1)
    me = signed_in(client)
    client.post("/staff/team/invite", data={**token(me), "email": "x@demo.example", "role": "viewer", "lang": "en"})
    client.post(f"{HERE}/all?act=cancel", data={**token(me), "state": "queued"})
    assert letter_states() == {State.CANCELLED}
    states = set(session().scalars(select(Message.state).where(Message.kind == "invitation")))
    assert State.CANCELLED not in states


def test_nobody_else_takes_an_act_back(client: FlaskClient) -> None:
    letters.fill(1)
    me = signed_in(client)
    client.post(f"{HERE}/all?act=cancel", data={**token(me), "kind": "letter"})
    path = undo(client.get(f"{HERE}?kind=letter").text)
    eve = signed_in(client, organisation="other")
    assert client.post(path, data=token(eve)).status_code == 404
    assert letter_states() == {State.CANCELLED}


def test_all_campaigns_are_paused_and_the_undo_leaves_what_was_paused_before(client: FlaskClient) -> None:
    letters.fill(1)
    letters.pace(None)
    me = signed_in(client)
    answer = client.post(f"{HERE}/pause", data=token(me))
    assert ledger.claim() == outbox.Wait(None)
    page = client.get(answer.location).text
    assert "paused" in words(page)
    assert client.post(undo(page), data=token(me)).status_code == 303
    assert isinstance(ledger.claim(), outbox.Claimed)
    assert actions("outbox.") == ["outbox.pause", "outbox.resume"]


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.VIEWER])
def test_who_may_look_does_nothing_to_many(client: FlaskClient, role: Role) -> None:
    letters.fill(1)
    me = signed_in(client, role)
    page = client.get(f"{HERE}?state=queued").text
    assert "Cancel all" not in page
    assert "Pause" not in page
    for path in ("all?act=cancel", "all?act=again", "pause", "resume"):
        assert client.post(f"{HERE}/{path}", data=token(me)).status_code == 403


def test_each_office_shows_how_it_goes_and_why_not(client: FlaskClient) -> None:
    letters.fill(2)
    signed_in(client)
    first = people.letter_messages()[0].stream
    with transaction():
        outbox.pauses.pause(first, reason="there is no such mailbox", actor="receipts")
        outbox.pauses.pause(outbox.Lane.PEOPLE.limit, reason="x", actor="cli")
    page = words(client.get(HERE).text)
    assert "stopped: there is no such mailbox" in page
    assert "not before it goes on" in page
    assert "empty in about" in page
    assert "paused for the whole installation" in page


def test_the_history_of_a_message_holds_what_providers_reported(client: FlaskClient) -> None:
    letters.fill(1)
    signed_in(client)
    id_ = people.letter_messages()[0].id
    with transaction():
        session().execute(text("UPDATE outbox_messages SET state = 'sent' WHERE id = :id"), {"id": id_})
    reports = outbox.receipts.sendgrid.read(json.dumps([event("bounce", id_)]).encode())
    with transaction():
        outbox.receipts.store(reports)
        outbox.receipts.apply([id_])
    page = words(client.get(f"{HERE}/{id_}").text)
    assert "The receiver returned it: there is no such mailbox" in page
    assert "SendGrid · 5.1.1" in page


def test_a_share_is_given_and_taken_back_and_never_above_one(client: FlaskClient) -> None:
    people.supporter()
    me = signed_in(client)
    path = f"/staff/campaigns/{SLUG}/share"
    campaign = people.page().id
    assert client.post(path, data={**token(me), "share": "1/4"}).status_code == 303
    assert outbox.turns.shares([campaign]) == {campaign: 0.25}
    page = client.get(f"{HERE}/shares").text
    assert '<option value="1/4" selected>' in page
    client.post(undo(page), data=token(me))
    session().rollback()
    assert outbox.turns.shares([campaign]) == {campaign: 1.0}
    assert client.post(path, data={**token(me), "share": "5"}).status_code == 400
    assert actions("outbox.share") == ["outbox.share", "outbox.share"]


def test_the_dashboard_pauses_and_comes_back(client: FlaskClient) -> None:
    me = signed_in(client)
    home = f"/staff/campaigns/{SLUG}"
    answer = client.post(f"{home}/delivery/pause", data={**token(me), "page": "dashboard"})
    assert answer.location == home
    page = client.get(home).text
    assert "Let the campaign go on" in page
    client.post(undo(page), data=token(me))
    assert "Pause sending" in client.get(home).text


def test_the_dashboard_shows_letters_by_day_and_state(client: FlaskClient) -> None:
    letters.fill(1)
    letters.pace(None)
    ledger.record(ledger.claimed(), outbox.Sent())
    signed_in(client)
    page = words(client.get(f"/staff/campaigns/{SLUG}").text)
    assert "Letters by day" in page
    assert "Waiting 1 50% Sent, no word yet 1 50%" in page


def test_the_writer_sees_each_letters_place_in_line(client: FlaskClient) -> None:
    letters.fill(30)
    token_ = tokens.sign(Purpose.STATUS, people.all_signatures()[0].id.hex)
    page = words(client.get(f"/thanks/{token_}").text)
    assert len(re.findall(r"about number \d+ in line, leaves", page)) == 2
    with transaction():
        outbox.pauses.pause(outbox.pauses.of_owner(people.page().id), reason="x", actor="staff:x")
    page = words(client.get(f"/thanks/{token_}").text)
    assert "in line, leaves" not in page, "nobody knows when"
