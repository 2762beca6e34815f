"""oEmbed 1.0 (oembed.com): a pasted address of a campaign becomes its counter. Only our own; nothing is fetched."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Response, current_app, g, json, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from campaign import campaigns, config
from campaign.campaigns import Page
from campaign.core.errors import DomainError, NotFound
from campaign.web import audience
from campaign.web.audience import public
from campaign.web.embed import blueprint
from campaign.web.headers import readable
from campaign.web.public import shares

# What the frame takes by itself, and the least in which it can still be read.
WIDTH, HEIGHT = 480, 260
LEAST_WIDTH, LEAST_HEIGHT = 180, 120
CACHE_SECONDS = 3600
TYPES = {"json": "application/json", "xml": "text/xml"}
Value = str | int


class Private(DomainError):
    """The page is not for everybody (oEmbed 1.0, 2.3.6)."""

    code, status = "private", 401


class NoFormat(DomainError):
    """Another form than JSON or XML was asked for (oEmbed 1.0, 2.3.6)."""

    code, status = "no_format", 501


@blueprint.get("/oembed")
@public
@readable
def oembed() -> Response:
    """What to show for `url`; `format`, `maxwidth` and `maxheight` as the specification says."""
    kind = request.args.get("format", "json").lower()
    if kind not in TYPES:
        raise NoFormat(_("Ask for json or xml."))
    room = _room(request.args)
    lang, page = _page(request.args.get("url", ""))
    g.lang = lang
    found = _answer(page, room)
    body = _xml(found) if kind == "xml" else json.dumps(found).encode()
    response = make_response(body)
    response.headers["Content-Type"] = f"{TYPES[kind]}; charset=utf-8"
    response.headers["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    return response


def _room(values: Mapping[str, str]) -> tuple[int, int]:
    """The width and height that we may take; raises DomainError for what is no number, NotFound for too little room."""
    found = []
    for name, ours, least in (("maxwidth", WIDTH, LEAST_WIDTH), ("maxheight", HEIGHT, LEAST_HEIGHT)):
        value = values.get(name, str(ours))
        if not re.fullmatch(r"[0-9]{1,6}", value):
            raise DomainError(_("%(name)s is a whole number of pixels.", name=name))
        if int(value) < least:
            raise NotFound(_("There is nothing that small."))
        found.append(min(int(value), ours))
    return found[0], found[1]


def _page(url: str) -> tuple[str, Page]:
    """The campaign behind an address of ours; raises NotFound for any other, Private for what is not for everybody."""
    nothing = NotFound(_("There is no campaign here."))
    try:
        parts = urlsplit(url)
        rule, values = _route(parts.path) if _is_ours(f"{parts.scheme}://{parts.netloc}") else ("", {})
    except (ValueError, HTTPException, RequestRedirect) as error:
        raise nothing from error
    declared = audience.of(current_app, rule) if rule else None
    if declared is not None and declared.kind != "public":
        raise Private(_("This page is not for everybody."))
    if rule not in shares.PASSED_ON:
        raise nothing
    return values["lang"], _found(values["slug"], values["lang"])


def _found(slug: str, lang: str) -> Page:
    try:
        return campaigns.find(slug, lang)
    except campaigns.Moved as moved:
        return campaigns.find(moved.slug, lang)


def _route(path: str) -> tuple[str, dict[str, str]]:
    endpoint, values = current_app.url_map.bind(config.current().public_url.partition("://")[2]).match(path, "GET")
    return str(endpoint), dict(values)


def _is_ours(origin: str) -> bool:
    return origin.lower() == config.current().public_url.lower()


def _answer(page: Page, room: tuple[int, int]) -> dict[str, Value]:
    origin = config.current().public_url
    frame = origin + url_for("embed.counter", slug=page.slug, lang=g.lang)
    wide, high = room
    found: dict[str, Value] = {
        "version": "1.0",
        "type": "rich",
        "title": page.title,
        "author_name": page.organisation,
        "provider_name": "Postbag",
        "provider_url": origin + "/",
        "cache_age": CACHE_SECONDS,
        "width": wide,
        "height": high,
        "html": render_template("embed/frame.html", src=frame, title=page.title, width=wide, height=high).strip(),
    }
    # A thumbnail keeps to the room, too.
    if {"maxwidth", "maxheight"}.isdisjoint(request.args):
        picture = origin + url_for("public.share_picture", lang=g.lang, slug=page.slug)
        found |= {"thumbnail_url": picture, "thumbnail_width": shares.WIDTH, "thumbnail_height": shares.HEIGHT}
    return found


def _xml(found: dict[str, Value]) -> bytes:
    root = Element("oembed")
    for name, value in found.items():
        SubElement(root, name).text = str(value)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))
