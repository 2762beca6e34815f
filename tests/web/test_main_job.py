"""The main job in one process: sign, confirm from the real mail, letters in the Maildir."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient

from campaign.jobs.drain import drain
from tests.support.forms import CAMPAIGN, SLUG, filled
from tests.support.mail import link, mails, text

SUNDAY_NIGHT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # 03:00 in Brussels


def main_job(client: FlaskClient, folder: Path) -> None:
    """Sign, confirm, deliver; each step as its user sees it."""
    words = "I live in Gent and my neighbour slept outside. {name} stays as it is. It must end now."
    page = client.get(CAMPAIGN)
    answer = client.post(f"{CAMPAIGN}/sign", data=filled(page.text, body=words))
    assert (answer.status_code, answer.location) == (303, f"{CAMPAIGN}/check-your-mail")
    assert drain("people") == 1
    path = link(mails(folder)[0])
    assert words in client.get(path).text
    assert client.get(f"/api/v1/campaigns/{SLUG}/counter").json["signatures"] == 0
    thanks = client.post(path)
    assert "Prime Minister" in client.get(thanks.location).text
    assert drain("letters") == 2
    for letter in mails(folder)[1:]:
        assert words in text(letter)
        assert text(letter).rstrip().count("Marie Peeters") >= 1
        assert letter["To"].addresses[0].domain.endswith(".example")
        assert letter["From"].addresses[0].display_name == "Marie Peeters"
        assert letter["From"].addresses[0].domain == "mail.postbag.example"
        assert letter["Reply-To"].addresses[0].addr_spec == "marie@example.org"
        assert letter["Message-ID"].endswith("@mail.postbag.example>")


def test_a_letter_is_signed_confirmed_and_delivered_to_both_ministers(client: FlaskClient, tmp_path: Path) -> None:
    main_job(client, tmp_path / "mail")


def test_the_demonstration_sends_on_a_sunday_night_too(client: FlaskClient, tmp_path: Path) -> None:
    with time_machine.travel(SUNDAY_NIGHT, tick=True):
        main_job(client, tmp_path / "mail")


@pytest.mark.parametrize("lang", ["fr", "nl", "de"])
def test_the_letter_is_written_in_the_readers_language(client: FlaskClient, tmp_path: Path, lang: str) -> None:
    campaign = CAMPAIGN.replace("/en/", f"/{lang}/")
    page = client.get(campaign)
    client.post(f"{campaign}/sign", data=filled(page.text))
    drain("people")
    client.post(link(mails(tmp_path / "mail")[0]))
    drain("letters")
    greetings = {
        "fr": "Monsieur le Premier ministre",
        "nl": "Mijnheer de eerste minister",
        "de": "Herr Premierminister",
    }
    letters = [text(mail) for mail in mails(tmp_path / "mail")[1:]]
    assert any(greetings[lang].casefold() in letter.casefold() for letter in letters), letters[0]
