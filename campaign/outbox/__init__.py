"""Every email that leaves: written with what caused it, sent at a pace, recorded with what became of it."""

from campaign.outbox.answers import Answer, Later, Refused, Sent, Stopped, Unknown
from campaign.outbox.claim import claim
from campaign.outbox.health import Health, health
from campaign.outbox.lanes import Lane
from campaign.outbox.mail import Claimed, Envelope, Mail, Unsendable, Wait, compose_with
from campaign.outbox.models import Message
from campaign.outbox.pace import heal as heal_paces, reopen, set_rate
from campaign.outbox.queries import MAILS_SQL, LaneView, figures, lanes, message, messages, states_of
from campaign.outbox.record import record
from campaign.outbox.states import FINAL, State
from campaign.outbox.sweep import expire_leases, follow_clock, lanes_due, release_unsure
from campaign.outbox.transports import Transport, connect
from campaign.outbox.transports.log_in import log_in
from campaign.outbox.write import Draft, write

__all__ = [
    "FINAL",
    "MAILS_SQL",
    "Answer",
    "Claimed",
    "Draft",
    "Envelope",
    "Health",
    "Lane",
    "LaneView",
    "Later",
    "Mail",
    "Message",
    "Refused",
    "Sent",
    "State",
    "Stopped",
    "Transport",
    "Unknown",
    "Unsendable",
    "Wait",
    "claim",
    "compose_with",
    "connect",
    "expire_leases",
    "figures",
    "follow_clock",
    "heal_paces",
    "health",
    "lanes",
    "lanes_due",
    "log_in",
    "message",
    "messages",
    "record",
    "release_unsure",
    "reopen",
    "set_rate",
    "states_of",
    "write",
]
