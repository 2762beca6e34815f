"""Words as they are searched for: without accents, without case, so that "lutzel" finds "Lützel"."""

import unicodedata
from collections.abc import Iterable

# Letters that Unicode does not take apart into a base and a mark.
PLAIN = str.maketrans({
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ĳ": "ij",
    "’": " ", "'": " ", "‘": " ", "-": " ", "–": " ", "‐": " ", "‑": " ",
})  # fmt: skip


def fold(text: str) -> str:
    """One form for all ways to write the same: small letters, no marks, single spaces."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in apart if not unicodedata.combining(char))
    return " ".join(bare.translate(PLAIN).split())


def folded(texts: Iterable[str]) -> str:
    """What a row is found by: each of its texts once."""
    return " | ".join(dict.fromkeys(fold(text) for text in texts if text))


def slug(text: str) -> str:
    """A key made of words: `minister-for-asylum`; empty for a text without letters that have a plain form."""
    kept = "".join(char if char.isascii() and char.isalnum() else " " for char in fold(text))
    return "-".join(kept.split())[:80]
