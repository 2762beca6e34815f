"""Every email that leaves: written with what caused it, sent at a pace, recorded with what became of it."""

from campaign.outbox import (
    actions,
    bulk,
    digests,
    handovers,
    paper,
    pauses,
    plans,
    receipts,
    rehearsal,
    suppressions,
    turns,
)
from campaign.outbox.addresses import message_of, reply_to
from campaign.outbox.answers import Answer, Later, Refused, Sent, Stopped, Unknown
from campaign.outbox.batches import Ready
from campaign.outbox.begun import begun
from campaign.outbox.claim import claim
from campaign.outbox.erase import erase, leaving
from campaign.outbox.health import Health, health
from campaign.outbox.hours import ALWAYS, DAY_MINUTES, OFFICE_HOURS, Plan, following
from campaign.outbox.kept import kept, wire
from campaign.outbox.lanes import Lane
from campaign.outbox.limits import LimitView, read_limits
from campaign.outbox.listing import Found, Wanted, count, messages
from campaign.outbox.mail import Claimed, Envelope, Mail, Unsendable, Wait, compose_with
from campaign.outbox.models import Message
from campaign.outbox.pace import heal as heal_paces, limits_of, reopen, set_rate
from campaign.outbox.prospects import Place, forecast, place
from campaign.outbox.queries import (
    MAILS_SQL,
    LaneView,
    MessageView,
    MoveView,
    Standing,
    figures,
    lanes,
    message,
    sent_by_day,
    standing,
    states_of,
    streams,
)
from campaign.outbox.record import record
from campaign.outbox.sample import as_sent
from campaign.outbox.states import FINAL, State
from campaign.outbox.sweep import expire_leases, follow_clock, lanes_due, release_unsure
from campaign.outbox.transports import Transport, connect
from campaign.outbox.transports.log_in import log_in
from campaign.outbox.waiting import Waiting, waiting
from campaign.outbox.withhold import check_with, give_back, withhold
from campaign.outbox.write import Draft, write

__all__ = [
    "ALWAYS",
    "DAY_MINUTES",
    "FINAL",
    "MAILS_SQL",
    "OFFICE_HOURS",
    "Answer",
    "Claimed",
    "Draft",
    "Envelope",
    "Found",
    "Health",
    "Lane",
    "LaneView",
    "Later",
    "LimitView",
    "Mail",
    "Message",
    "MessageView",
    "MoveView",
    "Place",
    "Plan",
    "Ready",
    "Refused",
    "Sent",
    "Standing",
    "State",
    "Stopped",
    "Transport",
    "Unknown",
    "Unsendable",
    "Wait",
    "Waiting",
    "Wanted",
    "actions",
    "as_sent",
    "batches",
    "begun",
    "bulk",
    "check_with",
    "claim",
    "compose_with",
    "connect",
    "count",
    "digests",
    "erase",
    "expire_leases",
    "figures",
    "follow_clock",
    "following",
    "forecast",
    "give_back",
    "handovers",
    "heal_paces",
    "health",
    "kept",
    "lanes",
    "lanes_due",
    "leaving",
    "limits_of",
    "log_in",
    "message",
    "message_of",
    "messages",
    "paper",
    "pauses",
    "place",
    "plans",
    "read_limits",
    "receipts",
    "record",
    "rehearsal",
    "release_unsure",
    "reopen",
    "reply_to",
    "sent_by_day",
    "set_rate",
    "standing",
    "states_of",
    "streams",
    "suppressions",
    "turns",
    "waiting",
    "wire",
    "withhold",
    "write",
]
