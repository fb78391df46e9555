"""Pictures: well-formed, with words and a table behind, no inline style, and true to their numbers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from ground import svg

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI)
NASTY = '<script>"甲" & 乙</script>'


def pictures(name: str = "某组织") -> dict[str, str]:
    return {
        "track": svg.progress_track(
            [
                svg.Stage(name, state, at=NOW if state == "done" else None, due=NOW)
                for state in ("done", "current", "next")
            ]
            + [svg.Stage("公示", "failed"), svg.Stage("公告", "skipped")],
            title=name,
        ),
        "timetable": svg.timetable(
            [svg.Bar(name, date(2026, 11, 1), date(2026, 12, 31), "current")], now=NOW, title=name
        ),
        "funnel": svg.funnel([svg.FunnelStep(name, 46), svg.FunnelStep("获奖", 5)], title=name),
        "spread": svg.spread(
            [svg.SpreadItem(name, [("甲", 40), ("乙", 40), ("丙", 65)], 45), svg.SpreadItem("空", [])],
            title=name,
        ),
        "composite": svg.composite_chart(
            [svg.Candidate(name, Decimal("646.55"), 1, "quality", name)],
            [svg.Threshold(name, Decimal(600), strict=True)],
            seats={"quality": 2},
            title=name,
        ),
        "reviewers": svg.reviewer_load([svg.ReviewerRow(name, 3, 8, Decimal("-4.6"))], title=name),
    }


def empty_pictures() -> dict[str, str]:
    return {
        "track": svg.progress_track([], title="空"),
        "timetable": svg.timetable([], now=NOW, title="空"),
        "funnel": svg.funnel([], title="空"),
        "spread": svg.spread([], title="空"),
        "composite": svg.composite_chart([], [], title="空"),
        "reviewers": svg.reviewer_load([], title="空"),
    }


def cells(picture: str) -> list[list[str]]:
    """The rows of the table behind the picture, head first."""
    table = re.search(r"<table>.*</table>", picture, re.S)
    assert table
    rows = ElementTree.fromstring(table.group()).iter("tr")
    return [["".join(cell.itertext()) for cell in row] for row in rows]


@pytest.mark.parametrize("kind", pictures())
def test_every_picture_has_title_description_and_a_table(kind):
    picture = pictures()[kind]
    ElementTree.fromstring(picture)
    assert re.search(r'<title id="\w+-title">某组织</title>', picture)
    assert re.search(r'<desc id="\w+-desc">[^<]+</desc>', picture)
    assert 'role="img"' in picture
    assert "<details><summary>以表格查看" in picture
    assert len(cells(picture)) > 1


@pytest.mark.parametrize("kind", pictures())
def test_no_inline_style_and_nothing_unescaped(kind):
    picture = pictures(NASTY)[kind]
    ElementTree.fromstring(picture)
    assert "style=" not in picture
    assert "<script" not in picture


@pytest.mark.parametrize("kind", empty_pictures())
def test_a_picture_of_nothing_is_still_a_picture(kind):
    picture = empty_pictures()[kind]
    ElementTree.fromstring(picture)
    assert "nan" not in picture.lower()


@pytest.mark.parametrize("kind", pictures())
def test_two_pictures_on_one_page_have_their_own_ids(kind):
    first = set(re.findall(r' id="([^"]+)"', pictures()[kind]))
    assert first == {f"{kind}-title", f"{kind}-desc"}


def test_the_track_tells_state_and_dates():
    table = cells(pictures()["track"])
    assert table[0] == ["阶段", "状态", "完成时间", "截止时间"]
    assert table[1] == ["某组织", "已完成", "2026年11月24日", "2026年11月24日"]
    assert [row[1] for row in table[1:]] == ["已完成", "进行中", "未开始", "未通过", "不适用"]


def test_the_timetable_counts_both_days_and_uses_the_legal_day():
    late_in_utc = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)
    picture = svg.timetable([svg.Bar("申报", late_in_utc, date(2026, 11, 30))], now=NOW, title="日程")
    assert cells(picture)[1] == ["申报", "2026年11月1日", "2026年11月30日", "未开始"]
    bar = re.search(r'<rect x="([\d.]+)" y="\d+" width="([\d.]+)"', picture)
    assert bar
    assert float(bar.group(1)) == 150
    assert float(bar.group(2)) == 880 - 150 - 24


def test_today_is_drawn_only_within_the_timetable():
    bars = [svg.Bar("申报", date(2026, 7, 1), date(2026, 8, 31), "done")]
    assert "今天" not in svg.timetable(bars, now=NOW, title="日程")
    assert "今天 7月2日" in svg.timetable(bars, now=date(2026, 7, 2), title="日程")


def test_the_funnel_is_in_proportion():
    picture = svg.funnel([svg.FunnelStep("申报", 40), svg.FunnelStep("入围", 10)], title="漏斗")
    widths = [float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"', picture)]
    assert widths[1] == pytest.approx(widths[0] / 4)
    assert cells(picture)[2] == ["入围", "10 家", "25%"]


def test_a_funnel_that_nobody_entered():
    assert cells(svg.funnel([svg.FunnelStep("申报", 0)], title="漏斗"))[1] == ["申报", "0 家", "—"]


def test_the_spread_lists_each_reviewer_and_marks_wide_spans():
    picture = pictures()["spread"]
    assert cells(picture)[1] == ["某组织", "甲 40%、乙 40%、丙 65%", "40%", "65%", "40%", "45%"]
    assert "差 25" in picture
    assert "分差 20 个百分点以上的：某组织" in picture


def test_equal_percentages_hide_no_reviewer():
    picture = svg.spread([svg.SpreadItem("项", [("甲", 40), ("乙", 40), ("丙", 40)])], title="分差")
    dots = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="5" class="c-dot"><title>', picture)
    assert len(set(dots)) == 3


def test_a_narrow_span_is_not_marked():
    assert "差 15" not in svg.spread([svg.SpreadItem("项", [("甲", 40), ("乙", 55)])], title="分差")


def test_the_composite_chart_says_on_which_side_a_candidate_is():
    picture = svg.composite_chart(
        [
            svg.Candidate("甲", Decimal("600.00"), 1, "excellence"),
            svg.Candidate("乙", Decimal("599.996"), 2, "undecided", shown="599.996"),
            svg.Candidate("丙", Decimal("480.125"), 3),
        ],
        [svg.Threshold("质量奖", Decimal(600), strict=True), svg.Threshold("优秀奖", Decimal(500))],
        seats={"quality": 2, "excellence": 3},
        title="综合得分",
    )
    assert cells(picture)[1:] == [
        ["1", "甲", "600.00", "质量管理优秀奖"],
        ["2", "乙", "599.996", "并列待审议"],
        ["3", "丙", "480.13", "未获奖"],
    ]
    assert "质量奖高于 600 分" in picture
    assert "优秀奖不低于 500 分" in picture
    assert "质量奖名额 2 个，质量管理优秀奖名额 3 个" in picture


def test_reviewers_without_enough_sheets_have_no_leniency():
    picture = svg.reviewer_load(
        [svg.ReviewerRow("甲", 0, 3), svg.ReviewerRow("乙", 2, 3, Decimal("3.25"))], title="工作量"
    )
    assert [row[3] for row in cells(picture)[1:]] == ["样本不足", "+3.2"]


@pytest.mark.parametrize(
    ("left", "number", "unit"),
    [
        (timedelta(days=3, hours=4), "3", "天"),
        (timedelta(hours=5, minutes=59), "5", "小时"),
        (timedelta(), "0", "小时"),
    ],
)
def test_the_ring_shows_days_then_hours(left, number, unit):
    ring = svg.countdown_ring(NOW - timedelta(days=4), NOW + left, NOW)
    assert f">{number}</text>" in ring
    assert f">{unit}</text>" in ring
    assert 'aria-hidden="true"' in ring


def test_the_ring_empties_in_proportion_and_turns_when_time_is_up():
    half = svg.countdown_ring(NOW - timedelta(days=2), NOW + timedelta(days=2), NOW)
    assert 'stroke-dasharray="119.38 238.76"' in half
    over = svg.countdown_ring(NOW - timedelta(days=2), NOW - timedelta(seconds=1), NOW)
    assert "c-ring late" in over
    assert "到期" in over


def test_a_window_without_length_does_not_divide_by_zero():
    assert "<svg" in svg.countdown_ring(NOW, NOW, NOW)
