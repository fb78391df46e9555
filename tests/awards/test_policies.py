"""The policy library: the operator's files come in, two characters are found, every article has its anchor."""

from __future__ import annotations

from datetime import date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awards import queries, services
from awards.models import PolicyDocument
from awards.rules.policy_text import excerpt, head_of, marked, paragraphs
from ground import clock
from ground.errors import Refused

pytestmark = pytest.mark.usefixtures("now", "db")

PARK = """【园区本级】虚构园区奖励办法

各单位：
现将办法印发给你们。
第一章  总则
第一条  为提升质量，制定本办法。
第二条  专利奖励按年度发放。  第二章  附则
第三条  本办法由评定办解释，违反第二条的不予奖励。 第四条  自发布起施行。
"""
CITY = "【苏州市级】虚构市级商标细则\n第一条  商标注册奖励。\n"
NATION = "【国家级】虚构指导意见\n(一)总体要求\n坚持质量第一。\n(二)主要任务\n培育品牌商标。\n"


def add(slug: str, text: str, **more) -> PolicyDocument:
    document, _ = services.import_policy(
        source=services.PolicySource(slug=slug, text=text, **more), now=clock.now()
    )
    return document


@pytest.fixture
def library(db: None, now: datetime) -> None:
    add("park", PARK, in_force_from=date(2023, 1, 1), in_force_until=date(2028, 1, 1))
    add("city", CITY, in_force_from=date(2016, 1, 1), in_force_until=date(2020, 1, 1))
    add("nation", NATION)


def slugs(*words: str, **narrow) -> list[str]:
    return [document.slug for document in queries.policies(words=words, **narrow)]


# ---- the text ----
def test_the_first_line_names_level_and_title():
    head, body = head_of("\ufeff\n" + PARK)
    assert (head.level, head.title) == ("park", "虚构园区奖励办法")
    assert body.startswith("各单位")


def test_each_article_is_anchored_once_and_chapters_stand_alone():
    parts = paragraphs(head_of(PARK)[1])
    assert [part.anchor for part in parts if part.anchor] == ["第一条", "第二条", "第三条", "第四条"]
    assert [part.text for part in parts if part.kind == "chapter"] == ["第一章  总则", "第二章  附则"]


def test_an_opinion_without_articles_is_anchored_at_its_points():
    assert [part.anchor for part in paragraphs(head_of(NATION)[1]) if part.anchor] == ["(一)", "(二)"]


def test_points_counted_afresh_are_named_with_their_section():
    text = "提出意见。 一、总体要求 \u2003\u2003(一)思想。甲。 \u2003\u2003(二)原则。乙。 二、任务 \u2003\u2003(一)品牌。丙。"
    parts = paragraphs(text)
    assert [part.anchor for part in parts if part.anchor] == ["一(一)", "一(二)", "二(一)"]
    assert [part.text for part in parts if part.kind == "chapter"] == ["一、总体要求", "二、任务"]


def test_hits_are_marked_and_nothing_is_lost():
    pieces = marked("质量奖与 ISO 质量", ("质量", "iso"))
    assert "".join(piece.text for piece in pieces) == "质量奖与 ISO 质量"
    assert [piece.text for piece in pieces if piece.hit] == ["质量", "ISO", "质量"]


def test_the_excerpt_is_taken_around_the_first_hit():
    text = "甲" * 500 + "专利" + "乙" * 500
    found = excerpt(text, ("专利",))
    assert "专利" in found
    assert found.startswith("…")
    assert found.endswith("…")
    assert len(found) < 200


# ---- search ----
@pytest.mark.usefixtures("library")
def test_two_characters_are_enough_and_titles_come_first():
    assert slugs("商标") == ["city", "nation"]
    assert slugs("专利") == ["park"]
    assert slugs("质量", "专利") == ["park"]
    assert slugs("质量", "虚无缥缈") == []


@pytest.mark.usefixtures("library")
def test_a_slip_in_the_title_is_forgiven():
    assert slugs("虚构园区奖厉办法") == ["park"]


@pytest.mark.usefixtures("library")
def test_level_and_force_narrow_the_search():
    assert slugs(level="city") == ["city"]
    assert set(slugs(in_force_on=date(2026, 8, 3))) == {"park", "nation"}
    assert slugs("商标", in_force_on=date(2019, 1, 1)) == ["city", "nation"]


@pytest.mark.usefixtures("library")
def test_the_search_page_marks_hits_and_says_what_holds(client):
    page = client.get("/policies/", {"q": "商标"}).content.decode()
    assert page.count("<mark>商标</mark>") == 3
    assert "已失效或尚未施行" in page
    assert "效力未注明" in page
    assert "现行有效</span>" not in page
    assert "现行有效</span>" in client.get("/policies/", {"q": "专利"}).content.decode()


@pytest.mark.usefixtures("library")
def test_what_is_searched_for_is_never_markup(client):
    page = client.get("/policies/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page
    assert "没有找到" in page


def test_an_empty_library_leads_the_public_to_the_rules(client):
    page = client.get("/policies/").content.decode()
    assert "政策库里还没有文件" in page
    assert ">查看规则版本</a>" in page
    assert "import_policies" not in page


@pytest.mark.usefixtures("library")
def test_the_document_page_anchors_every_article(client):
    page = client.get("/policies/park/", {"q": "奖励"}).content.decode()
    for anchor in ("第一条", "第二条", "第三条"):
        assert page.count(f'id="{anchor}"') == 1
    assert "<mark>奖励</mark>" in page
    assert client.get("/policies/nope/").status_code == 404


def test_the_list_costs_the_same_with_one_and_three_documents(client):
    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get("/policies/")
        return len(caught)

    add("nation", NATION)
    client.get("/policies/")
    one = count()
    add("park", PARK)
    add("city", CITY)
    assert count() == one <= 5


# ---- import ----
def test_files_are_imported_once_and_renewed(tmp_path):
    path = tmp_path / "park_2023.txt"
    path.write_text(PARK, encoding="utf-8")
    out = StringIO()
    for _ in range(2):
        call_command("import_policies", str(path), stdout=out)
    path.write_text(PARK + "第五条  补充。\n", encoding="utf-8")
    call_command("import_policies", str(path), stdout=out)
    assert [line.split("\t")[0] for line in out.getvalue().splitlines()] == ["新导入", "没有变化", "已更新"]
    document = PolicyDocument.objects.get()
    assert (document.slug, document.level, document.title) == ("park-2023", "park", "虚构园区奖励办法")
    assert "第五条" in document.text


def test_one_bad_file_does_not_stop_the_others(tmp_path):
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text(CITY, encoding="utf-8")
    bad.write_bytes(b"\xff\xfe\x00")
    err = StringIO()
    with pytest.raises(CommandError, match="1 个文件没有导入"):
        call_command("import_policies", str(bad), str(good), stdout=StringIO(), stderr=err)
    assert "bad.txt" in err.getvalue()
    assert PolicyDocument.objects.get().slug == "good"


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"text": "没有级别的标题\n正文"}, ("level_unknown",)),
        ({"text": "【外星级】标题\n正文"}, ("level_unknown",)),
        ({"text": "【国家级】只有标题"}, ("text_missing",)),
        ({"text": ""}, ("level_unknown", "title_missing", "text_missing")),
        ({"slug": "../secret"}, ("slug_invalid",)),
        ({"in_force_from": date(2025, 1, 1), "in_force_until": date(2024, 1, 1)}, ("force_dates",)),
    ],
)
def test_an_unfit_document_is_refused(changes, codes):
    with pytest.raises(Refused) as refused:
        add(**{"slug": "city", "text": CITY, **changes})
    assert refused.value.codes == codes
    assert not PolicyDocument.objects.exists()


def test_the_days_in_force_come_from_the_edition_of_the_same_title():
    document = add("park", "【园区本级】苏州工业园区质量奖评定管理办法\n第一条  虚构。")
    assert (document.in_force_from, document.in_force_until) == (date(2023, 11, 1), date(2028, 10, 31))
