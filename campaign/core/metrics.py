"""Counters of this process for Prometheus; what the database knows is read from it at the scrape."""

from prometheus_client import Counter

REDIS_AWAY = Counter("campaign_redis_away_total", "Times that Redis was not there when wanted")
THROTTLED = Counter("campaign_throttled_total", "Requests over a limit", ["limit"])
SENDS = Counter("campaign_sends_total", "Answers of the mail transport", ["lane", "answer"])
SIGNATURES = Counter("campaign_signatures_total", "Steps of signatures", ["step"])
