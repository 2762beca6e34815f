"""A model letter as staff write it: its parts by the names of their fields, checked before they become a version."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from campaign.core import links
from campaign.core.errors import DomainError
from campaign.core.text import BadText, header_text, one_line, prose
from campaign.letters import placeholders

# The main text and four others: more than anybody can keep true in four languages.
MOST_TEXTS = 5
WEIGHT_MAX = 100
SUBJECT_MAX, LOCKED_MAX, BODY_MAX, TIPS_MAX = 150, 1000, 6000, 1500
OTHERS = tuple(range(2, MOST_TEXTS + 1))
MAIN = ("subject", "opening", "body", "closing", "tips", "weight")
OF_ANOTHER = ("subject", "body", "weight", "office")
FIELDS = (*MAIN, *(f"{name}_{n}" for n in OTHERS for name in OF_ANOTHER))
Parts = Mapping[str, str]
Test = Callable[[str, str], None]


@dataclass(frozen=True)
class Variant:
    """Another subject and body; `post_id`: only for letters that go to this office alone."""

    subject: str
    body: str
    weight: int = 1
    post_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A model letter that may become a version."""

    subject: str
    opening: str
    body: str
    closing: str
    tips: str = ""
    weight: int = 1
    variants: tuple[Variant, ...] = ()


def tidy(parts: Parts) -> dict[str, str]:
    """All fields, as they are kept while somebody writes: cleaned, not judged."""
    return {name: _tidy(name, parts.get(name, ""))[: BODY_MAX * 2] for name in FIELDS}


def _tidy(name: str, value: str) -> str:
    if not name.startswith("subject"):
        return prose(value)
    # What must not become a header stays for `subject` to refuse; the database holds neither of these.
    return one_line(value.replace("\0", "").encode("utf-8", "ignore").decode())


def as_written(parts: Parts) -> Checked:
    """The letter as it stands in the fields, right or wrong: for a sample, never for a version."""
    parts = tidy(parts)
    variants = [_variant(parts, n) for n in OTHERS if parts[f"subject_{n}"] or parts[f"body_{n}"]]
    main = {name: parts[name] for name in ("opening", "body", "closing", "tips")}
    weight = _weight(parts["weight"]) or 1
    return Checked(subject=one_line(parts["subject"]), weight=weight, variants=tuple(variants), **main)


def checked(parts: Parts) -> Checked:
    """What may become a version; raises DomainError with words for every field that is wrong."""
    parts = tidy(parts)
    wrong: dict[str, str] = {}
    for name, test in _TESTS.items():
        _note(wrong, test, parts[name], name)
    used = [n for n in OTHERS if parts[f"subject_{n}"] or parts[f"body_{n}"]]
    for n in used:
        for name in ("subject", "body"):
            _note(wrong, _TESTS[name], parts[f"{name}_{n}"], f"{name}_{n}")
        if parts[f"office_{n}"] and _office(parts[f"office_{n}"]) is None:
            wrong[f"office_{n}"] = _("Choose an office from the list.")
    for name in ("weight", *(f"weight_{n}" for n in used)):
        if _weight(parts[name]) is None:
            wrong[name] = _("Write a number from 1 to %(most)s.", most=WEIGHT_MAX)
    if wrong:
        words = next(iter(wrong.values())) if len(wrong) == 1 else _("Some fields need a correction.")
        raise DomainError(words, fields=wrong)
    return as_written(parts)


def spread(letter: Checked) -> dict[str, str]:
    """The fields of a model letter."""
    parts = dict.fromkeys(FIELDS, "")
    parts |= {name: str(getattr(letter, name)) for name in MAIN}
    for n, one in zip(OTHERS, letter.variants, strict=False):
        office = one.post_id.hex if one.post_id else ""
        parts |= {f"subject_{n}": one.subject, f"body_{n}": one.body, f"weight_{n}": str(one.weight)}
        parts[f"office_{n}"] = office
    return parts


def _variant(parts: Parts, n: int) -> Variant:
    weight = _weight(parts[f"weight_{n}"]) or 1
    return Variant(one_line(parts[f"subject_{n}"]), parts[f"body_{n}"], weight, _office(parts[f"office_{n}"]))


def _weight(text: str) -> int | None:
    text = text.strip() or "1"
    fits = text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= WEIGHT_MAX
    return int(text) if fits else None


def _office(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def subject(text: str, field: str = "subject") -> None:
    """One line that may stand in a mail's head; raises DomainError with the field's name."""
    try:
        line = header_text(one_line(text), limit=SUBJECT_MAX)
    except BadText as error:
        raise BadText(error.words, fields={field: error.words}) from error
    if not line:
        raise BadText(_("Write a subject."), fields={field: _("Write a subject.")})
    placeholders.check(line, placeholders.EDITABLE, field)


def body(text: str, field: str = "body") -> None:
    """What the supporter edits; raises DomainError with the field's name."""
    if not text:
        raise DomainError(_("Write your letter."), fields={field: _("Write your letter.")})
    _longest(text, BODY_MAX, field)
    placeholders.check(text, placeholders.EDITABLE, field)
    links.check_text(text, field)


def locked(text: str, field: str) -> None:
    """What stays as it is, for each office; raises DomainError with the field's name."""
    _longest(text, LOCKED_MAX, field)
    placeholders.check(text, placeholders.LOCKED, field)
    links.check_text(text, field)


def tips(text: str, field: str = "tips") -> None:
    """What helps a writer, plain; raises DomainError with the field's name."""
    _longest(text, TIPS_MAX, field)
    links.check_text(text, field)


_TESTS: dict[str, Test] = {"subject": subject, "opening": locked, "body": body, "closing": locked, "tips": tips}


def _longest(text: str, limit: int, field: str) -> None:
    if len(text) > limit:
        words = _("Use at most %(limit)s characters here.", limit=limit)
        raise BadText(words, fields={field: words})


def _note(wrong: dict[str, str], test: Test, text: str, field: str) -> None:
    try:
        test(text, field)
    except DomainError as error:
        wrong |= error.fields
