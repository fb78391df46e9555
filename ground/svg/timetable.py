"""A cycle's stages on the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.safestring import SafeString

from ground.svg.canvas import clipped, figure, line, rect, text
from ground.svg.wording import day, day_of, short_day

WIDTH, LEFT, RIGHT, ROW, TOP = 880, 150, 24, 34, 52


@dataclass(frozen=True)
class Bar:
    """One stage from its first to its last day (both included). `state`: done, current or next."""

    label: str
    start: date | datetime
    end: date | datetime
    state: str = "next"


WORDS = {"done": "已结束", "current": "进行中", "next": "未开始"}
FILLS = {"done": "c-green", "current": "c-blue", "next": "c-blue-wash"}


def timetable(bars: Sequence[Bar], *, now: date | datetime, title: str, key: str = "timetable") -> SafeString:
    """The months on top, one row a stage, a red line for today when it lies within."""
    head = ("阶段", "开始", "结束", "状态")
    rows = [(bar.label, day(bar.start), day(bar.end), WORDS[bar.state]) for bar in bars]
    if not bars:
        return figure(
            [text(0, 24, "尚未排定时间")],
            width=WIDTH,
            height=36,
            title=title,
            description="尚未排定时间",
            key=key,
            head=head,
            rows=rows,
        )
    first, last = min(day_of(bar.start) for bar in bars), max(day_of(bar.end) for bar in bars)
    first = first.replace(day=1)
    days = max((last - first).days + 1, 1)
    height = TOP + ROW * len(bars) + 12

    def at(when: date) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (when - first).days / days

    parts = []
    months = _months(first, last)
    step = max(1, -(-len(months) // 14))
    for number, month in enumerate(months):
        parts.append(line(at(month), TOP - 12, at(month), height - 8, "c-grid"))
        if number % step == 0:
            parts.append(
                text(
                    at(month) + 4,
                    TOP - 18,
                    f"{month.year}年{month.month}月"
                    if number == 0 or month.month == 1
                    else f"{month.month}月",
                    "c-small",
                )
            )
    today = day_of(now)
    if first <= today <= last:
        parts.append(line(at(today), TOP - 12, at(today), height - 4, "c-now"))
        parts.append(
            text(min(at(today), WIDTH - 60), 12, f"今天 {short_day(today)}", "c-now-text c-mid c-small")
        )
    for number, bar in enumerate(bars):
        begin, end, y = day_of(bar.start), day_of(bar.end), TOP + ROW * number
        width = max(at(end + timedelta(days=1)) - at(begin), 4)
        hint = f"{bar.label}：{day(begin)}至{day(end)}，{WORDS[bar.state]}"
        parts.append(text(0, y + 17, clipped(bar.label, 10), "c-strong" if bar.state == "current" else ""))
        parts.append(rect(at(begin), y + 2, width, 20, FILLS[bar.state], hint=hint, round_by=3))
        parts.append(_dates(begin, end, at(begin), width, y + 17))
    return figure(
        parts,
        width=WIDTH,
        height=height,
        title=title,
        description="；".join(f"{bar.label}{short_day(bar.start)}至{short_day(bar.end)}" for bar in bars),
        key=key,
        head=head,
        rows=rows,
    )


def _dates(begin: date, end: date, x: float, width: float, y: float) -> SafeString:
    words = f"{short_day(begin)}—{short_day(end)}"
    room = WIDTH - RIGHT - (x + width)
    if room > 120:
        return text(x + width + 6, y, words, "c-small c-halo")
    return text(x - 6, y, words, "c-small c-end c-halo")


def _months(first: date, last: date) -> list[date]:
    months, month = [], first
    while month <= last:
        months.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return months
