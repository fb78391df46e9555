"""Text that goes into a table for a spreadsheet program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ground.text import plain

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: str) -> str:
    """`cell`, with an apostrophe before it if a spreadsheet program would run it as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def put_value(cell: Cell, value: Any) -> None:
    """Text stays text: nothing that was typed runs as a formula, and no control character stops the workbook."""
    cell.value = plain(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"


def put_rows(sheet: Worksheet, rows: Iterable[Sequence[Any]], *, first: int) -> None:
    """The values of `rows`, from line `first` (from 1) on."""
    for line, row in enumerate(rows, start=first):
        for number, value in enumerate(row, start=1):
            put_value(sheet.cell(line, number), value)  # type: ignore[arg-type]  # nothing is merged
