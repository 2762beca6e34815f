"""Files from elsewhere: what they say comes in once, and what is odd gets a clear word with its place."""

import json
import random
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign import targets
from campaign.core import clock
from campaign.core.db import session
from campaign.targets import Area, Body, Contact, Person, Post, Tenure, Unreadable, listing, plan_import
from campaign.targets.reading.upload import LARGEST
from tests.support.register import as_file, chamber, done, organisation, undone

TABLE = "body,office,person,since,until,email,source\nTown,Mayor,Zoë Ångström,2024-01-01,,mayor@town.example,web\n"
MODELS = (Area, Body, Person, Post, Tenure, Contact)


@pytest.fixture
def whose(app: Flask) -> UUID:
    return organisation()


def counts() -> list[int | None]:
    session().rollback()
    return [session().scalar(select(func.count()).select_from(model)) for model in MODELS]


def taken(whose: UUID, data: bytes | str, name: str = "file") -> targets.ActView:
    return done(plan_import(whose, name, data.encode() if isinstance(data, str) else data), whose)


def refused(whose: UUID, data: bytes | str) -> Unreadable:
    before = counts()
    with pytest.raises(Unreadable) as found:
        plan_import(whose, "file", data.encode() if isinstance(data, str) else data)
    assert found.value.words
    assert all(problem.where and problem.words for problem in found.value.problems)
    assert counts() == before
    return found.value


def test_a_parliament_comes_in_once_however_often_it_is_read(whose: UUID) -> None:
    act = taken(whose, as_file(chamber(20)))
    assert counts() == [1, 3, 20, 20, 20, 20]
    assert act.counts["added"] == sum(counts())
    again = taken(whose, as_file(chamber(20)))
    assert again.counts == {"unchanged": 84}
    assert counts() == [1, 3, 20, 20, 20, 20]


def test_a_seat_says_whose_it_is_and_how_it_is_reached(whose: UUID) -> None:
    taken(whose, as_file(chamber(2)))
    offices, _more = listing.offices(whose, words="angstrom 1")
    (seat,) = offices
    assert (seat.office, seat.holder, seat.area) == ("Member, Kamer / Chambre", "Zoë Ångström 1", "Liège")
    assert (seat.email, seat.since) == ("be-mp-1@chamber.example", date(2024, 6, 9))
    assert listing.tenures(whose, post_id=seat.id)[0].party == "Party-Blue"
    assert session().get_one(Post, seat.id).languages == ["nl"]


def test_an_import_can_be_taken_back_whole(whose: UUID) -> None:
    before = counts()
    undone(taken(whose, as_file(chamber(5))), whose)
    assert counts() == before


def test_two_organisations_read_the_same_file_and_share_nothing(whose: UUID) -> None:
    other = organisation("other")
    taken(whose, as_file(chamber(3)))
    taken(other, as_file(chamber(3)))
    assert counts() == [2, 6, 6, 6, 6, 6]


def test_what_is_new_in_a_file_is_shown_beside_what_was(whose: UUID) -> None:
    taken(whose, as_file(chamber(3)))
    newer = chamber(4)
    newer["persons"][0]["name"] = "Zoé Angström"
    newer["memberships"][1]["end_date"] = "2026-01-31"
    act = taken(whose, as_file(newer))
    assert {name: act.counts.get(name, 0) for name in ("added", "changed", "ended", "removed")} == {
        "added": 4, "changed": 1, "ended": 1, "removed": 0,
    }  # fmt: skip
    (changed,) = [change for change in act.changes if change.kind == "changed"]
    assert changed.before
    assert changed.after
    assert (changed.before["name"], changed.after["name"]) == ("Zoë Ångström 0", "Zoé Angström")


def test_a_post_of_its_own_passes_from_one_holder_to_the_next(whose: UUID) -> None:
    data: dict[str, Any] = {
        "organizations": [{"id": "gov", "name": "Government", "other_names": [{"name": "Regierung", "lang": "de"}]}],
        "posts": [{"id": "pm", "label": "Prime Minister", "organization_id": "gov",
                   "contact_details": [{"type": "email", "value": "pm@gov.example"}]}],
        "persons": [{"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob", "other_names": [{"name": "Robert"}]}],
        "memberships": [{"person_id": 1, "post_id": "pm", "start_date": "2019"},
                        {"person_id": 2, "post_id": "pm", "start_date": "2024-07", "on_behalf_of_id": None}],
    }  # fmt: skip
    taken(whose, as_file(data))
    (office,) = listing.offices(whose, words="robert")[0]
    held = listing.tenures(whose, post_id=office.id)
    assert [(each.person, each.since, each.until) for each in held] == [
        ("Bob", date(2024, 7, 1), None),
        ("Ann", date(2019, 1, 1), date(2024, 7, 1)),
    ]
    assert session().scalars(select(Body.name)).one() == {"en": "Government", "de": "Regierung"}
    assert taken(whose, as_file(data)).counts == {"unchanged": 7}


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        "\ufeff" + TABLE,
        TABLE.replace(",", ";"),
        "sep=;\r\n" + TABLE.replace(",", ";"),
        TABLE.replace("\n", "\r\n"),
        TABLE.replace("2024-01-01", "01/01/2024"),
        TABLE.replace("2024-01-01", "1.1.2024"),
        TABLE.replace("Mayor", '"Mayor"'),
        TABLE.replace("Mayor", '="Mayor"').replace('="Mayor"', '"=""Mayor"""'),
        TABLE.replace("body,office", "Body , OFFICE"),
        TABLE + "\n,,,,,,\n",
        TABLE.replace("source\n", "source,,\n").replace("web\n", "web,,\n"),
        TABLE.replace(",", "\t"),
        TABLE.replace("Zoë Ångström", "Zoe\u0308 A\u030angstro\u0308m"),
        TABLE.replace("Zoë", "\u00a0Zoë\u00a0").replace("\u00a0Å", " Å"),
    ],
)
def test_the_same_table_as_spreadsheets_write_it(whose: UUID, text: str) -> None:
    taken(whose, text)
    (office,) = listing.offices(whose, words="angstrom")[0]
    assert (office.office, office.body, office.email) == ("Mayor", "Town", "mayor@town.example")
    assert (office.holder, office.since) == ("Zoë Ångström", date(2024, 1, 1))
    assert taken(whose, text).counts == {"unchanged": 5}


def test_a_line_without_a_person_is_a_vacant_office(whose: UUID) -> None:
    taken(
        whose,
        "body,office_fr,salutation_fr,area,languages\nVille,Bourgmestre,Madame,Gent\n".replace("Gent", "BE-VOV,fr nl"),
    )
    (office,) = listing.offices(whose, state="vacant")[0]
    assert (office.holder, office.area) == (None, "East Flanders")
    post = session().get_one(Post, office.id)
    assert (post.languages, post.salutation) == (["fr", "nl"], {"fr": "Madame"})


def test_an_address_that_has_changed_ends_the_one_before_today(whose: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    taken(whose, TABLE)
    later = date(2030, 5, 1)
    monkeypatch.setattr(clock, "today", lambda *_zone: later)
    act = taken(whose, TABLE.replace("mayor@town", "office@town"))
    assert (act.counts["added"], act.counts["ended"]) == (1, 1)
    (office,) = listing.offices(whose)[0]
    assert office.email == "office@town.example"


def test_a_holder_whom_staff_ended_does_not_come_back_by_an_old_file(whose: UUID) -> None:
    taken(whose, TABLE)
    tenure = session().scalars(select(Tenure.id)).one()
    done(targets.edits.end_tenure(whose, tenure, date(2025, 1, 1)), whose)
    assert taken(whose, TABLE).counts == {"unchanged": 5}


def test_an_old_code_of_a_municipality_is_brought_to_the_one_after_the_merger(whose: UUID) -> None:
    taken(whose, "body,office,area\nTown,Mayor,BE-11007\n")
    assert "BE-11002" in session().scalars(select(Area.code)).all()


def test_without_a_first_day_a_tenure_begins_today_and_says_so(whose: UUID) -> None:
    act = taken(whose, "body,office,person\nTown,Mayor,Ann\n")
    assert session().scalars(select(Tenure.since)).one() == clock.today()
    assert len(act.notes) == 1
    assert "Line 2" in act.notes[0]


ODD_FILES = {
    "empty": b"", "blank": b" \n\t ", "bom": b"\xef\xbb\xbf", "xlsx": b"PK\x03\x04rest", "xls": b"\xd0\xcf\x11\xe0rest",
    "pdf": b"%PDF-1.7", "gzip": b"\x1f\x8b\x08", "utf16": TABLE.encode("utf-16"), "utf16be": b"\xfe\xff\0b",
    "latin1": TABLE.encode("latin-1"), "nul": b"body,office\nTown,May\0or\n", "large": b"x" * (LARGEST + 1),
    "only_header": b"body,office\n", "no_office": b"body\nTown\n", "no_body": b"office\nMayor\n",
    "unknown": b"body,office,phone\nTown,Mayor,1\n", "twice": b"body,office,body\nTown,Mayor,X\n",
    "more_cells": b"body,office\nTown,Mayor,extra\n", "quotes": b'body,office\n"Town,Mayor\n', "prose": b"Dear all,",
    "html": b"<!doctype html><p>x", "unnamed": b"body,,office\nTown,x,Mayor\n",
    "bare_quote": b'body,office\n"To"wn,Mayor\n',
    "json_list": b"[]", "json_text": b"{\"x\"", "json_other": b'{"hello": 1}', "json_nan": b'{"persons": NaN}',
    "json_deep": b'{"persons": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "json_nested": as_file({"persons": [{"id": "a", "name": "A", "links": [[[[[[[[[]]]]]]]]]}]}),
    "json_long_number": b'{"persons": [' + b"1" * 5000 + b"]}", "json_half": as_file(chamber(2))[:-40],
    "json_string": b'{"persons": "x"}', "json_too_many": as_file({"persons": [1] * 20_001}),
}  # fmt: skip


@pytest.mark.parametrize("data", ODD_FILES.values(), ids=ODD_FILES.keys())
def test_a_file_that_is_none_gets_a_clear_word(whose: UUID, data: bytes) -> None:
    assert len(refused(whose, data).words) < 200


BAD_CELLS = {
    "since": ["yesterday", "2024-13-01", "2024-02-30", "31/02/2024", "1799-01-01", "99999", "2024-1-1",
              "０２-02-2024", "1e3"],
    "until": ["2023-12-31", "2024-01-01", "soon", "0", "2024-00-01"],
    "email": ["x", "@", "a@b", "a b@c.example", "mayor@gmail.com", "mayor@town.example;b@town.example", "m@telenet.be",
              "a" * 300 + "@x.example", "mayor@town..example", "<mayor@town.example>", "mailto:mayor@town.example"],
    "person": ["A\u202eB", "A\u200bB", "=?utf-8?q?x?=", "x" * 301, "A\x07B", "A\u2028B"],
    "office": ["", " ", "x" * 301, "A\u2066B"],
    "body": ["", "\u00a0", "y" * 301, "=?x"],
    "source": ["z" * 301, "a\x1bb"],
}  # fmt: skip


@pytest.mark.parametrize(("column", "value"), [(name, value) for name, values in BAD_CELLS.items() for value in values])
def test_an_odd_cell_is_named_by_line_and_column(whose: UUID, column: str, value: str) -> None:
    names = ["body", "office", "person", "since", "until", "email", "source"]
    good = dict(zip(names, ["Town", "Mayor", "Ann", "2024-01-01", "", "mayor@town.example", "web"], strict=True))
    row = [f'"{each}"' for each in (good | {column: value}).values()]
    error = refused(whose, ",".join(names) + "\n" + ",".join(row) + "\n")
    assert error.problems
    for problem in error.problems:
        assert problem.where.startswith("Line 2, ")
    assert any(column in problem.where or column == "until" for problem in error.problems)


@pytest.mark.parametrize("value", ["xx", "nl-x-y klingon", "12"])
def test_a_language_or_an_area_that_is_not_known_is_named(whose: UUID, value: str) -> None:
    assert refused(whose, f"body,office,languages\nTown,Mayor,{value}\n").problems[0].where == "Line 2, languages"
    assert refused(whose, f"body,office,area\nTown,Mayor,{value}zz\n").problems[0].where == "Line 2, area"


def test_every_wrong_line_is_named_at_once(whose: UUID) -> None:
    lines = "".join(f"Town,Mayor {n},Ann {n},never\n" for n in range(40))
    assert len(refused(whose, "body,office,person,since\n" + lines).problems) == 40


def tried(whose: UUID, data: bytes) -> targets.Plan | Unreadable:
    try:
        return plan_import(whose, "odd", data)
    except Unreadable as error:
        return error


def broken(change: Callable[[dict[str, Any]], object]) -> bytes:
    data = deepcopy(chamber(2))
    change(data)
    return as_file(data)


VALUES: list[Any] = [7, 1.5, True, [], ["x"], {}, {"x": 1}, "\u202e", "\ud800", "x" * 301, "\0", "=?utf-8?q?x?="]
PLACES = [
    ("persons", "name"), ("persons", "id"), ("organizations", "name"), ("areas", "name"), ("memberships", "start_date"),
    ("memberships", "person_id"), ("memberships", "organization_id"), ("persons", "contact_details"),
    ("persons", "other_names"), ("memberships", "area_id"), ("memberships", "role"),
    ("organizations", "classification"),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize(("table", "name"), PLACES)
def test_odd_values_in_json_are_named_or_do_no_harm(whose: UUID, table: str, name: str, value: Any) -> None:
    text = json.dumps(json.loads(as_file(chamber(2))) | {table: [{**chamber(2)[table][0], name: value}]})
    plan = tried(whose, text.encode())
    if isinstance(plan, Unreadable):
        assert plan.problems
        assert all(problem.words for problem in plan.problems)
    else:
        assert not value or value == 7, "nothing is left out in silence but what is empty"
        assert done(plan, whose).counts["added"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda d: d["persons"].append(d["persons"][0]), "persons[2].id"),
        (lambda d: d["persons"].append("x"), "persons[2]"),
        (lambda d: d["memberships"][0].update(person_id="nobody"), "memberships[0].person_id"),
        (lambda d: d["memberships"][0].update(organization_id="none"), "memberships[0].organization_id"),
        (lambda d: d["memberships"][0].update(post_id="none"), "memberships[0].post_id"),
        (lambda d: d["memberships"][0].update(on_behalf_of_id="none"), "memberships[0].on_behalf_of_id"),
        (lambda d: d["memberships"][0].update(area_id="none"), "memberships[0].area_id"),
        (lambda d: d["memberships"][0].update(end_date="2024-06-08"), "memberships[0].start_date"),
        (lambda d: d["memberships"][0].update(start_date="2024-02-30"), "memberships[0].start_date"),
        (lambda d: d["persons"][0].update(contact_details="x"), "persons[0].contact_details"),
        (lambda d: d["persons"][0]["contact_details"].append(3), "persons[0].contact_details[1]"),
        (lambda d: d["persons"][0]["contact_details"][0].update(value="x@gmail.com"),
         "persons[0].contact_details[0].value"),
        (lambda d: d.update(areas={}) or d.update(areas={"a": 1}), "areas"),
        (lambda d: d.update(posts=[{"id": "p", "label": "P", "organization_id": "none"}]), "posts[0].organization_id"),
        (lambda d: d.update(posts=[{"label": "P", "organization_id": "chamber"}]), "posts[0].id"),
    ],
)  # fmt: skip
def test_a_pointer_to_nothing_is_named(whose: UUID, change: Callable[[dict[str, Any]], object], where: str) -> None:
    assert where in [problem.where for problem in refused(whose, broken(change)).problems]


def test_a_membership_of_a_party_is_no_office_and_is_said(whose: UUID) -> None:
    data = chamber(2)
    data["memberships"].append({"person_id": "be-mp-0", "organization_id": "party-green", "role": "member"})
    act = taken(whose, as_file(data))
    assert session().scalar(select(func.count()).select_from(Post)) == 2
    assert act.notes == ("memberships[2]: membership of a party is not an office.",)


def test_bytes_at_random_are_refused_or_read_and_never_break(whose: UUID) -> None:
    dice = random.Random(6)
    good = [TABLE.encode(), as_file(chamber(1))]
    for _turn in range(150):
        data = bytearray(dice.choice(good))
        for _spot in range(dice.randint(1, 6)):
            data[dice.randrange(len(data))] = dice.choice(b'{}[]",:;\n\r\t\0\xff=x1-')
        outcome = tried(whose, bytes(data))
        assert not isinstance(outcome, Unreadable) or outcome.words


def test_a_table_of_two_thousand_lines_is_read_and_done(whose: UUID) -> None:
    lines = "".join(f"Council,Seat {n},Person {n},2024-01-01,seat{n}@council.example\n" for n in range(2_000))
    act = taken(whose, "body,office,person,since,email\n" + lines)
    assert act.counts["added"] == 8_001
