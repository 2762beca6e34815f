"""A letter as its target reads it: address block and locked parts for the holder, with the supporter's own words."""

from dataclasses import dataclass

from campaign.letters.placeholders import fill
from campaign.letters.queries import Text
from campaign.targets import Target


@dataclass(frozen=True)
class Writer:
    """Who signs: as the letter shows them."""

    name: str
    postcode: str
    place: str


def render(text: Text, target: Target, writer: Writer, campaign_title: str) -> str:
    """The whole letter as plain text with LF line ends. The supporter's words are put in last and never filled."""
    values = {
        "name": writer.name,
        "postcode": writer.postcode,
        "place": writer.place,
        "salutation": target.salutation,
        "office": target.office,
        "holder": target.holder or target.office,
        "campaign": campaign_title,
    }
    block = [line for line in (target.holder, target.office, *target.address) if line]
    closing = "\n".join(line.rstrip() for line in fill(text.closing, values).splitlines())
    parts = ["\n".join(block), fill(text.opening, values), text.body, closing.strip()]
    return "\n\n".join(part for part in parts if part) + "\n"
