"""The supporters' pages."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)
demo_blueprint = Blueprint("demo", __name__)
