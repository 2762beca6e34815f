"""Letters as pages."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from campaign.printing.compile import pdf


@dataclass(frozen=True)
class Sheet:
    """One letter on paper: its language, the campaign, its day in words, and the words of it."""

    lang: str
    campaign: str
    day: str
    subject: str
    text: str
    note: str


def letters_pdf(title: str, lang: str, sheets: Sequence[Sheet]) -> bytes:
    """These letters as one PDF, each beginning on a page of its own."""
    return pdf("letters", {"title": title, "lang": lang, "letters": [asdict(sheet) for sheet in sheets]})
