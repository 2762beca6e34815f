"""How a campaign's letters leave: one by one or one mail a day, its own letters only; and opening on an odd domain."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign import campaigns, outbox
from campaign.campaigns import DeliveryMode, checklist
from campaign.core.db import session, transaction
from campaign.doctor import opening
from campaign.doctor.finding import Finding, Status
from campaign.outbox import Plan, Wait
from tests.support import console, ledger, outbox as outboxes, people
from tests.support.forms import SLUG, token

PAGE = f"/staff/campaigns/{SLUG}/modes"


def save(client: FlaskClient, **values: str) -> int:
    """Fill in the form; the answer's status."""
    form = {"csrf_token": token(client.get(PAGE).text), "delivery": "individual", **values}
    return client.post(PAGE, data=form).status_code


def modes() -> campaigns.modes.Modes:
    """What holds now."""
    session().rollback()
    return campaigns.modes.of(people.page().id)


def test_staff_choose_and_undo(client: FlaskClient) -> None:
    console.signed_in(client)
    before = modes()
    assert save(client, delivery="digest") == 303
    assert modes() == campaigns.modes.Modes(DeliveryMode.DIGEST)
    assert not people.page().own_mail
    form = {"csrf_token": token(client.get(PAGE).text)}
    assert client.post(f"{PAGE}/restore", data=form).status_code == 303
    assert modes() == before
    assert save(client, delivery="by pigeon") == 422


def test_a_digest_campaign_writes_one_mail_a_day_and_others_go_on_one_by_one(client: FlaskClient) -> None:
    console.signed_in(client)
    ledger.fill(5)
    with transaction():
        session().execute(text("UPDATE outbox_paces SET gap = 0"))
        stream = session().scalar(text("SELECT stream FROM outbox_messages WHERE kind = 'letter' LIMIT 1"))
        session().execute(text("UPDATE outbox_messages SET frozen = true WHERE stream <> :s"), {"s": stream})
    assert save(client, delivery="digest") == 303
    assert isinstance(outboxes.claim(), Wait)
    with transaction():
        outbox.plans.save_plan(stream, replace(Plan(), digest_at=0))
        assert outbox.digests.gather(stream) == 5
        assert outbox.digests.gather(stream) == 0, "once a day"
    mail = outboxes.claimed().envelope.mail
    assert mail.automatic
    assert isinstance(outboxes.claim(), Wait)
    other = outboxes.notes(stream=str(stream), owner=None)
    assert outboxes.claimed().id == other[0]


def test_one_by_one_again(client: FlaskClient) -> None:
    console.signed_in(client)
    ledger.fill(1)
    save(client, delivery="digest")
    assert isinstance(outboxes.claim(), Wait)
    save(client, delivery="individual")
    outboxes.claimed()


@pytest.mark.parametrize("anyway", [False, True])
def test_an_unverified_domain_stops_the_opening_unless_staff_say_otherwise(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, anyway: bool
) -> None:
    console.signed_in(client)
    if anyway:
        save(client, unverified="y")
    settings = client.application.extensions["settings"]
    client.application.extensions["settings"] = replace(settings, demo=False)
    wrong = [Finding("SPF", Status.PROBLEM, "There is none.", "")]
    monkeypatch.setattr(opening.domain, "check", lambda _resolver: wrong)
    people.forget()
    home = session().scalar(text("SELECT organisation_id FROM campaigns"))
    campaign = campaigns.of_organisation(home, SLUG, "en")
    findings = list(opening.sending_domain(campaign))
    assert checklist.may_open(findings) is anyway
    said = session().scalar(
        text("SELECT after ->> 'unverified' FROM audit_log WHERE action = 'campaigns.choose_modes'")
    )
    assert said == ("true" if anyway else None)
