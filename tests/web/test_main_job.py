"""The main job in one process: sign, confirm from the real mail, letters in the Maildir."""

import mailbox
import re
from email import message_from_binary_file
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from flask.testing import FlaskClient

from campaign.jobs.drain import drain

CAMPAIGN = "/en/campaigns/shelter-is-the-law"


def form_of(page: str) -> dict[str, str]:
    """What a browser would send back unchanged."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    return {"csrf_token": token[1]}


def mails(folder: Path) -> list[EmailMessage]:
    box = mailbox.Maildir(str(folder / "mail"), factory=None, create=True)
    found = []
    for key in sorted(box.keys()):
        with box.get_file(key) as file:
            found.append(message_from_binary_file(file, policy=default))
    return found


def test_a_letter_is_signed_confirmed_and_delivered_to_both_ministers(client: FlaskClient, tmp_path: Path) -> None:
    page = client.get(CAMPAIGN)
    assert page.status_code == 200
    answer = client.post(
        f"{CAMPAIGN}/sign",
        data={
            **form_of(page.text),
            "name": "Marie Peeters",
            "email": "marie@example.org",
            "postcode": "9000",
            "subject": "A place for everyone",
            "body": "I live in Gent and my neighbour slept outside. {name} stays as it is. It must end now.",
            "updates": "no",
            "public": "name",
        },
    )
    assert (answer.status_code, answer.location) == (303, f"{CAMPAIGN}/check-your-mail")
    assert drain("people") == 1
    (mail,) = mails(tmp_path)
    body = mail.get_body(("plain",))
    assert body is not None
    link = re.search(r"http://127\.0\.0\.1:8000(/confirm/\S+)", body.get_content())
    assert link
    confirm = client.get(link[1])
    assert confirm.status_code == 200
    assert "my neighbour slept outside" in confirm.text
    assert client.get("/api/v1/campaigns/shelter-is-the-law/counter").json["signatures"] == 0
    thanks = client.post(link[1])
    assert thanks.status_code == 303
    assert client.get(thanks.location).status_code == 200
    assert drain("letters") == 2
    letters = mails(tmp_path)[1:]
    assert {letter["To"].addresses[0].domain.rpartition(".")[2] for letter in letters} == {"example"}
    for letter in letters:
        text = letter.get_body(("plain",)).get_content()
        assert "my neighbour slept outside. {name} stays" in text
        assert letter["From"].addresses[0].display_name == "Marie Peeters"
        assert str(letter["Reply-To"].addresses[0].addr_spec) == "marie@example.org"
