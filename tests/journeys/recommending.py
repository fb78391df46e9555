"""Step 3: recommenders read the file, and sign or decline with a reason. Step 12 in passing: who waits is reminded once."""

from __future__ import annotations

from notifications import tasks
from tests.journeys.person import Person, beginning
from tests.journeys.year import Year

WHY_NOT = "该组织注册地不在本单位服务范围内，建议由所在功能区推荐。"
OPINION = "该组织质量管理基础扎实，申报材料经核对属实，同意推荐。"


def decline(year: Year, recommender: str) -> None:
    """The first recommender asked declines; the applicant reads why and may ask another."""
    person = _with_file(year, recommender)
    person.sees("营业执照.pdf", "自评报告.pdf", "组织信息")
    person.follow("不予推荐")
    person.press("不予推荐")
    person.sees("有内容需要改正", "请写明理由")
    person.fill(不予推荐的理由=WHY_NOT, 签署人姓名="曹玉兰")
    person.press("不予推荐")
    applicant = year.applicant.browser
    applicant.open("/applications/")
    applicant.sees("推荐单位不予推荐")
    applicant.follow("查看申报进度")
    applicant.sees(WHY_NOT)


def sign(year: Year, recommender: str, signatory: str) -> None:
    person = _with_file(year, recommender)
    person.follow("签署推荐意见")
    person.fill(推荐意见=OPINION, 签署人姓名=signatory)
    person.press("签署推荐意见")
    person.open("/recommendations/")
    person.sees("已办理", year.applicant.name)
    applicant = year.applicant.browser
    applicant.open(f"/applications/{year.files[year.applicant.username].pk}/")
    applicant.sees(OPINION)


def reminded_once(person: Person, words: str) -> None:
    """However often the sweep runs, one reminder lies in the inbox."""
    for _ in range(3):
        tasks.send_reminders()
    person.open("/inbox/")
    links = person.main.get_by_role("link", name=beginning(words))
    assert links.count() == 1, f"{words}: {links.count()} times in the inbox of {person.name}"


def _with_file(year: Year, recommender: str) -> Person:
    person = year.cast[f"rec_{recommender}"]
    person.open("/recommendations/")
    person.sees("签署截止")
    person.follow(year.applicant.name)
    return person
