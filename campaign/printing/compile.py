"""Make a PDF of one of our documents. What people wrote goes in as data, never as Typst."""

import json
from typing import Any

import typst

from campaign.config import ROOT

# Fonts that the compiler brings along, so that paper looks the same on every machine.
FOLDER = ROOT / "templates" / "print"


def pdf(document: str, data: dict[str, Any]) -> bytes:
    """The document of that name, `letters`, `cover` or `names`, with this data."""
    source = (FOLDER / f"{document}.typ").read_bytes()
    made = typst.compile(source, format="pdf", sys_inputs={"data": json.dumps(data, ensure_ascii=False)})
    if not isinstance(made, bytes):
        raise TypeError("the compiler answered no single document")
    return made
