"""A file as it was uploaded: from bytes to a plan, with a clear word for everything that is not such a file."""

from uuid import UUID

from flask_babel import gettext as _

from campaign.core.text import CONTROLS, one_line
from campaign.targets.acts import Plan
from campaign.targets.reading import merge, popolo, table
from campaign.targets.reading.found import Found, Unreadable

LARGEST = 5 * 1024 * 1024
# What files begin with that are often taken for a table.
NO_TABLES = {
    b"PK\x03\x04": "xlsx",
    b"\xd0\xcf\x11\xe0": "xls",
    b"%PDF": "PDF",
    b"\x1f\x8b": "gzip",
}


def plan(organisation_id: UUID, name: str, data: bytes) -> Plan:
    """What importing a file would change; raises Unreadable with each place that is wrong."""
    return merge.plan(organisation_id, title(name), read(data))


def title(name: str) -> str:
    """A file's name as the list of changes shows it."""
    return CONTROLS.sub("", one_line(name.encode("utf-8", "ignore").decode()))[:100] or _("A file")


def read(data: bytes) -> Found:
    """A table or Popolo JSON, told apart by how it begins."""
    if len(data) > LARGEST:
        raise Unreadable(_("This file is larger than %(n)s MB. Divide it.", n=LARGEST // 1024**2))
    text = _decoded(data)
    if not text.strip():
        raise Unreadable(_("This file is empty."))
    return popolo.read(text) if text.lstrip()[0] in "{[" else table.read(text)


def _decoded(data: bytes) -> str:
    for head, kind in NO_TABLES.items():
        if data.startswith(head):
            raise Unreadable(_("This is a %(kind)s file. Save it as CSV UTF-8 first.", kind=kind))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(_("This file is in UTF-16. Save it as CSV UTF-8 first."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        words = _("Line %(n)s is not in UTF-8. Save the file as CSV UTF-8.", n=number)
        raise Unreadable(words) from error
    if "\0" in text:
        raise Unreadable(_("This is not a text file."))
    return text
