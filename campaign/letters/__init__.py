"""What is said: model letters, supporters' own texts, and letters as their targets read them."""

from campaign.letters.commands import address, keep_text, save_model
from campaign.letters.models import Letter, LetterText, ModelLetterVersion
from campaign.letters.placeholders import BadPlaceholder, fill
from campaign.letters.queries import (
    Addressed,
    Model,
    Text,
    letter,
    letters_by_id,
    model,
    of_signature,
    text,
    texts_by_id,
)
from campaign.letters.render import Writer, render

__all__ = [
    "Addressed",
    "BadPlaceholder",
    "Letter",
    "LetterText",
    "Model",
    "ModelLetterVersion",
    "Text",
    "Writer",
    "address",
    "fill",
    "keep_text",
    "letter",
    "letters_by_id",
    "model",
    "of_signature",
    "render",
    "save_model",
    "text",
    "texts_by_id",
]
