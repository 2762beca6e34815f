"""What two people wrote is put together where it can be, and shown where it cannot."""

import pytest
from flask import Flask

from campaign.core import merge
from campaign.core.merge import Clash, Pair

BASE = {"a": "1", "b": "1", "c": "1"}


def test_a_form_of_the_present_version_is_written_as_it_is(plain: Flask) -> None:
    assert merge.changes({"a": "2", "b": "1"}, BASE, "", 3, 3) == {"a": "2"}


def test_in_an_older_form_each_field_goes_by_who_changed_it(plain: Flask) -> None:
    mine, theirs = {"a": "mine", "b": "1", "c": "same"}, {"a": "1", "b": "theirs", "c": "same"}
    assert merge.changes(mine, theirs, merge.seal(BASE), 1, 2) == {"a": "mine"}


def test_what_both_changed_is_shown_and_not_written(plain: Flask) -> None:
    mine, theirs = {"a": "mine", "b": "mine"}, {"a": "theirs", "b": "1"}
    with pytest.raises(Clash) as caught:
        merge.changes(mine, theirs, merge.seal(BASE), 1, 2)
    assert caught.value.pairs == {"a": Pair("mine", "theirs")}
    assert caught.value.status == 409
    merged = {"a": "both", "b": "mine"}
    assert merge.changes(merged, theirs, caught.value.base, 1, 2) == merged, "the second try knows what stands there"
    with pytest.raises(Clash):
        merge.changes(merged, {**theirs, "a": "a third"}, caught.value.base, 1, 3)


def test_after_a_clash_what_its_writer_never_touched_is_left_alone(plain: Flask) -> None:
    mine, theirs = {"a": "mine", "b": "1"}, {"a": "theirs", "b": "theirs"}
    with pytest.raises(Clash) as caught:
        merge.changes(mine, theirs, merge.seal(BASE), 1, 2)
    assert merge.changes({**mine, "a": "both"}, theirs, caught.value.base, 1, 2) == {"a": "both"}


def test_a_form_without_a_seal_means_every_field_in_it(plain: Flask) -> None:
    for seal in ("", "nonsense", "a:0000"):
        with pytest.raises(Clash):
            merge.changes({"a": "mine"}, {"a": "theirs"}, seal, 1, 2)
    assert merge.changes({"a": "same"}, {"a": "same"}, "", 1, 2) == {}
