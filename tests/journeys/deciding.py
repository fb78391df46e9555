"""Steps 7 and 8: the ranking is frozen, the committee votes and resolves, the authority approves."""

from __future__ import annotations

from datetime import date, datetime

from scoring.models import Vote
from scoring.services import cast_vote
from tests.journeys.year import Year

COMMITTEE = {"park": "管委会第三会议室", "city": "市政府第二会议室"}
RECUSED_BECAUSE = "本人配偶在该组织任职。"


def freeze_ranking(year: Year) -> None:
    head = year.head
    head.open(f"/cycles/{year.cycle.pk}/ranking/")
    head.sees("可以锁定排名", "锁定后得分和名次不能再改")
    head.press("锁定排名")
    head.sees("摘要（SM3）", "任何人都可以复核", year.cycle.ranking.digest)


def deliberate(year: Year, held_at: datetime, number: str, *, recused: str) -> None:
    """The office calls the committee; the first member recuses themself from one candidate; the head records it all."""
    clerk, head, cycle = year.clerk, year.head, year.cycle
    clerk.open(f"/cycles/{cycle.pk}/meeting/")
    clerk.fill(会议时间=held_at, 会议地点=COMMITTEE[year.scheme], 主持人="主任委员")
    clerk.press("召集审议会议")
    clerk.sees("候选组织", COMMITTEE[year.scheme])
    year.cast.wait_until(held_at)
    _vote_in_browser(year, recused)
    for number_of_member in (2, 3):
        member = year.cast.roster.users[f"{year.scheme}_member{number_of_member}"]
        for row in cycle.ranking.rows.exclude(tier=""):
            cast_vote(
                meeting=cycle.meeting,
                application=row.application,
                choice=Vote.Choice.FOR,
                reason="",
                actor=member,
                now=held_at,
            )
    for row in cycle.ranking.rows.exclude(tier="").select_related("application__organisation"):
        head.open(f"/cycles/{cycle.pk}/meeting/")
        name = row.application.organisation.name
        head.follow("登记决议", among=head.part(name))
        head.choose("决议", "同意授奖")
        head.fill(决议文号=number)
        head.press("登记决议")
    head.sees("回避")
    head.press("完成审议，报批准机关")


def approve(year: Year, document_number: str, on: date) -> None:
    """Before the authority has approved nothing can be published; then it approves the list with its document."""
    clerk, authority, cycle = year.clerk, year.cast[f"{year.scheme}_authority"], year.cycle
    clerk.open(f"/cycles/{cycle.pk}/publicity/")
    clerk.sees("还没有批准的名单", "批准以前不能公示")
    authority.open("/scoring/authority/")
    authority.open(f"/cycles/{cycle.pk}/approval/")
    authority.sees("待批准的名单", year.applicant.name, "依据")
    authority.fill(批准文号=document_number, 批准日期=on)
    authority.press("批准名单")
    authority.sees("名单已批准", document_number)


def _vote_in_browser(year: Year, recused: str) -> None:
    member, cycle = year.cast[f"{year.scheme}_member1"], year.cycle
    for row in cycle.ranking.rows.exclude(tier="").select_related("application__organisation"):
        name = row.application.organisation.name
        member.open("/scoring/committee/")
        member.sees("审议表决")
        member.open(f"/cycles/{cycle.pk}/meeting/")
        member.follow("表决", among=member.part(name))
        if row.application_id == year.files[recused].pk:
            member.choose("表决", "回避")
            member.press("提交表决")
            member.sees("有内容需要改正")
            member.fill(理由=RECUSED_BECAUSE)
        else:
            member.choose("表决", "同意")
        member.press("提交表决")
        member.sees(f"已对“{name}”表决")
