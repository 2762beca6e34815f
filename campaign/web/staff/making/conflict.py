"""Two people changed the same text: both stand side by side, and the second one decides. Nothing of either is lost."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.core.merge import Clash

# What travels with a form that saves itself: the version it was filled with, and a seal of what it was filled with.
VERSION, BASE = "version", "base"
OWN = {"csrf_token", VERSION, BASE}
TAKE = "take_"


@dataclass(frozen=True)
class Both:
    """One field with both texts."""

    name: str
    label: str
    lang: str
    mine: str
    theirs: str


def by_script() -> bool:
    """Whether a script saved the form while somebody writes, and wants JSON."""
    return request.headers.get("X-Autosave") == "1"


def seen() -> tuple[int, str]:
    """The version that the form was filled with (0 where it does not say) and its seal."""
    words = request.form.get(VERSION, "")
    return (int(words) if words.isdecimal() and len(words) < 10 else 0), request.form.get(BASE, "")


def chosen(mine: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    """What was sent, with the other's text where somebody chose that on the page with both."""
    return {
        name: theirs.get(name, value) if request.form.get(TAKE + name) == "theirs" else value
        for name, value in mine.items()
    }


def page(
    clash: Clash, labels: Mapping[str, str], *, title: str, back: str, langs: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """409: both texts of each field, to choose from or to put together; for a script only that there are two.

    `labels` says what each field is called, `langs` which language it is in where that is not the console's.
    """
    if by_script():
        return jsonify(clash=True, say=clash.words), 409
    known = langs or {}
    fields = [
        Both(name, labels.get(name, name), known.get(name, ""), pair.mine, pair.theirs)
        for name, pair in clash.pairs.items()
    ]
    rest = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in OWN and name not in clash.pairs and not name.startswith(TAKE)
    ]
    context = {"fields": fields, "rest": rest, "version": seen()[0], "base": clash.base, "title": title, "back": back}
    return render_template("staff/making/conflict.html", words=clash.words, action=request.full_path, **context), 409


def saved_words() -> str:
    """What a form says once it is saved."""
    return _("Saved.")


def unsaved_words() -> str:
    """What a form says while something in it is wrong."""
    return _("Not saved yet: look at the marked fields.")
