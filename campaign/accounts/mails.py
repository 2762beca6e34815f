"""Mail to staff: who it goes to is decided when it is written, what it says when it is first claimed."""

from enum import StrEnum
from uuid import UUID

from campaign.accounts.models import User
from campaign.core.addresses import parse
from campaign.outbox import Draft, Lane, write


class Alert(StrEnum):
    """What an account's own mailbox is told, in case it was somebody else."""

    PASSWORD = "staff_password"  # noqa: S105 - the name of a mail
    FACTOR = "staff_factor"
    EMAIL = "staff_email_asked"


def tell(notice: Alert, user: User, owner: UUID | None) -> None:
    """Write to the account's mailbox that this was done."""
    write_mail(notice.value, user.id, user.email, owner)


def write_mail(kind: str, ref: UUID, email: str, owner: UUID | None) -> None:
    """Put a mail to a member of staff into the outbox; somebody waits for it."""
    domain = parse(email).domain
    write([Draft(kind=kind, ref=ref, lane=Lane.PEOPLE, stream=Lane.PEOPLE.limit, domain=domain, owner=owner)])
