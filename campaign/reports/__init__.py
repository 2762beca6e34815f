"""Figures over several rooms."""

from campaign.reports import alarms, composers, own_milestones
from campaign.reports.alarms import tell_of_pauses
from campaign.reports.counter import Counter, TargetFigures, counter, counters, etag, nothing_yet
from campaign.reports.figures import Day, Figures, Hour, Share, figures
from campaign.reports.forecast import Cause, Forecast, Halt, Lasting, forecast
from campaign.reports.milestones import MilestoneView, behind, follow, milestones
from campaign.reports.models import Milestone
from campaign.reports.overview import Overview, overview
from campaign.reports.speed import Arrival, arrival

__all__ = [
    "Arrival",
    "Cause",
    "Counter",
    "Day",
    "Figures",
    "Forecast",
    "Halt",
    "Hour",
    "Lasting",
    "Milestone",
    "MilestoneView",
    "Overview",
    "Share",
    "TargetFigures",
    "alarms",
    "arrival",
    "behind",
    "composers",
    "counter",
    "counters",
    "etag",
    "figures",
    "follow",
    "forecast",
    "milestones",
    "nothing_yet",
    "overview",
    "own_milestones",
    "tell_of_pauses",
]
