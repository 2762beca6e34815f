"""A campaign's address to point a phone at: for posters, slides and leaflets."""

from io import BytesIO

import segno
from flask import Response, make_response, request, url_for
from flask_babel import gettext as _

from campaign import campaigns, config
from campaign.web.audience import public
from campaign.web.embed import options
from campaign.web.headers import embedded
from campaign.web.public import LANG, blueprint

TYPES = {"svg": "image/svg+xml", "png": "image/png"}
CACHE = "public, max-age=86400"


@blueprint.get(f"/{LANG}/campaigns/<slug>/qr.<any(svg, png):kind>")
@public
@embedded
def qr(lang: str, slug: str, kind: str) -> Response:
    """The QR code of a campaign's page (ISO 18004, level M); `source` counts who comes by it."""
    page = campaigns.find(slug, lang)
    source = options.read(request.args).source
    address = url_for("public.campaign", lang=lang, slug=page.slug, source=source or None)
    code, out = segno.make(config.current().public_url + address, error="m", micro=False), BytesIO()
    if kind == "svg":
        code.save(out, kind=kind, border=4, title=_("To the campaign: %(title)s", title=page.title), omitsize=True)
    else:
        code.save(out, kind=kind, border=4, scale=16)
    response = make_response(out.getvalue())
    response.headers.update({"Content-Type": TYPES[kind], "Cache-Control": CACHE})
    return response
