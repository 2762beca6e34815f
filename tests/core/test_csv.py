"""A table that any spreadsheet opens, and that none takes for formulas."""

import csv
import io
from collections.abc import Sequence

import pytest

from campaign.core.csv import lines, safe

HOSTILE = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\0=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(A1)",
    "﹦1+1",
    "﹢1",
    "﹣1",
    "﹫x",
    "−1",
    '=HYPERLINK("https://evil.example")',
    "=cmd|'/c calc'!A1",
    "\ttext",
]
HARMLESS = ["Marie", "", "1=1", "a-b", "O'Brien", "'=1", "née", "9000", "e@mail", '"=1"', "(−1)"]


def read(rows: Sequence[Sequence[object]], **options: bool) -> list[list[str]]:
    text = b"".join(lines(rows, **options)).decode()
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_what_could_be_a_formula_is_text(text: str) -> None:
    assert safe(text) == f"'{text}"
    assert read([[text]]) == [[f"'{text}"]]


@pytest.mark.parametrize("value", [*HARMLESS, 0, -5, 1.5, True, None], ids=ascii)
def test_anything_else_is_left_alone(value: object) -> None:
    assert safe(value) is value


def test_commas_quotes_and_line_breaks_come_back_as_they_were() -> None:
    rows = [["a,b", 'say "x"', "two\nlines"], ["é", "日本", "🙂"]]
    assert read(rows) == rows
    assert b"".join(lines([["a"], ["b"]])) == b"a\r\nb\r\n"


def test_a_byte_order_mark_stands_once_and_only_where_it_is_asked_for() -> None:
    rows = [["a"]] * 1000
    assert b"".join(lines(rows, bom=True)).count("\ufeff".encode()) == 1
    assert "\ufeff".encode() not in b"".join(lines(rows))


def test_rows_leave_in_pieces_while_others_are_still_read() -> None:
    read_so_far = 0

    def endless() -> object:
        nonlocal read_so_far
        while True:
            read_so_far += 1
            yield ["x"]

    stream = lines(endless())
    assert next(stream)
    assert read_so_far < 1000


def test_half_a_character_does_not_end_the_file() -> None:
    assert b"".join(lines([["\ud800x"]])) == b"?x\r\n"
