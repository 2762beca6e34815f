"""The list of addresses that get nothing: what an organisation sees of it, and what it changes."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign import outbox
from campaign.accounts import Role
from campaign.core.addresses import parse
from campaign.core.db import session, transaction
from tests.support import people
from tests.support.console import signed_in, token

HERE = "/staff/suppressions"
FORM = {"address": "jan.peeters@example.org", "reason": "asked by telephone"}


def bounced() -> None:
    """Marie has signed, and her mail came back."""
    people.supporter()
    with transaction():
        outbox.suppressions.suppress(parse(people.MARIE).hash, None, reason="bounced", actor="receipts")


def acts(page: str, verb: str) -> list[str]:
    return re.findall(rf'action="({HERE}/[0-9a-f-]+/{verb})"', page)


def is_listed(address: str) -> bool:
    session().rollback()
    return outbox.suppressions.is_suppressed(parse(address).hash)


def test_an_address_is_added_masked_lifted_with_a_reason_and_put_back(client: FlaskClient) -> None:
    me = signed_in(client)
    assert client.post(f"{HERE}/add", data={**FORM, **token(me)}).status_code == 303
    assert is_listed(FORM["address"])
    page = client.get(HERE).text
    assert "j•••@example.org" in page
    assert FORM["address"] not in page
    (lift,) = acts(page, "lift")
    assert client.post(lift, data=token(me)).status_code == 400, "without a reason"
    assert client.post(lift, data={**token(me), "why": "asked for it again"}).status_code == 303
    assert not is_listed(FORM["address"])
    (restore,) = acts(client.get(HERE).text, "restore")
    assert client.post(restore, data=token(me)).status_code == 303
    assert is_listed(FORM["address"])
    session().rollback()
    log = text("SELECT action, detail FROM audit_log WHERE action LIKE 'outbox.%' ORDER BY at")
    rows = session().execute(log).all()
    assert [row.action for row in rows] == ["outbox.suppress", "outbox.lift", "outbox.suppress"]
    assert rows[1].detail == {"reason": "asked for it again"}
    assert "peeters" not in str(rows)


def test_adding_is_undone(client: FlaskClient) -> None:
    me = signed_in(client)
    client.post(f"{HERE}/add", data={**FORM, **token(me)})
    (undo,) = acts(client.get(HERE).text, "undo")
    client.post(undo, data=token(me))
    assert not is_listed(FORM["address"])


def test_what_came_back_is_found_by_the_exact_address_and_by_reason(client: FlaskClient) -> None:
    bounced()
    signed_in(client)
    assert "Mail came back" in client.get(HERE).text
    assert len(acts(client.get(f"{HERE}?address=marie@example.org").text, "lift")) == 1
    assert len(acts(client.get(f"{HERE}?reason=bounced").text, "lift")) == 1
    for query in ("address=mari@example.org", "address=marie", "reason=complained"):
        assert "Nothing found" in client.get(f"{HERE}?{query}").text


def test_another_organisation_sees_and_lifts_none_of_it(client: FlaskClient) -> None:
    bounced()
    signed_in(client)
    (lift,) = acts(client.get(HERE).text, "lift")
    eve = signed_in(client, organisation="other")
    assert acts(client.get(f"{HERE}?address={people.MARIE}").text, "lift") == []
    assert client.post(lift, data={**token(eve), "why": "mine"}).status_code == 404
    assert is_listed(people.MARIE)


@pytest.mark.parametrize("changes", [{"address": "nothing"}, {"address": ""}, {"reason": ""}])
def test_what_cannot_be_added_is_shown_again_with_the_reason(client: FlaskClient, changes: dict[str, str]) -> None:
    me = signed_in(client)
    answer = client.post(f"{HERE}/add", data={**FORM, **changes, **token(me)})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_an_address_that_is_there_is_not_added_twice(client: FlaskClient) -> None:
    me = signed_in(client)
    client.post(f"{HERE}/add", data={**FORM, **token(me)})
    answer = client.post(f"{HERE}/add", data={**FORM, **token(me)})
    assert answer.status_code == 422
    assert "on the list already" in answer.text


def test_a_moderator_looks_and_a_viewer_does_not(client: FlaskClient) -> None:
    bounced()
    me = signed_in(client, Role.MODERATOR)
    page = client.get(HERE).text
    assert "Mail came back" in page
    assert acts(page, "lift") == []
    assert client.post(f"{HERE}/add", data={**FORM, **token(me)}).status_code == 403
    signed_in(client, Role.VIEWER)
    assert client.get(HERE).status_code == 403
