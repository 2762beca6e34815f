"""Letters on paper: none leaves by mail, a pack holds what waits, and what was handed over is said truly everywhere."""

import re
import zipfile
from io import BytesIO
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign import campaigns, outbox, printing, reports, signatures
from campaign.campaigns import DeliveryMode, making
from campaign.core import clock, tokens
from campaign.core.addresses import parse
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict
from campaign.core.tokens import Purpose
from campaign.jobs import batches
from campaign.jobs.drain import drain
from campaign.outbox import Lane, Wait
from campaign.signatures import own
from tests.support import console, ledger, people
from tests.support.forms import SLUG, token
from tests.support.paper import needs_reader, read

PAGE = f"/staff/campaigns/{SLUG}/hand-overs"


def choose(delivery: DeliveryMode) -> None:
    """How letters leave from now on."""
    campaign = people.staff_campaign()
    with transaction():
        modes = campaigns.modes.Modes(delivery)
        campaigns.modes.choose(campaign.id, campaign.organisation_id, modes, actor="test")
    people.forget()


def press(client: FlaskClient, path: str, **values: str) -> int:
    """Press a button of the page; the answer's status."""
    form = {"csrf_token": token(client.get(PAGE).text), **values}
    return client.post(f"{PAGE}/{path}", data=form).status_code


def pack(client: FlaskClient) -> str:
    """Order a pack and have it made; its number."""
    assert press(client, "order") == 303
    while batches.work():
        pass
    session().rollback()
    return str(session().scalar(text("SELECT id FROM outbox_handovers ORDER BY ordered_at DESC LIMIT 1")))


def hand_over(client: FlaskClient, id_: str, on: str = "") -> int:
    """Say that it was handed over."""
    return press(client, f"{id_}/handed-over", on=on or clock.today().isoformat())


def status_page(client: FlaskClient, number: int = 0) -> str:
    """A writer's page of her letters."""
    people.forget()
    session().rollback()
    id_ = session().scalar(text("SELECT id FROM signatures WHERE name = :n"), {"n": f"Supporter {number}"})
    return client.get(f"/thanks/{tokens.sign(Purpose.STATUS, id_.hex)}").text


def mine(number: int) -> tuple[bytes, signatures.own.Own]:
    """A signature as its writer has it."""
    email_hash = parse(f"s{number}@example.org").hash
    return email_hash, own.mine(email_hash)[0]


def correct(number: int, name: str) -> None:
    """A writer puts her name right."""
    email_hash, was = mine(number)
    wanted = own.Correction(
        name=name, postcode=was.postcode, public=was.public, comment="", updates=False,
    )  # fmt: skip
    with transaction():
        own.correct(email_hash, was.id, wanted)


def test_on_paper_no_letter_leaves_by_mail_and_everything_says_so(client: FlaskClient) -> None:
    ledger.fill(2)
    choose(DeliveryMode.PRINT)
    people.supporter("late@example.org", name="Late Comer")
    ledger.pace(None)
    with transaction():
        assert isinstance(outbox.claim(Lane.LETTERS, "test"), Wait)
        assert outbox.batches.set_aside(Lane.LETTERS, 4) == []
        stream = str(session().scalar(text("SELECT min(stream) FROM outbox_messages WHERE kind = 'letter'")))
        plan = outbox.plans.plan_of(stream)
        outbox.plans.save_plan(stream, type(plan)(digest_above=0, digest_at=0))
        assert outbox.digests.gather(stream) == 0
    assert drain(Lane.LETTERS.value) == 0
    assert ledger.state_counts() == {"queued": 6}
    campaign = people.staff_campaign()
    assert reports.forecast(campaign).on_paper
    assert outbox.forecast(campaign.id) == {}
    assert outbox.place(people.letter_messages()[0].id) is None
    assert next(one for one in outbox.health() if one.lane == Lane.LETTERS).idle is None
    page = status_page(client)
    assert page.count("waits for the hand-over") == 2
    assert "The organisers print your letter" in page
    assert "in line" not in page
    assert "None leaves by mail" in client.get(f"/en/campaigns/{SLUG}").text
    console.signed_in(client)
    assert "until the hand-over" in client.get(f"/staff/campaigns/{SLUG}").text
    assert "on paper" in client.get(f"/staff/campaigns/{SLUG}/outbox").text
    ledger.check()


@pytest.mark.debian
@needs_reader[1]
def test_a_pack_holds_what_waits_and_what_is_handed_over_is_not_in_the_next(client: FlaskClient) -> None:
    ledger.fill(3)
    choose(DeliveryMode.PRINT)
    console.signed_in(client)
    first = pack(client)
    path = re.findall(rf'href="([^"]*{first}/file)"', client.get(PAGE).text)[0]
    with zipfile.ZipFile(BytesIO(client.get(path, buffered=True).data)) as archive:
        words = " ".join(" ".join(read(archive.read(name)).split()) for name in archive.namelist())
    for number in range(3):
        assert words.count(f"Supporter {number} signed this letter") == 2
    assert "3 people who signed" in words
    people.supporter("late@example.org", name="Late Comer")
    assert hand_over(client, first, "2999-01-01") == 422
    assert hand_over(client, first) == 303
    assert ledger.state_counts() == {"handed_over": 6, "queued": 2}
    ledger.check()
    assert status_page(client).count("handed over</span>") == 2
    assert "have arrived" in status_page(client)
    assert "6 letters, handed over on" in client.get(PAGE).text
    second = pack(client)
    with transaction():
        names = [part.data for part in printing.parts(people.page().id, "en", UUID(second))]
    words = "".join(map(read, names))
    assert "Late Comer" in words
    assert "Supporter 0" not in words
    assert press(client, f"{first}/take-back") == 303
    assert ledger.state_counts() == {"queued": 8}
    ledger.check()


def test_what_is_corrected_or_taken_back_meanwhile_is_not_handed_over_with_it(client: FlaskClient) -> None:
    ledger.fill(3)
    choose(DeliveryMode.PRINT)
    console.signed_in(client)
    id_ = pack(client)
    correct(0, "Supporter Zero")
    email_hash, was = mine(1)
    with transaction():
        own.withdraw(email_hash, was.id)
    assert "4 letters were corrected or taken back since" in client.get(PAGE).text
    assert hand_over(client, id_) == 303
    assert ledger.state_counts() == {"queued": 2, "cancelled": 2, "handed_over": 2}
    email_hash, was = mine(2)
    assert not own.may_rewrite(was)
    with transaction():
        own.withdraw(email_hash, was.id)
    assert ledger.state_counts()["handed_over"] == 2, "it cannot be called back"
    assert press(client, f"{id_}/take-back") == 303
    assert ledger.state_counts() == {"queued": 2, "cancelled": 4}, "her signature does not stand any more"


def test_waiting_letters_follow_the_mode_and_handed_over_ones_stay(client: FlaskClient) -> None:
    ledger.fill(1)
    choose(DeliveryMode.DIGEST)
    stream = str(session().scalar(text("SELECT min(stream) FROM outbox_messages WHERE kind = 'letter'")))
    with transaction():
        outbox.plans.save_plan(stream, outbox.Plan(digest_at=0))
        assert outbox.digests.gather(stream) == 1
    choose(DeliveryMode.PRINT)
    with transaction():
        assert isinstance(outbox.claim(Lane.LETTERS, "test"), Wait)
    console.signed_in(client)
    id_ = pack(client)
    assert hand_over(client, id_) == 303
    people.supporter("late@example.org", name="Late Comer")
    choose(DeliveryMode.INDIVIDUAL)
    assert press(client, f"{id_}/take-back") == 409, "they would leave by mail at once"
    ledger.pace(None)
    with transaction():
        late = outbox.claim(Lane.LETTERS, "test")
    assert "Late Comer" in late.envelope.mail.text
    assert ledger.state_counts() == {"handed_over": 2, "queued": 1, "sending": 1, "cancelled": 1}
    assert press(client, "order") == 409


def test_what_is_paused_stays_out_of_a_pack_and_a_copy_of_the_campaign_goes_on_paper_too(client: FlaskClient) -> None:
    ledger.fill(1)
    choose(DeliveryMode.PRINT)
    console.signed_in(client)
    campaign = people.staff_campaign()
    stream = f"target:{campaign.post_ids[0]}"
    with transaction():
        outbox.pauses.pause(outbox.pauses.of_owner(campaign.id, stream), reason="the office objects", actor="test")
    assert hand_over(client, pack(client)) == 303
    assert ledger.state_counts() == {"handed_over": 1, "queued": 1}
    assert press(client, "order") == 409
    with transaction():
        copy = making.duplicate(campaign.organisation_id, campaign.id, actor="test")
        assert outbox.paper.chosen([copy.id]) == {copy.id}
    with pytest.raises(Conflict), transaction():
        drafted = campaigns.of_organisation(campaign.organisation_id, copy.slug, "en")
        signatures.rehearsal.run(drafted, 1, actor="test")
