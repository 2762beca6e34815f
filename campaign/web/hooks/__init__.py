"""What other programs send us by themselves. Each request proves where it comes from; no browser is behind it."""

from flask import Blueprint

blueprint = Blueprint("hooks", __name__, url_prefix="/webhooks")
