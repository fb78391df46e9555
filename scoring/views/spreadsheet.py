"""A table to take away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ground.spreadsheets import put_rows

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


Page = tuple[str, Sequence[tuple[str, int]], Iterable[Sequence[str | int]]]


def spreadsheet(
    filename: str,
    title: str,
    columns: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[str | int]],
    *further: Page,
) -> HttpResponse:
    """An xlsx answer; `columns`: head and width; `further` pages: title, columns, rows.

    Text stays text: nothing that was typed runs as a formula.
    """
    book = Workbook()
    _page(book.active, title, columns, rows)
    for page in further:
        _page(book.create_sheet(), *page)
    content = BytesIO()
    book.save(content)
    response = HttpResponse(content.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _page(
    sheet: Worksheet, title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str | int]]
) -> None:
    sheet.title = title
    sheet.append([label for label, _ in columns])
    for number, (_, width) in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.cell(1, number).font = Font(bold=True)
    put_rows(sheet, rows, first=2)
    sheet.freeze_panes = "A2"
