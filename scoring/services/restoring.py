"""Sheets that were void for a conflict that there was not."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db.models import Exists, OuterRef

from accounts.actors import Actor
from applications.models import Application
from audit.services import record
from ground.errors import Refused
from scoring.models import Consolidation, DeclinedFile, Panel, Recusal, Reviewer, Sheet
from scoring.queries.benches import GONE, LIVE, due_of, short_benches
from scoring.services import notices
from scoring.services.opening import start_over
from scoring.services.sheets import seal_sheet
from scoring.services.versions import next_version


def restore_sheets(reviewer: Reviewer, application: Application, *, actor: Actor, now: datetime) -> None:
    """After a dismissed conflict and a new declaration: what was void for it comes back with its entries.

    A sealed one is sealed again as it was, for its reviewer may have read the others'; where that is refused it stays
    open. Not where the report has been settled without them, the file was declined, or the reviewer is disqualified.
    """
    dismissed = Recusal.objects.filter(reviewer=reviewer, application=application).exclude(dismissed_at=None)
    if reviewer.disqualified_at is not None or application.state in GONE or not dismissed.exists():
        return
    for report in _settled_by_nobody(reviewer, application):
        void = (
            Sheet.objects.filter(
                reviewer=reviewer, application=application, stage=report.stage, panel=report.panel
            )
            .select_related("application__organisation", "reviewer__user", "panel")
            .order_by("-version")
            .first()
        )
        if void is None or void.state != "void":
            continue
        fresh = next_version(void, now)
        record(
            actor=actor,
            action="sheet.restore",
            subject=fresh,
            at=now,
            article=application.cycle.edition.article("confidentiality"),
            before={"version": void.version, "digest": void.digest},
            after={"version": fresh.version},
        )
        start_over(report, reason="利害关系经核实排除，评分表恢复", now=now)
        notices.ask_score(fresh, due_at=due_of(application.cycle, fresh.stage) or now, now=now)
        if void.sealed_at is not None:
            with suppress(Refused):
                seal_sheet(sheet=fresh, actor=actor, now=now)
        if not short_benches(report.panel):
            notices.drop(notices.MEND_PANEL, report.panel, now=now)


def _settled_by_nobody(reviewer: Reviewer, application: Application) -> list[Consolidation]:
    """The running reports, locked, that the reviewer is seated for, has no sheet for, and nobody has settled."""
    declined = DeclinedFile.objects.filter(
        reviewer=reviewer, application=application, panel=OuterRef("panel_id")
    )
    live = Sheet.objects.filter(
        reviewer=reviewer, application=application, stage=OuterRef("stage"), state__in=LIVE
    )
    seated = Panel.objects.filter(members__reviewer=reviewer, state="working").values("pk")
    rows = Consolidation.objects.select_for_update(of=("self",)).filter(
        ~Exists(declined),
        ~Exists(live),
        application=application,
        panel__in=seated,
        state__in=("waiting", "open"),
        items__isnull=True,
    )
    return list(rows.select_related("panel__cycle__scheme", "panel__cycle__edition_record").order_by("pk"))
