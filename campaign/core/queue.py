"""The bell: RQ carries hints that a lane has work, never letters. Losing one costs a sweep, not a letter."""

import redis
from rq import Queue
from rq.serializers import JSONSerializer

from campaign.core.redis import attempt

# The dotted path of the job: the one name that points up from the ground floor.
DRAIN = "campaign.jobs.drain.attend"
# One hint waits per lane. The drain removes the mark when it starts, so what is committed later rings again.
MARK_SECONDS = 2
# None: a drain ends its turn by itself, and one that waits for the database must not be torn from its letter's record.
NO_TIMEOUT = -1


def name(lane: str) -> str:
    """The RQ queue of a lane."""
    return f"drain-{lane}"


def mark(lane: str) -> str:
    """The key that says a hint for this lane is waiting."""
    return f"bell:{lane}"


def heard(lane: str) -> None:
    """A drain has started: what is committed from now on may ring again."""
    attempt(lambda connection: connection.delete(mark(lane)))


def ring(lane: str) -> bool:
    """Tell a worker that the lane has work; False when one is told already or Redis is away."""

    def knock(connection: "redis.Redis") -> bool:
        if not connection.set(mark(lane), 1, nx=True, ex=MARK_SECONDS):
            return False
        # JSON: pickle would run what anybody writes into Redis.
        Queue(name(lane), connection=connection, serializer=JSONSerializer).enqueue(
            DRAIN, lane, result_ttl=0, failure_ttl=0, ttl=60, job_timeout=NO_TIMEOUT
        )
        return True

    return bool(attempt(knock))
