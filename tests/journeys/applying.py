"""Step 2: an organisation makes its account, registers, answers every condition with evidence, and submits."""

from __future__ import annotations

from datetime import date

from django.utils.timezone import localtime

from applications.models import Organisation
from demo.applying import PROFILE
from notifications.models import OutboxMessage
from tests.journeys.papers import small_pdf
from tests.journeys.person import Person
from tests.journeys.year import Year

# What the reviewers make of the report, in percent; the others' is in the demo's table.
STRENGTH = 72
SECRET = "chengjiang-ru-lian-2026"


def come_and_register(year: Year) -> None:
    """A new account, then the organisation under its credit code; a mistyped code is told at once."""
    applicant = year.applicant
    person = applicant.person = year.cast.visitor(applicant.username)
    person.open("/accounts/register/")
    person.fill(
        登录名=applicant.username,
        您的姓名=applicant.person_name,
        邮箱=f"{applicant.username}@example.com",
        手机="13900000000",
        密码=SECRET,
    )
    person.press("建立账号")
    year.cast.welcome(applicant.username, person)
    mistyped = applicant.uscc[:-1] + ("1" if applicant.uscc[-1] != "1" else "2")
    person.fill(统一社会信用代码=mistyped, 组织名称=applicant.name, 住所="苏州工业园区演示路 1 号")
    person.choose("组织性质", "企业")
    person.choose("登记注册地", applicant.region)
    person.fill(成立日期=date(2011, 6, 8), 法定代表人=applicant.person_name, 职工人数=420)
    person.choose("行业门类", "C")
    person.fill(联系人=applicant.person_name, 联系电话="0512-00000000")
    person.press("登记")
    person.sees("有内容需要改正", "校验")
    person.fill(统一社会信用代码=applicant.uscc)
    person.press("登记")
    person.sees(f"已登记{applicant.name}", "工业")
    roster = year.cast.roster
    roster.organisations[applicant.username] = Organisation.objects.get(uscc=applicant.uscc)
    roster.details[applicant.username] = {"name": applicant.name, "strength": STRENGTH}


def start(year: Year) -> None:
    person = year.applicant.browser
    person.open("/applications/")
    person.follow(f"开始申报：{year.cycle}")
    person.sees("开始之前")
    person.press("开始填写")
    person.sees("已建立申报草稿", "已完成 1 /")
    application = year.cycle.applications.get(organisation__uscc=year.applicant.uscc)
    year.files[year.applicant.username] = application


def answer_everything(year: Year) -> None:
    """Every question on the conditions, with a file where one is asked for; what is missing is listed until then."""
    person, number = year.applicant.browser, year.number
    tasks = f"/applications/{year.files[year.applicant.username].pk}"
    person.open(f"{tasks}/check/")
    person.sees("还缺", "补齐后才能提交")

    def question(code: str) -> None:
        person.open(f"{tasks}/conditions/{code}/")

    def save(evidence: str = "") -> None:
        person.press("保存")
        person.sees("已保存")
        if evidence:
            hand_in(person, evidence)

    question("registration")
    person.sees(year.applicant.uscc)
    hand_in(person, "营业执照.pdf")
    question("certified_system")
    row = _list(person, "有没有在有效期内的管理体系认证证书", "证书")
    person.fill(among=row, 认证标准="ISO 9001", 证书有效期至=date(number + 2, 5, 31))
    save("质量管理体系认证证书.pdf")
    person.sees("符合")
    question("licences")
    person.choose("取得情况", "已经齐备")
    save("许可证.pdf")
    question("spot_checks")
    row = _list(person, "近三年有没有接受过监督抽查", "抽查")
    person.fill(among=row, 抽查日期=date(number - 1, 6, 18))
    person.choose("抽查级别", "市级", among=row)
    person.choose("结果", "合格", among=row)
    save("抽查报告.pdf")
    question("safety_level")
    person.choose("是否属于规模以上工贸企业", "是")
    person.choose("安全生产标准化等级", "二级")
    save("安全生产标准化证书.pdf")
    question("exports")
    person.choose("是否有商品出口", "是")
    person.choose("有没有发生过质量原因的退运", "没有")
    save("出口情况说明.pdf")
    question("profit")
    person.fill(**{f"{number - 3 + i} 年度净利润": 3_000_000 + i * 10_000 for i in range(3)})
    save("审计报告.pdf")
    question("credit")
    person.choose("近三年有没有严重失信行为记录", "没有")
    save("信用报告.pdf")
    question("accidents")
    person.choose("近三年有没有发生过事故", "没有")
    save("安全情况证明.pdf")
    question("excellence_model")
    person.choose("是否建立并实施卓越绩效管理模式", "是")
    if year.scheme == "city":
        person.fill(上年度经营规模=2)
    save("行业位次证明.pdf" if year.scheme == "city" else "卓越绩效推进文件.pdf")
    question("honours")
    _answer_honours(year)


def _answer_honours(year: Year) -> None:
    """The city asks for an award still valid; the park only that there is no higher one."""
    person = year.applicant.browser
    if year.scheme == "park":
        person.choose("有没有获得过所列质量奖和荣誉", "没有")
        person.press("保存")
    else:
        row = _list(person, "有没有获得过所列质量奖和荣誉", "荣誉")
        person.choose("荣誉", "苏州市质量奖", among=row)
        person.fill(among=row, 获奖日期=date(year.number - 1, 1, 10), 有效期至=date(year.number + 2, 1, 9))
        person.press("保存")
        hand_in(person, "苏州市质量奖证书.pdf")
    person.sees("已保存" if year.scheme == "park" else "已上传")


def write_file(year: Year, recommender: str) -> None:
    """Figures of three years, profile, self-assessment report, recommender."""
    person = year.applicant.browser
    file = year.files[year.applicant.username]
    person.open(f"/organisations/{file.organisation_id}/figures/")
    person.fill(**{f"{back} 年度营业收入": 300_000_000 for back in range(year.number - 3, year.number)})
    person.press("保存")
    person.sees("年度经营数据已保存")
    base = f"/applications/{file.pk}"
    person.open(f"{base}/profile/")
    person.fill(组织概述=PROFILE.format(name=year.applicant.name, established="2011-06-08", employees=420))
    person.press("保存")
    person.open(f"{base}/report/")
    person.attach("自评报告文件", "自评报告.pdf", small_pdf(f"自评报告 {year.applicant.name}"))
    person.press("上传")
    person.sees("自评报告.pdf")
    choose_recommender(year, recommender)


def choose_recommender(year: Year, recommender: str) -> None:
    person = year.applicant.browser
    person.open(f"/applications/{year.files[year.applicant.username].pk}/recommender/")
    person.choose("推荐单位", year.cast.roster.recommenders[recommender][0].name)
    person.press("选定")


def ask_for_signature(year: Year) -> None:
    """The commitments: the park's applicant mails the link, the person in charge signs without an account."""
    person, application = year.applicant.browser, year.files[year.applicant.username]
    page = f"/applications/{application.pk}/commitments/"
    person.open(f"/applications/{application.pk}/check/")
    person.sees("还缺 1 项", f"请{year.applicant.person_name}（法定代表人）签署")
    person.open(page)
    person.sees(f"须由{year.applicant.person_name}签署")
    if year.scheme == "city":
        person.fill(职务="总经理", 签署日期=localtime(year.cast.now).date())
        person.attach("签字并盖章的承诺书扫描件", "承诺书.pdf", small_pdf("承诺书"))
        person.press("上传已签署的承诺书")
    else:
        person.fill(**{f"{year.applicant.person_name}本人的邮箱": "in-charge@example.com"})
        person.press("寄出签署链接")
        person.sees("等待签署")
        _sign(year, OutboxMessage.objects.get(address="in-charge@example.com").link)
        person.open(page)
    person.sees(f"{year.applicant.person_name}（总经理）已于")


def _sign(year: Year, link: str) -> None:
    signer = year.cast.visitor("in-charge")
    signer.open(link)
    signer.sees("本组织承诺", year.applicant.name, "自评报告")
    signer.press("签署承诺")
    signer.sees("有内容需要改正", "请勾选，表示作出承诺")
    signer.fill(签名=year.applicant.person_name, 职务="总经理")
    signer.tick("我已逐条阅读")
    signer.press("签署承诺")
    signer.sees(f"{year.applicant.person_name}已于")


def submit(year: Year) -> str:
    """Have the commitments signed, unless they are; check, submit; returns the acceptance number on the receipt."""
    person, application = year.applicant.browser, year.files[year.applicant.username]
    if not application.commitments.filter(ended_at=None).exists():
        ask_for_signature(year)
    person.open(f"/applications/{application.pk}/check/")
    person.sees("各部分已经齐全")
    person.follow("内容无误，去提交")
    person.press("提交申报")
    number = year.file(year.applicant.username).number
    person.sees("申报已提交", number, "接下来", "推荐单位签署意见", f"{year.applicant.person_name}（总经理）")
    return number


def hand_in(person: Person, name: str) -> None:
    person.attach("选择文件", name, small_pdf(name))
    person.press("上传")
    person.sees(f"已上传“{name}”")


def _list(person: Person, question: str, row: str) -> object:
    """Say that there is something to list, unfold the list; its first row."""
    person.choose(question, "有，逐项列出")
    first = person.main.get_by_role("group", name=f"{row} 1")
    if not first.is_visible():
        person.main.locator("summary").filter(has_text="逐项填写").click()
    return first
