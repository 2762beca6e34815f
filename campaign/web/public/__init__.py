"""The supporters' pages."""

from flask import Blueprint

from campaign.core.i18n import CODES

# The first part of a page's address: one of the languages, so that /robots.txt is not taken for one.
LANG = f"<any({','.join(CODES)}):lang>"
blueprint = Blueprint("public", __name__)
demo_blueprint = Blueprint("demo", __name__)
