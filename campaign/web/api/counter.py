"""The counter as JSON, and where its stream is."""

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from campaign import config, reports
from campaign.web.api import blueprint
from campaign.web.audience import public
from campaign.web.headers import readable

CACHE = "public, max-age=2"


@blueprint.get("/campaigns/<slug>/counter")
@public
@readable
def counter(slug: str) -> Response:
    """The counter's object (docs: contract); cacheable, for any site."""
    body = reports.counter(slug).json()
    response = make_response(body)
    response.headers["Content-Type"] = "application/json"
    response.headers["Cache-Control"] = CACHE
    response.set_etag(reports.etag(body))
    response.make_conditional(request)
    return response


@blueprint.get("/campaigns/<slug>/counter/stream")
@public
@readable
def stream(slug: str) -> ResponseReturnValue:
    """Streams live in a process of their own: without a proxy that knows it, go there."""
    return redirect(config.current().live_origin + url_for("api.stream", slug=slug), 307)
