"""For the people and programs that run it: alive, ready, and in figures."""

from collections import Counter

from flask import Blueprint, Response, jsonify, make_response
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from campaign import outbox
from campaign.core import beats
from campaign.core.db import session
from campaign.core.redis import attempt
from campaign.web.audience import public

blueprint = Blueprint("ops", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The process is up."""
    return jsonify(status="up")


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Ready with the database; without Redis degraded, since mail is then late and never lost."""
    try:
        session().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(status="down", database="away"), 503
    redis = attempt(lambda client: client.ping())
    return jsonify(status="ready" if redis else "degraded", database="there", redis="there" if redis else "away")


class _Database(Collector):
    """What the database knows, read at the scrape: right over all processes."""

    def collect(self) -> list[GaugeMetricFamily]:
        messages = GaugeMetricFamily("campaign_messages", "Messages by lane and state", labels=["lane", "state"])
        for view in outbox.lanes():
            for state in outbox.State:
                messages.add_metric([view.lane.value, state.value], view.states.get(state, 0))
        processes = GaugeMetricFamily("campaign_processes", "Workers and schedulers that run", labels=["name"])
        alive = Counter(seen.name for seen in beats.seen() if seen.alive)
        for name in (beats.SCHEDULER, *(beats.worker(lane.value) for lane in outbox.Lane)):
            processes.add_metric([name], alive[name])
        return [messages, processes]


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Prometheus text: this process's counters, the ledger and who runs. Keep it from the public in the proxy."""
    database = CollectorRegistry()
    database.register(_Database())
    response = make_response(generate_latest(REGISTRY) + generate_latest(database))
    response.headers["Content-Type"] = CONTENT_TYPE_LATEST
    return response
