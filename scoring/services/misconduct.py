"""A complaint about a reviewer: inquiry by the office, approval by the committee, disqualification, and what follows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actors import SYSTEM, Actor
from accounts.moves import move
from accounts.permissions import has_role, holds_anywhere, in_portal, person, require_role
from accounts.queries import holders_of
from accounts.roles import OFFICE_ROLES, ROLES, Role, Scope
from applications.models import Application
from audit.services import record
from awards.models import Cycle
from ground.errors import Fault, Refused, refuse_if
from notifications.services import close_duties
from scoring.models import Consolidation, MisconductCase, OwedSubstitute, Reviewer, Stage
from scoring.queries.misconduct import (
    Touched,
    applications_to_complain_of,
    cycles_to_complain_of,
    reviewers_of,
    touched_by,
)
from scoring.services.complaint_letters import DUTY, ask, follow_up, tell, write
from scoring.services.consent import excuse_member
from scoring.services.foreseeing import foresee, treatments_for
from scoring.services.handing import lock_consolidation
from scoring.services.opening import open_if_complete
from scoring.services.recusal import detect_recusals
from scoring.services.reviewers import disqualify_reviewer
from scoring.services.withdrawing import void_recused

Treatment = MisconductCase.Treatment
VOID: Final = (Treatment.SUBSTITUTE, Treatment.WITHOUT)


@transaction.atomic
def file_complaint(
    *,
    cycle: Cycle,
    application: Application | None,
    stage: str,
    reviewer: Reviewer | None,
    ground: str,
    statement: str,
    actor: Actor,
    now: datetime,
) -> MisconductCase:
    """Complain about a reviewer. Any account with a role may; only offices and the supervisor name the person.

    Refused: cycle_not_reviewed, application_of_other, reviewer_not_named, reviewer_of_other, stage_unknown,
    ground_unknown, statement_missing.
    """
    if not holds_anywhere(actor, *ROLES):
        raise PermissionDenied("请先申请一个角色，再提出投诉。")
    official = has_role(actor, *OFFICE_ROLES, **cycle.scopes()) or in_portal(actor, Role.SUPERVISOR)
    faults = []
    if not cycles_to_complain_of().filter(pk=cycle.pk).exists():
        faults.append(Fault("cycle_not_reviewed", "这个年度还没有开始评审。", "cycle"))
    if application is not None and (
        application.cycle_id != cycle.pk
        or not applications_to_complain_of(actor).filter(pk=application.pk).exists()
    ):
        faults.append(Fault("application_of_other", "请选择本年度与您有关的申报。", "application"))
    if reviewer is not None and not official:
        faults.append(Fault("reviewer_not_named", "请写明事项；评审员由评定办核查确定。", "reviewer"))
    elif reviewer is not None and not reviewers_of(cycle).filter(pk=reviewer.pk).exists():
        faults.append(Fault("reviewer_of_other", "这位评审员没有参加本年度的评审。", "reviewer"))
    if stage and stage not in Stage.values:
        faults.append(Fault("stage_unknown", "请选择评审环节。", "stage"))
    if ground not in MisconductCase.Ground.values:
        faults.append(Fault("ground_unknown", "请选择投诉的情形。", "ground"))
    if not statement.strip():
        faults.append(Fault("statement_missing", "请写明投诉的事实。", "statement"))
    refuse_if(faults)
    case = MisconductCase.objects.create(
        cycle=cycle,
        application=application,
        stage=stage,
        reviewer=reviewer,
        ground=ground,
        statement=statement.strip(),
        filed_by=person(actor),
        filed_at=now,
    )
    record(
        actor=actor,
        action="misconduct.file",
        subject=case,
        at=now,
        article=article_of(case),
        after={"ground": ground, "reviewer": reviewer.user.username if reviewer else ""},
    )
    ask(case, Role.OFFICE_CLERK, "受理投诉并核查", now)
    supervisors = holders_of(Role.SUPERVISOR, scope_kind=Scope.PORTAL, scope_key="")
    write(case, supervisors, "收到对评审员的投诉", "评定办将核查。", now)
    return case


@transaction.atomic
def open_inquiry(*, case: MisconductCase, actor: Actor, now: datetime) -> MisconductCase:
    """The office takes the complaint up. Refused: wrong_state."""
    locked = _lock(case, actor)
    move(locked, "inquire", actor=actor, now=now, article=article_of(locked))
    ask(locked, Role.OFFICE_HEAD, "核查并报评定委", now)
    tell(locked, "您的投诉已受理", "评定办正在核查，结果会告诉您。", now)
    return locked


@transaction.atomic
def report_misconduct(
    *,
    case: MisconductCase,
    reviewer: Reviewer,
    findings: str,
    treatment: str,
    treatment_reason: str,
    actor: Actor,
    now: datetime,
) -> MisconductCase:
    """The head reports to the committee: who, what was found, and what is to happen to the sheets.

    Refused: findings_missing, reviewer_of_other, reviewer_is_actor, already_disqualified, treatment_unknown,
    treatment_reason_missing, bench_too_small, wrong_state.
    """
    locked = _lock(case, actor)
    require_role(actor, Role.OFFICE_HEAD, **locked.scopes())
    faults = _treatment_faults(locked.cycle, reviewer, treatment)
    if not findings.strip():
        faults.append(Fault("findings_missing", "请写明核查结论。", "findings"))
    if not treatment_reason.strip():
        faults.append(Fault("treatment_reason_missing", "请写明这样处理的理由。", "treatment_reason"))
    if reviewer.user_id == actor.pk:
        faults.append(Fault("reviewer_is_actor", "被投诉的是您本人，请由他人办理。", "reviewer"))
    refuse_if(faults)
    locked.reviewer, locked.findings = reviewer, findings.strip()
    locked.treatment, locked.treatment_reason = treatment, treatment_reason.strip()
    locked.foreseen, locked.reported_at = foresee(locked.cycle, reviewer, now), now
    locked.save(
        update_fields=["reviewer", "findings", "treatment", "treatment_reason", "foreseen", "reported_at"]
    )
    move(
        locked,
        "report",
        actor=actor,
        now=now,
        article=article_of(locked),
        details={"reviewer": reviewer.user.username, "treatment": treatment, "foreseen": locked.foreseen},
    )
    ask(locked, Role.COMMITTEE, "审议是否取消评审资格", now)
    return locked


@transaction.atomic
def approve_disqualification(
    *, case: MisconductCase, number: str, decided_on: date, discipline: bool, actor: Actor, now: datetime
) -> MisconductCase:
    """The committee approves.

    1. The resolution; 2. the ranking before and after, as of now, on record; 3. reports that are to be redone are taken
    back, never changed, and the new ones do without whoever has been recused since; 4. the reviewer is disqualified, and
    with that the sheets are void or stay; where they stay, nobody waits for the reviewer's signature; 5. who is next is
    asked. Refused: number_missing, decided_in_future, decided_before_report, and what report_misconduct refuses of the
    treatment (the cycle may have moved on), wrong_state.
    """
    locked = _lock(case, actor)
    require_role(actor, Role.COMMITTEE, **locked.scopes())
    if locked.state != "to_committee" or locked.reviewer is None:
        raise Refused("wrong_state", "案件不在待评定委批准的状态，请刷新页面。")
    reviewer = locked.reviewer
    faults = _treatment_faults(locked.cycle, reviewer, locked.treatment)
    if not number.strip():
        faults.append(Fault("number_missing", "请填写决议文号。", "number"))
    if decided_on > now.date():
        faults.append(Fault("decided_in_future", "决议日期不能晚于今天。", "decided_on"))
    elif decided_on < locked.filed_at.date():
        faults.append(Fault("decided_before_report", "决议日期不能早于投诉日期。", "decided_on"))
    refuse_if(faults)
    article = article_of(locked)
    detect_recusals(cycle=locked.cycle, now=now)
    locked.number, locked.decided_on, locked.discipline = number.strip(), decided_on, discipline
    locked.outcome, locked.closed_at = foresee(locked.cycle, reviewer, now), now
    locked.save(update_fields=["number", "decided_on", "discipline", "outcome", "closed_at"])
    touched = touched_by(reviewer, locked.cycle)
    taken_back = [
        _take_back(row, locked, article, now) for row in touched if locked.treatment in VOID and row.signed
    ]
    if locked.treatment == Treatment.SUBSTITUTE:
        OwedSubstitute.objects.bulk_create(OwedSubstitute(case=locked, void=row.sheet) for row in touched)
    spared = {row.sheet.pk for row in touched if row.sheet.state == "sealed"}
    disqualify_reviewer(
        reviewer=reviewer,
        reason=f"{locked.findings}（评定委批准：{locked.number}）",
        actor=actor,
        now=now,
        spared=frozenset() if locked.treatment in VOID else frozenset(spared),
    )
    for fresh in taken_back:
        open_if_complete(lock_consolidation(fresh), now=now)
    if locked.treatment not in VOID:
        kept = [row for row in touched if row.sheet.pk in spared and not row.signed]
        _excuse(locked, reviewer, kept, actor, now)
    move(
        locked,
        "approve",
        actor=actor,
        now=now,
        article=article,
        details={"number": locked.number, "treatment": locked.treatment, "outcome": locked.outcome},
    )
    close_duties(kind=DUTY, subject=locked, now=now)
    follow_up(locked, now)
    tell(locked, "您投诉的事项已查实处理", "评定委已批准取消有关评审员的评审资格。", now)
    return locked


@transaction.atomic
def dismiss_complaint(*, case: MisconductCase, reason: str, actor: Actor, now: datetime) -> MisconductCase:
    """The head ends a complaint that nothing was found in. Refused: reason_missing, wrong_state."""
    return _close(case, "dismiss", Role.OFFICE_HEAD, reason, actor, now)


@transaction.atomic
def refuse_disqualification(
    *, case: MisconductCase, reason: str, actor: Actor, now: datetime
) -> MisconductCase:
    """The committee does not approve; nothing happens to the sheets. Refused: reason_missing, wrong_state."""
    return _close(case, "refuse", Role.COMMITTEE, reason, actor, now)


def article_of(case: MisconductCase) -> str:
    return str(case.cycle.edition.article("misconduct"))


def _treatment_faults(cycle: Cycle, reviewer: Reviewer, treatment: str) -> list[Fault]:
    edition, faults = cycle.edition, []
    if not reviewers_of(cycle).filter(pk=reviewer.pk).exists():
        faults.append(Fault("reviewer_of_other", "这位评审员没有参加本年度的评审。", "reviewer"))
    if reviewer.disqualified_at is not None:
        faults.append(Fault("already_disqualified", "这位评审员的资格已经取消。", "reviewer"))
    if treatment not in treatments_for(cycle):
        words = "评定年度已到现在的阶段，请重新选择评分表的处理。"
        faults.append(Fault("treatment_unknown", words, "treatment"))
    elif treatment == Treatment.WITHOUT:
        minimum, experts = int(edition.value("panel_minimum")), int(edition.value("panel_industry_experts"))
        faults += [
            Fault(
                "bench_too_small",
                f"{row.application.organisation.name}（{Stage(row.stage).label}）其余的评审员不足 {minimum} 人"
                f"或者没有行业专家，须由补充的评审员重评。",
                "treatment",
                edition.article("panel_minimum"),
            )
            for row in touched_by(reviewer, cycle)
            if row.left < minimum or row.experts_left < experts
        ]
    return faults


def _take_back(row: Touched, case: MisconductCase, article: str, now: datetime) -> Consolidation:
    """A signed report is annulled and stays on record; a new one waits in its place, and its panel works again.

    It doesn't count anybody who has been recused since the signature.
    """
    panel = row.consolidation.panel
    reason = f"评定委批准取消评审员的评审资格（{case.number}），其评分表作废"
    move(row.consolidation, "annul", actor=SYSTEM, now=now, article=article, reason=reason)
    fresh = Consolidation.objects.create(panel=panel, application=row.application, stage=row.stage)
    void_recused(fresh, now=now)
    panel.refresh_from_db()
    if panel.state == "finished":
        move(panel, "resume", actor=SYSTEM, now=now, article=article)
    return fresh


def _excuse(
    case: MisconductCase, reviewer: Reviewer, rows: Iterable[Touched], actor: Actor, now: datetime
) -> None:
    """Kept sheets count; but nobody waits for the word and the signature of somebody who was disqualified."""
    for row in rows:
        report = lock_consolidation(row.consolidation)
        signed = report.countersignatures.filter(reviewer=reviewer).exists()
        noted = report.absences.filter(reviewer=reviewer).exists()
        if not (signed or noted or report.signed_by_id == reviewer.user_id):
            excuse_member(report, reviewer, f"评审资格已取消（{case.number}）。", actor=actor, now=now)


def _close(
    case: MisconductCase, name: str, role: str, reason: str, actor: Actor, now: datetime
) -> MisconductCase:
    locked = _lock(case, actor)
    require_role(actor, role, **locked.scopes())
    if not reason.strip():
        raise Refused("reason_missing", "请写明理由。", field="reason")
    locked.closed_reason, locked.closed_at = reason.strip(), now
    locked.save(update_fields=["closed_reason", "closed_at"])
    move(locked, name, actor=actor, now=now, reason=reason.strip(), article=article_of(locked))
    close_duties(kind=DUTY, subject=locked, now=now)
    tell(locked, "您的投诉已结案", f"处理结果：{locked.closed_reason}", now)
    return locked


def _lock(case: MisconductCase, actor: Actor) -> MisconductCase:
    rows = MisconductCase.objects.select_for_update(of=("self",)).select_related(
        "cycle__scheme", "cycle__edition_record", "reviewer__user", "filed_by"
    )
    locked = rows.get(pk=case.pk)
    if locked.reviewer is not None and locked.reviewer.user_id == actor.pk:
        raise PermissionDenied("被投诉的是您本人，请由他人办理。")
    return locked
