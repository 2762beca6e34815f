"""A spreadsheet, written row by row without holding it in memory. Every cell is text, so none is a formula."""

from collections.abc import Sequence
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

# A sheet ends at 1,048,576 rows (ECMA-376); the next million goes to the next one.
ROWS = 1_000_000
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Sheets:
    """A workbook under way; `close` finishes the file."""

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        # Not the folder that everybody writes to: what lies beside the file goes when the file does.
        self._book = Workbook(str(path), {**OPTIONS, "tmpdir": str(path.parent)})
        self._header = header
        self._sheet: Worksheet = self._next()

    def write(self, rows: Sequence[Sequence[str]]) -> None:
        """Add rows below the last."""
        for row in rows:
            if self._row > ROWS:
                self._sheet = self._next()
            self._line(row)

    def close(self) -> None:
        """Finish the file."""
        self._book.close()

    def _next(self) -> Worksheet:
        sheet: Worksheet = self._book.add_worksheet()
        self._sheet, self._row = sheet, 0
        self._line(self._header)
        sheet.freeze_panes(1, 0)
        return sheet

    def _line(self, row: Sequence[str]) -> None:
        for number, cell in enumerate(row):
            self._sheet.write_string(self._row, number, cell)
        self._row += 1
