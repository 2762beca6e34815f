"""Figures over several rooms."""

from campaign.reports.counter import Counter, TargetFigures, counter, counters, etag

__all__ = ["Counter", "TargetFigures", "counter", "counters", "etag"]
