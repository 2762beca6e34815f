"""Made-up offices and holders for the style page, in English."""

from datetime import date
from types import SimpleNamespace
from uuid import UUID

NOBODY = UUID(int=0)
TODAY = date(2026, 11, 22)


def offices(long: str) -> list[SimpleNamespace]:
    """One that is held, one that is vacant and shared."""
    common = {"id": NOBODY, "body": "Government", "area": "Belgium"}
    return [
        SimpleNamespace(office="Prime Minister", holder=long, email="office@prime.example", mine=True, **common),
        SimpleNamespace(office=long, holder=None, email=None, mine=False, **common),
    ]


def spans(long: str) -> list[SimpleNamespace]:
    """A holder of today and a former one, on a line of time in per cent."""
    return [
        SimpleNamespace(start=60.0, width=40.0, held=_held(long, date(2025, 2, 3), None)),
        SimpleNamespace(start=0.0, width=60.0, held=_held("A. Former", date(2020, 10, 1), date(2025, 2, 3))),
    ]


def _held(person: str, since: date, until: date | None) -> SimpleNamespace:
    return SimpleNamespace(
        id=NOBODY,
        person=person,
        person_id=NOBODY,
        post_id=NOBODY,
        office="Prime Minister",
        since=since,
        until=until,
        party="",
        source="Official gazette",
        checked_on=TODAY if until is None else None,
        over=lambda today: until is not None and until <= today,
    )
