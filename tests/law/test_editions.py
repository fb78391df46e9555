"""Editions: what is read, what is refused and where, when they are in force, and that a pinned one stays."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from awards.law import editions, source
from awards.law.editions import Edition
from awards.law.terms import Threshold

SHIPPED = Path(editions.__file__).parent / "editions"


def park() -> dict[str, Any]:
    return editions.get("park-2023").content


def refusal(content: object) -> str:
    with pytest.raises(source.Refused) as caught:
        Edition.from_content(content)
    return str(caught.value)


def file_refusal(tmp_path: Path, text: str) -> str:
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(source.Refused) as caught:
        editions.load(path)
    return str(caught.value)


def edited(tmp_path: Path, old: str, new: str, name: str = "park-2023") -> str:
    text = (SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")
    assert old in text
    return file_refusal(tmp_path, text.replace(old, new, 1))


def test_shipped() -> None:
    assert editions.codes() == ("city-2016", "park-2023", "province-2016", "suzhou-ip-2020")
    with pytest.raises(editions.UnknownEdition):
        editions.get("moon-2030")


@pytest.mark.clause("R1")
@pytest.mark.parametrize(
    ("code", "day", "status"),
    [
        ("park-2023", date(2023, 10, 31), "not_yet"),
        ("park-2023", date(2023, 11, 1), "in_force"),
        ("park-2023", date(2028, 10, 31), "in_force"),
        ("park-2023", date(2028, 11, 1), "lapsed"),
        ("city-2016", date(2016, 11, 30), "not_yet"),
        ("city-2016", date(2016, 12, 1), "in_force"),
        ("city-2016", date(2099, 1, 1), "in_force"),
        ("province-2016", date(2026, 11, 24), "incomplete"),
    ],
)
def test_force(code: str, day: date, status: str) -> None:
    assert editions.get(code).status(day) == status


@pytest.mark.clause("P11")
def test_ip_edition_has_lapsed_and_still_computes() -> None:
    edition = editions.get("suzhou-ip-2020")
    assert edition.status(date(2023, 12, 31)) == "in_force"
    assert edition.status(date(2024, 1, 1)) == "lapsed"
    assert edition.force_article == "第八条"
    assert edition.force_reading


@pytest.mark.parametrize("code", ["park-2023", "city-2016", "suzhou-ip-2020", "province-2016"])
def test_rebuilt_from_its_content_it_is_the_same(code: str) -> None:
    edition = editions.get(code)
    shuffled = json.loads(json.dumps(dict(reversed(edition.content.items()))))
    again = Edition.from_content(shuffled)
    assert again == edition
    assert again.digest == edition.digest
    assert list(again.parameters) == list(edition.parameters)
    assert {edition: 1}[again] == 1


def test_content_is_a_copy() -> None:
    content = park()
    content["parameters"]["quotas"]["value"]["quality"] = 99
    assert editions.get("park-2023").quota("quality") == 2


def test_words_of_an_edition() -> None:
    edition = editions.get("park-2023")
    assert [tier.code for tier in edition.tiers] == ["quality", "excellence"]
    assert [stage.code for stage in edition.stages] == [
        "eligibility",
        "material",
        "presentation",
        "site",
        "deliberation",
    ]
    assert [site.code for site in edition.sites] == ["authority"]
    assert len(editions.get("city-2016").sites) == 2
    assert edition.bodies["authority"].name == "苏州工业园区管理委员会"
    assert edition.weights == {
        "material": Decimal("0.15"),
        "presentation": Decimal("0.15"),
        "site": Decimal("0.70"),
    }
    assert sum(line.points for line in edition.rubric) == edition.value("score_scale")
    assert edition.threshold("quality") == Threshold(">", Decimal(600))
    assert edition.prize("excellence") == 100000
    assert edition.articles["第十一条"].title == "申报条件"
    assert edition.conditions[0].code == "registered"
    assert len(edition.events("incident_events")) == 5
    assert edition.has("higher_awards")
    assert not edition.has("trade_rank_worst")
    assert edition.reading("ties")
    assert edition.reading("quotas") is None
    assert edition.article("display_decimals") == ""


@pytest.mark.parametrize("code", ["park-2023", "city-2016", "suzhou-ip-2020"])
def test_every_value_rests_on_an_article_or_a_reading(code: str) -> None:
    rows = list(editions.get(code).parameters)
    assert rows
    assert all(row.article or row.reading for row in rows)
    assert all(row.label for row in rows)


def test_what_is_missing_is_said() -> None:
    edition = editions.get("province-2016")
    missing = dict(edition.missing())
    assert {"quotas", "thresholds", "weights", "publicity_days"} <= set(missing)
    assert missing["quotas"].startswith("每年名额")
    assert not edition.has("quotas")
    with pytest.raises(editions.MissingValue) as caught:
        edition.value("quotas")
    assert (caught.value.key, caught.value.label) == ("quotas", "每年名额")
    with pytest.raises(editions.MissingValue):
        editions.get("park-2023").value("goals")
    assert edition.value("honour_rewards") == {
        "jiangsu_quality": 1_000_000,
        "china_quality_nomination": 2_000_000,
        "china_quality": 3_000_000,
    }
    assert {goal["code"]: goal["low"] for goal in edition.value("goals")}["jiangsu_quality"] == 50


def test_dated_values() -> None:
    content = park()
    content["parameters"]["quotas"] = [
        {"value": {"quality": 2, "excellence": 3}, "article": "第十六条", "until": "2025-12-31"},
        {"value": {"quality": 4, "excellence": 6}, "article": "第十九条", "from": "2026-01-01"},
    ]
    edition = Edition.from_content(content)
    assert edition.quota("quality", date(2025, 12, 31)) == 2
    assert edition.quota("quality", date(2026, 1, 1)) == 4
    assert edition.quota("quality") == 4
    assert edition.article("quotas", date(2025, 1, 1)) == "第十六条"
    assert edition.digest != editions.get("park-2023").digest
    content["parameters"]["quotas"][0]["from"] = "2024-01-01"
    with pytest.raises(editions.MissingValue):
        Edition.from_content(content).quota("quality", date(2023, 12, 31))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"until": "2026-01-01"}, {"from": "2026-01-01"}),
        ({}, {"from": "2026-01-01"}),
        ({"until": "2026-01-01"}, {}),
        ({"until": None}, {"from": None}),
    ],
)
def test_overlapping_dates_are_refused(first: dict[str, str], second: dict[str, str]) -> None:
    content = park()
    entry = content["parameters"]["report_days"]
    content["parameters"]["report_days"] = [{**entry, **first}, {**entry, **second}]
    assert "parameters.report_days: 各值的起止日期重叠" in refusal(content)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "quotas: {value: {quality: 2, excellence: 3}, article: 第十六条}",
            "quotas: {value: {quality: 2, excellence: 3}}",
            "注明条款",
        ),
        (
            "panel_minimum: {value: 3, article: 第二十四条}",
            "panel_minimum: {value: 3, article: 第九十九条}",
            "不在本版的条款目录中",
        ),
        ("    article: 第十一条(一)", "    article: 第九十九条(一)", "不在本版的条款目录中"),
        ("panel_minimum:", "panel_maximum:", "不认识的项目"),
        ("panel_minimum: {value: 3, article: 第二十四条}", "", "缺少这一项"),
        ("panel_minimum: {value: 3, ", "panel_minimum: {", "缺少这一项"),
        ("panel_minimum: {value: 3, ", "panel_minimum: {value: three, ", "应为数字"),
        ("panel_minimum: {value: 3, ", "panel_minimum: {value: 0, ", "不能小于 1"),
        ("panel_minimum: {value: 3, ", "panel_minimum: {value: 3, missing: 未定, ", "不能再有 value"),
        ('material: "0.15"', "material: 0.15", "小数要加引号"),
        ('material: "0.15"', 'material: "0.16"', "权重之和应为 1"),
        ('material: "0.15"', 'paper: "0.15"', "有权重的环节不在 stages 中"),
        (
            "quotas: {value: {quality: 2, excellence: 3}",
            "quotas: {value: {quality: 2}",
            "奖级与 tiers 不一致",
        ),
        ("value: [quality, excellence]", "value: [quality, bronze]", "奖级与 tiers 不一致"),
        ("points: 300}", "points: 301}", "各项分值之和应等于总分"),
        ("      other_serious: *event\n", "", "情形与 revocation_grounds 不一致"),
        ("{A: agriculture,", "{A: farming,", "类别与 categories 不一致"),
        ("- code: registered", "- code: lucky", "条件“lucky”没有对应的规则"),
        ("  regions: {value: [sip], article: 第十一条(一)}\n", "", "条件“registered”需要这一参数"),
        ('operator: ">", points: 600', "operator: above, points: 600", "应为其中之一"),
        ("until: 2028-10-31", "until: 2023-10-31", "止日早于起日"),
        ("until: 2028-10-31", "until: 2028-02-30", "这一天不存在"),
        ("until: 2028-10-31, article: 第三十六条", "until: 2028-10-31", "注明条款"),
        ("code: park-2023", "code: Park 2023", "代码只用"),
        ("code: park-2023\n", "", "缺少这一项"),
        ("family: contest", "family: lottery", "应为其中之一"),
        ("{article: 第二条,", "{article: 第一条,", "这一条已经列过"),
        ("issued_on: 2023-09-23", "issued_on: yesterday", "应为日期"),
        ("  validity_years: {value: 3, article: 第四条}\n", "  validity_years: []\n", "至少要有 1 项"),
        ("  validity_years: {value: 3, article: 第四条}\n", "  validity_years: 3\n", "应为对象"),
        ("scheme: park", "scheme: park\nscheme: park", "不止一次"),
        ("scheme: park", "scheme: [park", "不是合格的 YAML"),
        ("waivable: true", "waivable: yes", "应为 true 或 false"),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    message = edited(tmp_path, old, new)
    assert said in message
    assert message.startswith("bad.yaml:")


def test_the_line_is_named(tmp_path: Path) -> None:
    text = (SHIPPED / "park-2023.yaml").read_text(encoding="utf-8")
    line = text[: text.index("panel_minimum")].count("\n") + 1
    changed = "panel_minimum: {value: 3}"
    message = edited(tmp_path, "panel_minimum: {value: 3, article: 第二十四条}", changed)
    assert message.startswith(f"bad.yaml:{line}: parameters.panel_minimum: ")


@pytest.mark.parametrize("text", ["", "[]", "3", "a: b"])
def test_a_file_that_is_no_edition_is_refused(tmp_path: Path, text: str) -> None:
    assert file_refusal(tmp_path, text).startswith("bad.yaml:1: ")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(b"code: \xff\xfe")
    with pytest.raises(source.Refused):
        editions.load(path)


def test_faults_of_the_ip_edition(tmp_path: Path) -> None:
    name = "suzhou-ip-2020"
    assert "没有名为“mars”的国家名单" in edited(tmp_path, "value: [eu, belt-and-road]", "value: [mars]", name)
    assert "没有对应的规则" in edited(tmp_path, "code: not_first_applicant", "code: too_late", name)


def test_the_next_citys_rules_need_no_change_of_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (SHIPPED / "park-2023.yaml").read_text(encoding="utf-8")
    other = text.replace("code: park-2023", "code: nanjing-2027").replace("scheme: park", "scheme: nanjing")
    (tmp_path / "nanjing.yaml").write_text(other, encoding="utf-8")
    monkeypatch.setenv("EDITIONS_DIR", str(tmp_path))
    editions._known.cache_clear()
    try:
        assert editions.get("nanjing-2027").scheme == "nanjing"
        assert "park-2023" in editions.codes()
        (tmp_path / "again.yaml").write_text(text, encoding="utf-8")
        editions._known.cache_clear()
        with pytest.raises(source.Refused, match="已有别的文件使用"):
            editions.codes()
    finally:
        monkeypatch.undo()
        editions._known.cache_clear()
