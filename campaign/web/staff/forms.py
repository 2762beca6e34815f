"""Forms of the console: each carries a token that is good for this member of staff only."""

from typing import Any

from flask import g, request

from campaign.core.errors import DomainError
from campaign.core.text import one_line
from campaign.core.tokens import Purpose
from campaign.web.origin import LinkForm, TokenForm


class StaffForm(TokenForm):
    """A form of whoever is signed in."""

    def __init__(self, formdata: Any = None, **values: Any) -> None:
        super().__init__(formdata, token=(Purpose.STAFF_FORM, str(g.staff.id)), **values)


def plain_form() -> StaffForm:
    """The form of a POST with nothing but one button; raises DomainError without the right token."""
    form = StaffForm(request.form)
    if not form.validate():
        raise DomainError(str(next(iter(form.errors.values()))[0]))
    return form


def posted() -> Any:
    """What a form is filled with: the fields of a POST, nothing at a GET."""
    return request.form if request.method == "POST" else None


def line(value: str | None) -> str:
    """A filter for fields of one line."""
    return one_line(value or "")


def put_error(form: TokenForm | LinkForm, error: DomainError, field: str = "") -> None:
    """Show a command's refusal beside its field, else at the top of the form."""
    name = next((name for name in error.fields if name in form), field)
    if name in form:
        form[name].errors = [*form[name].errors, error.fields.get(name, error.words)]
    else:
        form.form_errors.append(error.words)
