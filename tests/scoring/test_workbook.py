"""A sheet as a workbook: taken away, filled in, looked at item by item, saved; hostile ones refused."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import Workbook, load_workbook

from scoring.models import Sheet
from tests.scoring.builders import House, seal
from tests.scoring.reviewing import Browser, send, sheet_of, user
from tests.scoring.workbooks import Change, confirm, filled, taken, upload


@pytest.fixture
def client(sheet: Sheet, client_of: Browser) -> Client:
    return client_of(sheet.reviewer.user)


def test_it_is_filled_in_looked_at_and_saved(client: Client, sheet: Sheet) -> None:
    def change(book: Workbook) -> None:
        page = book["评分"]
        page["D2"], page["F2"], page["H2"] = 55, "领导带头", "附件 1,自评4.1.2"
        page["D3"] = "60%"
        page["D4"], page["D4"].number_format = 0.65, "0%"
        page["H2"] = "自评4.1.2"
        book["总评"]["B1"], book["总评"]["B2"] = "总体不错", 3.5

    preview = upload(client, sheet, filled(taken(client, sheet), change))
    assert preview.status_code == 200
    assert [row["name"] for row in preview.context["rows"]] == [
        "percent-4.1.2",
        "strengths-4.1.2",
        "evidence-4.1.2",
        "percent-4.1.3",
        "percent-4.1.4",
        "overall",
        "hours",
    ]
    assert not sheet.items.exists(), "nothing is saved before it is confirmed"
    assert confirm(client, sheet, preview).status_code == 302
    rows = {row.item: row for row in sheet.items.all()}
    assert [(rows[code].band, rows[code].percent) for code in ("4.1.2", "4.1.3", "4.1.4")] == [
        (50, 55),
        (50, 60),
        (50, 65),
    ]
    assert (rows["4.1.2"].strengths, rows["4.1.2"].evidence) == ("领导带头", "自评4.1.2")
    sheet.refresh_from_db()
    assert (sheet.overall, str(sheet.hours), sheet.revision) == ("总体不错", "3.5", 1)
    again = upload(client, sheet, taken(client, sheet))
    assert again.context["rows"] == []


def test_what_was_saved_since_stays_unless_chosen(client: Client, sheet: Sheet) -> None:
    content = filled(taken(client, sheet), lambda book: book["评分"].__setitem__("F2", "表格里的"))
    send(client, sheet, "strengths-4.1.2", "页面上的", 0)
    send(client, sheet, "strengths-4.1.3", "另一项", 1)
    preview = upload(client, sheet, content)
    assert [(row["name"], row["conflict"]) for row in preview.context["rows"]] == [("strengths-4.1.2", True)]
    assert confirm(client, sheet, preview, keep="strengths-4.1.2").status_code == 302
    assert sheet.items.get(item="4.1.2").strengths == "页面上的"
    assert confirm(client, sheet, preview).status_code == 302
    assert sheet.items.get(item="4.1.2").strengths == "表格里的"
    assert sheet.items.get(item="4.1.3").strengths == "另一项"


def test_what_is_saved_between_preview_and_confirmation_is_not_overwritten(
    client: Client, sheet: Sheet
) -> None:
    preview = upload(
        client, sheet, filled(taken(client, sheet), lambda book: book["评分"].__setitem__("D2", 55))
    )
    send(client, sheet, "percent-4.1.2", "30", 0)
    assert confirm(client, sheet, preview).status_code == 409
    assert sheet.items.get().percent == 30


def test_faults_name_page_row_and_column(client: Client, sheet: Sheet) -> None:
    def change(book: Workbook) -> None:
        page = book["评分"]
        page["D2"], page["F3"], page["H4"], page["D5"] = 57, "=HYPERLINK(1)", "附件9", True
        book["总评"]["B2"] = "很久"

    answer = upload(client, sheet, filled(taken(client, sheet), change))
    assert answer.status_code == 422
    assert [(fault.place, fault.message) for fault in answer.context["cell_faults"]] == [
        ("“评分”页第 3 行“优势”（4.1.3 组织治理）", "这一格是公式，请改填数字或文字。"),
        ("“评分”页第 5 行“百分比”（4.2.2 战略制定）", "这一格不是数字或文字，请重新填写。"),
        ("“评分”页第 2 行“百分比”（4.1.2 高层领导的作用）", "百分比请在 0 至 100 之间按 5 的倍数选择。"),
        ("“总评”页“用时（小时）”", "用时请填数字，如 3.5。"),
        (
            "“评分”页第 4 行“依据”（4.1.4 社会责任）",
            "“附件9”在申报材料里找不到。请写“附件3”“第15–17页”或“自评4.1.2”，用分号隔开。",
        ),
    ]
    assert not sheet.items.exists()


def test_what_was_typed_never_runs_as_a_formula(client: Client, sheet: Sheet) -> None:
    send(client, sheet, "strengths-4.1.2", "=cmd|' /C calc'!A0", 0)
    content = taken(client, sheet)
    cell = load_workbook(BytesIO(content))["评分"]["F2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=cmd|' /C calc'!A0", "s", True)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_the_structure_is_protected_and_the_origin_hidden(client: Client, sheet: Sheet) -> None:
    book = load_workbook(BytesIO(taken(client, sheet)))
    assert book.security.lockStructure
    assert book["来源"].sheet_state == "hidden"
    page = book["评分"]
    assert (page.protection.sheet, page["A2"].protection.locked, page["D2"].protection.locked) == (
        True,
        True,
        False,
    )


def _swapped(book: Workbook) -> None:
    book["评分"]["A2"] = "4.1.3"


def _forged(book: Workbook) -> None:
    book["来源"]["A1"] = str(book["来源"]["A1"].value)[:-2] + "xx"


def _without_origin(book: Workbook) -> None:
    del book["来源"]


@pytest.mark.parametrize("change", [_swapped, _forged, _without_origin])
def test_a_workbook_that_is_not_ours_is_refused(client: Client, sheet: Sheet, change: Change) -> None:
    answer = upload(client, sheet, filled(taken(client, sheet), change))
    assert answer.status_code == 422
    assert "重新下载" in answer.content.decode()


def test_a_workbook_of_another_sheet_is_refused(client: Client, sheet: Sheet, house: House) -> None:
    other = sheet_of(sheet.panel, 0, house.applications[1])
    answer = upload(client, sheet, taken(client, other))
    assert answer.status_code == 422
    assert "另一份评分表" in answer.content.decode()


def test_hostile_files_are_refused(client: Client, sheet: Sheet) -> None:
    source = zipfile.ZipFile(BytesIO(taken(client, sheet)))

    def rewritten(name: str, content: bytes) -> bytes:
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for member in source.namelist():
                if member != name:
                    archive.writestr(member, source.read(member))
            archive.writestr(name, content)
        return out.getvalue()

    page = source.read("xl/worksheets/sheet1.xml")
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha">]>' + page.split(b"?>", 1)[-1]
    for content in (
        b"",
        b"PK\x03\x04broken",
        b"%PDF-1.4 nothing",
        rewritten("xl/worksheets/sheet1.xml", bomb),
        rewritten("xl/worksheets/sheet1.xml", b"<worksheet"),
        rewritten("xl/worksheets/sheet1.xml", page[: len(page) // 2]),
        rewritten("xl/vbaProject.bin", b"macro"),
        rewritten("xl/media/big.bin", b"0" * (21 * 1024 * 1024)),
    ):
        assert upload(client, sheet, content).status_code == 422, content[:40]


def test_a_sealed_sheet_takes_no_workbook(client: Client, sheet: Sheet, house: House) -> None:
    content = taken(client, sheet)
    preview = upload(client, sheet, filled(content, lambda book: book["评分"].__setitem__("D2", 55)))
    seal(sheet, 60, house.now)
    assert upload(client, sheet, content).status_code == 409
    assert confirm(client, sheet, preview).status_code == 409
    assert client.get(f"/scoring/sheets/{sheet.pk}/workbook/").status_code == 409


def test_a_colleague_gets_neither(sheet: Sheet, house: House, client_of: Browser) -> None:
    colleague = client_of(user(sheet.panel, 1))
    assert colleague.get(f"/scoring/sheets/{sheet.pk}/workbook/").status_code == 404
    assert colleague.get(f"/scoring/sheets/{sheet.pk}/upload/").status_code == 404
