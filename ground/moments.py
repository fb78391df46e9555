"""Moments that count to the second, in words. Django-free: rules, pages, letters and PDFs write them alike."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


def to_the_second(at: datetime) -> str:
    """2026年9月28日 16:59:50（北京时间）. `at` aware."""
    local = at.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M:%S}（北京时间）"


def deadline_words(due_at: datetime) -> str:
    """The one text of a deadline, wherever it is told: as `to_the_second`, midnight as 24:00:00 of the day it ends."""
    local = due_at.astimezone(SHANGHAI)
    if local.time() != time.min:
        return to_the_second(local)
    last = local - timedelta(days=1)
    return f"{last.year}年{last.month}月{last.day}日 24:00:00（北京时间）"
