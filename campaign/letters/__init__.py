"""What is said: model letters, supporters' own texts, and letters as their targets read them."""

from campaign.letters import advice, checks, drafts, offices, parts, placeholders, share, trials
from campaign.letters.citing import cited, with_additions
from campaign.letters.commands import address, keep_text, rewrite, save_checked, save_model
from campaign.letters.models import Letter, LetterTest, LetterText, ModelLetterVariant, ModelLetterVersion
from campaign.letters.newest import as_checked, newest
from campaign.letters.offices import Limit, addressed, limit
from campaign.letters.parts import Checked, Variant
from campaign.letters.placeholders import BadPlaceholder, fill
from campaign.letters.queries import (
    Addressed,
    Beside,
    Text,
    beside,
    letter,
    letters_by_id,
    of_signature,
    text,
    texts_by_id,
)
from campaign.letters.render import Writer, render
from campaign.letters.variants import Choice, Model, all_models, as_model, exactly, model

__all__ = [
    "Addressed",
    "BadPlaceholder",
    "Beside",
    "Checked",
    "Choice",
    "Letter",
    "LetterTest",
    "LetterText",
    "Limit",
    "Model",
    "ModelLetterVariant",
    "ModelLetterVersion",
    "Text",
    "Variant",
    "Writer",
    "address",
    "addressed",
    "advice",
    "all_models",
    "as_checked",
    "as_model",
    "beside",
    "checks",
    "cited",
    "drafts",
    "exactly",
    "fill",
    "keep_text",
    "letter",
    "letters_by_id",
    "limit",
    "model",
    "newest",
    "of_signature",
    "offices",
    "parts",
    "placeholders",
    "render",
    "rewrite",
    "save_checked",
    "save_model",
    "share",
    "text",
    "texts_by_id",
    "trials",
    "with_additions",
]
