"""The park's year from the first click to the ban, as the people in it see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from awards.tasks import close_due_cycles
from demo import applying as applying_by_service
from tests.journeys import applying, calling, checking, others, recommending
from tests.journeys.cast import Cast
from tests.journeys.year import Applicant, Year

pytestmark = [pytest.mark.journey]


def a_loss(year: Year) -> dict[str, Any]:
    """One of the last three years ended with a loss."""
    return {"net_profit": {"2023": "1200000", "2024": "-300000", "2025": "900000"}}


def test_park_year(cast_for: Callable[..., Cast], at: Callable[..., datetime]) -> None:
    cast = cast_for("park")
    year = Year(
        cast,
        "park",
        "《苏州工业园区质量奖评定管理办法》",
        2026,
        "苏园质评办〔2026〕1号",
        Applicant("chengming", "沈澄明", "91320594MA1KYN5R7C", "苏州澄明精密仪器有限公司", "苏州工业园区"),
    )
    calling.try_editions_out_of_use(year)
    calling.open_year(year)
    calling.publish_call(year)
    calling.read_call(year, "2026年4月30日 17:00")
    applying.come_and_register(year)
    applying.start(year)
    applying.answer_everything(year)
    applying.write_file(year, "chamber")
    cast.wait_until(at(2026, 4, 10))
    first_number = applying.submit(year)
    recommending.decline(year, "chamber")
    applying.choose_recommender(year, "zone")
    assert applying.submit(year) == first_number
    others.won_before(year, "guangsu", date(2021, 11, 20))
    others.apply(year, "guangsu", "dushu", at(2026, 4, 12), signed=False)
    others.apply(year, "hengtu", "chamber", at(2026, 4, 13), **a_loss(year))
    others.apply(year, "beichen", "zone", at(2026, 4, 14))
    others.draft(year, "xinghe", "zone", at(2026, 4, 15))
    cast.wait_until(at(2026, 4, 30, 17))
    recommending.sign(year, "zone", "冯德才")
    cast.wait_until(at(2026, 4, 30, 17, 1))
    close_due_cycles()
    checking.submit_too_late(year, "xinghe")
    cast.wait_until(at(2026, 5, 6, 17, 0))
    recommending.reminded_once(cast["rec_dushu"], "还剩 3 天")
    applying_by_service.recommend(cast.roster, year.file("guangsu"), "dushu", cast.now)
    cast.wait_until(at(2026, 5, 12))
    checking.ask_for_correction(year, at(2026, 5, 15, 17))
    checking.answer_correction(year, "2026年5月15日 17:00")
    checking.confirm_all(year)
    checking.accept(year)
    checking.waive(year, "hengtu", "profit")
    checking.decide_by_service(year, "guangsu", accepted=True)
    checking.refuse(year, "beichen", "第十一条")
