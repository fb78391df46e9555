"""Everything a cycle's result rests on, as one document (contracts.md, export_cycle)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Prefetch

from audit.queries import current_head
from awards.models import Cycle
from scoring.models import Approval, Consolidation, Ranking, Resolution, Sheet, SheetItem, Stage, Vote
from scoring.queries.presentation import dues_by_number, is_late

FORMAT: Final = "cycle-evidence/1"
AT_ONCE: Final = 200


def cycle_document(cycle: Cycle) -> dict[str, Any]:
    """Sealed sheets, signed reports with what each member said and signed, the edition with its digest, every decision.

    `sheets` and `reports` are read as they are walked, so that a year of any size is written in little memory.
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
        "sheets": _sheets(cycle),
        "reports": _reports(cycle),
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


def _sheets(cycle: Cycle) -> Iterator[dict[str, Any]]:
    rows = (
        Sheet.objects.filter(application__cycle=cycle, state__in=("sealed", "superseded"))
        .select_related("application", "reviewer__user")
        .prefetch_related("items")
        .order_by("application__number", "stage", "reviewer_id", "version")
    )
    dues = dues_by_number(cycle)
    return (_sheet(row) | _lateness(row, dues) for row in rows.iterator(chunk_size=AT_ONCE))


def _lateness(sheet: Sheet, dues: Mapping[str, datetime]) -> dict[str, Any]:
    """Said of a presentation's sheet that was sealed after its day, and of no other."""
    due = dues.get(sheet.application.number) if sheet.stage == Stage.PRESENTATION else None
    late = due is not None and sheet.sealed_at is not None and is_late(due, sheet.sealed_at)
    return {"sealed_late": True} if late else {}


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


def _reports(cycle: Cycle) -> Iterator[dict[str, Any]]:
    rows = (
        Consolidation.objects.filter(application__cycle=cycle, state="signed")
        .select_related("application", "panel", "signed_by")
        .prefetch_related(
            "items",
            "consents__reviewer__user",
            "countersignatures__reviewer__user",
            "absences__reviewer__user",
            "absences__recorded_by",
            "difference_reasons__written_by",
            Prefetch(
                "application__sheets",
                Sheet.objects.filter(state="sealed").select_related("reviewer__user").order_by("reviewer_id"),
                to_attr="sealed",
            ),
        )
        .order_by("application__number", "stage")
    )
    return (_report(row) for row in rows.iterator(chunk_size=AT_ONCE))


def _report(report: Consolidation) -> dict[str, Any]:
    """`sheets`: reviewer → seal digest of the sheets that the report rests on.

    `opinions`: each member's word on the items that lay far apart, with what was settled when they spoke.
    """
    return {
        "panel": report.panel.name,
        "application": report.application.number,
        "stage": report.stage,
        "method": report.method,
        "score": str(report.score),
        "items": [{"item": row.item, "percent": row.percent, "note": row.note} for row in report.items.all()],
        "digest": report.digest,
        "signed_at": report.signed_at.isoformat() if report.signed_at else None,
        "signed_by": report.signed_by.username if report.signed_by else None,
        "shape": report.shape,
        "strengths": report.strengths,
        "opportunities": report.opportunities,
        "conclusion": report.conclusion,
        "sheets": {
            sheet.reviewer.user.username: sheet.digest
            for sheet in report.application.sealed  # type: ignore[attr-defined]
            if sheet.stage == report.stage
        },
        "opinions": [
            {
                "item": row.item,
                "reviewer": row.reviewer.user.username,
                "percent": row.percent,
                "note": row.note,
                "agrees": row.agrees,
                "reason": row.reason,
                "spoken_at": row.spoken_at.isoformat(),
            }
            for row in report.consents.all()
        ],
        "countersignatures": [
            {
                "reviewer": row.reviewer.user.username,
                "digest": row.digest,
                "remark": row.remark,
                "signed_at": row.signed_at.isoformat(),
            }
            for row in report.countersignatures.all()
        ],
        "absences": [
            {
                "reviewer": row.reviewer.user.username,
                "reason": row.reason,
                "recorded_by": row.recorded_by.username,
                "recorded_at": row.recorded_at.isoformat(),
            }
            for row in report.absences.all()
        ],
        "differences": [
            {
                "item": row.item,
                "before": row.before,
                "reason": row.reason,
                "written_by": row.written_by.username,
                "written_at": row.written_at.isoformat(),
            }
            for row in report.difference_reasons.all()
            if row.reason
        ],
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
