"""The pages of careers in a workbook of reviewers: judged row by row, exported and imported without a change."""

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
from scoring.models import (
    Consultancy,
    FamilyInterest,
    PoolImport,
    Post,
    Recusal,
    Reviewer,
    Training,
    Unavailability,
)
from scoring.rules.pool_careers import MOST_HELD, SECTIONS, judged_careers
from scoring.rules.pool_rows import COLUMNS, Known, Pool, Row, Verdict
from tests.kept import kept
from tests.scoring.builders import House

Login = Callable[[User], Client]
UPLOAD, EXPORT = reverse("scoring:upload_pool"), reverse("scoring:export_reviewers")
EMAIL = "zhao@example.com"
POST = {"employer": "苏州轴承厂", "uscc": "", "title": "经理", "since": "2020-01-01", "until": ""}
KNOWN = Known(
    "赵新",
    "zhao",
    {},
    careers={
        "posts": [(7, POST), (8, POST | {"title": "厂长"})],
        "services": [
            (
                9,
                {
                    "organisation": "甲",
                    "uscc": "",
                    "kind": "training",
                    "since": "2025-01-01",
                    "until": "",
                    "paid": "yes",
                },
            )
        ],
        "absences": [
            (n, {"since": f"19{n}-01-01", "until": f"19{n}-01-02", "reason": ""}) for n in range(40, 99)
        ],
    },
)
POOL = Pool({EMAIL: KNOWN})


def judge(
    sheet: str, *rows: dict[str, str], pool: Pool = POOL, people: tuple[Verdict, ...] = ()
) -> list[Verdict]:
    given = [Row(n, {"email": EMAIL} | cells, {}, sheet) for n, cells in enumerate(rows, start=2)]
    return judged_careers(given, pool, people)


@pytest.mark.parametrize(
    ("sheet", "cells", "outcome", "touched"),
    [
        ("posts", {"employer": "苏州轴承厂", "since": "2020-01-01"}, "same", []),
        ("posts", POST | {"title": "厂长", "uscc": "9132050000000000AA"}, "changed", ["uscc"]),
        ("posts", POST | {"until": "2021-01-01"}, "changed", ["until"]),
        ("posts", POST | {"since": ""}, "new", []),
        ("posts", POST | {"employer": ""}, "refused", ["employer"]),
        ("posts", POST | {"employer": "字" * 121}, "refused", ["employer"]),
        ("posts", POST | {"uscc": "9132"}, "refused", ["uscc"]),
        ("posts", POST | {"since": "去年"}, "refused", ["since"]),
        ("posts", POST | {"until": "2019-12-31"}, "refused", ["until"]),
        ("posts", POST | {"person": "钱旧"}, "refused", ["person"]),
        ("posts", POST | {"email": ""}, "refused", ["email"]),
        ("posts", POST | {"email": "nobody@example.com"}, "refused", ["email"]),
        ("services", {"organisation": "甲", "kind": "培训辅导", "since": "2025-01-01", "paid": "否"}, "changed", ["paid"]),
        ("services", {"organisation": "甲", "kind": "讲课", "since": "2025-01-01"}, "refused", ["kind"]),
        ("services", {"organisation": "乙", "kind": "管理咨询", "since": "2025-01-01"}, "new", []),
        ("family", {"relation": "配偶", "organisation": "甲"}, "refused", ["interest"]),
        ("family", {"relation": "配偶", "organisation": "甲", "interest": "持股 3%"}, "new", []),
        ("absences", {"since": "2026-05-01", "until": ""}, "refused", ["until"]),
    ],
)  # fmt: skip
def test_each_row_beside_what_is_on_record(
    sheet: str, cells: dict[str, str], outcome: str, touched: list[str]
) -> None:
    (verdict,) = judge(sheet, cells)
    assert (verdict.outcome, [row[0] for row in (*verdict.faults, *verdict.changes)]) == (outcome, touched)


def test_rows_against_each_other_and_against_the_page_of_names() -> None:
    twice = judge("posts", POST | {"since": "2024-01-01"}, POST | {"since": "2024-01-01", "title": "x"})
    assert [one.faults[0][0] for one in twice] == ["employer", "employer"]
    assert [one.outcome for one in judge("posts", POST, POST)] == ["same", "same"]
    held = len(KNOWN.careers["absences"])
    more = judge("absences", *({"since": f"2026-0{n}-01", "until": f"2026-0{n}-02"} for n in (1, 2)))
    assert held + 1 == MOST_HELD
    assert [one.outcome for one in more] == ["new", "refused"]
    named = {"email": EMAIL, "training": "评审员培训", "held_on": "2026-05-06"}
    person = Verdict(2, "new", dict.fromkeys(COLUMNS, "") | named)
    row = {"name": "评审员培训", "held_on": "2026-05-06"}
    (told,) = judge("training", row, pool=Pool({}), people=(person,))
    assert (told.outcome, told.faults[0][0]) == ("refused", "name")
    (other,) = judge("training", row | {"held_on": "2025-05-06"}, pool=Pool({}), people=(person,))
    assert other.outcome == "new"
    (gone,) = judge("posts", POST, pool=Pool({EMAIL: replace(KNOWN, disqualified=True)}))
    assert gone.faults[0][0] == "email"
    (bad,) = judged_careers(
        [Row(2, {"email": "x", **POST}, {"email": "不是有效的邮箱地址。"}, "posts")], POOL, ()
    )
    assert bad.faults == (("email", "不是有效的邮箱地址。"),)


# ---------------------------------------------------------------- the pages


@kept
def rich(house: House) -> Reviewer:
    """A reviewer with rows of every kind."""
    one = house.reviewer(
        name="李一", employer="=HYPERLINK(1)", qualification="高  工", load_limit=3, languages="中文、英语"
    )
    day = date(2024, 5, 6)
    Post.objects.create(reviewer=one, employer="+甲  厂", title="-", since=day)
    Post.objects.create(reviewer=one, employer="+甲  厂", title="厂长", since=day)
    Consultancy.objects.create(
        reviewer=one, organisation="乙公司", kind="certification", since=day, paid=False
    )
    Training.objects.create(reviewer=one, name="评审员培训", held_on=day, valid_until=date(2027, 5, 5))
    Training.objects.create(reviewer=one, name="组长培训", held_on=day)
    FamilyInterest.objects.create(reviewer=one, relation="配偶", organisation="丙公司", interest="持股 5%")
    Unavailability.objects.create(reviewer=one, since=day, until=day, reason="出国")
    return one


def upload(client: Client, content: bytes) -> Any:
    answer = client.post(UPLOAD, {"upload": SimpleUploadedFile("a.xlsx", content)})
    assert answer.status_code == 302, answer.content.decode()
    return client.get(answer.url)


def changed(content: bytes, *cells: tuple[str, int, int, Any]) -> bytes:
    book, out = load_workbook(BytesIO(content)), BytesIO()
    for page, line, column, value in cells:
        book[page].cell(line, column, value)
    book.save(out)
    return out.getvalue()


def test_what_is_exported_changes_nothing_when_imported(
    house: House, client_of: Login, rich: Reviewer
) -> None:
    house.reviewer(name="王二")
    client = client_of(house.clerk)
    content = client.get(EXPORT).content
    book = load_workbook(BytesIO(content))
    assert book.sheetnames == ["评审员库", *(section.title for section in SECTIONS.values())]
    assert all(cell.data_type != "f" for page in book for row in page.iter_rows() for cell in row)
    shown = upload(client, content)
    assert [(row["page"], row["outcome"]) for row in shown.context["page"] if row["outcome"] != "same"] == []
    assert len(shown.context["page"]) == 9
    assert "没有要新增或更新的内容" in shown.content.decode()


def test_a_changed_workbook_shows_what_changes_and_writes_it_on_confirmation(
    house: House, client_of: Login, rich: Reviewer
) -> None:
    client, applicant = client_of(house.clerk), house.applications[0].organisation
    content = changed(
        client.get(EXPORT).content,
        *(
            ("任职经历", 4, column, value)
            for column, value in ((1, rich.user.email), (3, applicant.name), (4, applicant.uscc))
        ),
        ("咨询服务", 2, 8, "是"),
        ("不能参加的时间", 2, 5, "出国访学"),
    )
    shown = upload(client, content)
    assert sorted(row["outcome"] for row in shown.context["page"]).count("same") == 6
    text = shown.content.decode()
    assert "有报酬：否 → 是" in text
    assert "任职经历<br>第 4 行" in text
    assert not Recusal.objects.exists()
    address, sent = shown.request["PATH_INFO"], {"shown": shown.context["shown"]}
    assert client.post(address, sent).status_code == 302
    assert set(rich.posts.values_list("employer", flat=True)) == {"+甲  厂", applicant.name}
    assert rich.consultancies.get().paid is True
    assert rich.absences.get().reason == "出国访学"
    assert Recusal.objects.get().application == house.applications[0]
    assert Entry.objects.filter(action__in=("career.add", "career.change")).count() == 3
    entry = Entry.objects.get(action="reviewer.import")
    assert entry.content["after"]["rows"] == {"new": 1, "changed": 2, "same": 5, "refused": 0}
    assert PoolImport.objects.get().rows == []


def test_a_fault_is_named_by_page_row_and_column_and_nothing_changes(
    house: House, client_of: Login, rich: Reviewer
) -> None:
    client = client_of(house.clerk)
    content = changed(
        client.get(EXPORT).content, ("咨询服务", 2, 5, "讲课"), ("咨询服务", 2, 8, "是"), ("评审员库", 2, 7, "正高"),
        ("不能参加的时间", 2, 4, "=TODAY()"),
    )  # fmt: skip
    shown = upload(client, content)
    faults = {
        row["page"]: (row["line"], row["faults"][0][0]) for row in shown.context["page"] if row["faults"]
    }
    assert faults == {"咨询服务": (2, "服务类型"), "不能参加的时间": (2, "结束日期")}
    address, sent = shown.request["PATH_INFO"], {"shown": shown.context["shown"]}
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert 'data-code="rows_refused"' in answer.content.decode()
    rich.refresh_from_db()
    assert (rich.qualification, rich.consultancies.get().paid) == ("高  工", False)


def test_a_newcomer_comes_with_a_career(house: House, client_of: Login) -> None:
    client, out = client_of(house.clerk), BytesIO()
    book = load_workbook(BytesIO(client.get(reverse("scoring:pool_template")).content))
    row = {"name": "赵新", "email": EMAIL, "kind": "评审员", "employer": "苏州质量协会"}
    book.worksheets[0].append([row.get(name) for name in COLUMNS])
    book["近亲属任职、持股"].append([EMAIL, "", "配偶", "丙公司", "", "任副总经理"])
    book.save(out)
    shown = upload(client, out.getvalue())
    assert client.post(shown.request["PATH_INFO"], {"shown": shown.context["shown"]}).status_code == 302
    assert Reviewer.objects.get().family_interests.get().interest == "任副总经理"


def test_a_page_without_its_heads_is_refused(house: House, client_of: Login) -> None:
    book, out = Workbook(), BytesIO()
    book.active.append(list(COLUMNS.values()))
    book.create_sheet("培训").append(["邮箱", "名称"])
    book.save(out)
    answer = client_of(house.clerk).post(UPLOAD, {"upload": SimpleUploadedFile("a.xlsx", out.getvalue())})
    assert answer.status_code == 422
    assert "“培训”第 1 行缺少“培训名称”“培训日期”" in answer.content.decode()


def test_the_preview_of_careers_asks_the_same_number_of_queries(
    house: House, client_of: Login, rich: Reviewer
) -> None:
    client, counts = client_of(house.clerk), []
    for _ in range(2):
        shown = upload(client, client.get(EXPORT).content)
        with CaptureQueriesContext(connection) as asked:
            client.get(shown.request["PATH_INFO"])
        counts.append(len(asked))
        for one in (house.reviewer(), house.reviewer()):
            Post.objects.create(reviewer=one, employer="丁")
    assert counts[0] == counts[1] <= 15
