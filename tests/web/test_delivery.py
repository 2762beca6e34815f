"""Delivery plans and acts in the outbox, as staff press them: roles, audit, undo."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign import outbox
from campaign.accounts import Role
from campaign.core.db import session, transaction
from campaign.outbox import State
from tests.support import ledger as letters, outbox as ledger
from tests.support.console import signed_in, token

HERE = "/staff/campaigns/shelter-is-the-law/delivery"
PLAN = {
    "per_hour": "100",
    "per_day": "40",
    **dict.fromkeys(("monday", "tuesday", "friday"), "y"),
    "start": "09:00",
    "end": "17:30",
    "zone": "Europe/Brussels",
    "holidays": "y",
    "digest_above": "30",
    "digest_at": "16:00",
}


def post_id() -> str:
    found = str(session().scalar(text("SELECT post_id FROM campaign_targets ORDER BY position LIMIT 1")))
    session().rollback()
    return found


def test_a_plan_is_saved_shown_audited_and_undone(client: FlaskClient) -> None:
    user = signed_in(client)
    post = post_id()
    answer = client.post(f"{HERE}/{post}", data={**PLAN, **token(user)})
    assert answer.status_code == 303
    plan = outbox.plans.plan_of(f"target:{post}")
    session().rollback()
    assert (plan.per_hour, plan.per_day, plan.digest_above, plan.holidays_of) == (100, 40, 30, "BE")
    assert plan.week == ((540, 1050), (540, 1050), None, None, (540, 1050), None, None)
    page = client.get(HERE).get_data(as_text=True)
    assert "Monday, Tuesday, Friday, 09:00 to 17:30" in page
    client.post(f"{HERE}/{post}/restore", data=token(user))
    assert outbox.plans.plan_of(f"target:{post}") == outbox.Plan()
    session().rollback()


@pytest.mark.parametrize(
    ("field", "value"),
    [("start", "9"), ("end", "08:00"), ("zone", "Atlantis"), ("per_hour", "0"), ("digest_at", "25:00")],
)
def test_a_plan_that_makes_no_sense_is_shown_again_with_the_reason(client: FlaskClient, field: str, value: str) -> None:
    user = signed_in(client)
    answer = client.post(f"{HERE}/{post_id()}", data={**PLAN, field: value, **token(user)})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.get_data(as_text=True)


def test_a_target_and_a_campaign_are_paused_and_let_go_on(client: FlaskClient) -> None:
    letters.fill(1)
    letters.pace(None)
    user = signed_in(client)
    post = post_id()
    for where in (f"{HERE}/{post}", HERE):
        assert client.post(f"{where}/pause", data=token(user)).status_code == 303
        assert "Paused" in client.get(HERE).get_data(as_text=True) or where == HERE
    assert ledger.claim() == outbox.Wait(None)
    for where in (f"{HERE}/{post}", HERE):
        client.post(f"{where}/resume", data=token(user))
    assert isinstance(ledger.claim(), outbox.Claimed)


def test_a_message_is_cancelled_put_back_and_paused_from_its_page(client: FlaskClient) -> None:
    letters.fill(1)
    user = signed_in(client)
    id_ = session().scalar(text("SELECT id FROM outbox_messages WHERE kind = 'letter' LIMIT 1"))
    session().rollback()
    page = client.get(f"/staff/outbox/{id_}").get_data(as_text=True)
    assert "Its turn" in page
    for act, state in (("cancel", State.CANCELLED), ("restore", State.QUEUED), ("pause", State.QUEUED)):
        assert client.post(f"/staff/outbox/{id_}/{act}", data=token(user)).status_code == 303
        assert ledger.row(id_).state == state
    assert ledger.row(id_).frozen
    with transaction():
        actions = session().scalars(text("SELECT action FROM audit_log WHERE subject = :s"), {"s": f"message:{id_}"})
        assert set(actions) == {"outbox.cancel", "outbox.restore", "outbox.pause"}


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.VIEWER])
def test_who_may_look_may_not_act(client: FlaskClient, role: Role) -> None:
    user = signed_in(client, role)
    assert client.get(HERE).status_code == 200
    assert "Pause" not in client.get(HERE).get_data(as_text=True)
    assert client.post(f"{HERE}/pause", data=token(user)).status_code == 403
    assert client.get(f"{HERE}/{post_id()}").status_code == 403


def test_another_organisation_sees_and_moves_nothing(client: FlaskClient) -> None:
    letters.fill(1)
    user = signed_in(client, organisation="other")
    id_ = session().scalar(text("SELECT id FROM outbox_messages WHERE kind = 'letter' LIMIT 1"))
    session().rollback()
    assert client.get(HERE).status_code == 404
    assert client.post(f"{HERE}/pause", data=token(user)).status_code == 404
    assert client.post(f"/staff/outbox/{id_}/cancel", data=token(user)).status_code == 404
    assert ledger.row(id_).state == State.QUEUED
