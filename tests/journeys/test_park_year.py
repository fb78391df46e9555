"""The park's year from the first click to the ban, as the people in it see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys import applying, calling
from tests.journeys.cast import Cast
from tests.journeys.year import Applicant, Year

pytestmark = [pytest.mark.journey]


def test_park_year(cast_for: Callable[..., Cast]) -> None:
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
    applying.submit(year)
