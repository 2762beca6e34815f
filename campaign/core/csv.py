"""Tables as CSV (RFC 4180) that no spreadsheet takes for formulas."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

BOM = "\ufeff"
BATCH = 200
# What spreadsheets begin a formula with; the minus sign proper beside its ASCII twin.
FORMULA = frozenset("=+-@\u2212")
# OWASP, CSV injection: these are dropped on the way in, and what stands behind them counts.
SKIPPED = frozenset("\t\r\n\0")


def safe(value: object) -> object:
    """A cell that stays what it is when a spreadsheet opens it: text that could be a formula gets a `'` before it.

    Numbers are left alone. Full-width and small forms (＝ ＋ － ＠ ﹦ …) count as what they stand for.
    """
    if not isinstance(value, str) or not value:
        return value
    seen = next((char for char in value if not _invisible(char)), "")
    if value[0] in SKIPPED or (seen and unicodedata.normalize("NFKC", seen)[0] in FORMULA):
        return "'" + value
    return value


def _invisible(char: str) -> bool:
    """White space, and marks without width such as a byte-order mark."""
    return char.isspace() or unicodedata.category(char) in ("Cf", "Cc")


def lines(rows: Iterable[Sequence[object]], *, bom: bool = False) -> Iterator[bytes]:
    """The rows as UTF-8 with CRLF line ends, some hundred rows a piece; `bom` tells Excel that it is UTF-8."""
    buffer = io.StringIO(BOM if bom else "", newline="")
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer, lineterminator="\r\n")
    for number, row in enumerate(rows, 1):
        writer.writerow([safe(cell) for cell in row])
        if number % BATCH == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    """What the buffer holds; it is empty afterwards."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")
