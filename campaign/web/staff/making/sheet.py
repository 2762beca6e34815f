"""A page of fields that saves itself: shown, checked field by field, saved together, never over somebody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from flask import g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from campaign.campaigns import drafts, rules
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.merge import Clash
from campaign.web.staff.forms import StaffForm
from campaign.web.staff.making import conflict, steps
from campaign.web.staff.notices import notice


@dataclass
class Field:
    """One field: `kind` is line, lines, markdown, number, moment or choice. The form macros show it as WTForms' own."""

    name: str
    label: Any
    kind: str = "line"
    hint: Any = ""
    required: bool = False
    choices: Sequence[tuple[str, str]] = ()
    data: str = ""
    errors: list[str] = field(default_factory=list)
    source: str = ""

    @property
    def lang(self) -> str:
        """The language that it is written in; empty where it has none."""
        return drafts.split(self.name)[1]

    @property
    def flags(self) -> Any:
        """How long it may be."""
        return SimpleNamespace(maxlength=rules.LIMITS.get(drafts.split(self.name)[0]))


@dataclass
class Sheet:
    """The fields of one step, filled from the campaign or from what was sent."""

    key: str
    title: str
    fields: list[Field]
    version: int = 0
    base: str = ""
    form_errors: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The fields' names, as they stand on the page."""
        return [each.name for each in self.fields]

    @property
    def errors(self) -> dict[str, list[str]]:
        """What is wrong, by field; what concerns the whole form stands under the empty name."""
        found = {each.name: each.errors for each in self.fields if each.errors}
        return {"": self.form_errors, **found} if self.form_errors else found

    def __getitem__(self, name: str) -> Field:
        return next(each for each in self.fields if each.name == name)


def handle(sheet: Sheet, *, back: str, **context: Any) -> ResponseReturnValue:
    """Answer a GET or a POST of a step. `back` is the address of its page; `context` is for its template."""
    draft = drafts.read(g.campaign.id, sheet.names)
    if request.method != "POST":
        return _filled(sheet, draft, context)
    mine = _sent(sheet, draft)
    form = StaffForm(request.form)
    if not form.validate():
        sheet.form_errors += [str(words) for found in form.errors.values() for words in found]
    if sheet.errors:
        return _wrong(sheet, context)
    seen, base = conflict.seen()
    try:
        with transaction():
            saved = _save(mine, seen, base)
    except Clash as clash:
        labels = {each.name: str(each.label) for each in sheet.fields}
        langs = {each.name: each.lang for each in sheet.fields}
        return conflict.page(clash, labels, title=sheet.title, back=back, langs=langs)
    except DomainError as error:
        _blame(sheet, error)
        return _wrong(sheet, context)
    return _saved(sheet, mine, saved, back)


def _save(mine: Mapping[str, str], seen: int, base: str) -> drafts.Draft:
    whose = g.staff.organisation_id
    return drafts.save(whose, g.campaign.id, mine, seen=seen, base=base, actor=g.staff.actor)


def _sent(sheet: Sheet, draft: drafts.Draft) -> dict[str, str]:
    """The cleaned values of the fields that were sent; what was typed stays in the fields, wrong or right."""
    typed = {name: request.form[name] for name in sheet.names if name in request.form}
    chosen, mine = conflict.chosen(typed, draft.values), {}
    for each in sheet.fields:
        each.data = chosen.get(each.name, draft.values[each.name])
        if each.name not in chosen:
            continue
        try:
            mine[each.name] = rules.clean(drafts.split(each.name)[0], each.data)
        except DomainError as error:
            each.errors = [error.words]
    sheet.version, sheet.base = conflict.seen()
    return mine


def _blame(sheet: Sheet, error: DomainError) -> None:
    known = {name: words for name, words in error.fields.items() if name in sheet.names}
    for name, words in known.items():
        sheet[name].errors = [words]
    if not known:
        sheet.form_errors.append(error.words)


def _filled(sheet: Sheet, draft: drafts.Draft, context: dict[str, Any]) -> ResponseReturnValue:
    sheet.version, sheet.base = draft.version, draft.seal
    for each in sheet.fields:
        each.data = draft.values[each.name]
    return show(sheet, context)


def _wrong(sheet: Sheet, context: dict[str, Any]) -> ResponseReturnValue:
    if conflict.by_script():
        found = {name: " ".join(words) for name, words in sheet.errors.items()}
        return jsonify(errors=found, say=conflict.unsaved_words()), 422
    return show(sheet, context, 422)


def _saved(sheet: Sheet, mine: Mapping[str, str], saved: drafts.Draft, back: str) -> ResponseReturnValue:
    if conflict.by_script():
        # What somebody else wrote meanwhile in fields that this form has and its writer did not touch.
        fresh = {name: value for name, value in saved.values.items() if value != mine[name]}
        return jsonify(version=saved.version, base=saved.seal, fresh=fresh, say=conflict.saved_words())
    notice(conflict.saved_words())
    return redirect(steps.after(sheet.key) if request.form.get("go") == "next" else back, 303)


def show(sheet: Sheet, context: dict[str, Any], status: int = 200) -> ResponseReturnValue:
    """The page of a step."""
    made = {"sheet": sheet, "steps": steps.lines(), **context}
    return render_template(f"staff/making/{sheet.key}.html", **made), status
