"""A campaign's own greetings and limits: for its letters only, and for the holder that they were written for."""

import pytest
from flask import Flask
from sqlalchemy import select

from campaign import letters, targets
from campaign.campaigns import StaffCampaign
from campaign.core import clock
from campaign.core.db import session, transaction
from campaign.core.errors import DomainError
from campaign.signatures import composers
from campaign.targets import Person, Target, Tenure
from tests.support import people


def campaign() -> StaffCampaign:
    return people.staff_campaign()


def office() -> Target:
    people.forget()
    return targets.resolve(campaign().post_ids, clock.today(), "en")[0]


def greet(salutation: dict[str, str], words: int | None = None, characters: int | None = None) -> None:
    with transaction():
        letters.offices.set_rules(campaign(), office(), salutation, words, characters, actor="ann")


def greeting(lang: str = "en") -> str:
    people.forget()
    found = targets.resolve(campaign().post_ids, clock.today(), lang)
    return letters.addressed(campaign().id, found, lang)[0].salutation


def test_a_greeting_of_ones_own_is_used_in_its_language_only(seeded: Flask) -> None:
    french = greeting("fr")
    greet({"en": "Dear Bart,", "fr": ""})
    assert (greeting("en"), greeting("fr")) == ("Dear Bart", french)


def test_letters_carry_it(seeded: Flask) -> None:
    greet({"en": "Dear Bart"})
    people.supporter()
    texts = [composers.letter(message.ref).text for message in people.letter_messages()]
    assert sum("\nDear Bart,\n" in text for text in texts) == 1


def test_a_new_holder_is_greeted_as_the_register_says(seeded: Flask) -> None:
    greet({"en": "Dear Bart"})
    here = office()
    with transaction():
        current = select(Tenure).where(Tenure.post_id == here.post_id, Tenure.until.is_(None))
        tenure = session().scalars(current).one()
        tenure.until = clock.today()
        other = session().scalars(select(Person).where(Person.id != tenure.person_id)).first()
        assert other
        after = {"office": {}, "salutation": {"en": "Dear next one"}, "source": "test"}
        session().add(Tenure(post_id=here.post_id, person_id=other.id, since=clock.today(), **after))
    assert greeting() == "Dear next one"


@pytest.mark.parametrize("words", ["Dear {holder}", "a\nb", "=?utf-8?q?x?=", "x" * 121, "a\u202eb"])
def test_a_greeting_that_cannot_stand_in_a_letter_is_refused_with_its_field(seeded: Flask, words: str) -> None:
    with pytest.raises(DomainError) as caught:
        greet({"en": words})
    assert list(caught.value.fields) == ["salutation_en"]


def test_the_strictest_office_limits_the_letter(seeded: Flask) -> None:
    page = people.page()
    greet({}, 150, None)
    people.forget()
    assert letters.limit(page.id, page.post_ids) == letters.Limit(150, None)
    assert letters.limit(page.id, page.post_ids[1:]) == letters.Limit(None, None)


@pytest.mark.parametrize(("words", "characters", "field"), [(5, None, "max_words"), (None, 10**6, "max_characters")])
def test_a_limit_that_no_letter_keeps_is_refused(
    seeded: Flask, words: int | None, characters: int | None, field: str
) -> None:
    with pytest.raises(DomainError) as caught:
        greet({}, words, characters)
    assert list(caught.value.fields) == [field]
