"""One field of the sheet saved by itself: with a new version, off the scale, after another window."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scoring.models import Panel, SheetItem
from tests.kept import kept
from tests.scoring.builders import House
from tests.scoring.reviewing import Browser, send, sheet_of, user


@kept
def panel(house: House) -> Panel:
    return house.panel()


def test_a_field_is_saved_with_a_new_version(house: House, panel: Panel, client_of: Browser) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    client = client_of(user(panel, 0))
    status, body = send(client, sheet, "percent-4.1.2", "55", 0)
    assert (status, body) == (200, {"version": 1, "saved_at": "09:00:00"})
    assert send(client, sheet, "strengths-4.1.2", "领导带头", 1)[0] == 200
    assert send(client, sheet, "overall", "总体不错", 2)[1]["version"] == 3
    row = SheetItem.objects.get(sheet=sheet)
    assert (row.item, row.percent, row.strengths) == ("4.1.2", 55, "领导带头")
    sheet.refresh_from_db()
    assert sheet.overall == "总体不错"
    assert send(client, sheet, "percent-4.1.2", "", 3)[0] == 200
    row.refresh_from_db()
    assert (row.percent, row.strengths) == (None, "领导带头")


@pytest.mark.parametrize("value", ["57", "105", "-5", "x", ["50"], {"a": 1}])
def test_a_percentage_off_the_scale_is_not_saved(
    house: House, panel: Panel, client_of: Browser, value: object
) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    status, body = send(client_of(user(panel, 0)), sheet, "percent-4.1.2", value, 0)
    assert status == 422
    assert "5 的倍数" in body["message"]
    assert not SheetItem.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b"{}",
        b'{"field": "percent-9.9.9", "value": "50", "version": 0}',
        b'{"field": "state", "value": "sealed", "version": 0}',
        b'{"field": "sheet_id-4.1.2", "value": "1", "version": 0}',
        b'{"field": "version", "value": "1", "version": 0}',
        b'{"field": "percent-4.1.2", "value": "50", "version": "x"}',
        b'{"field": "percent-4.1.2", "value": "50"}',
    ],
)
def test_what_is_no_field_of_the_sheet_is_not_saved(
    house: House, panel: Panel, client_of: Browser, body: bytes
) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    answer = client_of(user(panel, 0)).post(
        f"/scoring/sheets/{sheet.pk}/field/", body, content_type="application/json"
    )
    assert answer.status_code == 422
    assert answer.json()["message"]
    assert not SheetItem.objects.exists()


def test_a_text_too_long_is_told_with_its_length(house: House, panel: Panel, client_of: Browser) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    status, body = send(client_of(user(panel, 0)), sheet, "strengths-4.1.2", "长" * 4001, 0)
    assert (status, body["message"]) == (422, "最多 4000 字，现在是 4001 字，请删减。")


def test_another_windows_text_is_shown_and_not_overwritten(
    house: House, panel: Panel, client_of: Browser
) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    client = client_of(user(panel, 0))
    send(client, sheet, "strengths-4.1.2", "第一个窗口", 0)
    assert send(client, sheet, "strengths-4.1.2", "第二个窗口", 0) == (
        409,
        {"version": 1, "value": "第一个窗口", "by": "您在另一个窗口"},
    )
    assert SheetItem.objects.get(sheet=sheet).strengths == "第一个窗口"
    assert send(client, sheet, "strengths-4.1.2", "第二个窗口", 1)[0] == 200


def test_another_windows_percentage_is_given_as_the_form_has_it(
    house: House, panel: Panel, client_of: Browser
) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    client = client_of(user(panel, 0))
    send(client, sheet, "percent-4.1.2", "0", 0)
    assert send(client, sheet, "percent-4.1.2", "60", 0)[1]["value"] == "0"


def test_an_old_version_alone_is_no_conflict(house: House, panel: Panel, client_of: Browser) -> None:
    """The other window worked elsewhere, the answer to the same save got lost, or the text goes on from there."""
    sheet = sheet_of(panel, 0, house.applications[0])
    client = client_of(user(panel, 0))
    send(client, sheet, "strengths-4.1.2", "领导带头", 0)
    for field, value in (
        ("percent-4.1.3", "50"),
        ("strengths-4.1.2", "领导带头"),
        ("strengths-4.1.2", "领导带头，每月走访"),
        ("opportunities-4.1.2", "覆盖不够"),
    ):
        assert send(client, sheet, field, value, 0)[0] == 200, (field, value)


def test_saving_one_field_asks_little(house: House, panel: Panel, client_of: Browser) -> None:
    sheet = sheet_of(panel, 0, house.applications[0])
    client = client_of(user(panel, 0))
    send(client, sheet, "percent-4.1.2", "50", 0)
    with CaptureQueriesContext(connection) as taken:
        assert send(client, sheet, "percent-4.1.2", "60", 1)[0] == 200
    assert len([one for one in taken if "SAVEPOINT" not in one["sql"]]) <= 12
