"""How much of a letter is its writer's own: measured against letters whose share is known, and counted exactly."""

import random
import re
import time
import tomllib
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given, settings, strategies as st
from sqlalchemy import select

from campaign import campaigns, counters, letters, reports, signatures
from campaign.config import ROOT
from campaign.core.db import session, transaction
from campaign.jobs.recount import recount
from campaign.letters import LetterText
from campaign.letters.share import Known, own, words
from campaign.signatures import SignatureState
from campaign.signatures.standing import move
from tests.support import people
from tests.support.forms import SLUG

FOLDER = ROOT / "demo" / SLUG
MODELS = {
    lang: tomllib.loads((FOLDER / f"{lang}.toml").read_text())["letter"]["body"] for lang in ("en", "fr", "nl", "de")
}
COMMON = [
    "the",
    "of",
    "in",
    "and",
    "a",
    "to",
    "for",
    "that",
    "de",
    "la",
    "les",
    "et",
    "van",
    "het",
    "der",
    "die",
    "und",
    "zu",
    "en",
    "is",
]
PAIRS, WORST = 1000, 3.0
Sentence = list[tuple[str, bool]]

own_words = st.lists(st.from_regex(r"[a-z]{4,9}zq", fullmatch=True), min_size=1, max_size=60)


def made(seed: int) -> tuple[str, str, float]:
    """A model, a letter made from it by known edits, and how much of that letter is own, in per cent.

    Sentences go, paragraphs change places, up to one word in ten is another, own sentences with ordinary words come in.
    """
    dice = random.Random(seed)
    model = dice.choice(list(MODELS.values())).strip()
    paragraphs = [[sentence(part) for part in re.split(r"(?<=[.!?])\s+", one)] for one in model.split("\n\n")]
    if dice.random() < 0.3:
        dice.shuffle(paragraphs)
    for paragraph in dice.choices(paragraphs, k=dice.randrange(5)):
        if len(paragraph) > 1:
            paragraph.pop(dice.randrange(len(paragraph)))
    changed = dice.choice([0, 0, 0.02, 0.05, 0.1])
    letter = [[[(f"other{dice.randrange(10**6)}", True) if dice.random() < changed else word for word in one]
               for one in paragraph] for paragraph in paragraphs]  # fmt: skip
    for _ in range(dice.randrange(6)):
        paragraph = dice.choice(letter)
        paragraph.insert(dice.randrange(len(paragraph) + 1), own_sentence(dice))
    said = "\n\n".join(" ".join(" ".join(word for word, _own in one) for one in part) for part in letter)
    flat = [(len(words(word)), is_own) for part in letter for one in part for word, is_own in one]
    return model, said, 100 * sum(n for n, is_own in flat if is_own) / sum(n for n, _own in flat)


def sentence(text: str) -> Sentence:
    return [(word, False) for word in text.split()]


def own_sentence(dice: random.Random) -> Sentence:
    """Four words in ten are ordinary ones, such as the model has too."""
    return [
        (dice.choice(COMMON) if dice.random() < 0.4 else f"own{dice.randrange(10**6)}", True)
        for _ in range(dice.randrange(4, 25))
    ]


def test_a_thousand_letters_with_known_edits_are_measured_within_three_points() -> None:
    errors = {}
    for seed in range(PAIRS):
        model, letter, share = made(seed)
        errors[seed] = abs(own(letter, [model]) - share)
    worst = max(errors, key=errors.__getitem__)
    assert errors[worst] < WORST, (worst, errors[worst])
    assert sum(errors.values()) / PAIRS < 0.5


@settings(max_examples=100, deadline=None)
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


@pytest.mark.parametrize("repeated", ["of the ", "a ", "I am writing to you "])
def test_what_repeats_costs_no_time(repeated: str) -> None:
    known = Known([repeated * (8000 // len(repeated)), *MODELS.values()])
    begun = time.process_time()
    known.own(repeated * (8000 // len(repeated)))
    assert time.process_time() - begun < 0.1


def test_a_long_letter_is_measured_in_under_five_milliseconds() -> None:
    known = Known(MODELS.values())
    letter = (MODELS["en"] + " and words of my own ") * 8
    least = min(timed(known, letter[:8000]) for _ in range(10))
    assert least < 0.005


def timed(known: Known, letter: str) -> float:
    begun = time.perf_counter()
    known.own(letter)
    return time.perf_counter() - begun


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
        assert letters.share.of_version(begun, theirs) == 0
    assert letters.share.of_version(begun, f"{other.body} My own seven words stand here, too.") == 39


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
