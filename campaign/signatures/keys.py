"""The tally keys of a campaign: what the counters room knows as opaque text."""

from uuid import UUID


def campaign_key(campaign_id: UUID) -> str:
    """Figures of a campaign: signatures."""
    return f"campaign:{campaign_id}"


def target_key(campaign_id: UUID, post_id: UUID) -> str:
    """Figures of a campaign's letters to one post: queued, sent, delivered, bounced."""
    return f"campaign:{campaign_id}/target:{post_id}"


def figures_key(campaign_id: UUID) -> str:
    """Figures of a campaign for its staff: signatures by day, hour, language, source and area, and personal letters."""
    return f"figures:{campaign_id}"
