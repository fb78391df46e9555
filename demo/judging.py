"""Panels, sheets and reports of the demo. Scores follow an organisation's strength, a little apart for each reviewer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Final

import yaml

from accounts.models import User
from applications.models import Application
from awards.models import Cycle
from demo.roster import Roster
from scoring import services
from scoring.models import Consolidation, Panel, Reviewer, Sheet, Stage
from scoring.queries.differences import compared
from scoring.queries.earlier import earlier_of
from scoring.queries.hearing import Member, hearing_of
from scoring.queries.matrix import matrix_of
from scoring.queries.score_forms import RUBRIC, Line, ScoreForm, score_form
from scoring.services import Seat

DISSENT: Final = "所举的事例只说明一个部门的情况，宜再低一档。"
CONSENSUS: Final = "经讨论，按多数意见和证据充分程度取值。"
VISITED: Final = "现场核实了展开情况和数据，据此调整。"
# Who found less than the others on one item of the visit, so that the panel has something to settle.
DOUBTER, DOUBTED, LESS = 14, "4.7.2", 30
REMARKS: Final[dict[str, dict[str, list[str]]]] = yaml.safe_load(
    Path(__file__).with_name("remarks.yaml").read_text(encoding="utf-8")
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
    known: dict[int, list[str]] = {}
    for sheet in sheets:
        form = score_form(sheet.application.cycle, sheet.stage)
        lines = form.lines[: round(len(form.lines) * share)]
        random = Random(f"{sheet.application.number}-{sheet.stage}-{sheet.reviewer_id}")
        if sheet.application_id not in known:
            known[sheet.application_id] = _places(sheet.application)
        strength = _strength(roster, sheet.application)
        doubts = sheet.stage == Stage.SITE and sheet.reviewer == roster.reviewers[DOUBTER - 1]
        earlier = earlier_of(sheet)
        items: dict[str, dict[str, Any]] = {}
        for line in lines:
            wanted = strength + random.gauss(0, 7) - (LESS if doubts and line.code == DOUBTED else 0)
            items[line.code] = words = _words(form, line, random, known[sheet.application_id])
            words["percent"] = _percent(form, wanted)
            if earlier and abs(words["percent"] - earlier.percents.get(line.code, words["percent"])) > 10:
                words["difference"] = VISITED
        actor = sheet.reviewer.user
        services.save_items(
            sheet=sheet,
            items=items,
            overall="总体上方法系统、展开较充分，详见各项。",
            hours=Decimal(len(lines)) / 2,
            actor=actor,
            now=at,
        )
        if seal:
            services.seal_sheet(sheet=sheet, actor=actor, now=at)


def _places(application: Application) -> list[str]:
    """Places in the applicant's file that a reviewer may name."""
    pages = application.report.pages if application.report else None
    cited = [f"第{first}–{first + 1}页" for first in range(1, pages or 0, 2)]
    first = application.evidence.order_by("pk").first()
    return [*cited, "附件1"] if first is not None and first.removed_at is None else cited


def _words(form: ScoreForm, line: Line, random: Random, known: Sequence[str]) -> dict[str, Any]:
    """What a reviewer writes to an item: with another place of the file now and then, seldom with a question for the visit."""
    stock = REMARKS[RUBRIC if line.kind == RUBRIC else line.code.rpartition(".")[0]]
    places = f"自评{line.code}" if line.kind != RUBRIC else ""
    if places and known and random.random() < 0.3:
        places = f"{places}；{random.choice(known)}"
    words = {
        "key_factors": random.choice(stock.get("factors", [""])),
        "strengths": random.choice(stock["strengths"]),
        "opportunities": random.choice(stock["opportunities"]),
        "evidence": places,
        "to_verify": random.choice(stock["questions"]) if random.random() < 0.06 else "",
    }
    return {name: text for name, text in words.items() if text and name in form.fields_of(line)}


def open_sheets(panel: Panel, *stages: str) -> list[Sheet]:
    return list(
        Sheet.objects.filter(panel=panel, state="draft", **({"stage__in": stages} if stages else {}))
        .select_related("application__cycle__scheme", "application__organisation", "reviewer__user", "panel")
        .order_by("application_id", "stage", "id")
    )


def sign_reports(panel: Panel, at: datetime, *stages: str) -> None:
    """The lead settles every item; the members agree; then lead and members sign."""
    lead = _lead(panel)
    waiting = Consolidation.objects.filter(panel=panel, state="open").select_related(
        "application__cycle__scheme", "panel"
    )
    if stages:
        waiting = waiting.filter(stage__in=stages)
    for report in waiting:
        settle(report, at)
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


def settle(report: Consolidation, at: datetime) -> None:
    """The lead takes what the page has filled in for every item, and explains what differs from the material review."""
    lead = _lead(report.panel)
    form = score_form(report.application.cycle, report.stage)
    services.settle_items(
        consolidation=report,
        items={row.line.code: (row.suggested, CONSENSUS) for row in matrix_of(report, form).rows},
        actor=lead,
        now=at,
    )
    rows = compared(report, form)
    services.explain_differences(
        consolidation=report,
        reasons={row.line.code: VISITED for row in rows if row.missing},
        actor=lead,
        now=at,
    )


def members_agree(report: Consolidation, at: datetime) -> None:
    """Whoever has not spoken on the items far apart agrees; the last member dissents on one item in three reports."""
    hearing = hearing_of(report, score_form(report.application.cycle, report.stage))
    for member in hearing.silent:
        speak(report, member, at, dissents=report.pk % 3 == 0 and member is hearing.members[-1])


def speak_apart(roster: Roster, report: Consolidation, numbers: Sequence[int], at: datetime) -> None:
    """Of the reviewers numbered `numbers`, who wait to be asked, the first dissents; the others agree."""
    users = {number: roster.reviewers[number - 1].user for number in numbers}
    hearing = hearing_of(report, score_form(report.application.cycle, report.stage))
    for number, user in users.items():
        member = hearing.member(user)
        if member is not None and hearing.asked_of(member):
            speak(report, member, at, dissents=number == numbers[0])


def speak(report: Consolidation, member: Member, at: datetime, *, dissents: bool) -> None:
    """A member agrees to every item that waits for their word, or to all but the last."""
    hearing = hearing_of(report, score_form(report.application.cycle, report.stage))
    items = hearing.asked_of(member)
    answers = {item.line.code: (True, "") for item in items}
    if dissents:
        answers[items[-1].line.code] = (False, DISSENT)
    services.give_consent(consolidation=report, answers=answers, actor=member.reviewer.user, now=at)


def members_sign(report: Consolidation, at: datetime, leave: int = 0) -> None:
    """All members who have not signed the lead's report sign it, but for the last `leave`."""
    hearing = hearing_of(report, score_form(report.application.cycle, report.stage))
    waiting = hearing.unsigned
    for member in waiting[: len(waiting) - leave]:
        services.countersign(
            consolidation=report, digest=report.digest, remark="", actor=member.reviewer.user, now=at
        )


def _lead(panel: Panel) -> User:
    return panel.members.select_related("reviewer__user").get(lead=True).reviewer.user


def _strength(roster: Roster, application: Application) -> int:
    for key, organisation in roster.organisations.items():
        if organisation.pk == application.organisation_id:
            return int(roster.details[key]["strength"])
    raise LookupError(application)


def _percent(form: ScoreForm, wanted: float) -> int:
    return min(form.percents, key=lambda percent: abs(percent - wanted))
