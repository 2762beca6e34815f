"""What somebody should look at in a model letter before supporters get it. Advice: nothing here refuses a text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _, ngettext

from campaign.core import links
from campaign.letters.parts import Checked
from campaign.letters.placeholders import fill

# An office reads one page; a supporter on a phone reads less.
WORDS, LINKS = 250, 2
# What people leave for later: [name of the minister], <date>, ____, XXX, TODO.
UNFILLED = re.compile(
    r"\[[^\]\n]{1,60}\]|<[^>\n]{1,60}>|_{3,}|\.{4,}|\b(?:X{2,}|TODO|TBD|FIXME|lorem ipsum)\b", re.IGNORECASE
)
# Beyond these a word in capitals is no abbreviation.
CAPITALS, SHOUTED = 6, 3
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")


@dataclass(frozen=True)
class Advice:
    """One thing to look at, with the field that it is about."""

    field: str
    text: str


def words_in(text: str) -> int:
    """How many words a text has, as the counter beside its field counts them."""
    return len(text.split())


def advice(letter: Checked) -> list[Advice]:
    """Everything to look at in a letter that may become a version."""
    texts = [("subject", "body", letter.subject, letter.body)]
    texts += [(f"subject_{n}", f"body_{n}", one.subject, one.body) for n, one in enumerate(letter.variants, 2)]
    found = [each for subject, body, *words in texts for each in _of_text(subject, body, *words)]
    for name, text in (("opening", letter.opening), ("closing", letter.closing)):
        found += _unfilled(name, text)
    if "{salutation}" not in letter.opening:
        found.append(Advice("opening", _("The opening does not greet the office. Add {salutation}.")))
    if "{name}" not in letter.closing:
        found.append(Advice("closing", _("The closing does not name the writer. Add {name}.")))
    return found


def _of_text(subject_field: str, body_field: str, subject: str, body: str) -> Iterator[Advice]:
    yield from _unfilled(subject_field, subject)
    yield from _unfilled(body_field, body)
    number = words_in(fill(body, {"campaign": "campaign"}))
    if number > WORDS:
        words = _("The letter has %(n)s words. Short letters are read: stay under %(most)s.", n=number, most=WORDS)
        yield Advice(body_field, words)
    count = len(links.in_text(body))
    if count > LINKS:
        text = ngettext("There is %(num)s link.", "There are %(num)s links.", count)
        yield Advice(body_field, text + " " + _("Mail with more than two is often taken for spam."))
    for field, text in ((subject_field, subject), (body_field, body)):
        if _shouts(text):
            yield Advice(field, _("Words in capitals read like shouting, and mail filters mind them."))


def _unfilled(field: str, text: str) -> list[Advice]:
    found = UNFILLED.search(text)
    words = _(
        "%(words)s looks like something to fill in. Supporters would send it as it is.", words=found[0] if found else ""
    )
    return [Advice(field, words)] if found else []


def _shouts(text: str) -> bool:
    words = [word for word in WORD.findall(text) if len(word) > 1]
    loud = [word.isupper() for word in words]
    if any(up and len(word) >= CAPITALS for word, up in zip(words, loud, strict=True)):
        return True
    return any(all(loud[at : at + SHOUTED]) for at in range(len(loud) - SHOUTED + 1))
