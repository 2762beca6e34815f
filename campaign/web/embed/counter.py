"""The custom element's script, and the counter as a frame."""

import json
import re
from pathlib import Path

from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _, ngettext

from campaign import config, reports
from campaign.config import ROOT
from campaign.core import i18n
from campaign.core.cache import remembered
from campaign.web.audience import public
from campaign.web.embed import blueprint
from campaign.web.embed.badge import speak
from campaign.web.headers import Frame, embedded, framed
from campaign.web.public.campaign import counter_urls

FOLDER = ROOT / "static" / "embed"
# An hour after a new version all pages have it, without asking in between.
SCRIPT_CACHE = "public, max-age=3600, stale-while-revalidate=86400"
FRAME_CACHE = "public, max-age=10"
KEPT_SECONDS = 3600.0


@blueprint.get("/embed/counter.js")
@public
@embedded
def script() -> Response:
    """`<campaign-counter>` for any page; its address never changes."""
    body = remembered(("counter.js",), counter_script, KEPT_SECONDS)
    response = make_response(body)
    response.headers.update({"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": SCRIPT_CACHE})
    response.set_etag(reports.etag(body))
    response.make_conditional(request)
    return response


@blueprint.get("/embed/<slug>/counter")
@public
@framed(Frame.ANYBODY)
def counter(slug: str) -> ResponseReturnValue:
    """The counter as a page for a frame: the number stands in it without script, too."""
    chosen, page = speak(slug)
    source = chosen.source or None
    body = render_template(
        "embed/counter.html",
        campaign=page,
        options=chosen,
        counter=reports.counter(page.slug),
        campaign_url=url_for("public.campaign", lang=page.lang, slug=page.slug, source=source),
        **counter_urls(page.slug),
    )
    return body, {"Cache-Control": FRAME_CACHE, "Vary": "Accept-Language"}


def counter_script() -> bytes:
    """The script with its style, its words in each language and where it asks; at most 3,000 bytes compressed."""
    source = _squeezed(FOLDER / "counter.js")
    parts = {
        '"{live}"': json.dumps(config.current().live_origin),
        "{words}": json.dumps(_words(), ensure_ascii=False, separators=(",", ":")),
        "{css}": _squeezed(FOLDER / "counter.css").replace("\n", ""),
    }
    for mark, part in parts.items():
        source = source.replace(mark, part)
    return source.encode()


def _words() -> dict[str, list[str] | None]:
    """By language: code, locale, the words for one and for several, for what is missing, and of the link."""
    found: dict[str, list[str] | None] = {"__proto__": None}  # no word of a page means anything but a language
    for language in i18n.LANGUAGES:
        with i18n.speaking(language.code):
            found[language.code] = [
                language.code,
                language.locale.replace("_", "-"),
                ngettext("person has signed", "people have signed", 1),
                ngettext("person has signed", "people have signed", 2),
                _("%(togo)s more to %(goal)s", togo="{togo}", goal="{goal}"),
                _("Write your letter"),
            ]
    return found


def _squeezed(path: Path) -> str:
    """A file of ours without indentation and comments on lines of their own."""
    lines = (re.sub(r" // .*", "", line.strip()) for line in path.read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
