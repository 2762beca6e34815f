"""The form in a frame: no cookie, confirmed by mail as everywhere, and known by its code."""

import pytest
from flask.testing import FlaskClient

from campaign import campaigns, reports
from campaign.campaigns import Status
from campaign.core import limits
from campaign.core.db import transaction
from campaign.core.rates import Rate
from campaign.signatures import SignatureState
from tests.support import people
from tests.support.forms import SLUG, filled

FORM = f"/embed/{SLUG}/form"


def test_a_signature_there_waits_for_its_mail_and_carries_the_code(client: FlaskClient) -> None:
    page = client.get(f"{FORM}?lang=nl&source=partner&theme=dark")
    assert "Set-Cookie" not in page.headers
    values = filled(page.text) | {"source": "partner"}
    assert 'name="source" type="hidden" value="partner"' in page.text
    answer = client.post(f"{FORM}?lang=nl&source=partner&theme=dark", data=values)
    assert answer.status_code == 303
    assert answer.location.endswith(f"{FORM}/sent?lang=nl&theme=dark&source=partner")
    assert "Set-Cookie" not in answer.headers
    (signature,) = people.all_signatures()
    assert (signature.state, signature.source, signature.lang) == (SignatureState.PENDING, "partner", "nl")
    assert people.mails("marie@example.org", "confirmation") == 1
    people.confirm(signature.id)
    people.forget()
    shares = {share.key: share.signatures for share in reports.figures(people.page().id).by_source}
    assert shares == {"partner": 1}
    assert client.get(answer.location).status_code == 200


def test_what_was_typed_comes_back_with_what_is_wrong(client: FlaskClient) -> None:
    values = filled(client.get(FORM).text, email="not an address", name="Marie Peeters")
    answer = client.post(FORM, data=values)
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert 'value="Marie Peeters"' in answer.text
    assert people.all_signatures() == []


def test_the_answer_is_the_same_for_an_address_that_has_signed(client: FlaskClient) -> None:
    people.supporter()
    people.forget()
    answer = client.post(FORM, data=filled(client.get(FORM).text))
    assert (answer.status_code, answer.location) == (303, f"{FORM}/sent")


def test_over_the_limit_the_frame_says_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    values, real = filled(client.get(FORM).text), limits.check
    monkeypatch.setattr(limits, "check", lambda name, _rate, who: real(name, Rate(1, "hour"), who))
    assert client.post(FORM, data=values).status_code == 303
    answer = client.post(FORM, data=values)
    assert answer.status_code == 429
    assert 'value="Marie Peeters"' in answer.text
    assert int(answer.headers["Retry-After"]) > 0


def test_a_closed_campaign_takes_nothing(client: FlaskClient) -> None:
    values = filled(client.get(FORM).text)
    with transaction():
        campaigns.change_status(people.page().id, Status.CLOSED, actor="test")
    people.forget()
    page = client.get(FORM)
    assert page.status_code == 200
    assert "<form" not in page.text
    assert client.post(FORM, data=values).status_code == 409
    assert people.all_signatures() == []
