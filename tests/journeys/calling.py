"""Step 1: the office opens a year, sets its timetable and publishes the call."""

from __future__ import annotations

from awards.rules.timetable import LABELS
from demo.timeline import on
from tests.journeys.year import Year


def try_editions_out_of_use(year: Year) -> None:
    """An incomplete edition, a lapsed one, and one whose time is over: each is refused and says why."""
    clerk, cast = year.clerk, year.cast
    _ask_for(year, "《江苏省政府关于加快质量发展的意见》", 2026)
    clerk.sees("有内容需要改正", "评定周期", "奖级", "称号有效期")
    _ask_for(year, "《苏州市国际专利、国际商标奖励实施细则》", 2026)
    clerk.sees("有内容需要改正", "失效")
    today = on(year.number, 2, 26)
    cast.wait_until(on(2028, 11, 1))
    _ask_for(year, year.edition_title, 2028)
    clerk.sees("有内容需要改正", "失效")
    cast.wait_until(on(2028, 10, 31, 23, 59))
    clerk.open("/cycles/open/")
    clerk.sees("park-2023，现行有效")
    cast.wait_until(today)


def open_year(year: Year) -> None:
    _ask_for(year, year.edition_title, year.number)
    year.clerk.sees("已建立", "接着排定工作安排", "还没有排定时间", year.edition.code)


def publish_call(year: Year) -> None:
    """Timetable and text by the clerk, who can't publish; the head does, and everybody can read it."""
    clerk, head, cycle = year.clerk, year.head, year.cycle
    clerk.open(f"/cycles/{cycle.pk}/timetable/")
    for kind, (start, due) in year.rows.items():
        clerk.fill(**{f"{LABELS[kind]}开始": start, f"{LABELS[kind]}截止": due})
    clerk.press("保存工作安排")
    clerk.open(f"/cycles/{cycle.pk}/write-call/")
    clerk.fill(通知文号=year.call_number)
    clerk.press("保存通知")
    clerk.sees("等主任核对后发布")
    year.cast.wait_until(on(year.number, 3, 3))
    head.open("/cycles/office/")
    head.follow("发布申报通知")
    head.sees("发布以后", year.call_number)
    head.press("发布申报通知")
    head.sees("申报通知已发布")


def read_call(year: Year, words: str) -> None:
    """Anybody reads the call, and the deadline is the same wherever their computer stands."""
    for timezone in ("Asia/Shanghai", "America/New_York"):
        visitor = year.cast.visitor(f"visitor in {timezone}", timezone)
        visitor.open("/")
        visitor.follow(str(year.cycle))
        visitor.sees(year.call_number, words, "不收取任何费用", "谁可以申报")


def _ask_for(year: Year, title: str, number: int) -> None:
    year.clerk.open("/cycles/open/")
    year.clerk.choose("依据的规则版本", title)
    year.clerk.fill(评定年度=number)
    year.clerk.press("建立评定年度")
