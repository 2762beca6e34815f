"""The preview is the letter, byte for byte; the test letter is the letter too, marked, and to one reader only."""

import re
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from campaign import letters, targets
from campaign.campaigns import checklist
from campaign.core import clock
from campaign.core.db import session, transaction
from campaign.core.text import BadText
from campaign.jobs import drain as draining
from campaign.letters import checks, trials
from campaign.outbox import Lane
from campaign.signatures import trial
from tests.support import console, people

# What is each letter's own: when it was written, which one it is, and where its bounces and its office's wishes go.
OWN = re.compile(rb"^(?:Date|Message-ID): [^\r]*\r\n|(?<=\+)[A-Za-z2-7]{36}(?=@)|/office/[\w.-]*", re.MULTILINE)
READER = "ann@staff.example"


def alike(raw: bytes) -> bytes:
    """A letter without what each has of its own; where its own values are long, lines break elsewhere."""
    head, _empty, body = raw.partition(b"\r\n\r\n")
    return OWN.sub(b"", head + b"\r\n") + OWN.sub(b"", body.replace(b"=\r\n", b""))


def left(folder: Path, lane: Lane) -> list[bytes]:
    """What a worker of that lane hands over."""
    draining.drain(lane.value)
    return [path.read_bytes() for path in sorted((folder / "mail" / "new").iterdir())]


@pytest.mark.parametrize("lang", ["en", "fr", "nl", "de"])
def test_the_letter_that_leaves_is_the_preview_byte_for_byte(seeded: Flask, tmp_path: Path, lang: str) -> None:
    page = people.page(lang=lang)
    model = letters.model(page.id, lang, page.title)
    who = trial.writer(page.id, lang)
    form = {"name": who.name, "postcode": who.postcode, "subject": model.subject, "body": model.body, "lang": lang}
    people.supporter(trial.EMAIL, **form)
    previews = [trial.preview(page.id, model, post_id) for post_id in page.post_ids]
    sent = left(tmp_path, Lane.LETTERS)
    assert len(sent) == len(page.post_ids) == 2
    # The Maildir is a file with the line ends of its system.
    assert {alike(raw) for raw in sent} == {alike(each.raw).replace(b"\r\n", sent_end(sent[0])) for each in previews}
    assert all(who.name in each.text and who.place in each.text for each in previews)


def sent_end(raw: bytes) -> bytes:
    return b"\r\n" if b"\r\n" in raw else b"\n"


def test_the_preview_shows_every_header_as_it_leaves(seeded: Flask) -> None:
    page = people.page()
    seen = trial.preview(page.id, letters.model(page.id, "en", page.title), page.post_ids[0])
    head = seen.raw.split(b"\r\n\r\n")[0].decode()
    assert [name for name, _value in seen.headers] == re.findall(r"^([A-Za-z-]+):", head, re.MULTILINE)
    assert dict(seen.headers)["From"].startswith(trial.writer(page.id, "en").name)
    assert {"From", "To", "Subject", "Date", "Message-ID", "Reply-To"} <= {name for name, _value in seen.headers}


def test_the_header_gate_speaks_for_the_preview_too(seeded: Flask) -> None:
    page = people.page()
    bad = replace(letters.model(page.id, "en", page.title), subject="a\r\nBcc: x@y.example")
    with pytest.raises(BadText):
        trial.preview(page.id, bad, page.post_ids[0])


def ask(lang: str = "fr") -> UUID:
    """Somebody of the staff sends themselves the letter."""
    user_id = console.member(email=READER)
    campaign, page = people.staff_campaign(), people.page(lang=lang)
    model = letters.model(page.id, lang, page.title)
    with transaction():
        return trials.ask(campaign, model, page.post_ids[0], user_id, "staff.example", actor="ann")


def test_a_test_letter_is_the_letter_marked_and_to_its_reader_alone(seeded: Flask) -> None:
    mail = trial.test_letter(ask())
    page = people.page(lang="fr")
    model = letters.model(page.id, "fr", page.title)
    assert (mail.to, mail.reply_to, mail.language) == (READER, READER, "fr")
    assert mail.subject == f"[Test] {model.subject}"
    banner, line, _blank, rest = mail.text.split("\n", 3)
    assert banner
    assert set(line) == {"-"}
    real = trial.preview(page.id, model, page.post_ids[0])
    assert re.sub(r"/office/\S+", "", rest) == re.sub(r"/office/\S+", "", real.text)


def test_it_goes_through_the_outbox_and_the_check_list_knows(seeded: Flask, tmp_path: Path) -> None:
    campaign = people.staff_campaign()
    assert [each.light for each in checks.trial(campaign)] == [checklist.Light.STOP]
    ask()
    assert [each.light for each in checks.trial(campaign)] == [checklist.Light.STOP]
    (raw,) = left(tmp_path, Lane.PEOPLE)
    office = targets.resolve(people.page().post_ids[:1], clock.today(), "fr")[0]
    assert READER.encode() in raw
    assert str(office.email).encode() not in raw
    session().rollback()
    lights = {each.lang: each.light for each in checks.trial(campaign)}
    assert lights == {"fr": "ok", "en": "warn", "nl": "warn", "de": "warn"}


def test_nobody_who_has_left_gets_a_test_letter(seeded: Flask) -> None:
    id_ = ask()
    with transaction():
        session().execute(trial.User.__table__.update().values(active=False))
    with pytest.raises(trial.Unsendable):
        trial.test_letter(id_)
