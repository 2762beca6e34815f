"""Whom letters go to: posts, who holds them when, and where they are reached."""

from campaign.targets.areas import area_name, area_of, spans
from campaign.targets.commands import add_tenure, end_tenure, set_contact
from campaign.targets.models import Area, Body, Contact, Person, Post, Postcode, Tenure
from campaign.targets.queries import Target, place_of, resolve

__all__ = [
    "Area",
    "Body",
    "Contact",
    "Person",
    "Post",
    "Postcode",
    "Target",
    "Tenure",
    "add_tenure",
    "area_name",
    "area_of",
    "end_tenure",
    "place_of",
    "resolve",
    "set_contact",
    "spans",
]
