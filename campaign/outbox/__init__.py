"""Every email that leaves: written with what caused it, sent at a pace, recorded with what became of it."""

from campaign.outbox import actions, digests, pauses, plans, receipts, suppressions, turns
from campaign.outbox.addresses import message_of, reply_to
from campaign.outbox.answers import Answer, Later, Refused, Sent, Stopped, Unknown
from campaign.outbox.claim import claim
from campaign.outbox.health import Health, health
from campaign.outbox.hours import ALWAYS, OFFICE_HOURS, Plan
from campaign.outbox.lanes import Lane
from campaign.outbox.limits import LimitView, read_limits
from campaign.outbox.mail import Claimed, Envelope, Mail, Unsendable, Wait, compose_with
from campaign.outbox.models import Message
from campaign.outbox.pace import heal as heal_paces, limits_of, reopen, set_rate
from campaign.outbox.prospects import Place, forecast, place
from campaign.outbox.queries import MAILS_SQL, LaneView, MessageView, figures, lanes, message, messages, states_of
from campaign.outbox.record import record
from campaign.outbox.states import FINAL, State
from campaign.outbox.sweep import expire_leases, follow_clock, lanes_due, release_unsure
from campaign.outbox.transports import Transport, connect
from campaign.outbox.transports.log_in import log_in
from campaign.outbox.withhold import check_with, give_back, withhold
from campaign.outbox.write import Draft, write

__all__ = [
    "ALWAYS",
    "FINAL",
    "MAILS_SQL",
    "OFFICE_HOURS",
    "Answer",
    "Claimed",
    "Draft",
    "Envelope",
    "Health",
    "Lane",
    "LaneView",
    "Later",
    "LimitView",
    "Mail",
    "Message",
    "MessageView",
    "Place",
    "Plan",
    "Refused",
    "Sent",
    "State",
    "Stopped",
    "Transport",
    "Unknown",
    "Unsendable",
    "Wait",
    "actions",
    "check_with",
    "claim",
    "compose_with",
    "connect",
    "digests",
    "expire_leases",
    "figures",
    "follow_clock",
    "forecast",
    "give_back",
    "heal_paces",
    "health",
    "lanes",
    "lanes_due",
    "limits_of",
    "log_in",
    "message",
    "message_of",
    "messages",
    "pauses",
    "place",
    "plans",
    "read_limits",
    "receipts",
    "record",
    "release_unsure",
    "reopen",
    "reply_to",
    "set_rate",
    "states_of",
    "suppressions",
    "turns",
    "withhold",
    "write",
]
