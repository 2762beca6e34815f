"""Two people wrote the same texts: what can be put together is, what cannot is shown to the one who came second."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from campaign.core.errors import Conflict

DIGITS = 16


@dataclass(frozen=True)
class Pair:
    """One field that both changed: what I sent and what stands there now."""

    mine: str
    theirs: str


class Clash(Conflict):
    """Somebody else changed the same fields meanwhile. Nothing was written; `pairs` has both texts of each field.

    `base` is the seal of a form that knows both: it still says what its writer has not touched.
    """

    code = "clash"

    def __init__(self, pairs: Mapping[str, Pair], base: str) -> None:
        self.pairs, self.base = dict(pairs), base
        super().__init__(_("Somebody else changed this meanwhile. Nothing is lost: here are both texts."))


def seal(values: Mapping[str, str]) -> str:
    """What a form was filled with, in short, to travel in the form: a mark for each field."""
    return " ".join(f"{name}:{_mark(value)}" for name, value in values.items())


def changes(mine: Mapping[str, str], theirs: Mapping[str, str], base: str, seen: int, version: int) -> dict[str, str]:
    """What is to be written of `mine`, where `theirs` stands now. `base` is the seal that the form carried.

    A form of the present version is written as it is. In one of an older version each field goes by who changed it;
    raises Clash for those that both did. A form without a seal says that every field in it was meant.
    """
    known = dict(part.split(":", 1) for part in base.split() if ":" in part)
    wanted = {name: value for name, value in mine.items() if value != theirs[name]}
    if seen == version:
        return wanted
    untouched = {name for name, value in wanted.items() if known.get(name) == _mark(value)}
    safe = {name for name in wanted if known.get(name) == _mark(theirs[name])}
    both = wanted.keys() - untouched - safe
    if both:
        pairs = {name: Pair(mine[name], theirs[name]) for name in mine if name in both}
        known |= {name: _mark(pair.theirs) for name, pair in pairs.items()}
        raise Clash(pairs, " ".join(f"{name}:{mark}" for name, mark in known.items()))
    return {name: value for name, value in wanted.items() if name in safe}


def _mark(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]
