"""How the portal writes dates and what is left until them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ground.templatetags import moments
from tests.ground.rendering import rendered

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 9, 28, 12, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 9, 28, 17, 0, tzinfo=SHANGHAI), "2026年9月28日 17:00"),
        (datetime(2026, 9, 28, 17, 0, tzinfo=UTC), "2026年9月29日 01:00"),
        (date(2026, 1, 2), "2026年1月2日"),
        (None, "—"),
        ("", "—"),
    ],
)
def test_moment_is_written_in_shanghai(value, words):
    assert moments.moment(value) == words


def test_a_day_is_the_legal_day_in_shanghai():
    assert moments.day(datetime(2026, 9, 28, 16, 30, tzinfo=UTC)) == "2026年9月29日"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 10, 9, 0, 0, tzinfo=SHANGHAI), "2026年10月8日 24:00"),
        (datetime(2026, 10, 8, 16, 0, tzinfo=UTC), "2026年10月8日 24:00"),
        (datetime(2027, 1, 1, 0, 0, tzinfo=SHANGHAI), "2026年12月31日 24:00"),
        (datetime(2026, 10, 8, 17, 0, tzinfo=SHANGHAI), "2026年10月8日 17:00"),
        (date(2026, 10, 8), "2026年10月8日"),
    ],
)
def test_a_window_ends_at_24_00(value, words):
    assert moments.moment_end(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 9, 28, 17, 0, tzinfo=SHANGHAI), "2026年9月28日 17:00:00（北京时间）"),
        (datetime(2026, 9, 28, 9, 0, 7, tzinfo=UTC), "2026年9月28日 17:00:07（北京时间）"),
        (datetime(2026, 9, 29, 0, 0, tzinfo=SHANGHAI), "2026年9月28日 24:00:00（北京时间）"),
        (date(2026, 9, 28), "2026年9月28日 24:00:00（北京时间）"),
        (None, "—"),
    ],
)
def test_a_deadline_is_told_to_the_second(value, words):
    assert moments.deadline(value) == words


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(days=3, hours=4, minutes=50), "还剩 3 天 4 小时"),
        (timedelta(days=3), "还剩 3 天"),
        (timedelta(hours=2, minutes=5), "还剩 2 小时 5 分钟"),
        (timedelta(hours=2), "还剩 2 小时"),
        (timedelta(minutes=12), "还剩 12 分钟"),
        (timedelta(seconds=59), "还剩不到 1 分钟"),
        (timedelta(), "还剩不到 1 分钟"),
        (-timedelta(seconds=1), "已逾期不到 1 分钟"),
        (-timedelta(hours=2), "已逾期 2 小时"),
        (-timedelta(days=40, hours=1), "已逾期 40 天 1 小时"),
    ],
)
def test_time_left_in_words(distance, words):
    assert moments.moment_left(NOON + distance, NOON) == words


def test_a_date_without_time_ends_at_midnight():
    assert moments.moment_left(date(2026, 9, 28), NOON) == "还剩 12 小时"
    assert not moments.is_past(date(2026, 9, 28), NOON)
    assert moments.is_past(date(2026, 9, 27), NOON)


def test_no_deadline_says_nothing():
    assert moments.moment_left(None, NOON) == ""
    assert moments.moment_left(NOON, None) == ""


def test_countdown_has_the_deadline_in_words():
    page = rendered(
        '{% countdown start end now "公示期" %}',
        start=NOON - timedelta(days=4),
        end=NOON + timedelta(days=3),
        now=NOON,
    )
    assert "还剩 3 天" in page
    assert "截止 2026年10月1日 12:00" in page
    assert 'style="' not in page
    assert "overdue" not in page


def test_a_countdown_says_in_its_own_words_that_it_is_over():
    times = {"start": NOON - timedelta(days=900), "end": NOON - timedelta(days=573), "now": NOON}
    assert "已逾期 573 天" in rendered('{% countdown start end now "申报截止" %}', **times)
    page = rendered('{% countdown start end now "申报截止" "已截止" %}', **times)
    assert "已截止" in page
    assert "逾期" not in page
