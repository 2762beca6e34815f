"""What opens and closes campaigns at their time."""

import structlog
from sqlalchemy.exc import SQLAlchemyError

from campaign import campaigns
from campaign.campaigns import StaffCampaign, checklist
from campaign.core.db import session, transaction

log = structlog.get_logger()


def follow_calendar() -> int:
    """Close campaigns whose time is over, and open those whose time has come; answers how many moved."""
    with transaction():
        moved = campaigns.close_ended()
    late = campaigns.late.late()
    session().rollback()
    return moved + sum(map(_open, late))


def _open(campaign: StaffCampaign) -> bool:
    """Open one where all is in order. Looking may ask the network, so no transaction waits for it."""
    try:
        findings = checklist.look(campaign)
        session().rollback()
        with transaction():
            return campaigns.late.settle(campaign, findings)
    except SQLAlchemyError:
        raise
    except Exception:  # one campaign's mistake must not keep the others shut
        log.exception("task_failed", name="calendar")
        session().rollback()
        return False
