"""Who asks, as far as a cap needs to know it."""

from campaign.core.addresses import network
from campaign.live.answers import Scope


def network_of(scope: Scope, proxies: int) -> str:
    """The network of the asker: the address that the outermost of our own proxies saw.

    `proxies` of ours each add one address to X-Forwarded-For; what stands further left anybody may have written.
    """
    seen: list[str] = []
    if proxies:
        for name, value in scope["headers"]:
            if name == b"x-forwarded-for":
                seen += [part.strip() for part in value.decode("latin-1").split(",")]
    if proxies and len(seen) >= proxies:
        return network(seen[-proxies])
    client = scope.get("client")
    return network(client[0] if client else None)


def has(scope: Scope, tag: bytes) -> bool:
    """Whether the asker holds this state already (If-None-Match; RFC 9110, 13.1.2)."""
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            tags = [part.strip().removeprefix(b"W/") for part in value.split(b",")]
            if tag in tags or b"*" in tags:
                return True
    return False
