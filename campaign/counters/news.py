"""Tell the live processes which keys moved. A hint: they re-read the database anyway."""

import json
from collections.abc import Sequence

from campaign.core.redis import attempt

CHANNEL = "counter"


def tell(keys: Sequence[str]) -> None:
    """Publish the keys; lost when Redis is away, and then found by the next poll."""
    attempt(lambda client: client.publish(CHANNEL, json.dumps(list(keys))))
