"""Placeholders: a fixed list of words, replaced once, never compiled."""

import pytest
from flask import Flask
from hypothesis import example, given, strategies as st

from campaign.letters.placeholders import EDITABLE, LOCKED, BadPlaceholder, check, fill
from tests.support.generated import QUICK

ALL = ("name", "postcode", "place", "salutation", "office", "holder", "campaign")


@pytest.mark.parametrize("word", ALL)
def test_every_word_of_the_list_may_stand_in_the_locked_parts(plain: Flask, word: str) -> None:
    check(f"Dear {{{word}}}, and {{{word}}} again", LOCKED, "opening")


@pytest.mark.parametrize("word", ALL)
def test_only_the_campaign_may_stand_where_supporters_edit(plain: Flask, word: str) -> None:
    if word == "campaign":
        check("{campaign}", EDITABLE, "body")
        return
    with pytest.raises(BadPlaceholder, match="opening and the closing only") as caught:
        check(f"I am {{{word}}}", EDITABLE, "body")
    assert list(caught.value.fields) == ["body"]
    assert f"{{{word}}}" in caught.value.words


@pytest.mark.parametrize(
    "text",
    [
        "{Name}", "{ name }", "{}", "{0}", "{name.__class__}", "{name!r}", "{name:>99}", "{{name}}", "{{ 7*7 }}",
        "{% if x %}",
        "{name", "name}", "}{", "{na\nme}", "{{{{", "}}}}", "{unknown}", "{name}{", "a } b", "${name}}", "{%raw%}",
        "{\u200bname}",
    ],
    ids=ascii,
)  # fmt: skip
def test_anything_else_in_braces_is_an_error_that_names_the_field_and_what_may_stand_there(
    plain: Flask, text: str
) -> None:
    for allowed, field in ((LOCKED, "closing"), (EDITABLE, "subject")):
        with pytest.raises(BadPlaceholder) as caught:
            check(text, allowed, field)
        assert set(caught.value.fields) == {field}
        assert "{campaign}" in caught.value.words or "opening and the closing" in caught.value.words


VALUES = {word: f"<{word}>" for word in ALL}


def test_each_placeholder_is_filled_once_and_what_it_is_filled_with_is_not_read_again() -> None:
    values = VALUES | {"name": "{holder}", "holder": "{name}"}
    assert fill("{name} {holder} {office}", values) == "{holder} {name} <office>"


def test_what_is_not_a_placeholder_stays_as_it_is() -> None:
    assert fill("{unknown} { name } {{name}} } {", VALUES) == "{unknown} { name } {<name>} } {"


@QUICK
@given(st.text("{}name \n\\$%()x", max_size=60), st.text(max_size=30))
@example("{name}", "\\g<0>")
@example("{name}", "{name}{name}")
def test_filling_never_fails_and_only_replaces_whole_placeholders(text: str, value: str) -> None:
    assert fill(text, {"name": value}) == value.join(text.split("{name}"))


@pytest.mark.parametrize("text", ["{" * 100_000, "{name" * 20_000, "}" * 100_000, "{name}" * 20_000])
def test_the_longest_texts_are_filled_in_one_pass(text: str) -> None:
    """A text that a pattern tries again at each place, as far as its end, takes longer than the whole suite may."""
    assert fill(text, VALUES) == text.replace("{name}", VALUES["name"])
