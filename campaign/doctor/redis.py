"""Redis: reachable, and set up so that it keeps what it is told. Without it mail is late, never lost."""

import json
import zlib
from typing import Any, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from campaign import config
from campaign.core import queue
from campaign.doctor.finding import Finding, Findings, ok, problem, warning
from campaign.doctor.why import why
from campaign.outbox import Lane

SECONDS = 5.0
# Hints are alike: a few show what all are.
SAMPLE = 20
LATE = "Until then mail is late, not lost, and the live counter is slow."


def check() -> Findings:
    """Whether it answers; if so, how it is set up and what waits in it."""
    try:
        client = redis.Redis.from_url(
            config.current().redis_url,
            retry=Retry(NoBackoff(), 0),
            retry_on_error=[],
            socket_connect_timeout=SECONDS,
            socket_timeout=SECONDS,
        )
    except ValueError:
        yield warning("redis", "REDIS_URL is not an address.", f"Correct it. {LATE}")
        return
    with client:
        try:
            facts = client.info()
        except redis.RedisError as error:
            words = f"Redis cannot be reached: {_why(error)}."
            yield warning("redis", words, f"Start it, or correct REDIS_URL. {LATE}")
            return
        name = "Valkey" if facts.get("server_name") == "valkey" else "Redis"
        yield ok("redis", f"{name} {facts.get('valkey_version', facts.get('redis_version', ''))} answers.")
        yield _policy(str(facts.get("maxmemory_policy", "unknown")))
        yield _persistence(facts)
        yield _hints(client)


def _policy(policy: str) -> Finding:
    if policy == "noeviction":
        return ok("redis memory", "When it is full it refuses, and forgets nothing.")
    return warning(
        "redis memory",
        f"Its maxmemory-policy is {policy}: when it is full it may forget hints and throttles.",
        "Set maxmemory-policy noeviction.",
    )


def _persistence(facts: dict[str, Any]) -> Finding:
    if facts.get("aof_enabled"):
        return ok("redis persistence", "It keeps an append-only file.")
    return warning(
        "redis persistence",
        "It keeps no append-only file: a restart forgets hints and throttles.",
        "Set appendonly yes. Mail is not at risk: it waits in the database.",
    )


def _hints(client: "redis.Redis") -> Finding:
    """Jobs are JSON. Else another program put it there, or somebody who wants it run (pickle)."""
    strange = 0
    for lane in Lane:
        for id_ in cast(list[bytes], client.lrange(f"rq:queue:{queue.name(lane)}", 0, SAMPLE - 1)):
            strange += not _json(cast(bytes | None, client.hget(f"rq:job:{id_.decode()}", "data")))
    if strange:
        return problem(
            "redis queue",
            "In a queue wait jobs that this program did not write.",
            "Give this installation a Redis of its own with a password, and empty it. Nothing is lost by that.",
        )
    return ok("redis queue", "Only hints wait in the queues, as JSON.")


def _json(data: bytes | None) -> bool:
    """Whether a job's data is what RQ writes with its JSON serializer; a job that is gone is none."""
    if data is None:
        return True
    try:
        json.loads(zlib.decompress(data))
    except (zlib.error, ValueError):
        return False
    return True


def _why(error: redis.RedisError) -> str:
    if isinstance(error, redis.AuthenticationError):
        return "it refuses the user or the password"
    if isinstance(error, redis.ResponseError):
        return "it does not let us ask (INFO)"
    if isinstance(error, redis.TimeoutError):
        return "no answer in time"
    cause = error.__cause__ or error.__context__
    return why(cause) if isinstance(cause, OSError) else "there is no connection"
