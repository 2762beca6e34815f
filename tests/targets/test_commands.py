"""Who holds a post, from when to when: never two at once."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign import targets
from campaign.core import clock
from campaign.core.addresses import BadAddress
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict
from campaign.core.ids import new_id
from campaign.targets import Area, Body, Contact, Person, Post, Tenure, resolve
from tests.support.threads import at_once


@pytest.fixture
def post(app: Flask) -> Post:
    """An office that nobody holds."""
    with transaction():
        post = Post(
            id=new_id(),
            key="mayor",
            languages=["en"],
            office={"en": "Mayor"},
            salutation={"en": "Dear Mayor"},
            address={},
        )
        area, body = (
            Area(code="XX", name={"en": "X"}),
            Body(id=new_id(), key="town", area_code="XX", name={"en": "Town"}),
        )
        session().add(area)
        session().flush()
        session().add(body)
        session().flush()
        post.body_id = body.id
        session().add(post)
    return post


def person(name: str) -> Person:
    found = Person(id=new_id(), key=name, name=name)
    session().add(found)
    session().flush()
    return found


def hold(post: Post, name: str, since: date, until: date | None = None) -> None:
    with transaction():
        who = person(f"{name} {since}")
        targets.add_tenure(
            Tenure(
                post_id=post.id, person_id=who.id, since=since, until=until, office={}, salutation={}, source="a test"
            ),
            actor="cli",
        )


def test_the_day_one_ends_is_the_first_day_of_the_next(post: Post) -> None:
    hold(post, "Ann", date(2024, 1, 1), date(2025, 1, 1))
    hold(post, "Bob", date(2025, 1, 1))
    assert resolve([post.id], date(2024, 12, 31), "en")[0].holder == "Ann 2024-01-01"
    assert resolve([post.id], date(2025, 1, 1), "en")[0].holder == "Bob 2025-01-01"


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (date(2024, 6, 1), None),
        (date(2023, 1, 1), None),
        (date(2023, 1, 1), date(2024, 1, 2)),
        (date(2024, 3, 1), date(2024, 4, 1)),
        (date(2024, 12, 31), date(2026, 1, 1)),
        (date(2024, 1, 1), date(2025, 1, 1)),
    ],
)
def test_two_people_never_hold_a_post_on_the_same_day(post: Post, since: date, until: date | None) -> None:
    hold(post, "Ann", date(2024, 1, 1), date(2025, 1, 1))
    with pytest.raises(Conflict):
        hold(post, "Bob", since, until)


def test_two_people_entered_at_once_do_not_both_get_the_post(app: Flask, post: Post) -> None:
    """The first tenure of a post has no row yet that could be locked."""
    id_ = post.id

    def enter(number: int) -> bool:
        found = session().get_one(Post, id_)
        session().rollback()
        try:
            hold(found, f"Person {number}", date(2024, 1, 1 + number))
        except Conflict:
            return False
        return True

    assert sum(at_once(app, 4, enter)) == 1
    assert session().scalar(select(func.count()).select_from(Tenure)) == 1


def test_a_tenure_cannot_end_before_it_began(post: Post) -> None:
    with pytest.raises(Exception, match="ck_tenures_order"):
        hold(post, "Ann", date(2024, 1, 1), date(2024, 1, 1))
    hold(post, "Ann", date(2024, 1, 1))
    id_ = session().scalar(select(Tenure.id))
    assert id_
    with pytest.raises(Exception, match="ck_tenures_order"), transaction():
        targets.end_tenure(id_, date(2023, 1, 1), actor="cli")


def test_a_new_contact_ends_the_one_before_and_is_checked(post: Post) -> None:
    def contact(email: str, since: date) -> None:
        with transaction():
            targets.set_contact(Contact(post_id=post.id, email=email, since=since, source="a test"), actor="cli")

    contact("Old@Town.example", date(2024, 1, 1))
    contact("new@town.example", date(2025, 1, 1))
    assert resolve([post.id], date(2024, 6, 1), "en")[0].email == "Old@town.example"
    assert resolve([post.id], date(2025, 1, 1), "en")[0].email == "new@town.example"
    with pytest.raises(BadAddress):
        contact("nobody", date(2026, 1, 1))
    assert resolve([post.id], date(2026, 6, 1), "en")[0].email == "new@town.example"


def test_a_contact_corrected_on_the_same_day_leaves_one_address_in_force(post: Post) -> None:
    day = clock.today()
    for email in ("wrong@town.example", "right@town.example"):
        with transaction():
            targets.set_contact(Contact(post_id=post.id, email=email, since=day, source="a test"), actor="cli")
    assert resolve([post.id], day, "en")[0].email == "right@town.example"
