"""Model letters: versions that never change, checked before they are kept."""

import pytest
from flask import Flask
from sqlalchemy import select

from campaign import letters
from campaign.core.db import session, transaction
from campaign.core.errors import DomainError
from campaign.letters import ModelLetterVersion
from tests.support import people
from tests.support.threads import at_once

PARTS = {"subject": "A place", "opening": "{salutation},", "body": "It must end.", "closing": "Yours,\n{name}"}


def save(lang: str = "en", **changes: str) -> ModelLetterVersion:
    page = people.page()
    with transaction():
        return letters.save_model(page.id, lang, **{**PARTS, **changes}, actor="cli")


def versions(lang: str = "en") -> list[ModelLetterVersion]:
    session().rollback()
    session().expire_all()
    query = select(ModelLetterVersion).where(ModelLetterVersion.lang == lang).order_by(ModelLetterVersion.number)
    return list(session().scalars(query))


def test_each_save_is_a_new_version_and_leaves_the_older_ones_alone(seeded: Flask) -> None:
    before = [(version.number, version.body) for version in versions()]
    save(body="Second words.")
    save(body="Third words.")
    assert [(version.number, version.body) for version in versions()] == [
        *before,
        (before[-1][0] + 1, "Second words."),
        (before[-1][0] + 2, "Third words."),
    ]


def test_what_somebody_signed_keeps_the_version_it_was_made_from(seeded: Flask) -> None:
    people.sign()
    (signature,) = people.all_signatures()
    first = letters.text(signature.text_id)
    save(opening="Something else,", closing="Else\n{name}")
    people.forget()
    assert letters.text(signature.text_id) == first
    assert first.opening == "{salutation},"


@pytest.mark.parametrize("field", ["subject", "opening", "body", "closing"])
def test_a_wrong_placeholder_is_refused_with_the_name_of_its_field(seeded: Flask, field: str) -> None:
    count = len(versions())
    with pytest.raises(DomainError, match="nobody") as caught:
        save(**{field: "Hello {nobody}"})
    assert list(caught.value.fields) == [field]
    assert len(versions()) == count


@pytest.mark.parametrize("subject", ["=?utf-8?q?x?=", "a\nb", "a\u202eb", "x" * 201])
def test_a_subject_that_cannot_be_a_header_is_refused_with_the_name_of_its_field(seeded: Flask, subject: str) -> None:
    with pytest.raises(DomainError) as caught:
        save(subject=subject)
    assert list(caught.value.fields) == ["subject"]


def test_a_letter_without_words_is_refused(seeded: Flask) -> None:
    for field in ("subject", "body"):
        with pytest.raises(DomainError):
            save(**{field: "  \n "})


def test_two_members_of_staff_who_save_at_once_do_not_lose_a_version(seeded: Flask) -> None:
    count = len(versions())

    def work(number: int) -> bool:
        try:
            save(body=f"Words of {number}.")
        except DomainError:
            return False
        return True

    saved = sum(at_once(seeded, 4, work))
    assert len(versions()) == count + saved
    assert saved >= 1


def test_a_campaign_without_a_letter_in_a_language_uses_the_english_one(seeded: Flask) -> None:
    page = people.page()
    assert letters.model(page.id, "fr", page.title).lang == "fr"
    with transaction():
        session().execute(ModelLetterVersion.__table__.delete().where(ModelLetterVersion.lang == "fr"))
    people.forget()
    assert letters.model(page.id, "fr", page.title).lang == "en"


def test_the_title_of_the_campaign_is_filled_in_before_the_supporter_sees_it(seeded: Flask) -> None:
    save(subject="About {campaign}", body="{campaign} and {campaign}")
    page = people.page()
    model = letters.model(page.id, "en", page.title)
    assert (model.subject, model.body) == (f"About {page.title}", f"{page.title} and {page.title}")


def test_a_text_is_known_to_be_edited_or_not(seeded: Flask) -> None:
    page = people.page()
    model = letters.model(page.id, "en", page.title)
    with transaction():
        same = letters.keep_text(model, model.subject, model.body)
        other = letters.keep_text(model, model.subject, model.body + " Please.")
    assert not letters.text(same).edited
    assert letters.text(other).edited
