"""The office's eligibility check: findings, its own conclusions, waivers, acceptance or refusal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.moves import move, why_not
from accounts.permissions import person, require_role
from accounts.roles import Role
from applications.models import Application, EligibilityCheck, EligibilityDecision, Letter, Waiver
from applications.permissions import require_office
from applications.queries import deadline, is_past
from applications.services.declined import settle
from applications.services.findings import find
from applications.services.letters import send_letter
from applications.services.locking import lock, require_state
from applications.services.submission import RECOMMEND_DUTY
from audit.services import record
from awards.models import Milestone
from ground.clock import SHANGHAI
from ground.errors import Fault, Refused, refuse_if
from notifications.services import close_duties

GOOD: Final = frozenset({"pass", "not_applicable", "waived"})
UNDECIDED: Final = frozenset({"submitted", "recommended", "correcting", "declined"})
CONFIRMING: Final = ("recommended", "correcting")
# What an official may conclude from what the rule found: a fail is lifted by better facts or a waiver, never by hand.
MAY_CONCLUDE: Final = {
    "pass": ("pass", "fail", "needs_evidence"),
    "fail": ("fail", "needs_evidence"),
    "needs_evidence": ("needs_evidence", "pass", "not_applicable", "fail"),
    "not_applicable": ("not_applicable", "pass", "fail", "needs_evidence"),
    "waived": ("waived", "fail"),
}


@transaction.atomic
def run_eligibility(*, application: Application, actor: Actor, now: datetime) -> list[EligibilityCheck]:
    """Run the rules again on everything known now. Refused: wrong_state (a draft or a closed file)."""
    lock(application)
    require_office(actor, application)
    _require_undecided(application)
    return find(application, actor=actor, now=now)


@transaction.atomic
def confirm_check(*, check: EligibilityCheck, outcome: str, note: str, actor: Actor, now: datetime) -> None:
    """The official's own conclusion on one condition.

    Refused: wrong_state, outcome_not_open (a fail can't be talked into a pass), note_required (other than the rule).
    """
    application = check.application
    lock(application)
    require_office(actor, application)
    if words := why_not_confirmed(application):
        raise Refused("wrong_state", f"{words}请刷新页面。")
    check.refresh_from_db()
    note = note.strip()
    if outcome not in MAY_CONCLUDE[check.outcome]:
        raise Refused(
            "outcome_not_open",
            "规则判断为不符合的条件不能直接改为符合。事实有误的，请要求补正；评定委同意调整的，请登记决议文号。",
            field="outcome",
            article=check.article,
        )
    if outcome != check.outcome and not note:
        raise Refused("note_required", "结论与规则判断不同的，请写明依据。", field="note")
    before = {"confirmed": check.confirmed, "note": check.note}
    check.confirmed, check.note = outcome, note
    check.confirmed_by, check.confirmed_at = person(actor), now
    check.save(update_fields=["confirmed", "note", "confirmed_by", "confirmed_at"])
    record(
        actor=actor,
        action="application.confirm_check",
        subject=application,
        at=now,
        article=check.article,
        before=before,
        after={"condition": check.condition, "found": check.outcome, "confirmed": outcome, "note": note},
        details={"edition": check.edition_digest},
    )


@transaction.atomic
def record_waiver(
    *,
    application: Application,
    condition: str,
    resolution: str,
    reason: str,
    resolved_on: date,
    actor: Actor,
    now: datetime,
) -> Waiver:
    """Record that the committee has adjusted a condition (park art. 13, city art. 11), and run the rules again.

    Refused: wrong_state, unknown_condition, not_waivable, resolution_required, reason_required, date_in_future,
    waiver_exists.
    """
    lock(application)
    require_office(actor, application)
    _require_undecided(application)
    edition = application.cycle.edition
    known = {row.code: row for row in edition.conditions}
    resolution, reason = resolution.strip(), reason.strip()
    faults = []
    if condition not in known:
        faults.append(Fault("unknown_condition", "请选择调整的申报条件。", "condition"))
    elif not known[condition].waivable:
        article = known[condition].article
        faults.append(Fault("not_waivable", "这一条件不能调整。", "condition", article))
    if not resolution:
        faults.append(Fault("resolution_required", "请填写评定委决议文号。", "resolution"))
    if not reason:
        faults.append(Fault("reason_required", "请写明调整的理由。", "reason"))
    if resolved_on > now.astimezone(SHANGHAI).date():
        faults.append(Fault("date_in_future", "决议日期不能晚于今天。", "resolved_on"))
    refuse_if(faults)
    try:
        with transaction.atomic():
            waiver = Waiver.objects.create(
                application=application,
                condition=condition,
                resolution=resolution[:60],
                reason=reason,
                resolved_on=resolved_on,
                recorded_by=person(actor),
                recorded_at=now,
            )
    except IntegrityError as error:
        raise Refused("waiver_exists", "这一条件已经登记过调整决议。", field="condition") from error
    record(
        actor=actor,
        action="application.record_waiver",
        subject=application,
        at=now,
        article=edition.article("waiver"),
        after={
            "condition": condition,
            "resolution": resolution,
            "reason": reason,
            "resolved_on": resolved_on,
        },
    )
    find(application, actor=actor, now=now)
    return waiver


@transaction.atomic
def decide_eligibility(
    *, application: Application, accepted: bool, reason: str, actor: Actor, now: datetime
) -> EligibilityDecision:
    """Accept or refuse the application, with every article the word rests on.

    Accepting: each condition confirmed, none against. Refusing: at least one condition confirmed as not met (or no
    recommendation by its deadline), and a reason. The rules run once more first, so that nothing new is missed.
    Refused: wrong_state, check_unconfirmed and condition_failed (one for each), no_ground, reason_required.
    """
    lock(application)
    require_role(actor, Role.OFFICE_HEAD, scheme=application.cycle.scheme.code)
    require_state(application, "accept" if accepted else "refuse")
    checks = find(application, actor=actor, now=now)
    reason = reason.strip()
    if accepted:
        articles = _grounds_to_accept(checks)
    else:
        articles = _grounds_to_refuse(application, checks, now)
        if not reason:
            raise Refused("reason_required", "请写明不通过的理由，申报组织将收到这段文字。", field="reason")
    decision = EligibilityDecision.objects.create(
        application=application,
        accepted=accepted,
        reason=reason,
        articles=articles,
        decided_by=person(actor),
        decided_at=now,
    )
    waiting = application.recommendations.filter(state="waiting")
    for recommendation in waiting:
        close_duties(kind=RECOMMEND_DUTY, subject=recommendation, now=now)
    settle(application, now)
    move(
        application,
        "accept" if accepted else "refuse",
        actor=actor,
        now=now,
        reason=reason,
        article="、".join(articles)[:100],
        details={
            "articles": articles,
            "checks": {check.condition: check.confirmed or check.outcome for check in checks},
            "edition": application.cycle.edition.digest,
        },
    )
    _tell_applicant(application, decision, checks, now)
    return decision


def _grounds_to_accept(checks: list[EligibilityCheck]) -> list[str]:
    faults = []
    for check in checks:
        if not check.confirmed:
            faults.append(Fault("check_unconfirmed", f"尚未确认：{check.message}", "", check.article))
        elif check.confirmed not in GOOD:
            faults.append(
                Fault(
                    "condition_failed", f"{check.get_confirmed_display()}：{check.message}", "", check.article
                )
            )
    refuse_if(faults)
    return list(dict.fromkeys(check.article for check in checks))


def _grounds_to_refuse(application: Application, checks: list[EligibilityCheck], now: datetime) -> list[str]:
    if application.state != "recommended":
        if not is_past(deadline(application, Milestone.Kind.RECOMMENDATION), now):
            raise Refused("no_ground", "推荐截止时间未到，推荐单位仍可签署意见。")
        return [application.cycle.edition.article("recommenders")]
    against = [check for check in checks if check.confirmed and check.confirmed not in GOOD]
    if not against:
        raise Refused(
            "no_ground", "请先逐项确认申报条件；至少有一项确认为不符合或未补齐，才能作出不通过的结论。"
        )
    return list(dict.fromkeys(check.article for check in against))


def _tell_applicant(
    application: Application, decision: EligibilityDecision, checks: list[EligibilityCheck], now: datetime
) -> None:
    if decision.accepted:
        body = f"贵单位{application.cycle}的申报（{application.number}）通过资格审核，进入材料评审。"
    else:
        against = [check for check in checks if check.confirmed and check.confirmed not in GOOD]
        lines = "\n".join(f"- {check.message}（{check.article}）" for check in against)
        body = (
            f"贵单位{application.cycle}的申报（{application.number}）未通过资格审核。"
            f"\n\n理由：{decision.reason}\n依据：{'、'.join(decision.articles)}\n{lines}"
        )
    send_letter(
        application=application,
        kind=Letter.Kind.DECISION,
        post_as="application.decided",
        subject=f"资格审核结论：{decision}",
        body=body,
        link=application.get_absolute_url(),
        key=f"application.decided:{application.pk}:{decision.pk}",
        now=now,
    )


def why_settled(application: Application) -> str:
    """Why nothing of the eligibility check can be worked on, in one sentence; "" while it can."""
    return "" if application.state in UNDECIDED else "资格审核已有结论或申报尚未提交，不能再办理这一项。"


def why_not_confirmed(application: Application) -> str:
    """Why conditions can't be confirmed now, in one sentence; "" while they can."""
    return "" if application.state in CONFIRMING else "只有在资格审核期间才能确认申报条件。"


def why_not_decided(application: Application) -> str:
    """Why there is nothing to decide now, in one sentence; "" where the file can be accepted or refused."""
    closed = why_not(application, "refuse")
    return f"“{application.office_state}”状态下不能作出资格审核结论。" if closed else ""


def _require_undecided(application: Application) -> None:
    if words := why_settled(application):
        raise Refused("wrong_state", f"{words}请刷新页面。")
