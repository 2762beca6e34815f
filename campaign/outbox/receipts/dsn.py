"""Delivery reports of mail servers (RFC 3464) as reports, and the bounces of servers that know no such thing."""

from email.message import Message as Parsed
from uuid import UUID

from campaign.core import mailread
from campaign.outbox.receipts.classify import CODE, failure_of, status_of
from campaign.outbox.receipts.kinds import Failure, Kind, Source
from campaign.outbox.receipts.report import Report, stable_id

# RFC 3464, 2.3.3. What was relayed has left for a server that will not report; a list that took it has taken it.
ACTIONS = {
    "failed": Kind.BOUNCED,
    "delayed": Kind.DEFERRED,
    "delivered": Kind.DELIVERED,
    "relayed": Kind.PROCESSED,
    "expanded": Kind.DELIVERED,
}
DAEMONS = ("mailer-daemon@", "postmaster@", "mail-daemon@")


def is_report(mail: Parsed) -> bool:
    """Whether it is a report on delivery, or on reading: nobody wrote it."""
    return mail.get_content_type() == "multipart/report" or mailread.sender(mail)[1].startswith(DAEMONS)


def read(mail: Parsed, message_id: UUID) -> list[Report]:
    """What a report says of our message; empty where it says nothing of delivery.

    `message_id` comes from the address that the report was sent to. Who does not know that address cannot report.
    """
    blocks = _blocks(mail)
    if not blocks:
        return _older(mail, message_id)
    return [one for number, block in enumerate(blocks) if (one := _report(mail, message_id, block, number))]


def _blocks(mail: Parsed) -> list[Parsed]:
    """The fields per recipient: of the report itself, not of one that somebody has attached to a letter."""
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return []
    parts = [part for part in mail.get_payload() if isinstance(part, Parsed)]
    status = [part for part in parts if part.get_content_type() == "message/delivery-status" and part.is_multipart()]
    return [block for part in status for block in part.get_payload() if isinstance(block, Parsed) and "Action" in block]


def _report(mail: Parsed, message_id: UUID, block: Parsed, number: int) -> Report | None:
    kind = ACTIONS.get(mailread.header(block, "Action").lower().split(" ")[0])
    if kind is None:
        return None
    words = mailread.header(block, "Diagnostic-Code", 1000)
    status = status_of(mailread.header(block, "Status"), words)
    failure = failure_of(status, words) if kind == Kind.BOUNCED else None
    return _made(mail, message_id, kind, failure, status, number)


def _older(mail: Parsed, message_id: UUID) -> list[Report]:
    """A bounce in words alone: only from a mail system, and only with a code that says it is final."""
    if not mailread.sender(mail)[1].startswith(DAEMONS):
        return []
    words = mailread.text(mail)[0][:4000]
    status, code = status_of(words), CODE.search(words)
    if not status.startswith("5.") and not (code and code[1].startswith("5")):
        return []
    return [_made(mail, message_id, Kind.BOUNCED, failure_of(status, words), status, 0)]


def _made(mail: Parsed, message_id: UUID, kind: Kind, failure: Failure | None, status: str, number: int) -> Report:
    own = mailread.mark(mail)
    return Report(
        id=stable_id(Source.SMTP, message_id.hex, own, kind, str(number)),
        source=Source.SMTP,
        message_id=message_id,
        kind=kind,
        failure=failure,
        status=status if kind in (Kind.BOUNCED, Kind.DEFERRED) else "",
        at=mailread.moment(mail),
    )
