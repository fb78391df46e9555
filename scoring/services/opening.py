"""When everything is sealed the consolidation opens by itself; when something comes back it waits again."""

from __future__ import annotations

from datetime import datetime

from accounts.actors import SYSTEM
from accounts.moves import move
from audit.services import record
from scoring.models import Consolidation
from scoring.queries.benches import bench_of, due_of, lead_of
from scoring.queries.conflicts import conflicted
from scoring.services import notices


def open_if_complete(consolidation: Consolidation, *, now: datetime) -> bool:
    """Open a waiting consolidation whose live sheets are all sealed; whether it was opened.

    The caller has locked the row. Where reviewers are lacking, the office is asked to seat a substitute.
    """
    if consolidation.state != "waiting":
        return False
    bench, panel = bench_of(consolidation), consolidation.panel
    due_at = due_of(panel.cycle, consolidation.stage) or now
    if bench.short:
        notices.ask_office(
            notices.MEND_PANEL,
            panel,
            panel.cycle,
            title=f"补充评审员：{panel}",
            link=panel.get_absolute_url(),
            due_at=due_at,
            now=now,
        )
    if not bench.complete:
        return False
    move(consolidation, "open", actor=SYSTEM, now=now, article=panel.cycle.edition.article("panel_lead"))
    lead = lead_of(panel)
    if lead is None or lead.reviewer.disqualified_at is not None:
        notices.ask_new_lead(panel, due_at=due_at, now=now)
    elif not conflicted(lead.reviewer, consolidation.application):
        notices.ask_lead(consolidation, lead.reviewer.user, due_at=due_at, now=now)
    else:
        notices.ask_office(
            notices.MEND_PANEL,
            panel,
            panel.cycle,
            title=f"组长须回避，请另定组长：{panel}",
            link=panel.get_absolute_url(),
            due_at=due_at,
            now=now,
        )
    return True


def take_back_to_waiting(consolidation: Consolidation, *, now: datetime) -> None:
    """An open consolidation waits again; what lead and members were asked, said and signed ends with it."""
    if consolidation.state not in ("open", "signing"):
        return
    move(
        consolidation,
        "reopen",
        actor=SYSTEM,
        now=now,
        article=consolidation.panel.cycle.edition.article("panel_lead"),
    )
    for kind in (notices.SETTLE, notices.CONSENT):
        notices.drop(kind, consolidation, now=now)
    consolidation.consents.all().delete()
    forget_signatures(consolidation, now=now)


def start_over(consolidation: Consolidation, *, reason: str, now: datetime) -> None:
    """The sheets it rests on are no longer the same: it waits again, and what was settled goes."""
    take_back_to_waiting(consolidation, now=now)
    if consolidation.items.exists():
        consolidation.items.all().delete()
        record(
            actor=SYSTEM,
            action="consolidation.clear",
            subject=consolidation,
            at=now,
            details={"reason": reason},
        )


def forget_signatures(consolidation: Consolidation, *, now: datetime) -> None:
    """Take score, digest and signatures off a report that is no longer signed; the ledger keeps who had signed what."""
    notices.drop(notices.COUNTERSIGN, consolidation, now=now)
    consolidation.countersignatures.all().delete()
    consolidation.score, consolidation.method, consolidation.digest = None, "", ""
    consolidation.signed_by = consolidation.signed_at = None
    consolidation.save(update_fields=["score", "method", "digest", "signed_by", "signed_at"])
