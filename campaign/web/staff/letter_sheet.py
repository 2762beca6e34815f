"""What stands on the page of the letter around its fields: chips, counts, a sample for each office, what to look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import g, request
from flask_babel import gettext as _
from wtforms import StringField, TextAreaField

from campaign import campaigns, letters, signatures, targets
from campaign.core import clock
from campaign.core.errors import DomainError
from campaign.core.i18n import LANGUAGES, language
from campaign.letters import advice, parts, placeholders
from campaign.targets import Target
from campaign.web.staff.forms import StaffForm

NAMES = {each.code: each.name for each in LANGUAGES}
LONG = ("opening", "body", "closing", "tips", *(f"body_{n}" for n in parts.OTHERS))
LIMITS = {"subject": parts.SUBJECT_MAX, "body": parts.BODY_MAX, "tips": parts.TIPS_MAX}
LIMITS |= {"opening": parts.LOCKED_MAX, "closing": parts.LOCKED_MAX}

LOCKED_CHIPS = sorted(placeholders.LOCKED)


class LetterForm(StaffForm):
    """The letter in one language: the main text and a few others, by the names in `letters.parts`."""


for _name in parts.FIELDS:
    setattr(LetterForm, _name, TextAreaField() if _name in LONG else StringField())


@dataclass(frozen=True)
class Sample:
    """What one office would read; `error` where nothing could be sent to it."""

    target: Target
    subject: str
    text: str
    error: str


def chosen_lang() -> str:
    """The language that the page is about: the one asked for, the reader's, or the first."""
    langs = g.campaign.langs
    return next((lang for lang in (request.args.get("lang", ""), language()) if lang in langs), langs[0])


def offices(lang: str) -> list[Target]:
    """The offices of the campaign, greeted as it wants."""
    found = targets.resolve(g.campaign.post_ids, clock.today(), lang)
    return letters.addressed(g.campaign.id, found, lang)


def title(lang: str) -> str:
    """The title of the campaign in that language."""
    return campaigns.by_id(g.campaign.id, lang).title


def around(lang: str, shown: Mapping[str, str]) -> dict[str, Any]:
    """Everything that the page shows beside the fields that hold `shown`."""
    written = parts.as_written(shown)
    hints: dict[str, list[str]] = {}
    for each in advice.advice(written) if any(shown.values()) else ():
        hints.setdefault(each.field, []).append(each.text)
    return {
        "lang_now": lang,
        "names": NAMES,
        "labels": labels(),
        "limits": LIMITS,
        "hints": hints,
        "chips": {"opening": LOCKED_CHIPS, "closing": LOCKED_CHIPS},
        "few_chips": sorted(placeholders.EDITABLE),
        "others": [(n, bool(shown[f"subject_{n}"] or shown[f"body_{n}"])) for n in parts.OTHERS],
        "source": _source(lang),
        "offices": offices(lang),
        "rules": letters.offices.rules(g.campaign.id),
        "limit": letters.limit(g.campaign.id, g.campaign.post_ids),
        **sample(lang, shown),
    }


def sample(lang: str, shown: Mapping[str, str]) -> dict[str, Any]:
    """The main text as each office would read it, from the real composer, with a made-up writer."""
    written = parts.as_written(shown)
    model = letters.as_model(written, lang, title(lang))
    ready = bool(written.subject and written.body)
    samples = [_sample(model, target) for target in offices(lang)] if ready else []
    return {"samples": samples, "lang_now": lang, "names": NAMES}


def _sample(model: letters.Model, target: Target) -> Sample:
    try:
        seen = signatures.trial.preview(g.campaign.id, model, target.post_id)
    except DomainError as error:
        return Sample(target, model.subject, "", error.words)
    return Sample(target, model.subject, seen.text, "")


def _source(lang: str) -> tuple[str, dict[str, str]] | None:
    """The letter in another language, to translate from."""
    others = [code for code in (request.args.get("from", ""), *g.campaign.langs) if code in g.campaign.langs]
    for code in others:
        version = letters.newest(g.campaign.id, code) if code != lang else None
        if version is not None:
            return code, parts.spread(letters.as_checked(version))
    return None


def labels() -> dict[str, str]:
    """What the fields are called."""
    found = {
        "subject": _("Subject"),
        "opening": _("Opening"),
        "body": _("Letter"),
        "closing": _("Closing"),
        "tips": _("Tips for writers"),
        "weight": _("How often"),
    }
    for n in parts.OTHERS:
        found |= {
            f"subject_{n}": _("Subject of text %(n)s", n=n),
            f"body_{n}": _("Letter of text %(n)s", n=n),
            f"weight_{n}": _("How often text %(n)s", n=n),
            f"office_{n}": _("Office of text %(n)s", n=n),
        }
    return found


def text_of(lang: str) -> tuple[list[letters.Choice], int]:
    """The texts of the newest version in that language, and which one the address asks for."""
    version = letters.newest(g.campaign.id, lang)
    if version is None:
        return [], 0
    choices = letters.all_models(g.campaign.id, lang, title(lang))
    wanted = request.args.get("text", request.form.get("text", "0"))
    number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 3 else 0
    return choices, number if number < len(choices) else 0


def office_of(post_id: UUID | None, lang: str) -> Target | None:
    """An office of the campaign by its post; the first where none is named, none where it has none."""
    found = offices(lang)
    return next((target for target in found if post_id in (None, target.post_id)), None)
