"""Uploaded pictures of campaigns. An address names the content, so whoever has it may keep it for ever."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from campaign.campaigns import pictures
from campaign.web.audience import public
from campaign.web.public import blueprint


@blueprint.get("/pictures/<hash>.webp")
@public
def picture(hash: str) -> ResponseReturnValue:  # noqa: A002 - as it stands in the address
    """One picture."""
    response = Response(pictures.data_of(hash), mimetype="image/webp")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.set_etag(hash)
    return response.make_conditional(request)
