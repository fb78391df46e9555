"""Recusal: what reviewers declare, what the data show, and what follows for sheets that were already handed out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.actors import SYSTEM, Actor
from accounts.models import RoleGrant
from accounts.moves import move
from accounts.permissions import require_role
from accounts.roles import APPLICANT_ROLES, Role, Scope
from applications.models import Application
from audit.services import record
from awards.models import Cycle
from ground.errors import Fault, Refused, refuse_if
from scoring.models import (
    NO_CONFLICT,
    Consolidation,
    Panel,
    Recusal,
    RecusalDeclaration,
    Reviewer,
    Sheet,
)
from scoring.permissions import require_self
from scoring.queries.conflicts import conflicted
from scoring.services import notices
from scoring.services.opening import open_if_complete, take_back_to_waiting

RUNNING: Final = ("checking", "material", "site")
NEVER_REVIEWED: Final = ("draft", "withdrawn", "declined", "refused")


@transaction.atomic
def declare_recusal(
    *, reviewer: Reviewer, application: Application, kind: str, reason: str, actor: Actor, now: datetime
) -> RecusalDeclaration:
    """The reviewer says whether there is a conflict with this applicant: `kind` NO_CONFLICT ("none") or a Recusal.Kind.

    Both answers are kept; without one no sheet of this applicant opens. Declaring again corrects "none" to a conflict;
    the other way round is the office's decision. Refused: kind_unknown, reason_missing, conflict_on_record.
    """
    require_self(actor, reviewer)
    conflict, reason = kind != NO_CONFLICT, reason.strip()
    faults = []
    if conflict and kind not in Recusal.Kind.values:
        faults.append(Fault("kind_unknown", "请选择有无利害关系及其情形。", "kind"))
    if conflict and not reason:
        faults.append(Fault("reason_missing", "请说明利害关系的具体情况。", "reason"))
    if not conflict and conflicted(reviewer, application):
        faults.append(
            Fault(
                "conflict_on_record",
                "记录显示您与该组织有利害关系，须回避。如与事实不符，请联系评定办核实。",
                "kind",
            )
        )
    refuse_if(faults)
    declaration, _ = RecusalDeclaration.objects.update_or_create(
        reviewer=reviewer, application=application, defaults={"conflict": conflict, "declared_at": now}
    )
    record(
        actor=actor,
        action="recusal.declare",
        subject=declaration,
        at=now,
        article=_article(application.cycle),
        after={"conflict": conflict, "kind": kind},
        details={"reason": reason} if reason else None,
    )
    if conflict:
        recusal, _ = Recusal.objects.update_or_create(
            reviewer=reviewer,
            application=application,
            kind=kind,
            defaults={
                "reason": reason,
                "source": Recusal.Source.DECLARED,
                "recorded_at": now,
                "dismissed_at": None,
                "dismissed_reason": "",
            },
        )
        _take_effect(recusal, now)
    _close_declaration_duties(reviewer, application, now)
    return declaration


@transaction.atomic
def detect_recusals(*, cycle: Cycle, now: datetime) -> list[Recusal]:
    """Record the conflicts that the data show in a cycle; return the new ones. Running it twice changes nothing."""
    return _detect(Reviewer.objects.select_related("user"), _reviewed(cycle), now)


@transaction.atomic
def detect_for_reviewer(*, reviewer: Reviewer, now: datetime) -> list[Recusal]:
    """The same for one reviewer, in every cycle under review."""
    found: list[Recusal] = []
    for cycle in Cycle.objects.filter(state__in=RUNNING).order_by("pk"):
        found += _detect([reviewer], _reviewed(cycle), now)
    return found


def sweep_recusals(*, now: datetime) -> int:
    """Look through all cycles under review for conflicts that have come up since (a new role, a new employer)."""
    cycles = Cycle.objects.filter(state__in=RUNNING).order_by("pk")
    return sum(len(detect_recusals(cycle=cycle, now=now)) for cycle in cycles)


@transaction.atomic
def dismiss_recusal(*, recusal: Recusal, reason: str, actor: Actor, now: datetime) -> None:
    """The head of the office finds that there is no conflict after all. Sheets that were voided stay void.

    Refused: reason_missing, already_dismissed.
    """
    locked = (
        Recusal.objects.select_for_update(of=("self",))
        .select_related("application__cycle__scheme")
        .get(pk=recusal.pk)
    )
    require_role(actor, Role.OFFICE_HEAD, **locked.application.cycle.scopes())
    if not reason.strip():
        raise Refused("reason_missing", "请写明核实的情况。", field="reason")
    if locked.dismissed_at is not None:
        raise Refused("already_dismissed", "这条回避已经排除。")
    locked.dismissed_at, locked.dismissed_reason = now, reason.strip()
    locked.save(update_fields=["dismissed_at", "dismissed_reason"])
    RecusalDeclaration.objects.filter(reviewer=locked.reviewer, application=locked.application).delete()
    record(
        actor=actor,
        action="recusal.dismiss",
        subject=locked,
        at=now,
        article=_article(locked.application.cycle),
        details={"reason": reason.strip()},
    )


def _reviewed(cycle: Cycle) -> list[Application]:
    applications = Application.objects.filter(cycle=cycle).exclude(state__in=NEVER_REVIEWED)
    return list(applications.select_related("organisation", "cycle__scheme", "cycle__edition_record"))


def _detect(reviewers: Iterable[Reviewer], applications: list[Application], now: datetime) -> list[Recusal]:
    """1. Who works for whom by the data. 2. Leave out what is on record, dismissed or not. 3. Record, with effect."""
    pool = list(reviewers)
    grants = RoleGrant.objects.filter(
        user_id__in=[reviewer.user_id for reviewer in pool],
        revoked_at=None,
        role__in=(*APPLICANT_ROLES, Role.RECOMMENDER),
    ).values_list("user_id", "scope_kind", "scope_key")
    belongs = set(grants)
    known = set(
        Recusal.objects.filter(reviewer__in=pool, application__in=applications).values_list(
            "reviewer_id", "application_id", "kind"
        )
    )
    found = []
    for reviewer in pool:
        for application in applications:
            for kind, reason in _conflicts(reviewer, application, belongs):
                if (reviewer.pk, application.pk, kind) not in known:
                    found.append(_note(reviewer, application, kind, reason, now))
    return found


def _conflicts(
    reviewer: Reviewer, application: Application, belongs: set[tuple[int, str, str]]
) -> Iterator[tuple[str, str]]:
    """Kind and reason of each conflict that the data show between the two."""
    organisation = application.organisation
    if reviewer.employer_uscc and reviewer.employer_uscc == organisation.uscc:
        yield Recusal.Kind.EMPLOYMENT, "评审员的工作单位就是申报组织。"
    elif (reviewer.user_id, Scope.ORGANISATION, str(organisation.pk)) in belongs:
        yield Recusal.Kind.EMPLOYMENT, "评审员的账号是申报组织的成员。"
    if (reviewer.user_id, Scope.RECOMMENDER, str(application.recommender_id)) in belongs:
        yield Recusal.Kind.RECOMMENDER, "评审员的账号属于该申报的推荐单位。"


def _note(reviewer: Reviewer, application: Application, kind: str, reason: str, now: datetime) -> Recusal:
    recusal = Recusal.objects.create(
        reviewer=reviewer,
        application=application,
        kind=kind,
        reason=reason,
        source=Recusal.Source.DETECTED,
        recorded_at=now,
    )
    record(
        actor=SYSTEM,
        action="recusal.detect",
        subject=recusal,
        at=now,
        article=_article(application.cycle),
        after={"kind": kind},
        details={"reason": reason},
    )
    _take_effect(recusal, now)
    return recusal


def _take_effect(recusal: Recusal, now: datetime) -> None:
    """After seating: 1. void the sheets whose report is not signed; 2. tell the office; 3. see where the others stand."""
    reviewer, application = recusal.reviewer, recusal.application
    panels = Panel.objects.filter(members__reviewer=reviewer, applications=application).exclude(
        state="finished"
    )
    for panel in panels.select_related("cycle__scheme", "cycle__edition_record"):
        article = _article(application.cycle)
        left = [
            stage
            for stage in panel.stages
            if withdraw_sheet(reviewer, application, stage, reason="出现利害关系", article=article, now=now)
        ]
        notices.tell_office(
            panel.cycle,
            subject=f"评审员须回避：{reviewer.user.name}与{application.organisation.name}",
            body=(
                f"{panel}的{reviewer.user.name}与{application.organisation.name}有利害关系（{recusal.get_kind_display()}，"
                f"{recusal.get_source_display()}）。该评审员对该组织的评分表不再打开、不计入结果。"
                + (
                    "人数不足的，请补充评审员。"
                    if left
                    else "请调整评审组后再启动。"
                    if panel.state == "forming"
                    else "该组织的报告已经签署，请核实影响。"
                )
            ),
            link=panel.get_absolute_url(),
            key=f"recusal:{recusal.pk}:{now.isoformat()}",
            now=now,
        )


def withdraw_sheet(
    reviewer: Reviewer, application: Application, stage: str, *, reason: str, article: str, now: datetime
) -> bool:
    """Void the reviewer's live sheet unless the report is signed; whether there was one to void."""
    consolidation = (
        Consolidation.objects.select_for_update(of=("self",))
        .filter(application=application, stage=stage)
        .first()
    )
    if consolidation is None or consolidation.state == "signed":
        return False
    sheet = Sheet.objects.filter(
        reviewer=reviewer, application=application, stage=stage, state__in=("draft", "sealed")
    ).first()
    if sheet is None:
        return False
    move(sheet, "void", actor=SYSTEM, now=now, reason=reason, article=article)
    notices.drop(notices.SCORE, sheet, now=now)
    if consolidation.items.exists():
        consolidation.items.all().delete()
        record(
            actor=SYSTEM,
            action="consolidation.clear",
            subject=consolidation,
            at=now,
            details={"reason": "有评分表作废，合议须重做"},
        )
    take_back_to_waiting(consolidation, now=now)
    open_if_complete(consolidation, now=now)
    return True


def _close_declaration_duties(reviewer: Reviewer, application: Application, now: datetime) -> None:
    """The duty on a panel is done when every applicant of that panel has an answer."""
    declared = set(reviewer.declarations.values_list("application_id", flat=True))
    for panel in Panel.objects.filter(members__reviewer=reviewer, applications=application):
        if set(panel.applications.values_list("pk", flat=True)) <= declared:
            notices.drop(notices.DECLARE, panel, now=now, user=reviewer.user)


def _article(cycle: Cycle) -> str:
    return cycle.edition.article("confidentiality")
