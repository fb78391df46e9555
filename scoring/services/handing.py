"""Handing out sheets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from applications.models import Application
from scoring.models import Consolidation, Panel, Reviewer, Sheet, Stage
from scoring.queries.benches import due_of
from scoring.queries.presentation import dues_of
from scoring.services import notices


def lock_panel(panel: Panel) -> Panel:
    rows = Panel.objects.select_for_update(of=("self",)).select_related(
        "cycle__scheme", "cycle__edition_record"
    )
    return rows.get(pk=panel.pk)


def lock_consolidation(consolidation: Consolidation) -> Consolidation:
    rows = Consolidation.objects.select_for_update(of=("self",)).select_related(
        "panel__cycle__edition_record",
        "panel__cycle__scheme",
        "application__organisation",
        "application__cycle__edition_record",
        "application__cycle__scheme",
    )
    return rows.get(pk=consolidation.pk)


def hand_out(
    panel: Panel, reviewers: Sequence[Reviewer], work: Sequence[tuple[Application, str]], now: datetime
) -> list[Sheet]:
    sheets = Sheet.objects.bulk_create(
        Sheet(application=application, panel=panel, reviewer=reviewer, stage=stage, opened_at=now)
        for application, stage in work
        for reviewer in reviewers
    )
    drawn = dues_of(panel.cycle, [application.pk for application, _ in work])
    for sheet in sheets:
        heard = drawn.get(sheet.application_id) if sheet.stage == Stage.PRESENTATION else None
        notices.ask_score(sheet, due_at=heard or due_of(panel.cycle, sheet.stage) or now, now=now)
    return sheets


def first_due(panel: Panel, now: datetime) -> datetime:
    """When the first stage of the panel that is not over has to be done; `now` where all are."""
    dues = (due_of(panel.cycle, stage) for stage in panel.stages)
    return min((due for due in dues if due and due > now), default=now)
