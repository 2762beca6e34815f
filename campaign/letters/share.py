"""How much of a letter is its writer's own, in per cent of its words. Kind, never a gate: nothing is refused for it.

The letter and the campaign's own texts are taken as words, whatever their case and punctuation. Where SHINGLE words in
a row stand in one of those texts, they are the campaign's: such runs say which part of which text a part of the letter
was made from. Between two runs the campaign's are the words that stand in the same order in the text between, so that a
word which was changed, put in or left out is one word only (the longest common subsequence, by bits: Crochemore and
others, 2001). A word that is common in the text counts there only if at most NEAR words before or after it another
stands at the same distance in both: else a sentence of one's own would lose its small words. All others are the
writer's; docs/writing.md says more. static/js/letter-share.js does the same in the browser.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from sqlalchemy import bindparam, select, union_all

from campaign.campaigns import CampaignText, facts
from campaign.core.cache import remembered
from campaign.core.db import session
from campaign.letters.citing import cited
from campaign.letters.models import ModelLetterVariant, ModelLetterVersion
from campaign.letters.placeholders import fill

SHINGLE, NEAR = 3, 4
# A word that stands in a text no more often than this is not common there.
RARE = 2
# A shingle is looked up at so many places at most, and so many words beside a run are compared at most: what a text
# repeats, and what a letter has of its own, must not cost time.
PLACES, FAR = 4, 200
# Writers begin with the newest version; those of this morning may still hold the one before.
VERSIONS = 40
KNOWN_SECONDS = 10.0
WORD = re.compile(r"[^\W_]+")
Shingle = tuple[str, ...]
# Number of a text, and how many words further on than in the letter.
Place = tuple[int, int]
# Parts of texts that do not belong together stand so far apart.
GAP = [""] * NEAR


def own(body: str, models: Sequence[str]) -> int:
    """How much of `body` stands in none of the models: 0 to 100 per cent. A text without words has nothing own."""
    return Known(models).own(body)


def words(text: str) -> list[str]:
    """The words of a text: letters and digits, case and form folded away."""
    return WORD.findall(unicodedata.normalize("NFKC", text).casefold())


@dataclass(slots=True)
class Run:
    """Words `start` to `end` of a letter, in a row in a text: `here`. Their beginning and end may be elsewhere, too."""

    start: int
    end: int
    here: Place
    first: list[Place]
    last: list[Place]

    @property
    def edge(self) -> int:
        """How many of its words are looked at with those beside it."""
        return min(NEAR, self.end - self.start)


class Known:
    """The texts that a letter is compared with, made ready once: comparing takes time by the letter's length only."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = [words(text) for text in dict.fromkeys(texts)]
        self._often: Counter[str] = Counter()
        self._places: dict[Shingle, list[Place]] = defaultdict(list)
        for number, text in enumerate(self.texts):
            self._often |= Counter(text)
            for at, shingle in enumerate(_shingles(text)):
                if len(places := self._places[shingle]) < PLACES:
                    places.append((number, at))

    def own(self, body: str) -> int:
        """How much of `body` is in none of the texts: 0 to 100 per cent."""
        mine = words(body)
        if not mine:
            return 0
        runs = list(self._runs(mine))
        theirs = sum(run.end - run.start for run in runs)
        theirs += sum(self._between(mine, before, after) for before, after in pairwise([None, *runs, None]))
        return (200 * (len(mine) - theirs) + len(mine)) // (2 * len(mine))

    def _runs(self, mine: list[str]) -> Iterator[Run]:
        """The runs of a letter in its order: each goes on as far as its text does, the next begins ahead if it can."""
        run = Run(0, 0, (-1, 0), [], [])
        for start, shingle in enumerate(_shingles(mine)):
            places = [(text, at - start) for text, at in self._places.get(shingle, ())]
            if start <= run.end and run.here in places:
                run.end, run.last = start + SHINGLE, places
            elif places:
                if run.end:
                    yield run
                ahead = min(start, run.end) - start + run.here[1]
                here = min(places, key=lambda place: place[0] != run.here[0] or place[1] < ahead)
                run = Run(max(start, run.end), start + SHINGLE, here, places, places)
        if run.end:
            yield run

    def _between(self, mine: list[str], before: Run | None, after: Run | None) -> int:
        """How many words between two runs, or beside one, are the campaign's."""
        start, end = before.end if before else 0, after.start if after else len(mine)
        if before and after and end - start > 2 * FAR:
            return self._between(mine[: start + FAR], before, None) + self._between(mine, None, after)
        if start >= end or not (before or after):
            return 0
        if not after:
            end = min(end, start + FAR)
        if not before:
            start = max(start, end - FAR)
        lead, tail = before.edge if before else 0, after.edge if after else 0
        text = self._part(end - start + NEAR, before, after)
        return max(0, _in_order(mine[start - lead : end + tail], text, self._often) - lead - tail)

    def _part(self, reach: int, before: Run | None, after: Run | None) -> list[str]:
        """What stands between the runs in their text, else what goes on from each; with their edges."""
        if before and after and before.here[0] == after.here[0]:
            begin, stop = before.end + before.here[1], after.start + after.here[1]
            if 0 <= stop - begin <= 2 * reach:
                return self.texts[before.here[0]][begin - before.edge : stop + after.edge]
        parts = []
        if before:
            begins = [(self.texts[text], before.end + offset) for text, offset in before.last]
            parts += [text[max(0, at - before.edge) : at + reach] for text, at in begins]
        if after:
            stops = [(self.texts[text], after.start + offset) for text, offset in after.first]
            parts += [text[max(0, at - reach) : at + after.edge] for text, at in stops]
        return [word for part in parts for word in (*part, *GAP)]


def _in_order(mine: list[str], text: list[str], often: Counter[str]) -> int:
    """How many words stand in both in the same order. Each bit is a word of the text."""
    at: dict[str, int] = defaultdict(int)
    for n, word in enumerate(text):
        at[word] |= 1 << n
    same = [0] * NEAR + [at.get(word, 0) for word in mine] + [0] * NEAR
    left = every = (1 << len(text)) - 1
    for n, word in enumerate(mine, NEAR):
        if not (here := same[n]):
            continue
        if often[word] > RARE:
            beside = 0
            for step in range(1, NEAR + 1):
                beside |= same[n + step] >> step | same[n - step] << step
            here &= beside
        both = left & here
        left = (left + both | left - both) & every
    return len(text) - left.bit_count()


def _shingles(text: list[str]) -> Iterable[Shingle]:
    return zip(*(text[n:] for n in range(SHINGLE)), strict=False)


def of_version(version_id: UUID, body: str) -> int:
    """The share of a letter that was begun from this version, beside all texts of its campaign in every language.

    Raises nothing: a version that is not there has no texts.
    """
    return remembered(("own words", version_id), lambda: Known(_texts(version_id)), KNOWN_SECONDS).own(body)


def _texts(version_id: UUID) -> list[str]:
    """Model letters, newest first, their variants, and the sentences that facts put into a letter."""
    campaign_id = session().scalar(select(_VERSION.campaign_id).where(_VERSION.id == version_id))
    if campaign_id is None:
        return []
    titles = select(CampaignText.lang, CampaignText.title).where(CampaignText.campaign_id == campaign_id)
    named: dict[str, str] = {row.lang: row.title for row in session().execute(titles)}
    rows = session().execute(_BODIES, {"campaign": campaign_id})
    models = [fill(body, {"campaign": named.get(lang, "")}) for lang, body in rows]
    return models + [cited(fact) for lang in named for fact in facts(campaign_id, lang)]


_VERSION, _VARIANT = ModelLetterVersion, ModelLetterVariant
_NEWEST = (
    select(_VERSION.id, _VERSION.lang, _VERSION.body)
    .where(_VERSION.campaign_id == bindparam("campaign"))
    .order_by(_VERSION.created_at.desc())
    .limit(VERSIONS)
    .subquery()
)
_BODIES = union_all(
    select(_NEWEST.c.lang, _NEWEST.c.body),
    select(_NEWEST.c.lang, _VARIANT.body).join(_NEWEST, _NEWEST.c.id == _VARIANT.version_id),
)
