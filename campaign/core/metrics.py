"""Counters of this process for Prometheus; what the database knows is read from it at the scrape."""

from prometheus_client import Counter

REDIS_AWAY = Counter("campaign_redis_away_total", "Times that Redis was not there when wanted")
THROTTLED = Counter("campaign_throttled_total", "Requests over a limit", ["limit"])
SENDS = Counter("campaign_sends_total", "Answers of the mail transport", ["lane", "answer"])
SIGNATURES = Counter("campaign_signatures_total", "Steps of signatures", ["step"])
RECEIPTS = Counter("campaign_receipts_total", "What mail providers reported", ["source", "kind"])
REPLIES = Counter("campaign_replies_total", "Mail that came in", ["kind"])
HOOKS_REFUSED = Counter(
    "campaign_hooks_refused_total", "Requests to a hook that were not from whom they should", ["hook"]
)
