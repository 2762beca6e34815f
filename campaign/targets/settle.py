"""Letters wait while their post is vacant or has no address, and go on when that is over.

Only the change counts: staff who let a stream go on meanwhile are not overruled. A post that nobody ever held, or that
never had an address, is left alone.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from campaign.core import clock
from campaign.core.db import session
from campaign.outbox import pauses
from campaign.targets.models import Post

SCHEDULER = "scheduler"
# Kept with the pause and shown in the outbox.
REASONS = {"vacant": "nobody holds this post now", "no_address": "this post has no address now"}
# Who pauses a stream when an address turns out to be dead (campaign.outbox.receipts).
RECEIPTS = "receipts"

_NOW = "since <= :today AND (until IS NULL OR until > :today)"
_OVER = "until <= :today"
_STANDING = f"""
    SELECT p.id, p.waits, CASE
        WHEN EXISTS (SELECT FROM contacts WHERE post_id = p.id AND {_OVER})
          AND NOT EXISTS (SELECT FROM contacts WHERE post_id = p.id AND {_NOW}) THEN 'no_address'
        WHEN EXISTS (SELECT FROM tenures WHERE post_id = p.id AND {_OVER})
          AND NOT EXISTS (SELECT FROM tenures WHERE post_id = p.id AND {_NOW}) THEN 'vacant'
      END AS reason
    FROM posts p
"""  # noqa: S608 - fixed words, as below
_OF = text(f"SELECT * FROM ({_STANDING} WHERE p.id = ANY(:posts)) s WHERE waits IS DISTINCT FROM reason")  # noqa: S608 - as above
_OF_POSTS = _OF.bindparams(bindparam("posts", type_=ARRAY(Uuid())))
_EVERY = text(f"SELECT * FROM ({_STANDING}) s WHERE waits IS DISTINCT FROM reason ORDER BY id LIMIT 500")  # noqa: S608 - as above


def stream_of(post_id: UUID) -> str:
    """The stream of the letters to a post."""
    return f"target:{post_id}"


def settle(posts: Sequence[UUID], *, actor: str) -> None:
    """Make the letters of these posts wait or go on, as they stand today."""
    if posts:
        _settle(_OF_POSTS, {"posts": list(posts)}, actor)


def settle_all() -> None:
    """The same for every post, as days begin on which a holder leaves or comes; the scheduler asks."""
    _settle(_EVERY, {}, SCHEDULER)


def resume_corrected(posts: Sequence[UUID]) -> dict[str, list[str]]:
    """Let streams go on that stood still for a dead address, which has been corrected; answers those pauses."""
    ended = {}
    for key, pause in pauses.standing([stream_of(post) for post in posts]).items():
        if pause.actor == RECEIPTS:
            pauses.resume(key)
            ended[key] = [pause.reason, pause.actor]
    return ended


def _settle(query: Any, given: dict[str, Any], actor: str) -> None:
    for id_, _before, reason in session().execute(query, {"today": clock.today(), **given}).all():
        key = stream_of(id_)
        standing = pauses.standing([key]).get(key)
        if standing is not None and standing.reason in REASONS.values():
            pauses.resume(key)
        if reason:
            pauses.pause(key, reason=REASONS[reason], actor=actor)
        session().execute(update(Post).where(Post.id == id_).values(waits=reason))
