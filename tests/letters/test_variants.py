"""Which text a writer starts from: by weight, and the same one for as long as they write."""

from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from campaign import letters
from campaign.core import clock
from campaign.core.db import session, transaction
from campaign.core.errors import NotFound
from campaign.letters import LetterText, Variant
from tests.support import people

PARTS = {"subject": "Main", "opening": "{salutation},", "body": "Main words.", "closing": "Yours,\n{name}"}


def save(*variants: Variant, **changes: object) -> UUID:
    page = people.page()
    with transaction():
        version = letters.save_model(page.id, "en", **{**PARTS, **changes}, variants=variants, actor="cli")  # type: ignore[arg-type]
    people.forget()
    return version.id


def model(lot: str = "", posts: tuple[UUID, ...] = ()) -> letters.Model:
    page = people.page()
    return letters.model(page.id, "en", page.title, lot, posts)


def test_without_a_lot_everybody_gets_the_main_text(seeded: Flask) -> None:
    save(Variant("Two", "Two words."))
    assert (model().subject, model().variant_id) == ("Main", None)


def some(number: int, posts: tuple[UUID, ...] = ()) -> list[letters.Model]:
    """What so many readers get."""
    page = people.page()
    return [letters.model(page.id, "en", page.title, f"somebody {n}", posts) for n in range(number)]


def test_the_lot_of_a_chosen_text_gives_the_same_text_again(seeded: Flask) -> None:
    save(Variant("Two", "Two words."), Variant("Three", "Three words."))
    drawn = some(60)
    assert {each.subject for each in drawn} == {"Main", "Two", "Three"}
    assert [model(each.lot) for each in drawn] == drawn


def test_texts_are_chosen_by_their_weight_and_the_same_for_the_same_reader(seeded: Flask) -> None:
    save(Variant("Two", "Two words.", weight=3))
    count = Counter(each.subject for each in some(2000))
    assert 0.68 < count["Two"] / 2000 < 0.82
    assert some(50) == some(50)


@pytest.mark.parametrize("lot", ["x", "'; DROP TABLE", "\x00", "0" * 32, "z" * 32, "é", "3f" * 16, "a" * 5000])
def test_a_lot_of_nobodys_making_gives_some_text(seeded: Flask, lot: str) -> None:
    save(Variant("Two", "Two words."))
    assert model(lot).subject in {"Main", "Two"}


def test_a_text_for_an_office_is_used_where_the_letter_goes_there_alone(seeded: Flask) -> None:
    first, second = people.page().post_ids
    save(Variant("For one", "Words for one.", post_id=first))
    alone = {each.subject for each in some(30, (first,))}
    both = {each.subject for each in some(30, (first, second))}
    assert (alone, both) == ({"For one"}, {"Main"})
    assert model("any", (second,)).subject == "Main"


def test_a_new_version_while_somebody_writes_does_not_change_what_they_began_with(seeded: Flask) -> None:
    save(Variant("Two", "Two words."))
    began = set(some(40))
    assert len(began) == 2
    save(subject="Newer", opening="Newer {salutation},")
    assert {model(each.lot) for each in began} == began
    with time_machine.travel(clock.now() + timedelta(hours=3)):
        assert {model(each.lot).subject for each in began} == {"Newer"}


def test_another_campaigns_text_is_not_to_be_had_by_its_lot(seeded: Flask) -> None:
    save()
    lot = model().lot
    with pytest.raises(NotFound):
        letters.model(uuid4(), "en", "x", lot)


def test_what_a_text_was_made_from_is_kept_and_only_a_change_counts_as_edited(seeded: Flask) -> None:
    save(Variant("Two", "Two words."))
    page = people.page()
    two = next(each.model for each in letters.all_models(page.id, "en", page.title) if each.model.variant_id)
    with transaction():
        same = letters.keep_text(two, two.subject, two.body)
        other = letters.keep_text(two, two.subject, "My words.")
    rows = {row.id: row for row in session().scalars(select(LetterText).where(LetterText.id.in_([same, other])))}
    assert {row.variant_id for row in rows.values()} == {two.variant_id}
    assert (rows[same].edited, rows[other].edited) == (False, True)
