"""A register in tests: the demonstration's posts, plans done at once, and the Chamber's file made small."""

import json
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from campaign import accounts, targets
from campaign.core.db import session, transaction
from campaign.core.ids import new_id
from campaign.targets import ActView, Body, Plan, Post, Tenure, sheet

ACTOR = "staff:00000000-0000-0000-0000-000000000001"
MINISTER = "be-asylum-migration"
PARTIES = ("party-green", "party-blue")


def organisation(key: str = "demo") -> UUID:
    """An organisation's id; it is made where there is none."""
    with transaction():
        return accounts.ensure_organisation(key, key.title()).id


def post(key: str = MINISTER) -> UUID:
    """The id of a post."""
    found = session().scalar(select(Post.id).where(Post.key == key))
    assert found
    return found


def holder(post_id: UUID) -> Tenure:
    """The tenure of a post that has no end yet."""
    session().rollback()
    found = session().scalar(select(Tenure).where(Tenure.post_id == post_id, Tenure.until.is_(None)))
    assert found
    return found


def done(plan: Plan, whose: UUID) -> ActView:
    """Keep a plan and do it."""
    with transaction():
        id_ = targets.acts.keep(whose, plan, actor=ACTOR)
    with transaction():
        return targets.acts.do(whose, id_, targets.acts.act(whose, id_).digest, actor=ACTOR)


def undone(act: ActView, whose: UUID) -> ActView:
    """Take it back."""
    with transaction():
        return targets.acts.undo(whose, act.id, actor=ACTOR)


def many(whose: UUID, number: int) -> None:
    """A body with that many posts, each with a holder and an address."""
    body = new_id()
    with transaction():
        session().add(Body(id=body, organisation_id=whose, key="large", name={"en": "Large council"}))
        session().flush()
        posts = [new_id() for _ in range(number)]
        persons = [new_id() for _ in range(number)]
        common = {"organisation_id": whose, "body_id": body}
        _insert("posts", [{**common, "id": id_, "key": f"p{n}", "office": {"en": f"Seat {n}"}, "search": f"seat {n}"}
                          for n, id_ in enumerate(posts)])  # fmt: skip
        _insert("persons", [{"id": id_, "organisation_id": whose, "key": f"m{n}", "name": f"Zoë Müller {n}",
                             "search": f"zoe muller {n}"} for n, id_ in enumerate(persons)])  # fmt: skip
        since = date(2024, 1, 1)
        _insert("tenures", [{"post_id": post, "person_id": person, "since": since}
                            for post, person in zip(posts, persons, strict=True)])  # fmt: skip
        _insert("contacts", [{"post_id": id_, "email": f"seat{n}@council.example", "since": since}
                             for n, id_ in enumerate(posts)])  # fmt: skip


def _insert(table: str, rows: list[dict[str, Any]]) -> None:
    made_of = sheet.Sheet()
    for row in rows:
        made_of.put(table, **{name: value for name, value in row.items() if name not in ("search", "id")})
    made = list(made_of.rows[table].values())
    columns = [sheet.values(table, image) for image in made]
    for values, row in zip(columns, rows, strict=True):
        values |= {name: row[name] for name in ("search", "id") if name in row}
    session().execute(sheet.MODELS[table].__table__.insert(), columns)


def chamber(seats: int = 5) -> dict[str, Any]:
    """A parliament as Popolo, shaped as public files of the Belgian Chamber are: no posts, addresses with persons."""
    persons = [
        {
            "id": f"be-mp-{n}", "name": f"Zoë Ångström {n}", "given_name": "Zoë", "family_name": f"Ångström {n}",
            "preferred_language": "nl" if n % 2 else "fr",
            "contact_details": [{"type": "email", "value": f"be-mp-{n}@chamber.example", "note": "invented"}],
        }
        for n in range(seats)
    ]  # fmt: skip
    return {
        "organizations": [
            {"id": "chamber", "name": "Kamer / Chambre", "classification": "legislature"},
            *({"id": id_, "name": id_.title(), "classification": "party"} for id_ in PARTIES),
        ],
        "areas": [{"id": "area-liege", "name": "Liège", "classification": "constituency"}],
        "persons": persons,
        "memberships": [
            {"person_id": row["id"], "organization_id": "chamber", "role": "member", "on_behalf_of_id": PARTIES[n % 2],
             "area_id": "area-liege", "start_date": "2024-06-09", "end_date": None}
            for n, row in enumerate(persons)
        ],
    }  # fmt: skip


def as_file(data: object) -> bytes:
    """JSON as it is uploaded."""
    return json.dumps(data, ensure_ascii=False).encode()
