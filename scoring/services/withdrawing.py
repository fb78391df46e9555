"""What follows from a recusal or a disqualification for work that was already handed out."""

from __future__ import annotations

from datetime import datetime

from accounts.actors import SYSTEM
from accounts.moves import move
from applications.models import Application
from scoring.models import Consolidation, Panel, Recusal, Reviewer, Sheet
from scoring.queries.benches import LIVE, recused_from
from scoring.services import notices
from scoring.services.opening import open_if_complete, start_over


def take_effect(recusal: Recusal, now: datetime) -> None:
    """After seating: 1. void the sheets whose report is not signed; 2. tell the office; 3. see where the others stand."""
    reviewer, application = recusal.reviewer, recusal.application
    panels = Panel.objects.filter(members__reviewer=reviewer, applications=application).exclude(
        state="finished"
    )
    for panel in panels.select_related("cycle__scheme", "cycle__edition_record"):
        article = application.cycle.edition.article("confidentiality")
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
    void_sheet(sheet, reason=reason, article=article, now=now)
    start_over(consolidation, reason="有评分表作废，合议须重做", now=now)
    open_if_complete(consolidation, now=now)
    return True


def void_recused(consolidation: Consolidation, *, now: datetime) -> None:
    """Void the live sheets of those recused meanwhile: a report that follows one taken back doesn't rest on them.

    The caller sees to where the report then stands.
    """
    article = consolidation.application.cycle.edition.article("confidentiality")
    rows = Sheet.objects.filter(
        recused_from(),
        application=consolidation.application_id,
        stage=consolidation.stage,
        state__in=LIVE,
    )
    for sheet in rows.select_related("reviewer", "application__cycle__scheme").order_by("pk"):
        void_sheet(sheet, reason="签署以后出现利害关系，报告撤回重议", article=article, now=now)


def void_sheet(sheet: Sheet, *, reason: str, article: str, now: datetime) -> None:
    move(sheet, "void", actor=SYSTEM, now=now, reason=reason, article=article)
    notices.drop(notices.SCORE, sheet, now=now)
