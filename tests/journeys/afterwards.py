"""Step 11: the duty to report, revocation with all its effects, and what the next year makes of it."""

from __future__ import annotations

from datetime import date, timedelta

from publicity.models import Honour, RevocationCase
from tests.journeys.papers import small_pdf
from tests.journeys.year import Year

EVENT = "生产车间发生重大安全事故，已全面停产整改。"


def report_incident(year: Year, confirmed_on: date) -> None:
    person = year.applicant.browser
    person.open("/honours/mine/")
    person.sees("应当报告的事项", "30 日内")
    person.follow("报告事项")
    person.choose("发生了哪种情形", "发生重大质量安全")
    person.fill(确认之日=confirmed_on, 情况说明=EVENT)
    person.attach("证明材料", "事故认定书.pdf", small_pdf("事故认定书"))
    person.press("提交报告")
    person.sees("报告已收到，在期限以内", EVENT)


def revoke(year: Year, honour: Honour, *, effects: tuple[str, ...], clawback: str = "") -> RevocationCase:
    """Office investigates, committee proposes, authority decides; the matrix says beforehand what will follow."""
    clerk = year.clerk
    clerk.open("/incidents/")
    clerk.follow(year.applicant.name)
    clerk.sees(EVENT, "事故认定书.pdf")
    clerk.follow("立案调查")
    clerk.choose("撤销事由", "弄虚作假" if clawback else "发生重大事故")
    clerk.fill(线索和立案理由="据获奖组织报告和应急管理部门事故认定书。")
    clerk.press("立案")
    clerk.sees("已立案", "一旦撤销", *effects)
    case = RevocationCase.objects.get(honour=honour)
    head = year.head
    head.open(case.get_absolute_url())
    head.follow("报告评定委")
    head.fill(调查结论="事故性质和等级经核实属实。")
    head.press("报告评定委")
    for username, label, number in (
        ("member1", "提请撤销称号", "评定委〔2026〕9号"),
        ("authority", "决定撤销称号", "苏园管〔2026〕60号"),
    ):
        year.cast.wait_until(year.cast.now + timedelta(days=3))
        official = year.cast[f"{year.scheme}_{username}"]
        official.open("/revocations/")
        official.follow(year.applicant.name)
        official.follow(label)
        official.sees(*effects)
        official.fill(文号=number, 日期=year.cast.now.date())
        official.press(label)
    official.sees("称号已撤销", "已生效", *effects)
    visitor = year.cast.visitor("visitor after the revocation")
    visitor.open(f"/certificates/?number={honour.certificate_number}")
    visitor.sees("称号已被撤销，证书作废")
    case.refresh_from_db()
    return case


def try_again(year: Year, next_year: Year, *words: str) -> None:
    """The call of the next year is open; whoever is banned is told so with article and date, and can't begin."""
    person = year.applicant.browser
    person.open(f"/cycles/{next_year.cycle.pk}/call/")
    person.follow("开始申报")
    person.sees(*words)
    assert person.main.get_by_role("button", name="开始填写").count() == 0
