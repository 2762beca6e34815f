"""Logic-less placeholders: a fixed list of words in braces, replaced once, never compiled.

A template language in letters would be a way to run code or to burn minutes of CPU, even a sandboxed one.
"""

import re
from collections.abc import Mapping

from flask_babel import gettext as _

from campaign.core.errors import DomainError

# Filled when the page is made: one text for all targets, with nothing left to fill for the supporter.
EDITABLE = frozenset({"campaign"})
# Filled per target when the letter is first claimed.
LOCKED = EDITABLE | {"name", "postcode", "place", "salutation", "office", "holder"}
_WORD = re.compile(r"\{([^{}\n]*)\}")
_STRAY = re.compile(r"[{}]")


class BadPlaceholder(DomainError):
    """A model letter holds a placeholder that does not exist, or not there."""

    code = "bad_placeholder"


def check(text: str, allowed: frozenset[str], field: str) -> None:
    """Check one part of a model letter; raises BadPlaceholder naming what is wrong and what may stand there."""
    words = ", ".join(f"{{{word}}}" for word in sorted(allowed))
    for match in _WORD.finditer(text):
        if match[1] not in allowed:
            message = (
                _("{%(word)s} can stand in the opening and the closing only.", word=match[1])
                if match[1] in LOCKED
                else _("{%(word)s} is not a placeholder. Here you can use: %(words)s.", word=match[1], words=words)
            )
            raise BadPlaceholder(message, fields={field: message})
    if _STRAY.search(_WORD.sub("", text)):
        message = _("A brace stands alone. Placeholders look like this: %(words)s.", words=words)
        raise BadPlaceholder(message, fields={field: message})


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace the placeholders once. Braces inside a value stay text; an unknown placeholder stays as it is."""
    return _WORD.sub(lambda match: values.get(match[1], match[0]), text)
