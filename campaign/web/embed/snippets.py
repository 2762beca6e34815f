"""The lines that an organiser copies, and what their page's Content-Security-Policy must allow for them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import render_template, url_for

from campaign import config
from campaign.web.embed.oembed import HEIGHT, WIDTH
from campaign.web.embed.options import Options


class Kind(StrEnum):
    """What can be put on a page."""

    ELEMENT = "element"
    FRAME = "frame"
    FORM = "form"
    BADGE = "badge"
    MAIL = "mail"


# The form is higher than any first guess; the script then fits it.
HEIGHTS = {Kind.FRAME: HEIGHT, Kind.FORM: 1300}
ENDPOINTS = {
    Kind.FRAME: "embed.counter",
    Kind.FORM: "embed.form",
    Kind.BADGE: "embed.badge",
    Kind.MAIL: "embed.badge_png",
}


@dataclass(frozen=True)
class Snippet:
    """HTML to copy, the line for a strict policy, and the address of what it shows."""

    html: str
    policy: str
    src: str


def snippet(kind: Kind, slug: str, title: str, lang: str, options: Options) -> Snippet:
    """The lines for one campaign; `lang` is the one of the linked page."""
    origin = config.current().public_url
    values = options.arguments()
    endpoint = ENDPOINTS.get(kind)
    path = url_for(endpoint, slug=slug, **_used(kind, values)) if endpoint else ""
    html = render_template(
        "embed/snippet.html",
        kind=kind.value,
        slug=slug,
        title=title,
        script=origin + url_for("embed.script"),
        src=origin + path,
        link=origin + url_for("public.campaign", lang=lang, slug=slug, source=options.source or None),
        values=values,
        width=WIDTH,
        height=HEIGHTS.get(kind, 0),
    )
    return Snippet("\n".join(line for line in html.splitlines() if line.strip()), policy(kind), path)


def policy(kind: Kind) -> str:
    """What a page with a strict Content-Security-Policy adds to it; the script of a frame only fits its height."""
    home, live = config.current().public_url, config.current().live_origin
    hosts = " ".join(dict.fromkeys((home, live)))
    if kind == Kind.ELEMENT:
        return f"script-src {home}; connect-src {hosts}"
    if kind in (Kind.FRAME, Kind.FORM):
        return f"frame-src {home}; script-src {home}"
    return f"img-src {home}"


def _used(kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
    """A picture has no size of its own and brings nobody by itself: its link carries the source."""
    unused = {"source", "size"} if kind in (Kind.BADGE, Kind.MAIL) else {"size"} if kind == Kind.FORM else set()
    return {name: value for name, value in values.items() if name not in unused}
