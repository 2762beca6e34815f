"""The check of the catalogues finds each kind of mistake, and finds none in ours."""

import ast
from collections.abc import Callable

import pytest
from babel.messages.catalog import Catalog

from tests.house.source import modules
from tests.house.translations import compare, placeholders, problems, wanted

ONE, MANY = "%(num)s letter to %(office)s", "%(num)s letters to %(office)s"


def catalogue(hello: str = "Bonjour %(name)s,", letters: tuple[str, ...] = ("", ""), **options: bool) -> Catalog:
    """A small catalogue, complete unless a test takes something away."""
    made = Catalog(locale="fr", fuzzy=options.get("fuzzy", False))
    made.add("Hello %(name)s,", hello)
    made.add((ONE, MANY), letters if any(letters) else ("une lettre à %(office)s", "%(num)s lettres à %(office)s"))
    return made


SOURCE = catalogue("", ("", ""))


def without_hello() -> Catalog:
    """A catalogue that lacks a message."""
    made = catalogue()
    made.delete("Hello %(name)s,")
    return made


def with_fuzzy_message() -> Catalog:
    """A catalogue with a guess in it."""
    made = catalogue()
    made.add("Hello %(name)s,", "Bonjour %(name)s,", flags=("fuzzy",))
    return made


def with_leftover() -> Catalog:
    """A catalogue with a message that nobody says any more."""
    made = catalogue()
    made.add("Good bye", "Au revoir")
    return made


def with_obsolete() -> Catalog:
    """A catalogue with a message that is commented out."""
    made = with_leftover()
    made.obsolete["Good bye"] = made.get("Good bye")
    made.delete("Good bye")
    return made


def test_our_catalogues_are_complete() -> None:
    assert problems() == []


def test_the_messages_of_code_and_templates_are_found() -> None:
    assert "Write your name." in wanted(), "of the code, lazy"
    assert "This link is too old." in wanted(), "of the code"
    assert "Check your mail" in wanted(), "of a page"
    assert "Please confirm your letter" in wanted(), "of a mail"
    assert ("Send my letter to %(num)s minister" in wanted()) or "Send my letter" in str([m.id for m in wanted()])


def test_a_complete_catalogue_passes() -> None:
    assert list(compare(SOURCE, catalogue())) == []


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (without_hello, "is missing"),
        (with_fuzzy_message, "is fuzzy"),
        (with_leftover, "nothing says this any more"),
        (with_obsolete, "an obsolete entry stays"),
        (lambda: catalogue(fuzzy=True), "no header, or a fuzzy one"),
        (lambda: catalogue(hello=""), "is empty"),
        (lambda: catalogue(hello="Bonjour %(nom)s,"), "other placeholders"),
        (lambda: catalogue(hello="Bonjour,"), "other placeholders"),
        (lambda: catalogue(hello="Bonjour %(name)s, 100 %"), "other placeholders"),
        (lambda: catalogue(hello=" Bonjour %(name)s,"), "begins or ends with a space"),
        (lambda: catalogue(letters=("une lettre à %(office)s", "lettres à %(office)s")), "other placeholders"),
        (lambda: catalogue(letters=("une lettre", "%(num)s lettres à %(office)s")), "other placeholders"),
        (lambda: catalogue(letters=("%(num)s lettre à %(office)s", "")), "is empty"),
    ],
)
def test_a_mistake_is_found(make: Callable[[], Catalog], words: str) -> None:
    (problem,) = compare(SOURCE, make())
    assert words in problem


def test_placeholders_are_read() -> None:
    assert placeholders("%(a)s of %(b)d, 5 %% and %(a)s") == {"a", "b"}
    assert placeholders("100 %") == {"%"}


def test_no_message_hides_behind_a_name_that_is_not_looked_for() -> None:
    """`gettext as _l` works, and nothing that it says is ever translated."""
    named = {
        (module.relative, alias.asname)
        for module in modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "flask_babel"
        for alias in node.names
        if alias.asname
    }
    assert {pair for pair in named if pair[1] != "_"} == set()
    assert named, "the sources were read"
