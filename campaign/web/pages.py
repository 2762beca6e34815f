"""What every template may use."""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Request, current_app, g, request, url_for
from flask.sessions import SessionInterface

from campaign.campaigns import Picture
from campaign.config import ROOT, Settings
from campaign.core import i18n
from campaign.web.public import shares


def init_app(app: Flask, settings: Settings) -> None:
    """Register the template globals and the language of each request."""
    app.session_interface = NoSession()
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        languages=i18n.LANGUAGES,
        number=i18n.number,
        percent=i18n.percent,
        day=i18n.day,
        moment=i18n.moment,
        static=static,
        picture_url=picture_url,
        came_by=came_by,
        in_language=in_language,
        language_name=i18n.language_name,
        demo=settings.demo,
        discovery=shares.discovery,
    )
    app.context_processor(lambda: {"lang": i18n.language()})
    app.url_value_preprocessor(_take_language)


class NoSession(SessionInterface):
    """Flask's own session is not used; without this each request would make one ready and sign it."""

    def open_session(self, _app: Flask, _request: Request) -> None:
        """None: an attempt to write into it raises RuntimeError."""


def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "lang" in values:
        g.lang = values["lang"]


def static(path: str) -> str:
    """The address of a static file, with a fingerprint so that browsers may keep it for ever.

    Each is made once for an app: a page has eight of them, and putting one together costs as much as a paragraph.
    """
    made: dict[str, str] = current_app.extensions.setdefault("static_addresses", {})
    if path not in made or current_app.debug:
        print_ = hashlib.sha256(Path(ROOT / "static" / path).read_bytes()).hexdigest()[:10]
        made[path] = url_for("static", filename=path, v=print_)
    return made[path]


def picture_url(picture: Picture) -> str:
    """The address of a campaign's picture: an uploaded one, or a file of ours."""
    return url_for("public.picture", hash=picture.src) if picture.uploaded else static(picture.src)


# What an address says of how somebody came, or of the form that they sent.
CAME_BY = ("source", "ref", "form")


def came_by() -> dict[str, str]:
    """The part of the present address that its page in another language needs, too."""
    return {name: request.args[name] for name in CAME_BY if name in request.args}


def in_language(code: str) -> str:
    """The present page in another language, or that language's first page where a page has none."""
    if request.endpoint and request.view_args and "lang" in request.view_args:
        rule = request.url_rule
        if rule is not None and rule.methods and "GET" in rule.methods:
            return url_for(request.endpoint, **{**came_by(), **request.view_args, "lang": code})
        if "slug" in request.view_args:
            return url_for("public.campaign", lang=code, slug=request.view_args["slug"])
    return url_for("public.home", lang=code)
