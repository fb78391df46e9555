"""The workbook of reviewers, a page of names and pages of their careers: to fill in, and read back as distrustfully as any."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from io import BytesIO
from typing import Any, BinaryIO, Final

from django import forms
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from applications.industry import SECTIONS as TRADES
from ground.errors import Refused
from scoring.forms.workbook import BROKEN, opened_book, put_cell
from scoring.rules.pool_careers import SECTIONS
from scoring.rules.pool_rows import COLUMNS, KINDS, REQUIRED, Row

MOST_LINES: Final = 300
MOST_CAREER_LINES: Final = 2000
MOST_COLUMNS: Final = 40
LONGEST_CELL: Final = 300
NOTES: Final = (
    ("姓名、邮箱、类别、工作单位", "必填。邮箱用来认人：评审员库里已有这个邮箱的，按这一行更新；没有的，新建账号并发邀请信。"),
    ("登录名", "新建账号时不填的，用邮箱作登录名。"),
    ("类别", "评审员，或者行业专家。"),
    ("熟悉的行业", "GB/T 4754 门类字母，如 C、I。字母的意思见下。"),
    ("日期", "写成 2026-05-06，或用日期格式的单元格。"),
    ("空着的格", "已有的评审员，空着的格不改动。"),
    ("其他各页", "任职、服务、培训、近亲属、不能参加的时间，一条一行，用邮箱认人。表里没有的，已有的记录不删除；可以整页空着。"),
    ("任职经历", "近五年内的都要填；至今的，结束日期空着。"),
)  # fmt: skip


class PoolUploadForm(forms.Form):
    upload = forms.FileField(
        label="填好的名单",
        help_text=f"xlsx，不超过 2 MB，名单不超过 {MOST_LINES} 行。上传后先看每一行的结果，确认之前什么都不保存。",
        error_messages={"required": "请选择填好的名单。", "empty": "文件是空的，请重新选择。"},
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )


def template() -> bytes:
    """An empty list with its heads, the choices, the pages of careers, and a page of explanations."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "评审员名单"
    _heads(sheet, COLUMNS, REQUIRED)
    _choices(sheet, list(COLUMNS).index("kind"), KINDS)
    for section in SECTIONS.values():
        page = book.create_sheet(section.title)
        _heads(page, section.heads, ("email", *section.required))
        for name, words in section.choices.items():
            _choices(page, list(section.heads).index(name), words)
    notes = book.create_sheet("填写说明")
    rows = [*NOTES, ("", ""), *((letter, words) for letter, words in TRADES.items())]
    for line, pair in enumerate(rows, start=1):
        for place, words in enumerate(pair, start=1):
            put_cell(notes.cell(line, place), words)
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 30, 80
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def read_pool(file: BinaryIO) -> tuple[list[Row], list[str]]:
    """The rows of the first page and of the pages of careers, empty ones left out, and the names of these pages.

    Pages of other names are not read.

    Refused: workbook_unknown, too_many_lines, nothing_to_import, as workbook.opened_book.
    """
    book = opened_book(file)
    try:
        first, *further = book.worksheets
        found, sheets = _rows(first, "", COLUMNS, REQUIRED, MOST_LINES), [first.title]
        for key, section in SECTIONS.items():
            for page in further:
                if page.title.strip() == section.title:
                    needed = ("email", *section.required)
                    found += _rows(page, key, section.heads, needed, MOST_CAREER_LINES)
                    sheets.append(section.title)
    except BROKEN as error:
        raise Refused("file_broken", "文件已损坏，无法打开。请重新下载模板后填写。") from error
    finally:
        book.close()
    if not found:
        raise Refused("nothing_to_import", "名单里一行也没有。请从第 2 行开始填写。")
    return found, list(dict.fromkeys(sheets))


def _heads(sheet: Worksheet, columns: Mapping[str, str], required: Collection[str]) -> None:
    for number, (name, label) in enumerate(columns.items(), start=1):
        cell = sheet.cell(1, number, f"{label}*" if name in required else label)
        cell.font = Font(bold=True)
        wide = name in ("email", "employer", "organisation", "interest")
        sheet.column_dimensions[get_column_letter(number)].width = 26 if wide else 16
    sheet.freeze_panes = "A2"


def _choices(sheet: Worksheet, place: int, words: Iterable[str]) -> None:
    """The column at `place` (from 0) offers `words`."""
    listed = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
    column = get_column_letter(place + 1)
    listed.add(f"{column}2:{column}{MOST_LINES + 1}")
    sheet.add_data_validation(listed)


def _rows(
    sheet: Any, key: str, columns: Mapping[str, str], required: Collection[str], most: int
) -> list[Row]:
    rows = sheet.iter_rows(max_row=most + 200, max_col=MOST_COLUMNS)
    places = _places(next(rows, ()), columns, required, sheet.title)
    found = [row for line, cells in enumerate(rows, start=2) if (row := _row(line, cells, places, key))]
    if len(found) > most:
        raise Refused("too_many_lines", f"“{sheet.title}”一次最多导入 {most} 行，请分成几份。")
    return found


def _places(heads: Any, columns: Mapping[str, str], required: Collection[str], title: str) -> dict[int, str]:
    """Column number → column, by the heads of the first row."""
    labels = {label: name for name, label in columns.items()}
    words = [str(cell.value or "").strip().rstrip("*＊").strip() for cell in heads]
    places = {number: labels[word] for number, word in enumerate(words) if word in labels}
    missing = [columns[name] for name in required if name not in places.values()]
    if missing:
        raise Refused(
            "workbook_unknown",
            f"“{title}”第 1 行缺少“{'”“'.join(missing)}”。请下载模板，在模板里填写，不要改表头。",
        )
    return places


def _row(line: int, cells: Any, places: dict[int, str], sheet: str) -> Row | None:
    texts: dict[str, str] = {}
    bad: dict[str, str] = {}
    for number, name in places.items():
        if number < len(cells):
            texts[name], fault = _text(cells[number])
            if fault:
                bad[name] = fault
    if not any(texts.values()) and not bad:
        return None
    return Row(line, texts, bad, sheet)


def _text(cell: Any) -> tuple[str, str]:
    """A cell as somebody would have typed it, and what is wrong with it."""
    value = getattr(cell, "value", None)
    if value is None:
        return "", ""
    if cell.data_type == "f":
        return "", "这一格是公式，请改填文字。"
    if cell.data_type == "e" or isinstance(value, bool):
        return "", "这一格不是文字或数字，请重新填写。"
    if isinstance(value, datetime):
        return value.date().isoformat(), ""
    if isinstance(value, date):
        return value.isoformat(), ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).replace("\x00", "").strip()
    return (text[:LONGEST_CELL], "这一格太长。") if len(text) > LONGEST_CELL else (text, "")
