"""Step 4: the office sees findings beside evidence, asks for corrections, records a waiver, accepts or refuses."""

from __future__ import annotations

import re
from datetime import datetime

from applications.services import confirm_check
from demo import applying
from tests.journeys.applying import hand_in
from tests.journeys.person import Person
from tests.journeys.year import Year

MISSING = "认证证书的附件缺少认证范围页，请补交。"
LOSS = "最近三年中有一年亏损，不符合申报条件。"


def submit_too_late(year: Year, key: str) -> None:
    """After the deadline the pledge opens no more: the time on the check page, and the draft is still there."""
    person, application = year.cast[f"org_{key}"], year.files[key]
    person.open(f"/applications/{application.pk}/check/")
    person.sees("截止，不能再提交", "已填写的内容为您保留")
    person.open(f"/applications/{application.pk}/submit/")
    person.sees("提交前检查", "截止，不能再提交", "已填写的内容为您保留")
    person.open(f"/applications/{application.pk}/profile/")
    assert year.cast.roster.details[key]["name"] in person.page.content()
    assert year.file(key).state == "draft"


def ask_for_correction(year: Year, due_at: datetime) -> None:
    clerk = _desk(year, year.applicant.username, year.clerk)
    clerk.sees("规则判断：符合", "质量管理体系认证证书.pdf", "未确认")
    clerk.press("确认")
    clerk.follow("要求补正")
    first, term = clerk.part("第 1 项"), clerk.part("期限")
    clerk.choose("哪一部分", _label(year, "certified_system"), among=first)
    clerk.fill(among=first, 需要补正什么=MISSING)
    clerk.fill(among=term, 补正期限=due_at)
    clerk.press("发出补正通知")
    clerk.sees("补正中")


def answer_correction(year: Year, due_words: str) -> None:
    person = year.applicant.browser
    person.open("/applications/")
    person.sees("补正", due_words)
    person.open(f"/applications/{year.files[year.applicant.username].pk}/")
    person.follow("补正通知")
    person.sees(MISSING, due_words)
    person.follow("去修改")
    hand_in(person, "认证范围页.pdf")
    person.open(f"/applications/{year.files[year.applicant.username].pk}/")
    person.follow("补正通知")
    person.fill(**{"1. ": "已补交认证范围页，见“认证范围页.pdf”。"})
    person.press("提交补正")
    person.sees("补正已提交", "已提交补正")


def confirm_all(year: Year) -> None:
    """The clerk confirms every finding beside its evidence."""
    clerk = _desk(year, year.applicant.username, year.clerk)
    clerk.sees("认证范围页.pdf")
    button = clerk.main.get_by_role("button", name=re.compile(r"^\s*确认"))
    while button.count():
        clerk.press("确认")
    clerk.sees("已全部确认")


def accept(year: Year) -> None:
    head = _desk(year, year.applicant.username, year.head)
    head.follow("作出审核结论")
    head.choose("资格审核结论", "通过，进入材料评审")
    head.press("作出结论并通知申报组织")
    applicant = year.applicant.browser
    applicant.open(f"/applications/{year.files[year.applicant.username].pk}/")
    applicant.sees("资格审核结论", "通过", "依据")


def waive(year: Year, key: str, condition: str) -> None:
    """A condition not met is lifted by a resolution of the committee with its number, never by hand."""
    clerk = _desk(year, key, year.clerk)
    clerk.sees("规则判断：不符合")
    part = clerk.page.locator(f"#check-{condition}")
    clerk.follow("登记调整决议", among=part)
    clerk.press("登记决议")
    clerk.sees("请填写评定委决议文号")
    clerk.fill(
        评定委决议文号="评定委〔2026〕3号",
        决议日期=year.cast.now.date(),
        理由="属战略性研发投入造成的一次性亏损。",
    )
    clerk.press("登记决议")
    clerk.sees("规则判断：经同意调整", "评定委〔2026〕3号")
    decide_by_service(year, key, accepted=True)


def refuse(year: Year, key: str, article: str) -> None:
    """The head refuses with the article; the applicant reads both."""
    confirm_by_service(year, key)
    head = _desk(year, key, year.head)
    head.follow("作出审核结论")
    head.choose("资格审核结论", "不通过")
    head.press("作出结论并通知申报组织")
    head.sees("请写明不通过的理由")
    head.fill(理由=LOSS)
    head.press("作出结论并通知申报组织")
    owner = year.cast[f"org_{key}"]
    owner.open(f"/applications/{year.files[key].pk}/")
    owner.sees(LOSS, article, "不通过")


def confirm_by_service(year: Year, key: str) -> None:
    clerk = year.cast.roster.users[f"{year.scheme}_clerk"]
    for check in year.file(key).checks.filter(confirmed=""):
        confirm_check(check=check, outcome=check.outcome, note="已核对", actor=clerk, now=year.cast.now)


def decide_by_service(year: Year, key: str, *, accepted: bool) -> None:
    applying.decide(year.cast.roster, year.file(key), accepted=accepted, reason="", at=year.cast.now)


def _desk(year: Year, key: str, official: Person) -> Person:
    official.open(f"/cycles/{year.cycle.pk}/applications/")
    official.follow(year.file(key).number)
    official.follow("资格审核")
    return official


def _label(year: Year, condition: str) -> str:
    return next(row.label for row in year.edition.conditions if row.code == condition)
