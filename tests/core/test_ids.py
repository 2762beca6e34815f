"""Ids are in the order of time; references can be read out."""

import re
from datetime import timedelta

from campaign.core import clock
from campaign.core.ids import ALPHABET, first_id, new_id, reference


def test_ids_are_unique_and_of_version_seven() -> None:
    ids = [new_id() for _ in range(5000)]
    assert len(set(ids)) == 5000
    assert {id_.version for id_ in ids} == {7}


def test_later_ids_sort_later_to_the_millisecond() -> None:
    moments = [id_.int >> 80 for id_ in (new_id() for _ in range(2000))]
    assert moments == sorted(moments)


def test_an_id_lies_between_the_first_of_its_moment_and_the_first_of_a_later_one() -> None:
    before = first_id(clock.now())
    assert before.version == 7
    assert before < new_id() < first_id(clock.now() + timedelta(milliseconds=2))


def test_a_reference_has_no_letters_that_look_alike() -> None:
    references = {reference() for _ in range(2000)}
    assert len(references) == 2000
    assert all(re.fullmatch(f"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", text) for text in references)
    assert not set("AEIOU01L5S") & set(ALPHABET)
