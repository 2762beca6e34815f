"""What organisers put on their own sites: counters, badges, the form. No cookie, no storage, no other site."""

from flask import Blueprint

blueprint = Blueprint("embed", __name__)
