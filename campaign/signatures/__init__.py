"""Supporters signing: form, confirmation, letters written, all once."""

from campaign.signatures import composers, consent
from campaign.signatures.commands import Form, confirm, sign
from campaign.signatures.keys import campaign_key, target_key
from campaign.signatures.models import Consent, ConsentKind, ConsentWording, Signature
from campaign.signatures.queries import LetterStatus, Signed, confirmed_count, letter_states, signed
from campaign.signatures.states import Public, SignatureState

__all__ = [
    "Consent",
    "ConsentKind",
    "ConsentWording",
    "Form",
    "LetterStatus",
    "Public",
    "Signature",
    "SignatureState",
    "Signed",
    "campaign_key",
    "composers",
    "confirm",
    "confirmed_count",
    "consent",
    "letter_states",
    "sign",
    "signed",
    "target_key",
]
