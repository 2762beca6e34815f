"""The letter on the campaign page: a line of one's own, facts, languages, variants, limits; what the page weighs."""

import gzip
import re
from html import unescape
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign import campaigns, letters, signatures, targets
from campaign.core import clock, tokens
from campaign.core.db import session, transaction
from campaign.core.tokens import Purpose
from campaign.letters import LetterText, Variant
from campaign.letters.models import LetterOffice
from tests.support import people
from tests.support.forms import BODY, CAMPAIGN, filled
from tests.support.page import FormOn

LINE = "My neighbour slept outside all winter."
SCRIPT, WHOLE = 10_000, 60_000


def post(client: FlaskClient, page: str, **values: str | list[str]) -> str:
    """Send the form as the page has it, with what is typed; answers where it leads, or the page that refuses it."""
    data = {**FormOn(page).values, **filled(page), **values}
    answer = client.post(f"{CAMPAIGN}/sign", data=data)
    return answer.text if answer.status_code != 303 else ""


def kept() -> LetterText:
    """The newest text."""
    session().rollback()
    return session().scalars(select(LetterText).order_by(LetterText.id.desc())).first()  # type: ignore[return-value]


def cited() -> dict[str, str]:
    """What each fact adds, by its id."""
    found = campaigns.facts(people.page().id, "en")
    return {str(fact.id): letters.cited(fact) for fact in found if fact.sentence}


def test_the_own_line_comes_first_and_ticked_facts_come_with_their_source(client: FlaskClient) -> None:
    page = client.get(CAMPAIGN).text
    model = FormOn(page).values["body"].replace("\r\n", "\n")
    facts = cited()
    assert all(id_ in page for id_ in facts)
    assert len(facts) == 3
    (one, words), *_others = facts.items()
    assert "Amnesty International" in words
    assert "https:" not in words
    assert post(client, page, own_line=f"  {LINE} ", body=model, fact=[one]) == ""
    whole = kept().body
    assert whole.startswith(f"{LINE}\n\n{model[:40]}")
    assert whole.count(words) == 1
    assert whole.endswith(f"{words}\n\n{model.rpartition(chr(10))[2]}"), "the request for an answer stays last"
    assert kept().own == letters.share.of_version(kept().version_id, whole) > 0
    assert post(client, page, body=f"{model}\n\n{words}", email="b@example.org", fact=[one]) == ""
    assert kept().body.count(words) == 1, "what a script has put in is not added again"


def test_the_fields_of_the_contract_alone_are_enough(client: FlaskClient) -> None:
    assert client.post(f"{CAMPAIGN}/sign", data=filled(client.get(CAMPAIGN).text)).status_code == 303
    assert (kept().body, kept().variant_id, kept().beside_id, kept().own) == (BODY, None, None, 100)


def test_a_refused_form_keeps_line_facts_language_and_variant(client: FlaskClient) -> None:
    page = client.get(f"{CAMPAIGN}?letter=nl").text
    values = FormOn(page).values
    fact = next(iter(cited()))
    refused = post(client, page, own_line=LINE, body=values["body"], fact=[fact], name="")
    again = FormOn(refused)
    assert (again.values["own_line"], again.values["letter_lang"], again.values["lot"]) == (LINE, "nl", values["lot"])
    assert again.values["fact"] == fact
    assert again.values["body"] == values["body"]
    assert "own words" in re.sub(r"\s+", " ", refused)
    assert "is in your own words" in refused


def test_a_letter_in_the_offices_language_has_its_address_greeting_and_translation(client: FlaskClient) -> None:
    page = client.get(f"{CAMPAIGN}?letter=nl").text
    assert "Mevrouw de minister" in page
    assert "Wetstraat 16" in page
    assert 'lang="nl"' in page
    english = letters.model(people.page().id, "en", people.page().title)
    assert unescape(page).count(english.body[:60]) == 1, "the translation lies beside it"
    assert post(client, page, body=FormOn(page).values["body"], own_line=LINE) == ""
    assert kept().beside_id == english.version_id
    text = letters.text(kept().id)
    assert (text.lang, text.edited) == ("nl", True)
    assert letters.beside(text) == letters.Beside("en", english.subject, english.body)
    (signature,) = people.all_signatures()
    assert signature.lang == "en", "the mails to the writer stay in their language"
    people.confirm(signature.id)
    mine = tokens.sign(Purpose.MINE, people.holder(signature.email))
    correction = client.get(f"/en/mine/{mine}/{signature.id}").text
    assert unescape(correction).count(english.body[:60]) == 1, "and where it is corrected"
    mail = signatures.composers.letter(people.letter_messages()[0].id)
    assert mail.language == "nl"
    assert LINE in mail.text
    letter = letters.letter(people.letter_messages()[0].id)
    (office,) = targets.resolve([letter.post_id], clock.today(), "nl")
    assert office.salutation in mail.text


def test_a_language_that_nobody_offers_is_the_readers_own(client: FlaskClient) -> None:
    assert FormOn(client.get(f"{CAMPAIGN}?letter=de").text).values["letter_lang"] == "en"
    assert FormOn(client.get(f"{CAMPAIGN}?letter=<script>").text).values["letter_lang"] == "en"
    page = client.get(CAMPAIGN).text
    assert "?letter=fr" in page
    assert "?letter=nl" in page
    assert "?letter=de" not in page


def test_each_office_has_its_own_greeting_on_the_page(client: FlaskClient) -> None:
    page = unescape(client.get(CAMPAIGN).text)
    posts = targets.resolve(people.page().post_ids, clock.today(), "en")
    for number, one in enumerate(posts, 1):
        assert re.search(rf'class="locked to" data-to="{number}">.*?{re.escape(one.salutation)},</p>', page)
        assert f'id="to-{number}"' in page


def variants(client: FlaskClient, number: int) -> list[tuple[str, str]]:
    """What so many readers get, each twice."""
    people.forget()
    found = []
    for n in range(number):
        twice = [FormOn(client.get(CAMPAIGN, headers={"User-Agent": f"reader {n}"}).text).values for _ in range(2)]
        assert twice[0]["lot"] == twice[1]["lot"]
        found.append((twice[0]["lot"], twice[0]["subject"]))
    return found


def test_variants_are_drawn_per_reader_and_stay_through_an_error(client: FlaskClient) -> None:
    page = people.page()
    with transaction():
        others = [Variant(f"Subject {n}", "Another body of this letter, for some of its writers.") for n in (2, 3)]
        letters.save_model(page.id, "en", subject="Subject 1", opening="{salutation},", body="The main body.",
                           closing="{name}", variants=others, actor="test")  # fmt: skip
    found = variants(client, 24)
    assert {subject for _lot, subject in found} == {"Subject 1", "Subject 2", "Subject 3"}
    lot = next(lot for lot, subject in found if subject == "Subject 2")
    shown = client.get(CAMPAIGN).text
    refused = post(client, shown, lot=lot, subject="Subject 2", body="Another body of this letter.", email="")
    assert FormOn(refused).values["lot"] == lot
    assert post(client, refused, lot=lot, subject="Subject 2", body="Another body of this letter.") == ""
    text = kept()
    assert text.variant_id is not None
    assert text.variant_id.hex == lot
    assert kept().own == 0


def test_the_strictest_office_limits_the_letter_all_together(client: FlaskClient) -> None:
    page = people.page()
    with transaction():
        rule = {"salutation": {}, "holder": "", "max_words": 30, "max_characters": None}
        session().add(LetterOffice(campaign_id=page.id, post_id=page.post_ids[1], **rule))
    people.forget()
    shown = client.get(CAMPAIGN).text
    assert 'data-most="30"' in shown
    assert "at most 30" in shown
    refused = post(client, shown, body="word " * 25, own_line="one two three four five six")
    assert "31 words. The office takes at most 30" in unescape(FormOn(refused).errors["body"])
    assert post(client, shown, body="word " * 25, own_line="one two three four five") == ""


def test_the_campaigns_share_shows_from_ten_letters_on(client: FlaskClient) -> None:
    assert "personally written</p>" not in client.get(CAMPAIGN).text
    for n in range(10):
        people.supporter(f"p{n}@example.org")
    people.forget()
    assert "100% personally written</p>" in client.get(CAMPAIGN).text


def test_the_page_keeps_its_budget_of_weight(client: FlaskClient, app: Flask) -> None:
    for n in range(5):
        people.supporter(f"p{n}@example.org", name="Marie-Antoinette van den Broecke-Vandenbroucke")
    people.forget()
    page = client.get(CAMPAIGN)
    assert "<style" not in page.text
    assert " style=" not in page.text
    assert not re.search(r"<script(?![^>]* src=)", page.text)
    linked = set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|svg)[^"]*)"', page.text))
    picture = {path for path in linked if "demo-shelter" in path}
    scripts = {path for path in linked if ".js" in path}
    script = sum(weight(client, path) for path in scripts)
    rest = sum(weight(client, path) for path in linked - picture - scripts)
    assert len(scripts) == 4
    assert script <= SCRIPT
    assert script + rest + len(gzip.compress(page.data, 6)) <= WHOLE


def weight(client: FlaskClient, path: str) -> int:
    """What a browser downloads, compressed as nginx does it."""
    with client.get(path) as answer:
        assert answer.status_code == 200, urlsplit(path).path
        return len(gzip.compress(answer.data, 6))
