"""How the portal writes dates, moments and what is left until them.

Filters   moment, day, moment_end, to_the_second, deadline, moment_left, is_past
Tags      countdown
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ground.moments import SHANGHAI, deadline_words, to_the_second
from ground.svg import countdown_ring
from ground.templatetags.amounts import NOTHING

register = template.Library()
register.filter(to_the_second)


@register.filter
def moment(value: date | datetime | None) -> str:
    """2026年9月28日 17:00 in Asia/Shanghai; a date without its time; nothing → —."""
    if not isinstance(value, date):
        return NOTHING
    if not isinstance(value, datetime):
        return _day(value)
    local = _local(value)
    return f"{_day(local)} {local:%H:%M}"


@register.filter
def day(value: date | datetime | None) -> str:
    """2026年9月28日, without the time."""
    if not isinstance(value, date):
        return NOTHING
    return _day(_local(value) if isinstance(value, datetime) else value)


@register.filter
def moment_end(value: datetime | None) -> str:
    """As `moment`, for the end of a window: midnight is written as 24:00 of the day before."""
    if not isinstance(value, datetime):
        return moment(value)
    local = _local(value)
    if local.time() != time.min:
        return moment(local)
    return f"{_day(local - timedelta(days=1))} 24:00"


@register.filter
def deadline(value: date | datetime | None) -> str:
    """2026年9月28日 17:00:00（北京时间）, the text of a deadline in letters and PDFs too; a date ends at 24:00:00."""
    return deadline_words(_deadline(value)) if isinstance(value, date) else NOTHING


@register.filter
def moment_left(value: date | datetime | None, now: datetime | None) -> str:
    """还剩 3 天 4 小时 / 已逾期 2 小时, the two largest units. A date without time ends at 24:00."""
    if not isinstance(value, date) or not isinstance(now, datetime):
        return ""
    due = _deadline(value)
    left = due - _local(now)
    if left >= timedelta():
        return f"还剩{_span(left)}"
    return f"已逾期{_span(-left)}"


@register.filter
def is_past(value: date | datetime | None, now: datetime | None) -> bool:
    """Whether a deadline has gone by (for `class="overdue"`)."""
    return isinstance(value, date) and isinstance(now, datetime) and _deadline(value) < _local(now)


@register.simple_tag
def countdown(
    start: date | datetime, end: date | datetime, now: datetime, label: str = "", over: str = ""
) -> SafeString:
    """A ring that empties from `start` to `end`, with the deadline and what is left in words; `over`: said once past."""
    begins, due, here = _deadline(start, first=True), _deadline(end), _local(now)
    return render_to_string(
        "components/countdown.html",
        {
            "ring": countdown_ring(begins, due, here),
            "end": deadline_words(due),
            "left": over if over and due < here else moment_left(due, here),
            "late": due < here,
            "label": label,
        },
    )


def _local(value: datetime) -> datetime:
    return value.replace(tzinfo=SHANGHAI) if value.tzinfo is None else value.astimezone(SHANGHAI)


def _deadline(value: date | datetime, *, first: bool = False) -> datetime:
    if isinstance(value, datetime):
        return _local(value)
    return datetime.combine(value if first else value + timedelta(days=1), time.min, SHANGHAI)


def _day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return f" {days} 天 {hours} 小时" if hours else f" {days} 天"
    if hours:
        return f" {hours} 小时 {rest} 分钟" if rest else f" {hours} 小时"
    return f" {rest} 分钟" if rest else "不到 1 分钟"
