"""Tallies that many processes move at once and that nobody has to count."""

from campaign.counters.commands import bump, drift, drop, recount
from campaign.counters.milestones import next_step, reached
from campaign.counters.models import SLOTS, Tally
from campaign.counters.news import CHANNEL, tell
from campaign.counters.queries import CHANGED_SQL, FIGURES_SQL, figures

__all__ = [
    "CHANGED_SQL",
    "CHANNEL",
    "FIGURES_SQL",
    "SLOTS",
    "Tally",
    "bump",
    "drift",
    "drop",
    "figures",
    "next_step",
    "reached",
    "recount",
    "tell",
]
