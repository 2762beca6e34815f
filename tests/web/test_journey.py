"""From the form to the end: check, code, another address, the mail again, not me, and what each answer gives away."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select, text, update

from campaign import campaigns, signatures
from campaign.campaigns import Campaign
from campaign.core import tokens
from campaign.core.addresses import parse
from campaign.core.db import session, transaction
from campaign.core.tokens import AGES, Purpose
from campaign.jobs.drain import drain
from campaign.outbox import State, suppressions
from campaign.signatures import ConsentKind, SignatureState
from tests.support import people
from tests.support.forms import BODY, CAMPAIGN, SLUG, filled
from tests.support.mail import mails, text as text_of
from tests.support.page import FormOn
from tests.support.people import MARIE, all_signatures, letter_messages, sign, supporter

S = SignatureState
CHECK_MAIL = f"{CAMPAIGN}/check-your-mail"


def send(client: FlaskClient, **values: str) -> str:
    """Press the page's own button; answers where it leads."""
    answer = client.post(f"{CAMPAIGN}/sign", data={**filled(client.get(CAMPAIGN).text, **values), "by": "page"})
    assert answer.status_code == 303
    return str(answer.location)


def errand(location: str) -> dict[str, str]:
    return {"csrf_token": parse_qs(urlsplit(location).query)["form"][0]}


def in_french(page: str) -> str:
    """Where the page's own link to its French words leads."""
    found = re.search(r'href="([^"]+)" lang="fr"', page)
    assert found
    return unescape(found[1])


def code() -> str:
    newest = all_signatures()[-1]
    return signatures.codes.code_of(newest.id, newest.email_hash)


def minutes_pass() -> None:
    with transaction():
        session().execute(text("UPDATE outbox_messages SET created_at = created_at - interval '3 minutes'"))


def states() -> list[SignatureState]:
    return [signature.state for signature in all_signatures()]


def test_the_letter_can_be_checked_before_it_is_signed_and_changed_without_losing_a_word(client: FlaskClient) -> None:
    form = filled(client.get(CAMPAIGN).text, name="Marie & Jan Peeters", comment="It must end.\nNow.")
    page = client.post(f"{CAMPAIGN}/check", data=form)
    assert page.status_code == 200
    for words in ("Prime Minister", "Marie &amp; Jan Peeters", MARIE, BODY, "Change the letter"):
        assert words in page.text
    assert page.text.count("<article") == 2, "one letter for each office"
    assert all_signatures() == []
    back = client.post(f"{CAMPAIGN}/check", data={**form, "change": "letter"})
    assert FormOn(back.text).values["name"] == "Marie & Jan Peeters"
    kept = FormOn(page.text).values
    assert client.post(f"{CAMPAIGN}/sign", data=kept).status_code == 303
    (signature,) = all_signatures()
    assert (signature.name, signature.comment) == ("Marie & Jan Peeters", "It must end. Now.")
    wrong = client.post(f"{CAMPAIGN}/check", data={**form, "email": "nobody"})
    assert (wrong.status_code, 'id="errors"' in wrong.text) == (422, True)


def test_the_code_confirms_on_the_page_and_a_second_click_leads_there_too(client: FlaskClient, tmp_path: Path) -> None:
    where = send(client)
    page = client.get(where)
    assert 'autocomplete="one-time-code"' in page.text
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    drain("people")
    mailed = re.search(r"^(\d{3} \d{3})$", text_of(mails(tmp_path / "mail")[0]), re.MULTILINE)
    assert mailed
    for _click in range(2):
        answer = client.post(f"{CHECK_MAIL}/code", data={**errand(where), "code": mailed[1]})
        assert (answer.status_code, answer.location[:8]) == (303, "/thanks/")
    assert (states(), len(letter_messages())) == ([S.CONFIRMED], 2)


def test_after_five_wrong_codes_only_the_link_works(client: FlaskClient) -> None:
    where = send(client)
    for _try in range(5):
        wrong = client.post(f"{CHECK_MAIL}/code", data={**errand(where), "code": "1" + code()[:5]})
        assert wrong.status_code == 422
    assert client.post(f"{CHECK_MAIL}/code", data={**errand(where), "code": code()}).status_code == 422
    assert states() == [S.PENDING]
    link = f"/confirm/{tokens.sign(Purpose.CONFIRM, all_signatures()[0].id.hex)}"
    assert client.post(link).status_code == 303


def test_new_texts_buy_no_new_tries(client: FlaskClient) -> None:
    for number in range(4):
        where = send(client, subject=f"Text {number}")
        for _try in range(4):
            client.post(f"{CHECK_MAIL}/code", data={**errand(where), "code": "x"})
    assert client.post(f"{CHECK_MAIL}/code", data={**errand(where), "code": code()}).status_code == 422


def test_the_code_of_one_form_does_not_fit_another(client: FlaskClient) -> None:
    first = send(client, subject="First")
    second = send(client, email="jan@example.org")
    assert client.post(f"{CHECK_MAIL}/code", data={**errand(first), "code": code()}).status_code == 422
    assert client.post(f"{CHECK_MAIL}/code", data={**errand(second), "code": code()}).status_code == 303


def plain(page: str) -> str:
    """A page without what differs from form to form whoever sends it."""
    return re.sub(r'value="[^"]{60,}"|form=[\w.-]+', "", page)


def test_nothing_tells_a_new_address_from_one_that_waits_or_has_signed(client: FlaskClient) -> None:
    supporter("ann@example.org")
    sign("jan@example.org")
    minutes_pass()
    answers: dict[str, list[tuple[int, str]]] = {}
    for email in ("new@example.org", "jan@example.org", "ann@example.org"):
        where = send(client, email=email, subject="Another text")
        token = errand(where)
        asked = [
            client.get(where),
            client.post(f"{CHECK_MAIL}/code", data={**token, "code": "000000"}),
            client.post(f"{CHECK_MAIL}/again", data=token),
            client.post(f"{CHECK_MAIL}/address", data={**token, "email": f"x{email}"}),
        ]
        answers[email] = [(one.status_code, plain(one.text)) for one in asked]
        assert people.mails(f"x{email}", "confirmation") == 1, "the other address gets its link in any case"
    assert len({str(one) for one in answers.values()}) == 1


def test_the_mail_comes_again_within_the_caps(client: FlaskClient) -> None:
    where = send(client)
    again = client.post(f"{CHECK_MAIL}/again", data=errand(where))
    assert (again.status_code, people.mails(MARIE)) == (303, 1)
    assert 'role="status"' in client.get(again.location).text
    for _time in range(4):
        minutes_pass()
        client.post(f"{CHECK_MAIL}/again", data=errand(where))
    assert people.mails(MARIE) == 3


def test_a_mistyped_address_is_corrected_and_the_old_link_dies(client: FlaskClient) -> None:
    where = send(client, email="marie@exmaple.org", updates="yes")
    old = f"/confirm/{tokens.sign(Purpose.CONFIRM, all_signatures()[0].id.hex)}"
    answer = client.post(f"{CHECK_MAIL}/address", data={**errand(where), "email": MARIE})
    assert answer.status_code == 303
    wrong, right = all_signatures()
    assert (wrong.state, right.state, right.email, right.name) == (S.WITHDRAWN, S.PENDING, MARIE, "Marie Peeters")
    assert (client.get(old).status_code, client.post(old).status_code) == (410, 410)
    confirmed = client.post(f"{CHECK_MAIL}/code", data={**errand(answer.location), "code": code()})
    assert confirmed.status_code == 303
    assert [own.updates for own in signatures.own.mine(parse(MARIE).hash)] == [True]
    nonsense = client.post(f"{CHECK_MAIL}/address", data={**errand(where), "email": "nobody"})
    assert (nonsense.status_code, 'value="nobody"' in nonsense.text) == (422, True)


def test_the_link_of_a_replaced_text_leads_to_the_letters(client: FlaskClient) -> None:
    sign(subject="First")
    supporter(subject="Second")
    first = f"/confirm/{tokens.sign(Purpose.CONFIRM, all_signatures()[0].id.hex)}"
    answer = client.get(first)
    assert (answer.status_code, answer.location[:8]) == (303, "/thanks/")


@pytest.mark.parametrize("scope", ["campaign", "all"])
def test_who_did_not_ask_gets_no_more_mail_and_nothing_leaks(client: FlaskClient, scope: str) -> None:
    id_ = supporter()
    link = f"/not-me/{tokens.sign(Purpose.NOT_ME, id_.hex)}"
    page = client.get(link)
    assert (page.status_code, "Peeters" in page.text, BODY in page.text) == (200, False, False)
    assert states() == [S.CONFIRMED]
    for _click in range(2):
        assert client.post(link, data={"scope": scope}).status_code == 200
    assert states() == [S.WITHDRAWN]
    assert {message.state for message in letter_messages()} == {State.CANCELLED}
    minutes_pass()
    before = people.mails(MARIE)
    sign(subject="Once more")
    drain("people")
    if scope == "all":
        assert suppressions.is_suppressed(parse(MARIE).hash)
        entry = suppressions.listed()[0][0]
        assert (entry.address, entry.reason) == (None, "they did not ask for it")
    else:
        assert people.mails(MARIE) == before


def test_news_end_with_one_click_of_the_mail_program(client: FlaskClient) -> None:
    id_ = supporter(updates=True)
    path = urlsplit(signatures.unsubscribe.link(id_)).path
    assert client.get(path).status_code == 200
    (own,) = signatures.own.mine(parse(MARIE).hash)
    assert own.updates
    for _click in range(2):
        assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    (own,) = signatures.own.mine(parse(MARIE).hash)
    assert (own.updates, own.state) == (False, S.CONFIRMED)


def test_a_shared_link_counts_who_comes_by_it_and_names_nobody(client: FlaskClient) -> None:
    id_ = supporter()
    shared = signatures.signed(id_).share_code
    page = client.get(f"{CAMPAIGN}?source=whatsapp&ref={shared}")
    form = FormOn(page.text).values | filled(page.text, email="jan@example.org")
    assert (form["source"], form["ref"]) == ("whatsapp", shared)
    client.post(f"{CAMPAIGN}/sign", data=form)
    people.confirm(all_signatures()[-1].id)
    assert signatures.brought(shared) == 1
    thanks = client.get(f"/thanks/{tokens.sign(Purpose.STATUS, id_.hex)}").text
    assert "1 person has signed by your link" in thanks
    for channel in ("wa.me", "t.me", "mailto:", "bsky.app", "joinmastodon.org", "facebook.com", "linkedin.com"):
        assert channel in thanks
    assert f"ref={shared}" in thanks
    assert shared not in id_.hex.upper()


def test_who_came_by_a_link_still_has_in_another_language(client: FlaskClient) -> None:
    page = client.get(f"{CAMPAIGN}?source=whatsapp&ref=ABCDEFGH&evil=1").text
    assert parse_qs(urlsplit(in_french(page)).query) == {"source": ["whatsapp"], "ref": ["ABCDEFGH"]}
    sent = client.post(f"{CAMPAIGN}/sign", data=filled(page) | {"by": "page"})
    here, there = client.get(sent.location).text, client.get(sent.location.replace("/en/", "/fr/", 1)).text
    assert in_french(here) == sent.location.replace("/en/", "/fr/", 1)
    assert 'name="code"' in here
    assert 'name="code"' in there


def test_a_wall_names_an_office_in_the_language_that_it_has(client: FlaskClient) -> None:
    with transaction():
        session().execute(text("UPDATE posts SET office = jsonb_build_object('fr', office->>'fr')"))
        session().execute(text("UPDATE tenures SET office = '{}'"))
    people.forget()
    assert "<dt>Verstuurd naar: Premier ministre</dt>" in client.get(f"/nl/campaigns/{SLUG}/live").text


def test_the_text_beside_the_letter_is_the_readers_on_every_page(client: FlaskClient) -> None:
    """The letter's lot names its version, and English versions are taken for those of any language."""
    with transaction():
        session().execute(text("UPDATE posts SET languages = ARRAY['en', 'fr']"))
    people.forget()
    french = CAMPAIGN.replace("/en/", "/fr/")
    page = client.get(f"{french}?letter=en").text
    form = FormOn(page).values | filled(page)
    assert client.post(f"{french}/sign", data=form).status_code == 303
    langs = (
        "SELECT v.lang, b.lang FROM letter_texts t JOIN model_letter_versions v ON v.id = t.version_id"
        " JOIN model_letter_versions b ON b.id = t.beside_id"
    )
    assert [tuple(row) for row in session().execute(text(langs))] == [("en", "fr")]


def test_ones_own_mail_gets_the_letter_and_is_counted_apart(client: FlaskClient) -> None:
    form = filled(client.get(CAMPAIGN).text, body="One line.\nAnother line.\n\nAnd a third for good measure.")
    page = client.post(f"{CAMPAIGN}/own-mail", data=form).text
    links = re.findall(r'href="(mailto:[^"]+)"', page)
    assert len(links) == 2
    for link in links:
        assert len(link) < 2000
        assert "%0D%0A" in link
        assert "Marie%20Peeters" in link
    assert ("mail.google.com" in page, "outlook.live.com" in page) == (True, True)
    long = client.post(f"{CAMPAIGN}/own-mail", data={**form, "body": "A long line of a letter. " * 200}).text
    assert all(len(link) < 500 for link in re.findall(r'href="(mailto:[^"]+)"', long))
    sent = client.post(f"{CAMPAIGN}/own-mail/sent", data={"csrf_token": form["csrf_token"]})
    assert client.get(sent.location).status_code == 200
    assert signatures.own_mail.total(people.page().id) == 1
    people.forget()
    assert client.get(f"/api/v1/campaigns/{SLUG}/counter").json["signatures"] == 0
    assert client.get(CAMPAIGN.replace("/en/", "/fr/") + "/own-mail").status_code == 200
    with transaction():
        session().execute(update(Campaign).values(own_mail=False))
    people.forget()
    assert client.get(f"{CAMPAIGN}/own-mail").status_code == 404


def test_ones_own_mail_has_all_that_was_written_and_loses_none_of_it(client: FlaskClient) -> None:
    page = client.get(CAMPAIGN).text
    fact = re.search(r'name="fact" value="([^"]+)"', page)
    assert fact
    form = filled(page, own_line="My neighbour slept outside.", body="The body of the letter.") | {"fact": fact[1]}
    written = client.post(f"{CAMPAIGN}/own-mail", data=form).text
    own = written.index("My neighbour slept outside.")
    assert own < written.index("The body of the letter.")
    assert "neighbour%20slept" in written
    cited = next(one.sentence for one in campaigns.facts(people.page().id, "en") if str(one.id) == fact[1])
    assert str(escape(cited)) in written
    late = client.post(f"{CAMPAIGN}/own-mail", data=form | {"csrf_token": "old"})
    assert (late.status_code, FormOn(late.text).values["own_line"]) == (422, "My neighbour slept outside.")
    assert "Please send it once more" in late.text
    assert 'data-sent="shelter-is-the-law"' in client.get(f"{CAMPAIGN}/own-mail/thanks").text


def test_an_own_line_does_not_push_the_end_of_a_long_letter_out_of_ones_own_mail(client: FlaskClient) -> None:
    body = "word " * 1590 + "\n\nThe very last line."
    form = filled(client.get(CAMPAIGN).text, own_line="My neighbour. " * 40, body=body)
    assert "The very last line." in client.post(f"{CAMPAIGN}/own-mail", data=form).text
    endless = client.post(f"{CAMPAIGN}/own-mail", data=form | {"own_line": "o" * 601, "body": "b" * 8001}).text
    assert max(map(len, re.findall("o+", endless))) == 600
    assert max(map(len, re.findall("b+", endless))) == 8000


def test_a_letter_for_ones_own_mail_comes_back_where_that_was_switched_off_meanwhile(client: FlaskClient) -> None:
    form = filled(client.get(CAMPAIGN).text, own_line="My neighbour slept outside.")
    with transaction():
        session().execute(update(Campaign).values(own_mail=False))
    people.forget()
    answer = client.post(f"{CAMPAIGN}/own-mail", data=form)
    back = FormOn(answer.text).values
    assert (answer.status_code, back["own_line"], back["body"]) == (422, form["own_line"], form["body"])
    assert "Letters of this campaign are sent by this site." in answer.text
    assert client.post(f"{CAMPAIGN}/sign", data=back).status_code == 303


@pytest.mark.parametrize("path", [f"{CAMPAIGN}/sign", f"{CAMPAIGN}/own-mail", f"/embed/{SLUG}/form"])
def test_what_was_typed_into_a_campaign_that_was_paused_meanwhile_comes_back(client: FlaskClient, path: str) -> None:
    typed = {"subject": "My subject", "own_line": "My neighbour slept outside.", "comment": "Because it is the law."}
    form = filled(client.get(CAMPAIGN).text, body="The body of the letter.") | typed
    with transaction():
        session().execute(update(Campaign).values(status="paused", own_mail=True))
    people.forget()
    answer = client.post(path, data=form)
    assert answer.status_code == 409
    for words in (*typed.values(), "The body of the letter."):
        assert words in answer.text


@pytest.mark.parametrize(("status", "invited"), [("open", True), ("paused", False), ("scheduled", False)])
def test_nobody_is_invited_to_be_the_first_where_nobody_can_sign(
    client: FlaskClient, status: str, invited: bool
) -> None:
    with transaction():
        session().execute(text("UPDATE campaigns SET status = :status"), {"status": status})
    people.forget()
    for url in (CAMPAIGN, f"{CAMPAIGN}/live", f"/embed/{SLUG}/counter"):
        assert ("Be the first" in client.get(url).text) == invited, url


def test_each_state_of_a_campaign_has_its_words(client: FlaskClient) -> None:
    wanted = {
        "status = 'scheduled'": "Not open yet",
        "status = 'closed'": "This campaign is closed",
        "status = 'closed', outcome = 'won'": "This campaign has won",
        "status = 'closed', outcome = 'lost'": "What was asked did not happen",
        "status = 'closed', outcome = 'handed_over'": "The letters are handed over",
        "status = 'open', outcome = NULL, goal = 1": "The goal of 1 is reached",
    }
    supporter()
    for change, words in wanted.items():
        with transaction():
            session().execute(text(f"UPDATE campaigns SET {change}"))
        people.forget()
        page = client.get(CAMPAIGN)
        assert (page.status_code, words in page.text) == (200, True), change
        assert ("data-progress" in page.text) == ("closed" not in change), "no next goal once it is over"
    with transaction():
        session().execute(
            text("UPDATE tenures SET since = current_date - 3 WHERE id = (SELECT max(id::text)::uuid FROM tenures)")
        )
        session().execute(
            text(
                "INSERT INTO tenures (id, post_id, person_id, since, until, office, salutation, source) SELECT"
                " gen_random_uuid(), post_id, person_id, current_date - 900, current_date - 3, office, salutation,"
                " source FROM tenures WHERE since = current_date - 3"
            )
        )
        key = f"owner:{people.page().id}"
        session().execute(
            text("INSERT INTO outbox_pauses (key, reason, actor) VALUES (:key, 'x', 'test')"), {"key": key}
        )
    people.forget()
    page = client.get(CAMPAIGN).text
    assert "a new holder since" in page
    assert "Sending is paused" in page


def test_a_letter_that_came_back_is_not_called_on_its_way(client: FlaskClient) -> None:
    thanks = f"/thanks/{tokens.sign(Purpose.STATUS, supporter().hex)}"
    assert "Your 2 letters are on their way" in client.get(thanks).text
    with transaction():
        session().execute(
            text("UPDATE outbox_messages SET state = 'bounced' WHERE id = (SELECT id FROM letters LIMIT 1)")
        )
    page = client.get(thanks).text
    assert ("Your signature counts" in page, "on their way" in page) == (True, False)


def links(signature_id: str, holder: str) -> dict[Purpose, tuple[str, str]]:
    """For each purpose a page that it opens, and what its token says."""
    return {
        Purpose.CONFIRM: ("/confirm/{}", signature_id),
        Purpose.STATUS: ("/thanks/{}", signature_id),
        Purpose.NOT_ME: ("/not-me/{}", signature_id),
        Purpose.UNSUBSCRIBE: ("/unsubscribe/{}", signature_id),
        Purpose.MINE: ("/en/mine/{}/export", holder),
    }


def test_every_link_opens_its_own_page_only_and_none_when_it_is_old(client: FlaskClient) -> None:
    """Purpose by purpose: each token of the house against each page behind a link."""
    sign()
    (signature,) = all_signatures()
    pages = links(signature.id.hex, people.holder())
    for wanted, (path, value) in pages.items():
        assert client.get(path.format(tokens.sign(wanted, value))).status_code == 200, wanted
        for purpose in set(Purpose) - {wanted}:
            for subject in (value, signature.id.hex):
                wrong = path.format(tokens.sign(purpose, subject))
                assert client.get(wrong).status_code == 410, (wanted, purpose)
                assert client.post(wrong).status_code in (405, 410), (wanted, purpose)
    assert set(pages) < set(AGES)
    with transaction():
        given = select(signatures.Consent.given).where(signatures.Consent.kind == ConsentKind.SEND)
        assert session().scalars(given).all() == []
    assert states() == [S.PENDING]
