"""Everything a cycle's result rests on, as one document (contracts.md, export_cycle)."""

from __future__ import annotations

from typing import Any

from audit.queries import current_head
from awards.models import Cycle
from scoring.models import Approval, Consolidation, Ranking, Resolution, Sheet, SheetItem, Vote

FORMAT = "cycle-evidence/1"


def cycle_document(cycle: Cycle) -> dict[str, Any]:
    """Sealed sheets, signed reports, the edition with its digest, and every decision of `cycle`.

    `ranking_input` is a valid input of `recompute ranking` and gives `ranking_result`; both are null before the
    ranking is frozen.
    """
    ranking = Ranking.objects.filter(cycle=cycle).first()
    return {
        "format": FORMAT,
        "cycle": {"id": cycle.pk, "scheme": cycle.scheme.code, "year": cycle.year, "state": cycle.state},
        "edition": {
            "code": cycle.edition.code,
            "digest": cycle.edition_record.digest,
            "content": cycle.edition.content,
        },
        "criteria": {"code": cycle.criteria_code, "digest": cycle.criteria_digest},
        "ledger_head": current_head(),
        "applications": _applications(cycle),
        "sheets": [_sheet(sheet) for sheet in _sealed_sheets(cycle)],
        "reports": [_report(report) for report in _signed_reports(cycle)],
        "shortlist": _shortlist(cycle),
        "ranking_input": ranking.input if ranking else None,
        "ranking_result": ranking.result if ranking else None,
        "ranking_digest": ranking.digest if ranking else None,
        "resolutions": _resolutions(cycle),
        "approvals": [
            {
                "round": approval.round,
                "number": approval.document_number,
                "on": approval.approved_on.isoformat(),
                "list": approval.list,
                "digest": approval.digest,
            }
            for approval in Approval.objects.filter(cycle=cycle).order_by("round")
        ],
    }


def _applications(cycle: Cycle) -> list[dict[str, Any]]:
    return [
        {
            "id": application.number,
            "uscc": application.organisation.uscc,
            "organisation": application.organisation.name,
            "state": application.state,
            "submitted_at": application.submitted_at.isoformat() if application.submitted_at else None,
            "submitted_digest": application.submitted_digest,
        }
        for application in cycle.applications.exclude(number="")
        .select_related("organisation")
        .order_by("number")
    ]


def _sealed_sheets(cycle: Cycle) -> Any:
    return (
        Sheet.objects.filter(application__cycle=cycle, state__in=("sealed", "superseded"))
        .select_related("application", "reviewer__user")
        .prefetch_related("items")
        .order_by("application__number", "stage", "reviewer_id", "version")
    )


def _sheet(sheet: Sheet) -> dict[str, Any]:
    return {
        "application": sheet.application.number,
        "stage": sheet.stage,
        "reviewer": sheet.reviewer.user.username,
        "version": sheet.version,
        "state": sheet.state,
        "items": [_item(row) for row in sheet.items.all()],
        "total": str(sheet.total),
        "digest": sheet.digest,
        "sealed_at": sheet.sealed_at.isoformat() if sheet.sealed_at else None,
    }


def _item(row: SheetItem) -> dict[str, Any]:
    """`difference`: why the visit came to another percentage than the material review, where that was said."""
    said = {"difference": row.difference} if row.difference else {}
    return {"item": row.item, "percent": row.percent, **said}


def _signed_reports(cycle: Cycle) -> Any:
    return (
        Consolidation.objects.filter(application__cycle=cycle, state="signed")
        .select_related("application")
        .prefetch_related("items")
        .order_by("application__number", "stage")
    )


def _report(report: Consolidation) -> dict[str, Any]:
    return {
        "application": report.application.number,
        "stage": report.stage,
        "method": report.method,
        "score": str(report.score),
        "items": [{"item": row.item, "percent": row.percent, "note": row.note} for row in report.items.all()],
        "digest": report.digest,
        "signed_at": report.signed_at.isoformat() if report.signed_at else None,
    }


def _shortlist(cycle: Cycle) -> dict[str, Any] | None:
    shortlist = getattr(cycle, "shortlist", None)
    if shortlist is None:
        return None
    return {
        "reason": shortlist.reason,
        "digest": shortlist.digest,
        "decided_at": shortlist.decided_at.isoformat(),
    }


def _resolutions(cycle: Cycle) -> list[dict[str, Any]]:
    resolutions = Resolution.objects.filter(meeting__cycle=cycle).select_related("application")
    recused = {
        (vote.application_id, vote.member_id)
        for vote in Vote.objects.filter(meeting__cycle=cycle, choice=Vote.Choice.RECUSED)
    }
    return [
        {
            "application": resolution.application.number,
            "outcome": resolution.outcome,
            "tier": resolution.tier or None,
            "basis": resolution.basis or None,
            "prize": resolution.prize,
            "number": resolution.number,
            "reason": resolution.reason,
            "votes": {
                "for": resolution.votes_for,
                "against": resolution.votes_against,
                "abstained": resolution.votes_abstained,
                "recused": sum(application == resolution.application_id for application, _ in recused),
            },
        }
        for resolution in resolutions
    ]
