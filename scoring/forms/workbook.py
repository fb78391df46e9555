"""A sheet as a workbook to fill in elsewhere: written with what it rests on, read back as distrustfully as any upload.

The workbook carries, signed, which sheet it is of and what stood in it; what the reviewer changed is the difference to
that, so that fields left alone never undo what was saved since.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any, BinaryIO, Final

from django.core import signing
from django.core.exceptions import ValidationError
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation

from documents import inspection
from ground.errors import Refused
from ground.spreadsheets import put_value
from scoring.forms.sheets import TEXTS, SheetForm
from scoring.models import Sheet
from scoring.queries.earlier import Earlier
from scoring.queries.score_forms import Line, ScoreForm, as_text

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_UNPACKED: Final = 20 * 1024 * 1024
SALT: Final = "scoring.workbook"
SCORES, WHOLE, BANDS, ORIGIN = "评分", "总评", "评分区间", "来源"
HEADS: Final = {"percent": "百分比", **TEXTS}
WHOLE_ROWS: Final = {"overall": "总体评价", "hours": "用时（小时）"}
_FIRST: Final = 2
_FIXED: Final = 3
_PIECE: Final = 30_000
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")
_NOT_OURS: Final = "这不是从评分表下载的工作簿，或者其中的“来源”页被改过。请重新下载，在下载的文件里填写。"
_UNREADABLE: Final = "文件已损坏，无法打开。请重新下载后填写。"
# What openpyxl raises over parts that are no spreadsheet; a fault in the XML is a SyntaxError.
BROKEN: Final = (
    InvalidFileException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    SyntaxError,
    OSError,
)
Values = dict[str, str]


@dataclass(frozen=True)
class CellFault:
    """What is wrong in one cell, in words that name sheet, row and column."""

    place: str
    message: str


@dataclass(frozen=True)
class Filled:
    """A workbook as read: what stood in it when it was taken, and what stands in it now, both by field name."""

    taken: Values
    values: Values
    cleaned: Mapping[str, Any]
    faults: tuple[CellFault, ...]
    places: Mapping[str, str]

    @property
    def changed(self) -> tuple[str, ...]:
        return tuple(name for name, value in self.values.items() if value != self.taken.get(name, ""))


def current_values(form: SheetForm) -> Values:
    """What the sheet holds now, as a workbook shows it."""
    names = [name for name in form.fields if name != "version" and not name.startswith("band-")]
    return {name: as_text(form.initial.get(name)) for name in names}


def written(sheet: Sheet, form: SheetForm, earlier: Earlier | None = None) -> bytes:
    """The workbook: scores, the whole, the bands to read, and where it comes from (hidden).

    `earlier`: what the reviewer may know of the stage before, beside the scores to read; never read back.
    """
    blank, values = form.score_form, current_values(form)
    book = Workbook()
    scores = book.worksheets[0]
    scores.title = SCORES
    columns = _columns(blank)
    known = [] if earlier is None else [f"{earlier.whose}（%，对照用）"]
    scores.append(["评分项", "名称", "分值", *(HEADS[name] for name in columns), *known])
    for row, line in enumerate(blank.lines, start=_FIRST):
        for column, value in enumerate((line.code, line.title, line.points), start=1):
            put_cell(scores.cell(row, column), value)
        for column, name in enumerate(columns, start=_FIXED + 1):
            value = values[f"{name}-{line.code}"]
            put_cell(
                scores.cell(row, column), int(value) if name == "percent" and value else value, opened=True
            )
        if earlier is not None and line.code in earlier.percents:
            put_cell(scores.cell(row, _FIXED + len(columns) + 1), earlier.percents[line.code])
    for letter, width in zip("ABCDEFGHIJ", (10, 24, 6, 9, 30, 40, 40, 24, 30, 14), strict=True):
        scores.column_dimensions[letter].width = width
    steps = ",".join(str(percent) for percent in blank.percents)
    choice = DataValidation(type="list", formula1=f'"{steps}"', allow_blank=True, showErrorMessage=True)
    choice.error = f"请填 0 至 100 之间 {blank.criteria.step} 的倍数"
    choice.add(f"D{_FIRST}:D{_FIRST + len(blank.lines) - 1}")
    scores.add_data_validation(choice)
    scores.freeze_panes = "D2"
    whole = book.create_sheet(WHOLE)
    for row, (name, label) in enumerate(WHOLE_ROWS.items(), start=1):
        put_cell(whole.cell(row, 1), label)
        put_cell(whole.cell(row, 2), values[name], opened=True)
    whole.column_dimensions["A"].width, whole.column_dimensions["B"].width = 16, 80
    bands = book.create_sheet(BANDS)
    bands.append(["区间", "过程条目", "结果条目"])
    for band in blank.criteria.bands:
        bands.append([f"{band.percents[0]}%–{band.percents[-1]}%", band.process, band.result])
    bands.column_dimensions["B"].width = bands.column_dimensions["C"].width = 60
    origin = book.create_sheet(ORIGIN)
    origin.sheet_state = "hidden"
    for row, piece in enumerate(_pieces(_signed(sheet, values)), start=1):
        put_cell(origin.cell(row, 1), piece)
    for one in (scores, bands):
        for cell in one[1]:
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EEF7")
    for one in book.worksheets:
        one.protection.sheet = True
        one.protection.formatColumns = one.protection.formatRows = False
    book.security = WorkbookProtection(lockStructure=True)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def read(file: BinaryIO, *, sheet: Sheet, form: SheetForm) -> Filled:
    """Read a filled workbook. Refused: file_too_large, workbook_unknown, workbook_of_other_sheet, as documents.inspect."""
    book = opened_book(file)
    try:
        taken = _origin(book, sheet)
        values, faults, places = {}, [], {}
        for name, place, cell in _cells(book, form.score_form):
            places[name] = place
            try:
                values[name] = _typed(name, cell)
            except ValidationError as error:
                faults.append(CellFault(place, " ".join(error.messages)))
    except BROKEN as error:
        raise Refused("file_broken", _UNREADABLE) from error
    finally:
        book.close()
    cleaned = {}
    for name, value in values.items():
        try:
            cleaned[name] = form.fields[name].clean(value)
        except ValidationError as error:
            faults.append(CellFault(places[name], " ".join(error.messages)))
    shown = {name: as_text(value) for name, value in cleaned.items()}
    return Filled(taken, shown, cleaned, tuple(faults), places)


def opened_book(file: BinaryIO) -> Workbook:
    file.seek(0, 2)
    if file.tell() > MOST_BYTES:
        raise Refused("file_too_large", "工作簿超过 2 MB。请只在下载的文件里填写文字，不要插入图片。")
    inspection.inspect(file, kinds=("xlsx",))
    with zipfile.ZipFile(file) as archive:
        if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
            raise Refused("file_bomb", "工作簿解开后过大，不予接收。请重新下载后填写。")
        for member in archive.infolist():
            if member.filename.endswith((".xml", ".rels")) and _declares(archive.read(member)):
                raise Refused("workbook_unknown", _NOT_OURS)
    file.seek(0)
    try:
        return load_workbook(file, read_only=True, data_only=False, keep_links=False)
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        SyntaxError,
        OSError,
    ) as error:
        raise Refused("file_broken", "文件已损坏，无法打开。请重新下载后填写。") from error


def _declares(content: bytes) -> bool:
    """Whether a part declares a document type, which can grow without end; no spreadsheet program writes one."""
    return content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"<!DOCTYPE" in content or b"<!ENTITY" in content


def _origin(book: Workbook, sheet: Sheet) -> Values:
    if not {SCORES, WHOLE, ORIGIN} <= set(book.sheetnames):
        raise Refused("workbook_unknown", _NOT_OURS)
    try:
        cells = [row[0] for row in book[ORIGIN].iter_rows(max_row=100, max_col=1, values_only=True)]
        found = signing.loads("".join(str(cell) for cell in cells if cell), salt=SALT)
        of, taken = found["sheet"], dict(found["values"])
    except (signing.BadSignature, ValueError, KeyError, TypeError, IndexError, SyntaxError) as error:
        raise Refused("workbook_unknown", _NOT_OURS) from error
    if of != sheet.pk:
        raise Refused("workbook_of_other_sheet", "这份工作簿是另一份评分表的，请核对组织和环节后重新选择。")
    return taken


def _cells(book: Workbook, blank: ScoreForm) -> Iterator[tuple[str, str, Any]]:
    """(field name, place in words, cell) of everything that can be filled in."""
    columns = _columns(blank)
    rows = list(
        book[SCORES].iter_rows(
            min_row=_FIRST, max_row=_FIRST + len(blank.lines) - 1, max_col=_FIXED + len(columns)
        )
    )
    for number, line in enumerate(blank.lines):
        row = rows[number] if number < len(rows) else ()
        if not row or str(row[0].value) != line.code:
            raise Refused(
                "workbook_unknown",
                f"“{SCORES}”页第 {number + _FIRST} 行应为 {line.code}。请重新下载，不要增删或移动行列。",
            )
        for place, name in enumerate(columns, start=_FIXED):
            cell = row[place] if place < len(row) else None
            yield (
                f"{name}-{line.code}",
                f"“{SCORES}”页第 {number + _FIRST} 行“{HEADS[name]}”（{_named(line)}）",
                cell,
            )
    whole = list(book[WHOLE].iter_rows(max_row=len(WHOLE_ROWS), max_col=2))
    for number, (name, label) in enumerate(WHOLE_ROWS.items()):
        row = whole[number] if number < len(whole) else ()
        yield name, f"“{WHOLE}”页“{label}”", row[1] if len(row) > 1 else None


def _typed(name: str, cell: Any) -> str:
    """A cell as somebody would have typed it into the page; raises ValidationError."""
    value = None if cell is None else cell.value
    if value is None:
        return ""
    if cell.data_type == "f" or (isinstance(value, str) and value.startswith("=") and cell.data_type != "s"):
        raise ValidationError("这一格是公式，请改填数字或文字。")
    if cell.data_type == "e" or isinstance(value, bool):
        raise ValidationError("这一格不是数字或文字，请重新填写。")
    if isinstance(value, int | float):
        number = Decimal(str(value))
        if name.startswith("percent-") and "%" in (cell.number_format or ""):
            number *= 100
        return f"{number.normalize():f}"
    text = str(value).strip()
    return text.removesuffix("%").strip() if name.startswith("percent-") else text


def put_cell(cell: Cell, value: str | int, *, opened: bool = False) -> None:
    """Text stays text: nothing that was typed runs as a formula, also when it is edited."""
    put_value(cell, value)
    if isinstance(value, str):
        cell.quotePrefix = value.startswith(_RISKY)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if opened:
        cell.protection = Protection(locked=False)


def _signed(sheet: Sheet, values: Values) -> str:
    held = {name: value for name, value in values.items() if value}
    content = {"sheet": sheet.pk, "revision": sheet.revision, "values": held}
    return signing.dumps(content, salt=SALT, compress=True)


def _pieces(text: str) -> list[str]:
    return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]


def _columns(blank: ScoreForm) -> list[str]:
    return [name for name in blank.fields_of(blank.lines[0]) if name != "band"]


def _named(line: Line) -> str:
    return line.title if line.kind == "rubric" else f"{line.code} {line.title}"
