"""Steps 9 and 10: outside sites, the window, an objection, the sweep, the announcement, honours, prizes, certificates."""

from __future__ import annotations

from datetime import datetime, timedelta

from publicity.models import Honour
from publicity.tasks import close_due_windows
from tests.journeys.papers import small_pdf
from tests.journeys.person import Person
from tests.journeys.year import Year

STATEMENT = "该组织近三年财务数据与公开年报不一致，请核查。"
OBJECTOR = "钱实名"
FINDING = "经核查年报与审计报告，数据一致，反映的问题不属实。"


def publish(year: Year, site_times: dict[str, datetime], closes: str) -> None:
    """The clerk drafts and records each outside site; the window counts from the last; another person publishes."""
    clerk, head, cycle = year.clerk, year.head, year.cycle
    clerk.open(f"/cycles/{cycle.pk}/publicity/")
    clerk.press("拟写公示")
    clerk.sees("尚未登记")
    head.open(f"/cycles/{cycle.pk}/publicity/")
    head.sees("还没有登记")
    for site, time in site_times.items():
        year.cast.wait_until(max(year.cast.now, time + timedelta(minutes=10)))
        clerk.open(f"/cycles/{cycle.pk}/publicity/")
        clerk.follow("登记", among=clerk.row(site))
        clerk.fill(登载网址=f"https://example.org/{cycle.pk}/{len(site)}", 登载时间=time)
        clerk.press("登记")
        clerk.sees("已登记")
    head.open(f"/cycles/{cycle.pk}/publicity/")
    head.follow("核对并发布")
    head.sees("发布以后", year.applicant.name)
    head.press("发布公示")
    head.sees(closes, year.applicant.name)


def object_to(year: Year, key: str) -> tuple[Person, str]:
    """A visitor objects under their name; returns the visitor and the receipt number."""
    visitor, name = year.cast.visitor("visitor who objects"), year.file(key).organisation.name
    visitor.open("/")
    visitor.sees("正在公示")
    visitor.follow("对名单有异议")
    visitor.press("提交异议")
    visitor.sees("有内容需要改正")
    visitor.choose("对哪个组织有异议", name)
    visitor.choose("以什么名义提出", "个人")
    visitor.fill(真实姓名或单位全称=OBJECTOR, 联系电话或电子邮箱="13911112222", 事实和理由=STATEMENT)
    visitor.attach("证据材料", "年报截图.pdf", small_pdf("年报"))
    visitor.press("提交异议")
    visitor.sees("异议已收到", "受理编号", name)
    visitor.sees_not(OBJECTOR, STATEMENT)
    receipt = visitor.path.rstrip("/").rsplit("/", 1)[1]
    return visitor, receipt


def accept_objection(year: Year, receipt: str) -> None:
    clerk = year.clerk
    clerk.open("/cycles/office/")
    clerk.open("/objections/")
    clerk.follow(receipt)
    clerk.sees(OBJECTOR, STATEMENT, "年报截图.pdf")
    clerk.press("受理异议")


def close_window(year: Year, last_moment: datetime, held: str = "") -> None:
    """One second before the end nothing happens; after it the sweep closes the window, and who is objected to waits."""
    head, cycle = year.head, year.cycle
    year.cast.wait_until(last_moment - timedelta(seconds=1))
    close_due_windows()
    head.open(f"/cycles/{cycle.pk}/publicity/")
    head.sees("公示中")
    year.cast.wait_until(last_moment)
    close_due_windows()
    close_due_windows()
    head.open(f"/cycles/{cycle.pk}/publicity/")
    if held:
        head.sees("因异议暂缓", year.file(held).organisation.name)
    else:
        head.sees("公示期满")
        head.sees_not("因异议暂缓")


def announce(year: Year, number: str, *, reason: str = "", prizes: tuple[str, ...] = ()) -> None:
    head, cycle = year.head, year.cycle
    head.open(f"/cycles/{cycle.pk}/publicity/")
    head.follow("办理公告")
    head.sees("公告以后", *prizes)
    head.fill(公告文号=number)
    if reason:
        head.fill(其余组织先行公告的理由=reason)
    head.press("发布公告")
    head.sees(number)


def dismiss_objection(year: Year, visitor: Person, receipt: str, key: str) -> None:
    head = year.head
    head.open("/objections/")
    head.follow(receipt)
    head.follow("作出核查结论")
    head.choose("核查结果", "异议不成立")
    head.fill(核查结论=FINDING, 书面告知申报组织的内容=f"对贵单位的异议经核查不成立。反映人：{OBJECTOR}")
    head.press("作出结论并告知")
    head.sees("有内容需要改正")
    head.fill(书面告知申报组织的内容="对贵单位的异议经核查不成立，按程序公告。")
    head.press("作出结论并告知")
    head.sees("核查结果已记录")
    visitor.open("/objections/receipt/")
    visitor.fill(受理编号=receipt)
    visitor.press("查")
    visitor.sees("异议不成立")
    owner = year.cast[f"org_{key}"]
    owner.open("/inbox/")
    owner.sees_not(OBJECTOR)


def check_certificate(year: Year, key: str, *words: str) -> Honour:
    """Anybody checks the certificate by the number on it."""
    honour = Honour.objects.get(application=year.files[key])
    visitor = year.cast.visitor("visitor with a certificate")
    visitor.open("/certificates/")
    visitor.fill(证书编号或查验码="PARK-0000-Q-9")
    visitor.press("核验")
    visitor.sees("没有查到")
    visitor.fill(证书编号或查验码=honour.certificate_number)
    visitor.press("核验")
    visitor.sees(year.file(key).organisation.name, *words)
    return honour


def pay(year: Year, key: str, amount: str) -> None:
    """Finance pays once; the voucher is on record."""
    finance = year.cast[f"{year.scheme}_finance"]
    finance.open("/payments/")
    finance.sees(amount, "待拨付")
    finance.follow(year.file(key).organisation.name)
    finance.fill(拨付凭证号="YQ-01", 拨付日期=year.cast.now.date())
    finance.press("登记")
    finance.sees("已拨付", "YQ-01")
