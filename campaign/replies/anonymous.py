"""An answer for everybody to read: without the letter that it quotes, and without the person that it was written to."""

import re

# Where what is quoted begins: lines of the mail programs of offices.
QUOTED = re.compile(
    r"^(?:>|-{2,} ?(?:original message|message d'origine|oorspronkelijk bericht|ursprüngliche nachricht)"
    r"|_{10,}$|(?:on|le|op|am) .{5,120}(?:wrote|a écrit|schreef|schrieb)\b.*:?$|(?:from|de|van|von) ?: .+@.+)",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+\.[^\s<>\"'(),;:]+")
GAP = "…"
SHORTEST = 3


def unquoted(text: str) -> str:
    """The text up to what it quotes; the whole of it where it would be empty."""
    lines = text.split("\n")
    end = next((number for number, line in enumerate(lines) if QUOTED.match(line.strip())), len(lines))
    return "\n".join(lines[:end]).strip() or text.strip()


def without(text: str, name: str) -> str:
    """The text with the writer's name, each part of it, and all email addresses left out."""
    for word in sorted({name, *name.split()}, key=len, reverse=True):
        if len(word) >= SHORTEST:
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", GAP, text, flags=re.IGNORECASE)
    return ADDRESS.sub(GAP, text)


def names(text: str, name: str, email: str) -> bool:
    """Whether a text still says who the letter was from: the whole name, or the address."""
    low = " ".join(text.casefold().split())
    return bool((name and name.casefold() in low) or (email and email.casefold() in low))
