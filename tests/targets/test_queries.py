"""Posts as they stand on a day."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event, select

from campaign import targets
from campaign.core.db import db, session
from campaign.targets import Post, resolve

FIRST_DAY = date(2025, 2, 3)


@pytest.fixture
def posts(seeded: Flask) -> dict[str, Post]:
    return {post.key: post for post in session().scalars(select(Post))}


def one(post: Post, on: date, lang: str = "en") -> targets.Target:
    (found,) = resolve([post.id], on, lang)
    return found


def test_a_post_is_held_by_whoever_holds_it_on_that_day(posts: dict[str, Post]) -> None:
    post = posts["be-prime-minister"]
    assert one(post, date(2025, 2, 2)).holder == "Alexander De Croo"
    assert one(post, FIRST_DAY).holder == "Bart De Wever"
    assert one(post, date(2030, 1, 1)).holder == "Bart De Wever"
    assert one(post, date(2019, 1, 1)).holder is None


def test_a_post_that_stands_empty_is_addressed_by_its_own_words(posts: dict[str, Post]) -> None:
    target = one(posts["be-prime-minister"], date(2019, 1, 1), "fr")
    assert (target.holder, target.salutation, target.office) == (None, "Madame, Monsieur", "Premier ministre")
    assert target.initials


def test_a_holder_keeps_the_title_of_their_time(posts: dict[str, Post]) -> None:
    post = posts["be-asylum-migration"]
    assert one(post, date(2024, 1, 1)).office == "State Secretary for Asylum and Migration"
    assert one(post, FIRST_DAY).office == "Minister for Asylum and Migration"
    assert one(post, FIRST_DAY, "de").office == "Ministerin für Asyl und Migration"


@pytest.mark.parametrize(
    ("lang", "salutation", "place"),
    [
        ("en", "Dear Prime Minister", "1000 Brussels"),
        ("fr", "Monsieur le Premier ministre", "1000 Bruxelles"),
        ("nl", "Mijnheer de eerste minister", "1000 Brussel"),
        ("de", "Sehr geehrter Herr Premierminister", "1000 Brüssel"),
    ],
)
def test_salutation_and_address_follow_the_language(
    posts: dict[str, Post], lang: str, salutation: str, place: str
) -> None:
    target = one(posts["be-prime-minister"], FIRST_DAY, lang)
    assert (target.salutation, target.address[-1]) == (salutation, place)


def test_posts_come_in_the_order_asked_for_by_one_statement(posts: dict[str, Post]) -> None:
    ids = [post.id for post in posts.values()]
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert [target.post_id for target in resolve(ids, FIRST_DAY, "en")] == ids
    assert [target.post_id for target in resolve(ids[::-1], FIRST_DAY, "en")] == ids[::-1]
    assert len(statements) == 2
    assert resolve([], FIRST_DAY, "en") == []


def test_initials_are_two_letters_of_the_name(posts: dict[str, Post]) -> None:
    assert one(posts["be-prime-minister"], FIRST_DAY).initials == "BW"
    assert one(posts["be-asylum-migration"], FIRST_DAY).initials == "AB"


def test_a_postcode_has_a_place_where_it_is_known(seeded: Flask) -> None:
    for country, postcode, lang, place in [
        ("BE", "9000", "nl", "Gent"),
        ("BE", "4000", "fr", "Liège"),
        ("BE", "9999", "nl", ""),
        ("FR", "9000", "fr", ""),
        ("", "", "en", ""),
    ]:
        assert targets.place_of(country, postcode, lang) == place


def test_every_known_postcode_has_a_place_in_every_language(seeded: Flask) -> None:
    for postcode in (*range(1000, 10000, 1000), 4700, 3700, 9600):
        for lang in ("en", "fr", "nl", "de"):
            assert targets.place_of("BE", str(postcode), lang), (postcode, lang)
