"""Facts as staff work on them: checked field by field, in order, with a source, looked at again in time."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from campaign import campaigns
from campaign.campaigns import checklist, evidence, evidence_check
from campaign.campaigns.evidence import StaffFact
from campaign.core import clock, merge
from campaign.core.db import session, transaction
from campaign.core.errors import DomainError, NotFound
from campaign.core.merge import Clash
from tests.support import people

FINE = {
    "figure": "1 in 3",
    "statement": "One in three waits.",
    "sentence": "One person in three waits for a place.",
    "publisher": "Court of Auditors",
    "dated": "March 2026",
    "title": "Rapport",
    "title_lang": "fr",
    "link": "https://www.example.org/report",
    "reviewed_on": "2026-11-01",
    "review_on": "2027-05-01",
}


def every() -> list[StaffFact]:
    session().rollback()
    session().expire_all()
    return evidence.every(people.page().id)


def add(lang: str = "en", **changes: str) -> UUID:
    with transaction():
        return evidence.add(people.staff_campaign(), lang, {**FINE, **changes}, actor="ann")


def change(fact: StaffFact, lang: str, seen: StaffFact | None = None, **changes: str) -> None:
    before = seen or fact
    mine = {**before.fields(lang), **changes}
    base = merge.seal(before.fields(lang))
    with transaction():
        evidence.change(people.staff_campaign(), fact.id, lang, mine, base, before.version, actor="ann")


def test_a_new_fact_stands_at_the_end_and_supporters_see_it_with_its_source(seeded: Flask) -> None:
    number = len(every())
    id_ = add()
    people.forget()
    shown = campaigns.facts(people.page().id, "en")
    assert (len(shown), shown[-1].id, shown[-1].sentence) == (number + 1, id_, FINE["sentence"])
    assert (shown[-1].source.link, shown[-1].source.date_text) == (FINE["link"], "March 2026")
    assert evidence.one(people.page().id, id_).fields("en") == FINE


@pytest.mark.parametrize(
    ("field", "odd"),
    [
        ("statement", ""), ("statement", "x" * 401), ("statement", "a\u202eb"), ("figure", "x" * 41),
        ("publisher", ""), ("publisher", "=?x"), ("title", ""), ("title", "x" * 301), ("title_lang", "xx"),
        ("title_lang", "french"), ("link", "http://example.org"), ("link", "javascript:alert(1)"), ("link", "x"),
        ("link", "https://user@example.org"), ("reviewed_on", "yesterday"), ("reviewed_on", "2026-13-01"),
        ("review_on", "2026-02-30"), ("review_on", "0001-01-01"), ("review_on", "2026-11-01"),
        ("review_on", "1.5.2027"),
        ("sentence", "no full stop"), ("sentence", "Hello {name}."), ("sentence", "See https://example.org."),
        ("sentence", "x" * 301), ("dated", "x" * 61),
    ],
    ids=ascii,
)  # fmt: skip
def test_an_odd_input_is_refused_beside_its_own_field(seeded: Flask, field: str, odd: str) -> None:
    with pytest.raises(DomainError) as caught:
        add(**{field: odd})
    assert list(caught.value.fields) == [field]


def test_a_fact_is_translated_without_touching_the_other_language(seeded: Flask) -> None:
    id_ = add()
    change(evidence.one(people.page().id, id_), "fr", statement="Une personne sur trois attend.", publisher="Cour")
    now = evidence.one(people.page().id, id_)
    assert now.statement == {"en": FINE["statement"], "fr": "Une personne sur trois attend."}
    assert now.publisher == {"en": "Court of Auditors", "fr": "Cour"}
    assert "fr" not in now.sentence


def test_two_who_change_the_same_field_see_both_texts_and_others_are_put_together(seeded: Flask) -> None:
    id_ = add()
    seen = evidence.one(people.page().id, id_)
    session().expunge_all()
    change(seen, "en", statement="Ann's words.")
    change(seen, "en", seen=seen, figure="2 in 3")
    with pytest.raises(Clash) as caught:
        change(seen, "en", seen=seen, statement="Bob's words.")
    assert list(caught.value.pairs) == ["statement"]
    now = evidence.one(people.page().id, id_)
    assert (now.statement["en"], now.figure["en"]) == ("Ann's words.", "2 in 3")


def test_facts_move_by_one_place_and_stop_at_the_ends(seeded: Flask) -> None:
    ids = [fact.id for fact in every()]
    for by in (-1, 1, 1):
        with transaction():
            evidence.move(people.staff_campaign(), ids[0], by, actor="ann")
    assert [fact.id for fact in every()] == [*ids[1:3], ids[0], *ids[3:]]


def test_a_removed_fact_comes_back_where_it_was(seeded: Flask) -> None:
    ids = [fact.id for fact in every()]
    for back in (False, True):
        with transaction():
            evidence.remove(people.staff_campaign(), ids[1], actor="ann", back=back)
        assert (ids[1] in [fact.id for fact in every()]) == back
    assert [fact.id for fact in every()] == ids


def test_a_fact_is_due_on_its_day_and_no_longer_once_somebody_looked(seeded: Flask) -> None:
    id_ = add(reviewed_on="2020-01-01", review_on=clock.today().isoformat())
    assert [fact.id for fact in evidence.due(people.page().id)] == [id_]
    campaign = people.staff_campaign()
    assert any(each.light == checklist.Light.WARN and "again" in each.text for each in evidence_check.facts(campaign))
    with transaction():
        evidence.look(campaign, id_, actor="ann")
    assert evidence.due(people.page().id) == []
    assert evidence.one(people.page().id, id_).review_on == clock.today() + timedelta(days=182)


def test_another_campaigns_fact_is_not_there(seeded: Flask) -> None:
    with pytest.raises(NotFound):
        evidence.one(uuid4(), add())
    with pytest.raises(NotFound), transaction():
        evidence.look(people.staff_campaign(), uuid4(), actor="ann")
