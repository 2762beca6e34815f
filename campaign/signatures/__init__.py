"""Supporters signing: form, confirmation, letters written, all once."""

from campaign.signatures import (
    composers,
    conditions,
    consent,
    digest,
    exports,
    hold,
    invalidation,
    moderation,
    paper,
    register,
    sheets,
    tables,
)
from campaign.signatures.chunks import run as run_batch, step as chunk
from campaign.signatures.commands import Form, confirm, sign
from campaign.signatures.conditions import Conditions
from campaign.signatures.exports import File
from campaign.signatures.invalidation import Batch
from campaign.signatures.keys import campaign_key, figures_key, target_key
from campaign.signatures.models import Consent, ConsentKind, ConsentWording, Signature
from campaign.signatures.moderation import Look
from campaign.signatures.queries import LetterStatus, Signed, confirmed_count, letter_states, signed
from campaign.signatures.records import BatchState, ExportState
from campaign.signatures.search import Hit, find
from campaign.signatures.standing import verdict
from campaign.signatures.states import Public, Review, SignatureState
from campaign.signatures.tables import Layout
from campaign.signatures.tally import Counted, count, counted, hour_part, oldest_hour, truth, zone

__all__ = [
    "Batch",
    "BatchState",
    "Conditions",
    "Consent",
    "ConsentKind",
    "ConsentWording",
    "Counted",
    "ExportState",
    "File",
    "Form",
    "Hit",
    "Layout",
    "LetterStatus",
    "Look",
    "Public",
    "Review",
    "Signature",
    "SignatureState",
    "Signed",
    "campaign_key",
    "chunk",
    "composers",
    "conditions",
    "confirm",
    "confirmed_count",
    "consent",
    "count",
    "counted",
    "digest",
    "exports",
    "figures_key",
    "find",
    "hold",
    "hour_part",
    "invalidation",
    "letter_states",
    "moderation",
    "oldest_hour",
    "paper",
    "register",
    "run_batch",
    "sheets",
    "sign",
    "signed",
    "tables",
    "target_key",
    "truth",
    "verdict",
    "zone",
]
