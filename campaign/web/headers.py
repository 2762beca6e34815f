"""Headers that every answer carries; and which routes other sites may show or read."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue

from campaign.config import Settings
from campaign.web import audience

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class Frame(StrEnum):
    """Whose pages may show a route in a frame. A route that says nothing is shown in none."""

    ANYBODY = "anybody"  # it only shows what is public, and nothing can be done in it
    SITES = "sites"  # the origins that the view has put into `g.framed_by`, and our own


def framed(by: Frame) -> Callable[[View], View]:
    """Let other sites show this route in a frame."""
    return lambda view: _mark(view, "framed", by)


def embedded(view: View) -> View:
    """A script or picture that any page may show, one that isolates itself too (Fetch, 3.7: CORP)."""
    return _mark(view, "embedded", True)


def readable(view: View) -> View:
    """Public figures that a script of any site may read; it can send no cookie with that."""
    return _mark(embedded(view), "readable", True)


def _mark(view: View, name: str, value: object) -> View:
    vars(view)[name] = value
    return view


def init_app(app: Flask, settings: Settings) -> None:
    """Add the security headers; a view may have set a stricter one already."""
    connect = " ".join(sorted({"'self'", settings.live_origin}))
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src {connect}; form-action 'self'; base-uri 'none'; "
    )

    def add(response: Response) -> Response:
        headers = response.headers
        _frames(response, policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        _others(response)
        # A page that a token opens must not tell the next site its address.
        private = g.get("private") or _of_link()
        headers.setdefault("Referrer-Policy", "no-referrer" if private else "strict-origin-when-cross-origin")
        if private or g.get("staff"):
            headers.setdefault("Cache-Control", "no-store")
        elif request.method not in ("GET", "HEAD", "OPTIONS"):
            # It may show what was typed: no shared cache keeps it. The browser may, or Back would lose it.
            headers.setdefault("Cache-Control", "private, no-cache")
        elif request.endpoint != "static":
            headers.setdefault("Cache-Control", "no-cache")
        if settings.secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    app.after_request(add)


def _declared(name: str) -> object:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, name, None)


def _of_link() -> bool:
    """Whether the address holds a token: also where no view was reached, such as over a limit."""
    declared = audience.of(current_app, request.endpoint) if request.endpoint else None
    return declared is not None and declared.kind == "link"


def _frames(response: Response, policy: str) -> None:
    """Who may frame this answer. X-Frame-Options knows no list, so it is left out where there is one."""
    by = _declared("framed")
    if by == Frame.ANYBODY:
        ancestors = "*"
    elif by == Frame.SITES and "framed_by" in g:
        ancestors = " ".join(("'self'", *g.framed_by))
    else:
        ancestors = "'none'"
        response.headers.setdefault("X-Frame-Options", "DENY")
    # Pages that preview a frame of ours.
    frames = "frame-src 'self'; " if g.get("shows_frames") else ""
    response.headers.setdefault("Content-Security-Policy", f"{policy}{frames}frame-ancestors {ancestors}")


def _others(response: Response) -> None:
    if _declared("readable"):
        response.headers.setdefault("Access-Control-Allow-Origin", "*")
    if _declared("embedded"):
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
