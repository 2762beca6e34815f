"""How much of a letter is its writer's own, in per cent of its words. Kind, never a gate: nothing is refused for it.

The letter and the campaign's own texts are taken as words, whatever their case and punctuation, in runs of three
(shingles). A word is the campaign's where it stands in a shingle that one of those texts has, or where it goes on from
such a run, over fewer than REACH changed words, with the word that stands at that distance in that text: one changed
word changes one word only. All others are the writer's. The share is theirs in all words; docs/writing.md says more.
static/js/letter-share.js does the same in the browser.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import bindparam, select, union_all

from campaign.campaigns import CampaignText, facts
from campaign.core.cache import remembered
from campaign.core.db import session
from campaign.letters.citing import cited
from campaign.letters.models import ModelLetterVariant, ModelLetterVersion
from campaign.letters.placeholders import fill

SHINGLE, REACH = 3, 5
# A shingle is looked up at so many places at most: what a text repeats must not cost time.
PLACES = 4
# And a run is followed for so many words: then it has ended, or begun anew.
FOLLOWED = 20
# A place is the number of its text times this, and where it stands there.
APART = 1 << 24
# Writers begin with the newest version; those of this morning may still hold the one before.
VERSIONS = 40
KNOWN_SECONDS = 10.0
WORD = re.compile(r"[^\W_]+")
Shingle = tuple[str, ...]


def own(body: str, models: Sequence[str]) -> int:
    """How much of `body` stands in none of the models: 0 to 100 per cent. A text without words has nothing own."""
    return Known(models).own(body)


def words(text: str) -> list[str]:
    """The words of a text: letters and digits, case and form folded away."""
    return WORD.findall(unicodedata.normalize("NFKC", text).casefold())


class Known:
    """The texts that a letter is compared with, made ready once: comparing takes time by the letter's length only."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = [words(text) for text in dict.fromkeys(texts)]
        self._places: dict[Shingle, list[int]] = defaultdict(list)
        for number, text in enumerate(self.texts):
            for at, shingle in enumerate(_shingles(text), number * APART):
                places = self._places[shingle]
                if len(places) < PLACES:
                    places.append(at)

    def own(self, body: str) -> int:
        """How much of `body` is in none of the texts: 0 to 100 per cent."""
        mine = words(body)
        if not mine:
            return 0
        own = len(mine) - sum(self._theirs(mine))
        return (200 * own + len(mine)) // (2 * len(mine))

    def _theirs(self, mine: list[str]) -> bytearray:
        """A 1 for each word that is the campaign's. A run is followed beyond its ends, once at each."""
        theirs = bytearray(len(mine))
        runs: set[int] = set()
        for start, shingle in enumerate(_shingles(mine)):
            here = {place - start for place in self._places.get(shingle, ())}
            if here:
                theirs[start : start + SHINGLE] = b"\1" * SHINGLE
            if here != runs:
                for run in runs - here:
                    self._follow(mine, theirs, run, start + SHINGLE - 1, 1)
                for run in here - runs:
                    self._follow(mine, theirs, run, start - 1, -1)
                runs = here
        return theirs

    def _follow(self, mine: list[str], theirs: bytearray, run: int, at: int, step: int) -> None:
        """From the end of a run on: the same words at the same distance are the campaign's, over gaps below REACH."""
        number, offset = divmod(run + at, APART)
        text, gap, end = self.texts[number], 0, at + step * FOLLOWED
        offset -= at
        while at != end and 0 <= at < len(mine) and 0 <= at + offset < len(text) and gap < REACH:
            same = mine[at] == text[at + offset]
            theirs[at] |= same
            gap = 0 if same else gap + 1
            at += step


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
