"""What every template may use."""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, url_for

from campaign.config import ROOT, Settings
from campaign.core import i18n


def init_app(app: Flask, settings: Settings) -> None:
    """Register the template globals and the language of each request."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        languages=i18n.LANGUAGES,
        number=i18n.number,
        percent=i18n.percent,
        day=i18n.day,
        moment=i18n.moment,
        static=static,
        in_language=in_language,
        demo=settings.demo,
    )
    app.context_processor(lambda: {"lang": i18n.language()})
    app.url_value_preprocessor(_take_language)


def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "lang" in values:
        g.lang = values["lang"]


def static(path: str) -> str:
    """The address of a static file, with a fingerprint so that browsers may keep it for ever."""
    prints: dict[str, str] = current_app.extensions.setdefault("static_prints", {})
    if path not in prints or current_app.debug:
        prints[path] = hashlib.sha256(Path(ROOT / "static" / path).read_bytes()).hexdigest()[:10]
    return url_for("static", filename=path, v=prints[path])


def in_language(code: str) -> str:
    """The present page in another language, or that language's first page where a page has none."""
    if request.endpoint and request.view_args and "lang" in request.view_args:
        rule = request.url_rule
        if rule is not None and rule.methods and "GET" in rule.methods:
            return url_for(request.endpoint, **{**request.view_args, "lang": code})
        if "slug" in request.view_args:
            return url_for("public.campaign", lang=code, slug=request.view_args["slug"])
    return url_for("public.home", lang=code)
