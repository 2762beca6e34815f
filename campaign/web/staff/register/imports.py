"""Read a register from a file: see what it would change, then do it."""

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from campaign import targets
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.targets import Unreadable, acts
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import plain_form
from campaign.web.staff.register import IMPORT_RATE, MAY_CHANGE

# The largest file that is read, with room for the rest of the form.
LARGEST = 6 * 1024 * 1024


@blueprint.get("/register/import")
@staff(*MAY_CHANGE)
def import_register() -> ResponseReturnValue:
    """The form, and what a file may hold."""
    return _show()


@blueprint.post("/register/import")
@staff(*MAY_CHANGE)
@limited("staff-import", IMPORT_RATE)
def read_import() -> ResponseReturnValue:
    """Read a file and keep what it would change; nothing changes yet."""
    request.max_content_length = LARGEST
    try:
        plain_form()
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Unreadable(_("Choose a file."))
        plan = targets.plan_import(g.staff.organisation_id, file.filename, file.read())
        with transaction():
            id_ = acts.keep(g.staff.organisation_id, plan, actor=g.staff.actor)
    except RequestEntityTooLarge:
        return _show(Unreadable(_("This file is larger than %(n)s MB. Divide it.", n=5)), 413)
    except DomainError as error:
        return _show(error, 422)
    return redirect(url_for("staff.register_change", act_id=id_), 303)


def _show(error: DomainError | None = None, status: int = 200) -> ResponseReturnValue:
    values: dict[str, Any] = {"error": error, "problems": getattr(error, "problems", ())}
    return render_template("staff/register/import.html", **values), status
