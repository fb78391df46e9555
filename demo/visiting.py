"""Presentations and visits of the demo: in the running year drawn by lot, heard, one visit begun; the year before, all made."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random
from typing import Final

from accounts.models import User
from applications.models import Application
from demo import judging
from demo.roster import Roster
from ground.clock import SHANGHAI
from scoring import services
from scoring.models import Panel, SiteVisit, Stage
from scoring.queries.references import issues_to_verify
from scoring.rules.slots import Plan

TO_SEAL: Final = timedelta(minutes=2)
SATURDAY: Final = 5
AGENDA: Final = (
    (time(9), time(9, 30), "首次会议", "高层、各部门负责人", "一号会议室"),
    (time(9, 40), time(11, 30), "高层访谈：战略与领导", "总经理、分管副总经理", "一号会议室"),
    (time(13, 30), time(16), "走访现场：关键过程、质量记录", "业务部门、质量部", "各作业现场"),
    (time(16, 30), time(17), "末次会议", "高层、各部门负责人", "一号会议室"),
)
FOUND: Final = (
    ("confirmed", "查阅了原始记录并现场询问，与报告一致。"),
    ("confirmed", "抽查三份，均与报告所述相符。"),
    ("partly", "两个部门已展开，另一部门刚开始，报告的说法偏满。"),
    ("open", "负责人当天外出，没有核实到。"),
)


def present(roster: Roster, panel: Panel, planned_at: datetime, heard_at: datetime) -> None:
    """Plan the slots for the day of `heard_at`, and draw lots a day after the planning."""
    clerk = roster.users["park_clerk"]
    plan = Plan(
        days=(heard_at.astimezone(SHANGHAI).date(),),
        opens=time(9),
        closes=time(17),
        minutes=40,
        gap=10,
        breaks=((time(12), time(13, 30)),),
        rooms=("行政中心三楼第一会议室", "行政中心三楼第二会议室"),
    )
    schedule = services.plan_presentations(panel=panel, plan=plan, spare=0, actor=clerk, now=planned_at)
    services.draw_presentations(
        schedule=schedule,
        seed="3718",
        witness=roster.users["supervisor"].name,
        actor=clerk,
        now=planned_at + timedelta(days=1),
    )


def hear(roster: Roster, panel: Panel) -> None:
    """Everybody seals one after the other in the pause after a slot: nobody scores what they have not heard."""
    sheets = judging.open_sheets(panel, Stage.PRESENTATION)
    for slot in panel.schedule.slots.exclude(application=None):
        heard = [sheet for sheet in sheets if sheet.application_id == slot.application_id]
        for place, sheet in enumerate(heard, start=1):
            judging.score(roster, [sheet], slot.ends_at + place * TO_SEAL)


def visit(
    roster: Roster, panel: Panel, application: Application, planned_at: datetime, goes_at: datetime
) -> SiteVisit:
    """Plan a visit of the whole panel for the day of `goes_at`."""
    seats = list(panel.members.select_related("reviewer__user"))
    day = goes_at.astimezone(SHANGHAI).date()
    return services.plan_visit(
        panel=panel,
        application=application,
        starts_on=day,
        ends_on=day,
        place=application.organisation.address,
        safety="进入作业现场请按标识佩戴防护用品，听从陪同人员指引。标有“禁止拍照”的区域不得拍照。",
        lead=next(seat.reviewer for seat in seats if seat.lead),
        members=[seat.reviewer for seat in seats],
        actor=roster.users["park_clerk"],
        now=planned_at,
    )


def send_and_begin(roster: Roster, made: SiteVisit, sent_at: datetime, begun_at: datetime) -> None:
    """Fill in the agenda and send it; the lead notes the opening meeting, an interview and a document."""
    clerk, lead = roster.users["park_clerk"], made.lead.user
    for starts, ends, subject, who, place in AGENDA:
        row = services.add_line(visit=made, kind="agenda", actor=clerk, now=sent_at)
        values = {"starts": starts, "ends": ends, "subject": subject, "who": who, "place": place}
        _save(made, {f"line-{row.pk}-{name}": value for name, value in values.items()}, clerk, sent_at)
    services.send_visit(visit=made, actor=clerk, now=sent_at)
    interview = services.add_line(visit=made, kind="interview", actor=lead, now=begun_at)
    document = services.add_line(visit=made, kind="document", actor=lead, now=begun_at)
    values = {
        f"line-{interview.pk}-who": "质量部经理",
        f"line-{interview.pk}-subject": "过程能力与改进",
        f"line-{interview.pk}-notes": "关键工序按月评价过程能力，低于要求的有改进记录，抽查三份均已关闭。",
        f"line-{document.pk}-subject": "管理评审报告及改进清单",
        f"line-{document.pk}-place": "质量部档案室",
        f"line-{document.pk}-notes": "近三年各一份，改进项有责任人和完成时间。",
        "opening_at": begun_at,
        "opening_present": "总经理、各部门负责人；评审组全体成员",
        "opening_text": "组长说明评审的目的、日程、保密和廉洁要求；企业介绍了基本情况和安全须知。",
    }
    _save(made, values, lead, begun_at)
    services.sign_minutes(visit=made, part="opening", actor=lead, now=begun_at + timedelta(minutes=30))


def make_visits(roster: Roster, panel: Panel, first_day: datetime) -> None:
    """The visits to all of the panel's applicants, one a weekday from `first_day`, all planned two days before the first."""
    begun_at, planned_at = first_day, first_day - timedelta(days=2)
    for application in Application.objects.filter(panels=panel).select_related("organisation").order_by("pk"):
        while begun_at.weekday() >= SATURDAY:
            begun_at += timedelta(days=1)
        made = visit(roster, panel, application, planned_at, begun_at)
        send_and_begin(roster, made, planned_at + timedelta(days=1), begun_at)
        _conclude(made, begun_at.replace(hour=17))
        begun_at += timedelta(days=1)


def _conclude(made: SiteVisit, at: datetime) -> None:
    """The lead answers what the sheets asked to be looked into, and signs the closing meeting."""
    random, lead = Random(f"{made.application.number}-visit"), made.lead.user
    values: dict[str, object] = {
        "closing_at": at,
        "closing_present": "总经理、各部门负责人；评审组全体成员",
        "closing_text": "组长反馈现场评审的总体印象，说明后续程序；企业表示认可，没有异议。",
    }
    for issue in issues_to_verify(made.application):
        outcome, answer = random.choice(FOUND)
        key = f"answer-{issue.sheet_id}-{issue.item}"
        values |= {f"{key}-outcome": outcome, f"{key}-answer": answer}
    _save(made, values, lead, at)
    services.sign_minutes(visit=made, part="closing", actor=lead, now=at)


def _save(made: SiteVisit, values: dict[str, object], actor: User, at: datetime) -> None:
    services.save_visit(visit=made, values=values, revision=made.revision, actor=actor, now=at)
