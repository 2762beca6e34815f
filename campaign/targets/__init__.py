"""Whom letters go to: posts, who holds them when, and where they are reached."""

from campaign.targets import acts, edits, listing
from campaign.targets.act_models import ActState, RegisterAct
from campaign.targets.acts import ActView, Plan
from campaign.targets.areas import area_name, area_of, spans
from campaign.targets.commands import add_tenure, end_tenure, set_contact
from campaign.targets.models import Area, Body, Contact, Person, Post, Postcode, Tenure
from campaign.targets.outlook import Outlook, outlook
from campaign.targets.queries import Target, place_of, resolve
from campaign.targets.reading.found import Problem, Unreadable
from campaign.targets.reading.upload import plan as plan_import
from campaign.targets.settle import REASONS, settle_all, stream_of
from campaign.targets.sheet import Change
from campaign.targets.territories import Territory, area_named, known_area, municipalities_of

__all__ = [
    "REASONS",
    "ActState",
    "ActView",
    "Area",
    "Body",
    "Change",
    "Contact",
    "Outlook",
    "Person",
    "Plan",
    "Post",
    "Postcode",
    "Problem",
    "RegisterAct",
    "Target",
    "Tenure",
    "Territory",
    "Unreadable",
    "acts",
    "add_tenure",
    "area_name",
    "area_named",
    "area_of",
    "edits",
    "end_tenure",
    "known_area",
    "listing",
    "municipalities_of",
    "outlook",
    "place_of",
    "plan_import",
    "resolve",
    "set_contact",
    "settle_all",
    "spans",
    "stream_of",
]
