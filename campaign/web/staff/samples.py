"""Made-up contents for the style page, in English."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from campaign.core.i18n import day
from campaign.outbox import Lane, State
from campaign.web.staff import making_samples, register_samples
from campaign.web.staff.forms import StaffForm

LONG = "Marie-Antoinette van den Broecke-Vandenbroucke d’Hooghvorst de la Croix-Blanche"
NOBODY = UUID(int=0)
WHEN = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
BY_DAY = (53, 82, 141, 112, 71, 61, 45, 91, 76, 52, 42, 102, 86, 66, 58, 48, 44, 97, 66, 0)


class SampleForm(StaffForm):
    """One field of each kind."""

    name = StringField(validators=[InputRequired("Write a name.")])
    choice = RadioField(choices=[("a", "a"), ("b", "b")], validators=[InputRequired("Choose one.")])


def everything() -> dict[str, Any]:
    """All that the style page shows."""
    wrong = SampleForm(prefix="wrong-")
    wrong.validate()
    return {
        "long": LONG,
        "fine": SampleForm(data={"name": "Ann Example", "choice": "a"}),
        "wrong": wrong,
        "lang_field": _field("lang", "en", [("en", "English"), ("nl", "Nederlands")]),
        "source_field": _field("source", "", [("newsletter", "newsletter")]),
        "scopes_field": _field("scopes", ["read"], [("read", "Read the counter"), ("write", "Add signatures")]),
        "note_field": _field("note", "K7WQ-9XNT"),
        "counter": _counter(),
        "days": _days(len(BY_DAY)),
        "many_days": _days(60, second=False),
        "sources": [{"label": label, "value": n} for label, n in (("newsletter", 4120), (LONG, 812), ("none", 3))],
        "lanes": [_lane(None), _lane("Paused by staff")],
        "offices": [_office("Prime Minister", "60 a minute", "ok"), _office(LONG, "stopped: no such mailbox", "bad")],
        "messages": [_message(state, WHEN) for state in State],
        "statuses": ("draft", "scheduled", "open", "paused", "closed", "archived"),
        "signature_states": ("pending", "confirmed", "held", "replaced", "withdrawn", "invalid"),
        "milestones": [_milestone(1000, WHEN), _milestone(5000, WHEN, WHEN), _milestone(10_000)],
        "conditions": SimpleNamespace(states=("confirmed",), since=WHEN, source="newsletter", edited=True),
        "register_offices_sample": register_samples.offices(LONG),
        "spans": register_samples.spans(LONG),
        **making_samples.everything(LONG),
        "target": _target(),
        "letter": _letter(),
        "source": _source(),
        "today": date(2026, 11, 22),
    }


def _field(name: str, data: Any, choices: Sequence[tuple[str, str]] = ()) -> SimpleNamespace:
    """A field as macros read it."""
    pairs = [SelectChoice(value, label) for value, label in choices]
    return SimpleNamespace(name=name, data=data, choices=pairs, errors=[])


def _days(number: int, *, second: bool = True) -> list[dict[str, Any]]:
    first = date(2026, 11, 3)
    days = []
    for place in range(number):
        n = BY_DAY[place % len(BY_DAY)]
        at = first + timedelta(days=place)
        point: dict[str, Any] = {"label": day(at), "short": f"{at.day}/{at.month}", "value": n}
        days.append(point | ({"value2": n * 2 - n // 5} if second else {}))
    return days


def _counter() -> SimpleNamespace:
    people = [{"name": "Marie", "place": "Gent"}, {"name": "J. D.", "place": ""}]
    return SimpleNamespace(signatures=8412, paper=120, goal=10_000, share=0.8412, to_go=1588, recent=people)


def _lane(reason: str | None) -> dict[str, Any]:
    numbers = {state.value: place * 137 % 900 for place, state in enumerate(State)}
    return {
        "name": Lane.LETTERS,
        "label": "Letters to offices",
        "pace_text": "60 a minute",
        "closed_reason": reason,
        **numbers,
    }


def _office(name: str, lane: str, tone: str) -> dict[str, Any]:
    numbers = {state.value: place * 41 % 90 for place, state in enumerate(State)}
    return {"post_id": NOBODY, "office": name, "lane": lane, "tone": tone, "empty": "nothing waits", **numbers}


def _message(state: State, at: datetime) -> SimpleNamespace:
    return SimpleNamespace(
        id=NOBODY,
        owner=NOBODY,
        kind="letter",
        stream="rehearsal:letters" if state == State.DELIVERED else "target:minister",
        domain="minister.example",
        state=state.value,
        frozen=state == State.QUEUED,
        due_at=at,
        changed_at=at,
        attempts=1,
    )


def _milestone(step: int, reached: datetime | None = None, back: datetime | None = None) -> SimpleNamespace:
    return SimpleNamespace(step=step, note="A note for the team.", reached_at=reached, taken_back_at=back)


def _target() -> dict[str, Any]:
    lines = ("Wetstraat 16", "1000 Brussel")
    return {"office": "Prime Minister", "holder": "A. Holder", "address": lines, "initials": "PM"}


def _letter() -> dict[str, Any]:
    return {"opening": "Dear Prime Minister,", "closing_lines": ("Yours sincerely,",), "dir": "ltr"}


def _source() -> dict[str, Any]:
    return {"publisher": "An agency", "title": "A report", "title_lang": "en", "date_text": "2025", "link": None}
