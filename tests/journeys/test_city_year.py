"""The city's year: two outside sites, a threshold met exactly counts, and its award bars the park's next year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from awards.tasks import close_due_cycles
from demo import applying as by_service
from tests.journeys import (
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
SITES = ("苏州市人民政府网站", "苏州市市场监督管理局网站")


def test_city_year(cast_for: Callable[..., Cast], at: Callable[..., datetime], tmp_path: Path) -> None:
    cast = cast_for("city", "America/New_York")
    year = Year(
        cast,
        "city",
        "《苏州市市长质量奖评定管理办法》",
        2026,
        "苏质评办〔2026〕2号",
        Applicant("jinghu", "金湖生", "91320594MA1KYN6T2K", "苏州金湖传动科技有限公司", "苏州工业园区"),
    )
    cast.wait_until(at(2026, 2, 26))
    calling.open_year(year)
    calling.publish_call(year)
    calling.read_call(year, "2026年4月30日 17:00")
    applying.come_and_register(year)
    applying.start(year)
    applying.answer_everything(year)
    applying.write_file(year, "cityassoc")
    cast.wait_until(at(2026, 4, 30, 16, 59))
    applying.submit(year)
    others.apply(year, "wuyue", "cityassoc", at(2026, 4, 12))
    others.apply(year, "taihu", "cityassoc", at(2026, 4, 13))
    cast.wait_until(at(2026, 5, 8, 15))
    close_due_cycles()
    recommending.reminded_once(cast["rec_cityassoc"], "还剩 1 天 2 小时")
    recommending.sign(year, "cityassoc", "田秀英")
    cast.wait_until(at(2026, 5, 12))
    for key in (year.applicant.username, "wuyue", "taihu"):
        checking.decide_by_service(year, key, accepted=True)
    cast.wait_until(at(2026, 6, 3))
    reviewing.review_material(year)
    cast.wait_until(at(2026, 7, 8))
    reviewing.shortlist(year, ("jinghu", "wuyue", "taihu"))
    cast.wait_until(at(2026, 7, 24))
    reviewing.review_on_site(year)
    cast.wait_until(at(2026, 8, 25))
    deciding.freeze_ranking(year)
    deciding.deliberate(year, at(2026, 9, 2, 14), "苏质评委〔2026〕1号", recused="wuyue")
    cast.wait_until(at(2026, 9, 9, 9))
    deciding.approve(year, "苏府〔2026〕80号", date(2026, 9, 8))
    times = dict(zip(SITES, (at(2026, 9, 9, 9, 30), at(2026, 9, 10, 11)), strict=True))
    publishing.publish(year, times, "2026年9月17日 24:00")
    publishing.close_window(year, at(2026, 9, 18, 0))
    cast.wait_until(at(2026, 9, 21))
    publishing.announce(year, "苏府〔2026〕85号", prizes=("1,000,000 元",))
    publishing.check_certificate(year, "jinghu", "称号有效", "2029年9月21日")
    proving.prove_result(year, tmp_path)
    next_park_year_is_barred(year, at)
    proving.prove_ledger(year)


def next_park_year_is_barred(year: Year, at: Callable[..., datetime]) -> None:
    """R12: who holds the mayor's award may not apply for the park's."""
    park = Year(year.cast, "park", "", 2027, "苏园质评办〔2027〕1号", year.applicant)
    by_service.call_year(
        year.cast.roster, "park", "park-2023", 2027, park.call_number, park.rows, at(2027, 3, 3)
    )
    year.cast.wait_until(at(2027, 3, 10))
    person = year.applicant.browser
    person.open(f"/cycles/{park.cycle.pk}/call/")
    person.follow("开始申报")
    person.sees("已获上级质量奖项", "不可再申报", "第十二条")
    person.press("开始填写")
    application = park.cycle.applications.get()
    person.open(f"/applications/{application.pk}/conditions/honours/")
    person.choose("有没有获得过所列质量奖和荣誉", "没有")
    person.press("保存")
    person.sees("不符合", "第十二条")
