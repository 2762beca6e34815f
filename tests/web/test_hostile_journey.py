"""What was found by attacking the journey: each of these worked once."""

import re
import time
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageOps
from sqlalchemy import select

from campaign import letters
from campaign.campaigns import pictures
from campaign.core import limits, tokens
from campaign.core.db import session
from campaign.core.rates import Rate
from campaign.core.tokens import Purpose
from campaign.outbox import Message
from campaign.signatures import Signature
from campaign.web.public import mine
from tests.support import people
from tests.support.forms import CAMPAIGN, filled
from tests.support.people import MARIE, all_signatures, sign, supporter
from tests.support.replies import sent_letter


def ask(client: FlaskClient, email: str) -> None:
    """Ask for the link to one's own data."""
    form = {"csrf_token": tokens.sign(Purpose.MINE_FORM, "mine"), "email": email}
    assert client.post("/en/mine", data=form).status_code == 303


def asked() -> list[str]:
    """The addresses that such links go to."""
    query = select(Signature.email).join(Message, Message.ref == Signature.id).where(Message.kind == "access")
    return list(session().scalars(query.order_by(Message.id)))


def test_a_tag_that_somebody_else_typed_leads_no_link_astray(client: FlaskClient) -> None:
    """With providers that know no tags marie+x is another's mailbox, or nobody's."""
    supporter()
    sign("marie+x@example.org", subject="A stranger's")
    ask(client, MARIE)
    assert asked() == [MARIE]


def test_who_asks_before_anything_is_confirmed_gets_it_where_they_asked(client: FlaskClient) -> None:
    sign()
    sign("marie+x@example.org", subject="A stranger's")
    ask(client, MARIE.upper())
    assert asked() == [MARIE]


def test_a_link_opens_what_was_signed_with_that_very_address(client: FlaskClient) -> None:
    """Whoever has marie+x sees, takes back, saves and erases nothing of marie's, though both count as one address."""
    marie = supporter()
    other = "marie+X@example.org"
    for path in ("", "/export"):
        page = client.get(f"/en/mine/{tokens.sign(Purpose.MINE, people.holder(other))}{path}").text
        assert "Peeters" not in page
    sign(other, name="Somebody Else", subject="A stranger's")
    ask(client, other)
    assert asked() == [other], "it goes where it was asked for, and opens that alone"
    link = client.get(f"/en/mine/{tokens.sign(Purpose.MINE, people.holder(other))}").request.path
    saved = client.get(f"{link}/export").json
    assert saved is not None
    assert [one["name"] for one in saved["signatures"]] == ["Somebody Else"]
    assert {mail["kind"] for mail in saved["mails"]} <= {"confirmation", "access", "already_signed"}
    form = {"name": "X", "postcode": "1000", "public": "hidden", "updates": "no"}
    assert client.post(f"{link}/{marie}", data=form).status_code == 404
    assert client.post(f"{link}/{marie}/withdraw").status_code == 404
    assert client.post(f"{link}/erase").status_code == 200
    assert sorted(one.name for one in all_signatures()) == ["", "Marie Peeters"]
    hers = client.get(f"/en/mine/{tokens.sign(Purpose.MINE, people.holder())}").text
    assert "Peeters" in hers or "marie@example.org" in hers


def test_asking_takes_as_long_for_an_address_that_is_not_here(client: FlaskClient) -> None:
    """It took half as long as for one that is: 1.6 and 3.2 ms."""
    supporter()
    for email in (MARIE, "nobody@example.org"):
        began = time.monotonic()
        ask(client, email)
        assert time.monotonic() - began >= mine.EVEN_SECONDS
    assert asked() == [MARIE]


def test_a_fact_stands_in_a_letter_once_however_often_it_is_sent(client: FlaskClient) -> None:
    page = client.get(CAMPAIGN).text
    chosen = re.findall(r'name="fact"[^>]*value="([^"]+)"', page)[0]
    form = {**filled(page), "fact": [chosen] * 4000}
    assert client.post(f"{CAMPAIGN}/sign", data=form).status_code == 303
    (signature,) = all_signatures()
    body = letters.text(signature.text_id).body
    fact = body.removeprefix(form["body"]).strip()
    assert fact
    assert body.count(fact) == 1


def test_nobody_makes_us_set_paper_without_end(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = sent_letter()
    signature = letters.letter(letter).signature_id
    path = f"/thanks/{tokens.sign(Purpose.STATUS, signature.hex)}/letters/{letter}/letter"
    real = limits.check
    monkeypatch.setattr(limits, "check", lambda name, _rate, who: real(name, Rate(1, "hour"), who))
    assert [client.get(f"{path}.pdf").status_code for _time in range(2)] == [200, 429]
    assert client.get(f"{path}.txt").status_code == 200


@pytest.mark.parametrize("path", ["check", "sign"])
def test_what_answers_a_form_is_kept_by_no_cache_that_is_shared(client: FlaskClient, path: str) -> None:
    form = filled(client.get(CAMPAIGN).text, postcode="" if path == "sign" else "9000")
    answer = client.post(f"{CAMPAIGN}/{path}", data=form)
    assert "Marie Peeters" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_link_over_its_limit_tells_nobody_its_address(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/unsubscribe/{tokens.sign(Purpose.UNSUBSCRIBE, supporter(updates=True).hex)}"
    real = limits.check
    monkeypatch.setattr(limits, "check", lambda name, _rate, who: real(name, Rate(1, "hour"), who))
    assert client.post(path).status_code == 200
    answer = client.post(path)
    assert answer.status_code == 429
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")


@pytest.mark.parametrize("mode", ["RGB", "P", "LA"])
def test_a_picture_is_small_before_it_is_copied(plain: Flask, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    """60 million points in a file of 200 kB took 860 MB."""
    out, seen, real = BytesIO(), [], ImageOps.exif_transpose
    Image.new(mode, (6000, 4000)).save(out, "PNG")
    monkeypatch.setattr(ImageOps, "exif_transpose", lambda image: real(seen.append(image.size) or image))
    made = pictures.encode(out.getvalue())
    assert (made.width, made.height) == (1200, 800)
    assert seen == [(3000, 2000)]


def test_a_small_file_that_unpacks_to_hundreds_of_megabytes_is_refused(plain: Flask) -> None:
    out = BytesIO()
    Image.new("1", (7000, 7000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    with pytest.raises(pictures.BadPicture):
        pictures.encode(out.getvalue())
