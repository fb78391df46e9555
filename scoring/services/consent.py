"""The members' part of a report: a word on every item that lay far apart, and the signature under the lead's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.actors import SYSTEM, Actor
from accounts.moves import move
from accounts.permissions import person, require_role
from accounts.roles import Role
from applications.models import Application
from audit.services import record
from ground.errors import Fault, Refused, refuse_if
from notifications.services import post
from scoring.models import Absence, Consolidation, CounterSignature, ItemConsent, Reviewer
from scoring.permissions import require_lead, require_led, require_member
from scoring.queries.benches import due_of, lead_of
from scoring.queries.conflicts import blind
from scoring.queries.hearing import Hearing, Member, hearing_of
from scoring.queries.score_forms import ScoreForm, score_form
from scoring.services import notices
from scoring.services.handing import lock_consolidation
from scoring.services.mending import finish_panel
from scoring.services.opening import forget_signatures


@transaction.atomic
def give_consent(
    *,
    consolidation: Consolidation,
    answers: Mapping[str, tuple[bool, str]],
    actor: Actor,
    now: datetime,
    stamp: str = "",
) -> None:
    """A member speaks on settled items: item code → (agrees, reason of the dissent). Speaking again replaces the word.

    `stamp` is the Hearing's stamp that the member saw. Refused: not_open, no_lead, recused, settled_anew, item_not_asked,
    reason_missing (one fault for each item).
    """
    locked, hearing, member = _heard(consolidation, actor, "open")
    if stamp and stamp != hearing.stamp:
        raise Refused("settled_anew", "组长刚刚调整了合议结果，请核对新的结果后再表示意见。")
    asked = {item.line.code: item for item in hearing.items if item.settled is not None}
    faults = []
    for code, (agrees, reason) in answers.items():
        if code not in asked or member.lead:
            faults.append(Fault("item_not_asked", f"“{code}”不需要表示意见，或者还没有合议结果。", code))
        elif not agrees and not reason.strip():
            faults.append(Fault("reason_missing", f"{asked[code].line.title}：请写明不同意的理由。", code))
    refuse_if(faults)
    for code, (agrees, reason) in answers.items():
        settled = asked[code].settled
        assert settled is not None
        ItemConsent.objects.update_or_create(
            consolidation=locked,
            reviewer=member.reviewer,
            item=code,
            defaults={
                "percent": settled.percent,
                "note": settled.note,
                "agrees": agrees,
                "reason": "" if agrees else reason.strip(),
                "spoken_at": now,
            },
        )
    cycle = locked.application.cycle
    record(
        actor=actor,
        action="consolidation.speak",
        subject=locked,
        at=now,
        article=cycle.edition.article("consensus_spread"),
        after={
            code: {
                "percent": asked[code].settled.percent,  # type: ignore[union-attr]
                "agrees": agrees,
                "reason": "" if agrees else reason.strip(),
            }
            for code, (agrees, reason) in answers.items()
        },
    )
    ask_members(locked, score_form(cycle, locked.stage), now=now)


@transaction.atomic
def countersign(
    *, consolidation: Consolidation, digest: str, remark: str, actor: Actor, now: datetime
) -> None:
    """A member signs the report under the lead's signature; with the last one the stage is done.

    Refused: not_signing, no_lead, recused, digest_changed, already_signed.
    """
    locked, _, member = _heard(consolidation, actor, "signing")
    if digest != locked.digest:
        raise Refused("digest_changed", "报告已由组长修改，请核对新的内容后再会签。")
    if member.has_signed:
        raise Refused("already_signed", "您已经签署这份报告，不需要再签。")
    CounterSignature.objects.create(
        consolidation=locked,
        reviewer=member.reviewer,
        digest=locked.digest,
        remark=remark.strip(),
        signed_at=now,
    )
    record(
        actor=actor,
        action="consolidation.countersign",
        subject=locked,
        at=now,
        article=locked.application.cycle.edition.article("stage_score_method"),
        after={"digest": locked.digest, "remark": remark.strip()},
    )
    notices.drop(notices.COUNTERSIGN, locked, now=now, user=member.reviewer.user)
    complete_if_signed(locked, now=now)
    consolidation.refresh_from_db()


@transaction.atomic
def take_back_signature(*, consolidation: Consolidation, reason: str, actor: Actor, now: datetime) -> None:
    """The lead takes the signature back to change the report; the members sign the new one afresh.

    Refused: reason_missing, recused, not_signing.
    """
    locked = lock_consolidation(consolidation)
    require_lead(actor, locked.panel)
    _refuse_conflict(locked, actor)
    if locked.state != "signing":
        raise Refused("not_signing", "报告不在会签中，不能收回签署。")
    if not reason.strip():
        raise Refused("reason_missing", "请写明收回签署的理由。", field="reason")
    move(
        locked,
        "take_back",
        actor=actor,
        now=now,
        reason=reason.strip(),
        article=locked.application.cycle.edition.article("panel_lead"),
        details={"digest": locked.digest},
    )
    signed = list(locked.countersignatures.select_related("reviewer__user"))
    post(
        to=[row.reviewer.user for row in signed],
        kind="scoring",
        subject=f"组长收回了评审报告：{locked.application.organisation.name}",
        body=f"您会签过的{locked}由组长收回修改，理由：{reason.strip()}。修改后请重新会签。",
        link=locked.get_absolute_url(),
        key=f"consolidation:{locked.pk}:taken-back:{now.isoformat()}",
        now=now,
    )
    forget_signatures(locked, now=now)
    lead = lead_of(locked.panel)
    assert lead is not None
    notices.ask_lead(locked, lead.reviewer.user, due_at=_due(locked, now), now=now)
    consolidation.refresh_from_db()


@transaction.atomic
def record_absence(
    *, consolidation: Consolidation, reviewer: Reviewer, reason: str, actor: Actor, now: datetime
) -> None:
    """The head of the office notes why a member can neither speak nor sign; the note is printed in the report.

    A lead who can't act is replaced instead (change_lead). Refused: report_closed, not_a_member, lead_acts,
    already_signed, reason_missing.
    """
    locked = lock_consolidation(consolidation)
    require_role(actor, Role.OFFICE_HEAD, **locked.scopes())
    _refuse_conflict(locked, actor)
    form = score_form(locked.application.cycle, locked.stage)
    if locked.state not in ("open", "signing"):
        raise Refused("report_closed", "报告不在合议或会签中，不需要登记。")
    member = hearing_of(locked, form).member(reviewer.user)
    if member is None:
        raise Refused("not_a_member", "只能登记对该组织封存了评分表的成员。", field="reviewer")
    if member.lead:
        raise Refused("lead_acts", "组长不能履职的，请另定组长。", field="reviewer")
    if member.has_signed:
        raise Refused("already_signed", "这位成员已经会签，或者已经登记。", field="reviewer")
    if not reason.strip():
        raise Refused("reason_missing", "请写明不能表示意见和会签的原因。", field="reason")
    excuse_member(locked, reviewer, reason.strip(), actor=actor, now=now)


def excuse_member(
    consolidation: Consolidation, reviewer: Reviewer, reason: str, *, actor: Actor, now: datetime
) -> None:
    """Note why a member neither speaks nor signs, and go on without their word. The caller has locked and checked."""
    cycle = consolidation.application.cycle
    Absence.objects.create(
        consolidation=consolidation,
        reviewer=reviewer,
        reason=reason,
        recorded_by=person(actor),
        recorded_at=now,
    )
    record(
        actor=actor,
        action="consolidation.absence",
        subject=consolidation,
        at=now,
        article=cycle.edition.article("panel_lead"),
        after={"reviewer": reviewer.user.username},
        details={"reason": reason},
    )
    for kind in (notices.CONSENT, notices.COUNTERSIGN):
        notices.drop(kind, consolidation, now=now, user=reviewer.user)
    if consolidation.state == "signing":
        complete_if_signed(consolidation, now=now)
    elif consolidation.state == "open":
        ask_members(consolidation, score_form(cycle, consolidation.stage), now=now)


def ask_members(consolidation: Consolidation, form: ScoreForm, *, now: datetime) -> None:
    """Bring the members' duties to speak in line with the settled items. The caller has locked the row."""
    hearing = hearing_of(consolidation, form)
    due_at, silent = _due(consolidation, now), hearing.silent if hearing.settled else ()
    for member in hearing.members:
        if member in silent:
            notices.ask_member(
                notices.CONSENT,
                consolidation,
                member.reviewer.user,
                due_at=due_at,
                stamp=hearing.stamp,
                now=now,
            )
        elif not member.lead:
            notices.drop(notices.CONSENT, consolidation, now=now, user=member.reviewer.user)
    lead = next((member for member in hearing.members if member.lead), None)
    able = lead is not None and lead.reviewer.disqualified_at is None
    if hearing.items and hearing.settled and not silent and lead is not None and able:
        post(
            to=[lead.reviewer.user],
            kind="scoring",
            subject=f"成员都已表示意见：{consolidation.application.organisation.name}",
            body=f"{consolidation}中差异较大的各项，成员都已表示意见，可以签署评审报告了。",
            link=consolidation.get_absolute_url(),
            key=f"consolidation:{consolidation.pk}:heard:{hearing.stamp}",
            now=now,
        )


def ask_countersignatures(consolidation: Consolidation, hearing: Hearing, *, now: datetime) -> None:
    for member in hearing.unsigned:
        notices.ask_member(
            notices.COUNTERSIGN,
            consolidation,
            member.reviewer.user,
            due_at=_due(consolidation, now),
            stamp=consolidation.digest[:16],
            now=now,
        )


def complete_if_signed(consolidation: Consolidation, *, now: datetime) -> bool:
    """Close the report when every member has signed or is noted as absent; whether it closed. The row is locked."""
    cycle = consolidation.application.cycle
    if hearing_of(consolidation, score_form(cycle, consolidation.stage)).unsigned:
        return False
    move(
        consolidation,
        "complete",
        actor=SYSTEM,
        now=now,
        article=cycle.edition.article("stage_score_method"),
        details={"digest": consolidation.digest},
    )
    finish_panel(panel=consolidation.panel, actor=SYSTEM, now=now)
    return True


def consent_faults(hearing: Hearing) -> list[Fault]:
    """One fault for each item on which somebody has not spoken."""
    return [
        Fault(
            "consent_missing",
            f"{item.line.title}：{'、'.join(member.reviewer.user.name for member in item.silent)}还没有表示意见。",
            item.line.code,
        )
        for item in hearing.items
        if item.settled is not None and item.silent
    ]


def _heard(consolidation: Consolidation, actor: Actor, state: str) -> tuple[Consolidation, Hearing, Member]:
    """The row, locked, in `state`; who speaks on it; and the member that `actor` is."""
    locked = lock_consolidation(consolidation)
    require_member(actor, locked.panel)
    _refuse_conflict(locked, actor)
    if locked.state != state:
        raise Refused(
            "not_open" if state == "open" else "not_signing",
            "合议不在进行中，不能再表示意见。" if state == "open" else "报告不在会签中。",
        )
    require_led(locked.panel)
    hearing = hearing_of(locked, score_form(locked.application.cycle, locked.stage))
    member = hearing.member(actor)
    if member is None:
        raise Refused("not_a_member", "您没有对该组织封存评分表，不参加这份报告的合议。")
    return locked, hearing, member


def _refuse_conflict(consolidation: Consolidation, actor: Actor) -> None:
    if not blind(Application.objects.filter(pk=consolidation.application_id), actor).exists():
        raise Refused("recused", "您与该组织有利害关系，须回避，不能参加合议。")


def _due(consolidation: Consolidation, now: datetime) -> datetime:
    return due_of(consolidation.application.cycle, consolidation.stage) or now
