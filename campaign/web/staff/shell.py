"""What every page of the console has around it."""

from flask import Flask, g, request

from campaign.core import tokens
from campaign.core.text import one_line
from campaign.core.tokens import Purpose
from campaign.web.staff import chart, nav, notices


def init_app(app: Flask) -> None:
    """Register what the templates of the console use."""
    app.jinja_env.globals.update(
        navigation=nav.navigation,
        notices=notices.left,
        may_open=nav.may_open,
        staff_token=staff_token,
        chart_shape=chart.shape,
        chart_rows=chart.rows,
    )
    app.after_request(notices.settle)


def staff_token() -> str:
    """The token of a form of this member of staff."""
    return tokens.sign(Purpose.STAFF_FORM, str(g.staff.id))


def typed(word: str) -> bool:
    """Whether the form of a `typed_button` came with its word."""
    return one_line(request.form.get("typed", "")).casefold() == word.casefold()
