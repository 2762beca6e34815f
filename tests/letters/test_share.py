"""How much of a letter is its writer's own: measured against letters whose share is known, and counted exactly."""

import re
from collections import Counter
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given, settings, strategies as st
from sqlalchemy import select

from campaign import campaigns, counters, letters, reports, signatures
from campaign.core.db import session, transaction
from campaign.jobs.recount import recount
from campaign.letters import LetterText, share
from campaign.letters.share import Known, own, words
from campaign.signatures import SignatureState
from campaign.signatures.standing import move
from tests.support import people
from tests.support.edits import MODELS, VARIANTS, pair
from tests.support.forms import SLUG
from tests.support.generated import QUICK

PAIRS, WORST, MEAN = 1000, 3.0, 0.75
own_words = st.lists(st.from_regex(r"[a-z]{4,9}zq", fullmatch=True), min_size=1, max_size=60)


def test_letters_with_known_edits_are_measured_within_three_points() -> None:
    """Half of all words may be others; see `Pair.told` for what nothing in a letter tells."""
    known = {lang: Known([MODELS[lang], VARIANTS[lang]]) for lang in MODELS}
    pairs = [pair(seed) for seed in range(PAIRS)]
    errors = sorted((abs(known[one.lang].own(one.letter) - one.share), one.told, n) for n, one in enumerate(pairs))
    told = [error for error in errors if error[1]]
    print(spread("all", errors), spread("told", told), sep="\n")
    assert len(told) > PAIRS / 2
    assert told[-1][0] < WORST, (told[-1], pairs[told[-1][2]])
    assert sum(error for error, *_ in errors) / PAIRS < MEAN
    assert sum(error >= WORST for error, *_ in errors) < 0.03 * PAIRS


def spread(name: str, errors: list[tuple[float, bool, int]]) -> str:
    """How far off the shares are, for whoever runs this with -s."""
    at = {f"{share}%": errors[len(errors) * share // 100][0] for share in (50, 90, 95, 99)}
    return f"{name}: " + ", ".join(f"{share} of {len(errors)} below {error:.1f}" for share, error in at.items())


@settings(QUICK, max_examples=100)
@given(text=st.text(max_size=400), added=own_words)
def test_a_share_is_a_percentage_the_model_has_none_and_own_words_only_add(text: str, added: list[str]) -> None:
    assert 0 <= own(text, [MODELS["en"]]) <= 100
    assert own(MODELS["en"], [text, MODELS["en"]]) == 0
    assert own(" ".join(added), [MODELS["en"]]) == 100
    whole = f"{' '.join(added)}\n\n{MODELS['en']}"
    assert own(MODELS["en"], [MODELS["en"]]) <= own(whole, [MODELS["en"]]) <= 100
    assert own(whole, [MODELS["en"]]) == round(100 * len(added) / len(words(whole)))


def test_case_punctuation_and_line_breaks_are_nobodys_own_words() -> None:
    shouted = re.sub(r"[.,’]", " ! ", MODELS["fr"]).upper().replace(" ", "\n")
    assert own(shouted, [MODELS["fr"]]) == 0
    assert own("", ["x"]) == own("... !", ["x"]) == 0
    assert own("Two words", [MODELS["en"]]) == 100


@pytest.mark.parametrize("repeated", ["of the ", "a ", "I am writing to you ", "of the law other "])
def test_what_repeats_is_not_compared_again_and_again(monkeypatch: pytest.MonkeyPatch, repeated: str) -> None:
    looked: list[tuple[int, int]] = []

    def in_order(mine: list[str], text: list[str], often: Counter[str]) -> int:
        looked.append((len(mine), len(text)))
        return 0

    monkeypatch.setattr(share, "_in_order", in_order)
    known = Known([repeated * (8000 // len(repeated)), *MODELS.values()])
    letter = (repeated * (8000 // len(repeated))).replace("other", "mine")
    known.own(f"{letter} {'my own words ' * 2000} {letter}")
    assert all(mine <= 2 * share.FAR + 2 * share.NEAR for mine, _text in looked)
    reach = 2 * share.FAR + 3 * share.NEAR
    assert all(text <= 2 * share.PLACES * (reach + share.NEAR) for _mine, text in looked)
    assert max(len(places) for places in known._places.values()) <= share.PLACES


def shares() -> list[int]:
    session().rollback()
    return list(session().scalars(select(LetterText.own).order_by(LetterText.id)))


def test_versions_variants_other_languages_and_facts_are_the_campaigns_words(seeded: Flask) -> None:
    page = people.page()
    fact = next(letters.cited(one) for one in _facts(page.id) if one.sentence)
    with transaction():
        before = letters.newest(page.id, "en")
        other = letters.Variant("Another subject", "These are the words of another text which some writers get.")
        letters.save_model(page.id, "en", subject="New", opening="{salutation},", body="A wholly new, short letter.",
                           closing="{name}", variants=[other], actor="test")  # fmt: skip
    assert before is not None
    people.forget()
    begun = letters.model(page.id, "en", page.title).version_id
    for theirs in (before.body, other.body, fact, MODELS["nl"]):
        assert share.of_version(begun, theirs) == 0
    assert share.of_version(begun, f"{other.body} My own seven words stand here, too.") == 39


def _facts(campaign_id: UUID) -> list[campaigns.FactView]:
    return campaigns.facts(campaign_id, "en")


def test_the_share_is_kept_with_the_text_counted_and_taken_off_exactly(seeded: Flask) -> None:
    page = people.page()
    body = letters.model(page.id, "en", page.title).body
    ids = [people.supporter(f"p{n}@example.org", body=f"{'Mine. ' * n}{body}") for n in (0, 40, 80)]
    expected = [0, *(round(100 * n / (n + len(words(body)))) for n in (40, 80))]
    assert shares() == expected
    assert _sum() == sum(expected)
    with transaction():
        move([ids[2]], SignatureState.INVALID, cause="test", actor="test")
    assert _sum() == sum(expected[:2])
    assert recount() == {}


def _sum() -> int:
    session().rollback()
    return counters.figures(signatures.campaign_key(people.page().id))[""]["own"]


def test_a_campaign_tells_its_share_from_ten_letters_on(seeded: Flask) -> None:
    for n in range(9):
        people.supporter(f"p{n}@example.org")
    people.forget()
    assert reports.counter(SLUG).personal is None
    page = people.page()
    people.supporter("p9@example.org", body=letters.model(page.id, "en", page.title).body)
    people.forget()
    assert reports.counter(SLUG).personal == 90
    assert reports.figures(page.id).own == 90
