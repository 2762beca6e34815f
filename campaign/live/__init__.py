"""The live process: the counters that someone watches, held in memory, as JSON and as event streams."""

from campaign.live.asgi import make_asgi
from campaign.live.serve import serve

__all__ = ["make_asgi", "serve"]
