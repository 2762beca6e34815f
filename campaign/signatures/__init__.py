"""Supporters signing: form, confirmation, letters written, all once."""

from campaign.signatures import (
    codes,
    composers,
    conditions,
    consent,
    digest,
    erasure,
    errands,
    exports,
    hold,
    invalidation,
    moderation,
    news,
    own,
    own_mail,
    paper,
    refusals,
    register,
    rehearsal,
    sheets,
    tables,
    trial,
    unsubscribe,
)
from campaign.signatures.chunks import run as run_batch, step as chunk
from campaign.signatures.commands import Form, confirm, sign
from campaign.signatures.conditions import Conditions
from campaign.signatures.errands import Errand
from campaign.signatures.exports import File
from campaign.signatures.invalidation import Batch
from campaign.signatures.journey_models import News, NewsMail, NewsState, OwnMail, Refusal
from campaign.signatures.keys import campaign_key, figures_key, target_key
from campaign.signatures.models import Consent, ConsentKind, ConsentWording, Signature
from campaign.signatures.moderation import Look
from campaign.signatures.news import Piece
from campaign.signatures.office_link import office_language, office_link
from campaign.signatures.own import Correction, Own
from campaign.signatures.queries import (
    LetterStatus,
    Signed,
    brought,
    confirmed_count,
    letter_states,
    signed,
    stands_instead,
)
from campaign.signatures.receipt import Receipt, receipt
from campaign.signatures.records import BatchState, ExportState
from campaign.signatures.search import Hit, find
from campaign.signatures.standing import verdict
from campaign.signatures.states import STANDING, Public, Review, SignatureState
from campaign.signatures.tables import Layout
from campaign.signatures.tally import Counted, count, counted, hour_part, oldest_hour, own_total, truth, zone

__all__ = [
    "STANDING",
    "Batch",
    "BatchState",
    "Conditions",
    "Consent",
    "ConsentKind",
    "ConsentWording",
    "Correction",
    "Counted",
    "Errand",
    "ExportState",
    "File",
    "Form",
    "Hit",
    "Layout",
    "LetterStatus",
    "Look",
    "News",
    "NewsMail",
    "NewsState",
    "Own",
    "OwnMail",
    "Piece",
    "Public",
    "Receipt",
    "Refusal",
    "Review",
    "Signature",
    "SignatureState",
    "Signed",
    "brought",
    "campaign_key",
    "chunk",
    "codes",
    "composers",
    "conditions",
    "confirm",
    "confirmed_count",
    "consent",
    "count",
    "counted",
    "digest",
    "erasure",
    "errands",
    "exports",
    "figures_key",
    "find",
    "hold",
    "hour_part",
    "invalidation",
    "letter_states",
    "moderation",
    "news",
    "office_language",
    "office_link",
    "oldest_hour",
    "own",
    "own_mail",
    "own_total",
    "paper",
    "receipt",
    "refusals",
    "register",
    "rehearsal",
    "run_batch",
    "sheets",
    "sign",
    "signed",
    "stands_instead",
    "tables",
    "target_key",
    "trial",
    "truth",
    "unsubscribe",
    "verdict",
    "zone",
]
