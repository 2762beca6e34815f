"""The one place where failures become a page or JSON."""

from typing import cast
from urllib.parse import urlencode

import structlog
from flask import Flask, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from campaign.campaigns import Moved
from campaign.core.errors import DomainError, TooMany

log = structlog.get_logger()

# How long a browser or a widget waits before it tries again while the database is away.
AWAY_SECONDS = 5


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(DomainError, _expected)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _away)
    app.register_error_handler(PoolTimeout, _away)
    app.register_error_handler(DataError, _nonsense)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _unexpected)


def _expected(error: DomainError) -> Response:
    if isinstance(error, Moved) and request.endpoint:
        return _moved(error.slug)
    response = answer(error.status, error.code, error.words, error.fields)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _moved(slug: str) -> Response:
    """The same page at the campaign's present address: for good, and a form's POST with all that it carries."""
    where = url_for(str(request.endpoint), **{**(request.view_args or {}), "slug": slug})
    query = urlencode(list(request.args.items(multi=True)))
    status = 301 if request.method in ("GET", "HEAD") else 308
    return cast(Response, redirect(f"{where}?{query}" if query else where, status))


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    words = {
        404: _("There is no page here."),
        405: _("This page cannot be used in this way."),
        413: _("This is too much text."),
    }.get(status, _("This did not work. Please go back and try again."))
    if isinstance(error, SecurityError):  # another host's name: no page of ours can be drawn for it, nor linked to
        return make_response(words, status, {"Content-Type": "text/plain; charset=utf-8"})
    response = answer(status, error.name.lower().replace(" ", "_"), words)
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _away(error: Exception) -> Response:
    """The database is away: nothing is lost, and what was typed comes back with a button to send it again."""
    log.error("database_away", error=type(error).__name__)
    return unavailable()


def _database(error: DBAPIError) -> Response:
    return _away(error) if error.connection_invalidated else _unexpected(error)


def _nonsense(_error: DataError) -> Response:
    """A value that no column can hold, such as a NUL in an address: nobody's page asks for that."""
    return answer(400, "bad_request", _("This did not work. Please go back and try again."))


def unavailable() -> Response:
    """503 with everything that was sent, ready to be sent again."""
    words = _("We cannot store anything for a moment. Nothing you wrote is lost: it is on this page.")
    if not wants_json() and request.method == "POST" and request.mimetype == "application/x-www-form-urlencoded":
        kept = [(name, value) for name, value in request.form.items(multi=True) if name != "password"]
        page = render_template("errors/unavailable.html", title=_("Please send it again"), text=words, kept=kept)
        response = make_response(page, 503)
    else:
        response = answer(503, "unavailable", words)
    response.headers["Retry-After"] = str(AWAY_SECONDS)
    return response


def _unexpected(error: Exception) -> Response:
    log.error("unexpected", exc_info=error, route=str(request.url_rule), method=request.method)
    return answer(500, "unexpected", _("Something went wrong on our side. Please try again in a minute."))


def wants_json() -> bool:
    """Whether the asker is a program."""
    return request.path.startswith(("/api/", "/webhooks/")) or request.path == "/oembed"


def answer(status: int, code: str, words: str, fields: dict[str, str] | None = None) -> Response:
    """An error as the asker wants it. Other sites may read it where they may read the route's other answers."""
    if wants_json():
        response = jsonify(error={"code": code, "message": words, "fields": fields or {}})
        response.status_code = status
        return response
    titles = {
        403: _("Not allowed"),
        404: _("Nothing here"),
        410: _("This link no longer works"),
        429: _("A little too often"),
    }
    title = titles.get(status, _("This did not work"))
    return make_response(render_template("errors/error.html", status=status, title=title, text=words), status)
