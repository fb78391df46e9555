"""Complaints about reviewers in the demo: one that the office looks into, one that waits for the committee."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from applications.models import Application
from awards.models import Cycle
from demo.roster import Roster
from scoring import services
from scoring.models import MisconductCase, Stage

SOLICITED: Final = (
    "我单位已收到“未进入陈述答辩和现场评审”的通知。上周质量部接到一个电话，对方自称参加了我单位的材料评审，"
    "说得出自评报告里写的改进课题，提出明年付费请他辅导申报，并留下了手机号码。"
    "申报通知写明“申报、评审和授奖的全过程不收取任何费用”。请核查是否有评审员借评审招揽业务。通话记录可以提供。"
)


def complain(roster: Roster, application: Application, key: str, at: datetime) -> None:
    """An applicant complains of a call; the office takes it up two days later, and the head has to find out.

    It rests on the call for applications and the letter on the material review: feedback opens with the announcement.
    """
    case = services.file_complaint(
        cycle=application.cycle,
        application=application,
        stage=Stage.MATERIAL,
        reviewer=None,
        ground=MisconductCase.Ground.ABUSE,
        statement=SOLICITED,
        actor=roster.owners[key],
        now=at,
    )
    clerk = roster.users[f"{application.cycle.scheme.code}_clerk"]
    services.open_inquiry(case=case, actor=clerk, now=at + timedelta(days=2))


def report_last_years(roster: Roster, cycle: Cycle, number: int, at: datetime) -> None:
    """A complaint of the supervisor about the reviewer numbered `number` of a year that is over, up to the report."""
    reviewer, head = roster.reviewers[number - 1], roster.users[f"{cycle.scheme.code}_head"]
    case = services.file_complaint(
        cycle=cycle,
        application=None,
        stage=Stage.SITE,
        reviewer=reviewer,
        ground=MisconductCase.Ground.DISCLOSURE,
        statement="收到反映：该评审员在一次行业交流会上讲到某企业现场评审中的改进项目细节。",
        actor=roster.users["supervisor"],
        now=at,
    )
    services.open_inquiry(
        case=case, actor=roster.users[f"{cycle.scheme.code}_clerk"], now=at + timedelta(days=1)
    )
    services.report_misconduct(
        case=case,
        reviewer=reviewer,
        findings="经向会议主办方和在场人员核实，情况属实；所讲内容未经企业同意，没有涉及评分。",
        treatment=MisconductCase.Treatment.KEEP,
        treatment_reason="泄露发生在公告以后，与评分无关，评分表和报告不受影响。",
        actor=head,
        now=at + timedelta(days=9),
    )
