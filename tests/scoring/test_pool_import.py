"""Reviewers from a spreadsheet: each row new, changed or refused at its cell; nothing is saved before it is confirmed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from accounts.models import User
from audit.models import Entry
from notifications.models import OutboxMessage
from scoring.models import PoolImport, Recusal, Reviewer
from scoring.rules.pool_rows import COLUMNS, Known, Pool, Row, judged
from tests.factories import make_user
from tests.scoring.builders import House

Login = Callable[[User], Client]
UPLOAD = reverse("scoring:upload_pool")
GOOD: dict[str, Any] = {
    "name": "赵新",
    "email": "zhao@example.com",
    "kind": "评审员",
    "employer": "苏州质量协会",
}


def book(*rows: dict[str, Any], heads: tuple[str, ...] = tuple(COLUMNS.values())) -> SimpleUploadedFile:
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.append(heads)
    for row in rows:
        sheet.append([row.get(name) for name in COLUMNS])
    content = BytesIO()
    made.save(content)
    return SimpleUploadedFile("名单.xlsx", content.getvalue())


def preview(client: Client, *rows: dict[str, Any]) -> Any:
    answer = client.post(UPLOAD, {"upload": book(*rows)})
    assert answer.status_code == 302
    return client.get(answer.url)


def confirm(client: Client, shown: Any) -> Any:
    return client.post(shown.request["PATH_INFO"], {"shown": shown.context["shown"]})


# ---------------------------------------------------------------- the rule

KNOWN = Known(
    "赵新",
    "zhao",
    {
        "kind": "reviewer", "employer": "苏州质量协会", "employer_uscc": "", "industries": "C", "qualification": "高工",
        "languages": "", "load_limit": "3",
    },
    {("评审员培训", "2024-05-06"): "2026-05-05"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "outcome", "faulty"),
    [
        ({}, "new", []),
        ({"name": "", "employer": ""}, "refused", ["name", "employer"]),
        ({"email": "zhao"}, "refused", ["email"]),
        ({"kind": "组长"}, "refused", ["kind"]),
        ({"employer_uscc": "9132"}, "refused", ["employer_uscc"]),
        ({"industries": "CZ"}, "refused", ["industries"]),
        ({"industries": "c、i"}, "new", []),
        ({"load_limit": "101"}, "refused", ["load_limit"]),
        ({"load_limit": "3.5"}, "refused", ["load_limit"]),
        ({"load_limit": "²"}, "refused", ["load_limit"]),
        ({"training": "评审员培训"}, "refused", ["held_on"]),
        ({"held_on": "去年"}, "refused", ["held_on", "training"]),
        (
            {"training": "甲", "held_on": "2024-05-06", "valid_until": "2024-05-05"},
            "refused",
            ["valid_until"],
        ),
        ({"training": "甲", "held_on": "0001-01-01"}, "refused", ["held_on"]),
        ({"email": "other@example.com"}, "refused", ["email"]),
        ({"username": "taken"}, "refused", ["username"]),
        ({"username": "赵新"}, "refused", ["username"]),
        ({"email": f"{'z' * 60}@example.com"}, "refused", ["username"]),
        ({"name": "赵" * 61}, "refused", ["name"]),
    ],
)
def test_a_row_of_somebody_new(cells: dict[str, str], outcome: str, faulty: list[str]) -> None:
    pool = Pool({}, frozenset({"other@example.com"}), frozenset({"taken"}))
    verdict = judged([Row(2, GOOD | cells)], pool)[0]
    assert (verdict.outcome, [column for column, _ in verdict.faults]) == (outcome, faulty)


@pytest.mark.parametrize(
    ("cells", "outcome", "touched"),
    [
        ({}, "same", []),
        ({"email": "ZHAO@example.com"}, "same", []),
        ({"kind": "行业专家", "load_limit": "4"}, "changed", ["kind", "load_limit"]),
        ({"training": "评审员培训", "held_on": "2024-05-06", "valid_until": "2027-05-05"}, "changed", ["valid_until"]),
        ({"training": "评审员培训", "held_on": "2026-05-06"}, "changed", ["training"]),
        ({"training": "评审员培训", "held_on": "2024-05-06"}, "same", []),
        ({"name": "钱旧"}, "refused", ["name"]),
        ({"username": "qian"}, "refused", ["username"]),
    ],
)  # fmt: skip
def test_a_row_of_somebody_in_the_pool(cells: dict[str, str], outcome: str, touched: list[str]) -> None:
    verdict = judged([Row(2, GOOD | cells)], Pool({"zhao@example.com": KNOWN}))[0]
    assert verdict.outcome == outcome
    assert [row[0] for row in (*verdict.faults, *verdict.changes)] == touched


def test_a_disqualified_reviewer_does_not_come_back_in_a_list() -> None:
    verdict = judged([Row(2, GOOD)], Pool({"zhao@example.com": replace(KNOWN, disqualified=True)}))[0]
    assert (verdict.outcome, [column for column, _ in verdict.faults]) == ("refused", ["email"])


def test_two_people_do_not_share_a_login_name() -> None:
    rows = [
        Row(2, GOOD | {"username": "zhao"}),
        Row(3, GOOD | {"username": "zhao", "email": "li@example.com"}),
    ]
    verdicts = judged(rows, Pool({}, frozenset(), frozenset()))
    assert [[column for column, _ in verdict.faults] for verdict in verdicts] == [["username"], ["username"]]


def test_rows_against_each_other_and_bad_cells() -> None:
    rows = [
        Row(2, GOOD),
        Row(3, GOOD | {"email": "Zhao@Example.com"}),
        Row(4, GOOD | {"email": "li@example.com"}),
    ]
    rows += [
        Row(5, GOOD | {"email": "x@example.com", "employer": ""}, {"employer": "这一格是公式，请改填文字。"})
    ]
    verdicts = judged(rows, Pool({}))
    assert [one.outcome for one in verdicts] == ["refused", "refused", "new", "refused"]
    assert verdicts[3].faults == (("employer", "这一格是公式，请改填文字。"),)


# ---------------------------------------------------------------- the pages


def test_nothing_is_saved_before_it_is_confirmed(house: House, client_of: Login) -> None:
    old = house.reviewer(name="钱旧", qualification="高工")
    client = client_of(house.clerk)
    training = {"training": "评审员培训", "held_on": date(2026, 5, 6), "valid_until": "2029-05-05"}
    rows = (
        GOOD | training | {"industries": "CI", "load_limit": 4},
        {"name": "钱旧", "email": old.user.email, "kind": "评审员", "employer": old.employer, "qualification": "正高"},
    )  # fmt: skip
    faulty = preview(client, *rows, GOOD | {"email": "nobody"})
    assert [row["outcome"] for row in faulty.context["page"]] == ["refused", "new", "changed"]
    page = faulty.content.decode()
    assert "资格：高工 → 正高" in page
    assert "“邮箱”格：不是有效的邮箱地址。" in page
    assert "确认导入" not in page
    assert 'data-code="rows_refused"' in confirm(client, faulty).content.decode()
    shown = preview(client, *rows)
    assert (Reviewer.objects.count(), OutboxMessage.objects.exclude(address="").count()) == (1, 0)
    assert confirm(client, shown).status_code == 302
    new = Reviewer.objects.get(user__email="zhao@example.com")
    old.refresh_from_db()
    assert (new.industries, new.load_limit, old.qualification) == ("CI", 4, "正高")
    assert new.trainings.get().valid_until == date(2029, 5, 5)
    assert list(OutboxMessage.objects.exclude(address="").values_list("address", flat=True)) == [
        "zhao@example.com"
    ]
    assert Reviewer.objects.count() == 2
    kept = PoolImport.objects.get()
    assert (kept.confirmed_at, kept.rows) == (house.now, [])
    entry = Entry.objects.get(action="reviewer.import")
    assert entry.content["after"] == {"new": 1, "changed": 1, "same": 0, "refused": 0}
    again = confirm(client, shown)
    assert again.status_code == 422
    assert "已经导入" in again.content.decode()


def test_what_was_not_shown_is_not_confirmed(house: House, client_of: Login) -> None:
    client = client_of(house.clerk)
    shown = preview(client, GOOD)
    taken = make_user()
    User.objects.filter(pk=taken.pk).update(email="zhao@example.com")
    answer = confirm(client, shown)
    assert answer.status_code == 422
    assert not Reviewer.objects.exists()
    assert confirm(client, answer).status_code == 422  # nothing is left to do


def test_who_comes_in_a_list_is_kept_out_of_their_employers_file(house: House, client_of: Login) -> None:
    client = client_of(house.clerk)
    assert confirm(client, preview(client, GOOD | {"employer": "苏州甲精密制造有限公司"})).status_code == 302
    assert Recusal.objects.get().code == "same_employer"


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (SimpleUploadedFile("x.xlsx", b"no workbook"), ""),
        (book(), "一行也没有"),
        (book(GOOD, heads=("姓名", "邮件")), "缺少“邮箱”"),
        (book(*[GOOD] * 301), "最多导入 300 行"),
    ],
)
def test_a_file_that_is_no_list_is_refused(
    house: House, client_of: Login, upload: SimpleUploadedFile, words: str
) -> None:
    upload.seek(0)
    answer = client_of(house.clerk).post(UPLOAD, {"upload": upload})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not PoolImport.objects.exists()


def test_a_formula_is_refused_at_its_cell(house: House, client_of: Login) -> None:
    shown = preview(client_of(house.clerk), GOOD | {"employer": "=1+1"})
    assert "“工作单位”格：这一格是公式" in shown.content.decode()


def test_the_template_comes_back_empty_and_filled(house: House, client_of: Login) -> None:
    client = client_of(house.clerk)
    blank = load_workbook(BytesIO(client.get(reverse("scoring:pool_template")).content))
    blank.worksheets[0].append([GOOD.get(name) for name in COLUMNS])
    content = BytesIO()
    blank.save(content)
    answer = client.post(UPLOAD, {"upload": SimpleUploadedFile("a.xlsx", content.getvalue())})
    assert [row["outcome"] for row in client.get(answer.url).context["page"]] == ["new"]


def test_an_import_is_its_office_persons_own(house: House, client_of: Login) -> None:
    shown = preview(client_of(house.clerk), GOOD).request["PATH_INFO"]
    assert client_of(house.head).get(shown).status_code == 404
    for grant in ("supervisor", "reviewer", "administrator"):
        client = client_of(make_user(grant))
        addresses = (shown, UPLOAD, reverse("scoring:pool_template"))
        assert [client.get(address).status_code for address in addresses] == [403] * 3


def test_the_preview_asks_the_same_number_of_queries(house: House, client_of: Login) -> None:
    client, counts = client_of(house.clerk), []
    for size in (1, 3):
        rows = [GOOD | {"email": house.reviewer().user.email} for _ in range(size)]
        address = preview(client, *rows, GOOD).request["PATH_INFO"]
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 15


def test_the_preview_names_the_sheets_it_has_read(db: None, client_of: Login) -> None:
    made = load_workbook(book(GOOD))
    made.worksheets[0].title = "八月名单<b>"
    made.create_sheet("去年名单").append(["姓名"])
    made.create_sheet("培训").append(["邮箱", "培训名称", "培训日期"])
    content = BytesIO()
    made.save(content)
    client = client_of(make_user("office_clerk:park"))
    answer = client.post(UPLOAD, {"upload": SimpleUploadedFile("名单.xlsx", content.getvalue())})
    text = client.get(answer.url).content.decode()
    assert "读取工作表“八月名单&lt;b&gt;”“培训”，其他工作表不读取。" in text
