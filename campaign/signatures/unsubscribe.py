"""The link by which a reader ends mail that they did not ask for just then, with one click (RFC 2369, RFC 8058)."""

from uuid import UUID

from campaign import config
from campaign.core import tokens
from campaign.core.tokens import Purpose


def link(signature_id: UUID) -> str:
    """Where news of a campaign are ended; GET shows a button, POST ends them."""
    return f"{config.current().public_url}/unsubscribe/{tokens.sign(Purpose.UNSUBSCRIBE, signature_id.hex)}"


def headers(signature_id: UUID) -> dict[str, str]:
    """The headers of such a mail, both of which a DKIM signature must cover."""
    return {
        "List-Unsubscribe": f"<{link(signature_id)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
