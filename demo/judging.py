"""Panels, sheets and reports of the demo. Scores follow an organisation's strength, a little apart for each reviewer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from random import Random
from statistics import median_low
from typing import Any, Final

from applications.models import Application
from awards.models import Cycle
from demo.roster import Roster
from scoring import services
from scoring.models import Consolidation, Panel, Reviewer, Sheet
from scoring.queries.differences import compared
from scoring.queries.hearing import hearing_of
from scoring.queries.score_forms import ScoreForm, score_form
from scoring.services import Seat

PRAISE: Final = ("目标逐级分解到班组并按月检查", "近三年数据齐全，趋势持续向好", "标杆对比清楚，改进闭环")
DISSENT: Final = "提供的记录只覆盖一个车间，宜再低一档。"
ADVICE: Final = ("部分支持性过程尚未纳入评价", "与标杆的对比可扩大到关键供方", "学习成果的共享可更系统")
QUESTIONS: Final = (
    "请现场核对近三年原始数据与报告是否一致。",
    "请了解一线员工对目标的知晓情况。",
    "请查看改进项目的验收记录。",
)


def form_panel(
    roster: Roster,
    cycle: Cycle,
    kind: str,
    seats: Sequence[int],
    applications: Iterable[Application],
    at: datetime,
) -> Panel:
    """Form a panel of the reviewers numbered `seats` (from 1; the first is the lead) and start it."""
    clerk = roster.users[f"{cycle.scheme.code}_clerk"]
    people = [roster.reviewers[number - 1] for number in seats]
    panel = services.form_panel(
        cycle=cycle,
        kind=kind,
        name="第一组",
        seats=[
            Seat(
                reviewer=person, lead=person is people[0], industry_expert=person.kind == Reviewer.Kind.EXPERT
            )
            for person in people
        ],
        applications=list(applications),
        actor=clerk,
        now=at,
    )
    services.start_panel(panel=panel, actor=clerk, now=at)
    return panel


def declare_none(panel: Panel, at: datetime) -> None:
    """Every member accepts confidentiality and declares that there is no conflict with any applicant of the panel."""
    applications = {
        row.application for row in panel.consolidations.select_related("application__cycle__scheme")
    }
    for seat in panel.members.select_related("reviewer__user"):
        services.pledge_confidentiality(
            reviewer=seat.reviewer, cycle=panel.cycle, accepted=True, actor=seat.reviewer.user, now=at
        )
        for application in applications:
            services.declare_recusal(
                reviewer=seat.reviewer,
                application=application,
                kind="none",
                reason="",
                actor=seat.reviewer.user,
                now=at,
            )


def score(
    roster: Roster, sheets: Iterable[Sheet], at: datetime, *, share: float = 1.0, seal: bool = True
) -> None:
    """Fill `share` of the items of each sheet, and seal it."""
    for sheet in sheets:
        form = score_form(sheet.application.cycle, sheet.stage)
        lines = form.lines[: round(len(form.lines) * share)]
        random = Random(f"{sheet.application.number}-{sheet.stage}-{sheet.reviewer_id}")
        strength = _strength(roster, sheet.application)
        asked = Random(f"ask-{sheet.application.number}-{sheet.reviewer_id}")
        cited = Random(f"cite-{sheet.application.number}-{sheet.stage}-{sheet.reviewer_id}")
        places = [] if sheet.stage == "presentation" else _places(sheet.application)
        items: dict[str, dict[str, Any]] = {}
        for line in lines:
            percent = _percent(form, strength + random.gauss(0, 7))
            items[line.code] = {
                "percent": percent,
                "strengths": random.choice(PRAISE),
                "opportunities": random.choice(ADVICE),
            }
            if sheet.stage == "material" and asked.random() < 0.06:
                items[line.code]["to_verify"] = asked.choice(QUESTIONS)
            if places and cited.random() < 0.3:
                items[line.code]["evidence"] = cited.choice([f"自评{line.code}", *places])
        actor = sheet.reviewer.user
        services.save_items(
            sheet=sheet, items=items, overall="总体上方法系统、展开较充分，详见各项。", actor=actor, now=at
        )
        if seal:
            services.seal_sheet(sheet=sheet, actor=actor, now=at)


def _places(application: Application) -> list[str]:
    """Places in the applicant's file that a reviewer may name."""
    pages = application.report.pages if application.report else None
    cited = [f"第{first}–{first + 1}页" for first in range(1, pages or 0, 2)]
    first = application.evidence.order_by("pk").first()
    return [*cited, "附件1"] if first is not None and first.removed_at is None else cited


def open_sheets(panel: Panel, *stages: str) -> list[Sheet]:
    return list(
        Sheet.objects.filter(panel=panel, state="draft", **({"stage__in": stages} if stages else {}))
        .select_related("application__cycle__scheme", "application__organisation", "reviewer__user", "panel")
        .order_by("application_id", "stage", "id")
    )


def sign_reports(panel: Panel, at: datetime, *stages: str) -> None:
    """The lead settles every item at the middle percentage; the members agree; then lead and members sign."""
    lead = panel.members.select_related("reviewer__user").get(lead=True).reviewer.user
    waiting = Consolidation.objects.filter(panel=panel, state="open").select_related(
        "application__cycle__scheme", "panel"
    )
    if stages:
        waiting = waiting.filter(stage__in=stages)
    for report in waiting:
        given: dict[str, list[int]] = {}
        for sheet in Sheet.objects.filter(
            application=report.application, stage=report.stage, state="sealed"
        ).prefetch_related("items"):
            for row in sheet.items.all():
                given.setdefault(row.item, []).append(int(row.percent or 0))
        services.settle_items(
            consolidation=report,
            items={
                item: (median_low(percents), "经讨论，按多数意见和证据充分程度取值。")
                for item, percents in given.items()
            },
            actor=lead,
            now=at,
        )
        rows = compared(report, score_form(report.application.cycle, report.stage))
        services.explain_differences(
            consolidation=report,
            reasons={row.line.code: "现场核实了展开情况和数据，据此调整。" for row in rows if row.missing},
            actor=lead,
            now=at,
        )
        members_agree(report, at)
        services.sign_consolidation(
            consolidation=report,
            strengths="战略目标清楚，过程管理系统，关键结果三年持续改进。",
            opportunities="进一步扩大标杆对比范围，完善知识共享机制。",
            conclusion="评审组一致同意上述评分和意见。",
            actor=lead,
            now=at,
        )
        members_sign(report, at)


def members_agree(report: Consolidation, at: datetime) -> None:
    """Whoever has not spoken on the items far apart agrees; the last member dissents on one item in three reports."""
    hearing = hearing_of(report, score_form(report.application.cycle, report.stage))
    for member in hearing.silent:
        items = hearing.asked_of(member)
        apart = report.pk % 3 == 0 and member is hearing.members[-1]
        answers = {item.line.code: (True, "") for item in items}
        if apart:
            answers[items[0].line.code] = (False, DISSENT)
        services.give_consent(consolidation=report, answers=answers, actor=member.reviewer.user, now=at)


def members_sign(report: Consolidation, at: datetime, leave: int = 0) -> None:
    """All members who have not signed the lead's report sign it, but for the last `leave`."""
    hearing = hearing_of(report, score_form(report.application.cycle, report.stage))
    waiting = hearing.unsigned
    for member in waiting[: len(waiting) - leave]:
        services.countersign(
            consolidation=report, digest=report.digest, remark="", actor=member.reviewer.user, now=at
        )


def _strength(roster: Roster, application: Application) -> int:
    for key, organisation in roster.organisations.items():
        if organisation.pk == application.organisation_id:
            return int(roster.details[key]["strength"])
    raise LookupError(application)


def _percent(form: ScoreForm, wanted: float) -> int:
    return min(form.percents, key=lambda percent: abs(percent - wanted))
