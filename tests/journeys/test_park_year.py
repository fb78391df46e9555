"""The park's year from the first click to the ban, as the people in it see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from awards.tasks import close_due_cycles
from demo import applying as applying_by_service
from tests.journeys import (
    afterwards,
    applying,
    calling,
    checking,
    deciding,
    others,
    proving,
    publishing,
    recommending,
    reviewing,
)
from tests.journeys.cast import Cast
from tests.journeys.year import Applicant, Year

pytestmark = [pytest.mark.journey]


def a_loss(year: Year) -> dict[str, Any]:
    """One of the last three years ended with a loss."""
    return {"net_profit": {"2023": "1200000", "2024": "-300000", "2025": "900000"}}


def test_park_year(cast_for: Callable[..., Cast], at: Callable[..., datetime], tmp_path: Path) -> None:
    cast = cast_for("park")
    year = Year(
        cast,
        "park",
        "《苏州工业园区质量奖评定管理办法》",
        2026,
        "苏园质评办〔2026〕1号",
        Applicant("chengming", "沈澄明", "91320594MA1KYN5R7C", "苏州澄明精密仪器有限公司", "苏州工业园区"),
    )
    cast.roster.details["hengtu"]["strength"] = 55  # surely between the two thresholds
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
    cast.wait_until(at(2026, 6, 3))
    reviewing.review_material_in_browser(year, recused="hengtu")
    cast.wait_until(at(2026, 7, 8))
    reviewing.shortlist(year, ("chengming", "guangsu", "hengtu"))
    cast.wait_until(at(2026, 7, 24))
    reviewing.review_on_site_in_browser(year)
    cast.wait_until(at(2026, 8, 25))
    deciding.freeze_ranking(year)
    deciding.deliberate(year, at(2026, 9, 2, 14), "苏园质评委〔2026〕1号", recused="hengtu")
    cast.wait_until(at(2026, 9, 9, 9))
    deciding.approve(year, "苏园管〔2026〕36号", date(2026, 9, 8))
    publishing.publish(year, {"苏州工业园区管理委员会网站": at(2026, 9, 9, 9, 30)}, "2026年9月16日 24:00")
    visitor, receipt = publishing.object_to(year, "hengtu")
    publishing.accept_objection(year, receipt)
    publishing.close_window(year, at(2026, 9, 17, 0), "hengtu")
    cast.wait_until(at(2026, 9, 18))
    publishing.announce(
        year, "苏园管〔2026〕40号", reason="异议仅涉及一家，其余不受影响。", prizes=("500,000 元", "不发奖金")
    )
    publishing.dismiss_objection(year, visitor, receipt, "hengtu")
    publishing.announce(year, "苏园管〔2026〕41号", prizes=("100,000 元",))
    honour = publishing.check_certificate(year, "chengming", "称号有效", "2029年9月18日")
    publishing.check_certificate(year, "guangsu", "再次获奖")
    publishing.pay(year, "chengming", "500,000 元")
    cast.wait_until(at(2026, 11, 10))
    afterwards.report_incident(year, date(2026, 11, 3))
    afterwards.revoke(year, honour, effects=("撤销称号", "收回证书", "不接受其申报，至2031年11月"))
    following = year.following("苏园质评办〔2027〕1号")
    cast.wait_until(at(2027, 3, 10))
    afterwards.try_again(year, following, "不能申报", "2031年11月16日之前不受理其申报", "第三十条")
    proving.prove_result(year, tmp_path)
    proving.prove_ledger(year)
