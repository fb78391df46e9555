"""Sheets and consolidations as plain documents: what their digests are taken of, and what anyone can check again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ground.digest import canonical_json, sm3_hex
from scoring.models import ConsolidatedItem, Consolidation, ItemConsent, Sheet, SheetItem
from scoring.queries.benches import counting_sheets
from scoring.queries.differences import SHAPE_WITH_REASONS, Explained, explained
from scoring.queries.hearing import Hearing, hearing_of
from scoring.queries.matrix import Matrix, matrix_of
from scoring.queries.score_forms import ScoreForm, score_form
from scoring.rules.points import item_points

SHAPE: Final = 2
LATER: Final = ("band", "key_factors", "evidence", "to_verify", "difference")


def sheet_document(sheet: Sheet, form: ScoreForm, rows: Mapping[str, SheetItem]) -> dict[str, Any]:
    """A sealed sheet's whole content; points and total are exact decimals.

    What was left empty among `LATER` stays out, so that a sheet sealed before these existed keeps its digest.
    """
    cycle = sheet.application.cycle
    return {
        "sheet": sheet.pk,
        "application": sheet.application.number,
        "organisation": sheet.application.organisation.uscc,
        "stage": sheet.stage,
        "reviewer": sheet.reviewer.user.username,
        "version": sheet.version,
        "criteria": cycle.criteria_digest,
        "edition": cycle.edition_record.digest,
        "items": [
            {
                "item": line.code,
                "percent": row.percent,
                "points": item_points(row.percent, line.points) if row.percent is not None else None,
                "strengths": row.strengths,
                "opportunities": row.opportunities,
                **{name: value for name in LATER if (value := getattr(row, name)) not in ("", None)},
            }
            for line in form.lines
            if (row := rows.get(line.code)) is not None
        ],
        "overall": sheet.overall,
        **({} if sheet.hours is None else {"hours": sheet.hours}),
        "total": sheet.total,
        "sealed_at": _instant(sheet.sealed_at),
    }


def consolidation_document(
    consolidation: Consolidation,
    form: ScoreForm,
    rows: Mapping[str, ConsolidatedItem],
    sheets: Mapping[str, str],
    consents: Sequence[Mapping[str, Any]],
    reasons: Iterable[Explained] = (),
) -> dict[str, Any]:
    """A signed report's whole content; `sheets`: reviewer's username → digest of the sheet it rests on.

    `consents`: as `consents_of`; where nothing lay far apart the key is left out. A report of shape 1 was signed
    without the reasons for differences from the material review, one of shape 2 with them, and says so.
    """
    return {
        "consolidation": consolidation.pk,
        "application": consolidation.application.number,
        "organisation": consolidation.application.organisation.uscc,
        "stage": consolidation.stage,
        "method": consolidation.method,
        "items": [
            {"item": line.code, "percent": rows[line.code].percent, "note": rows[line.code].note}
            for line in form.lines
        ],
        "strengths": consolidation.strengths,
        "opportunities": consolidation.opportunities,
        "conclusion": consolidation.conclusion,
        "score": consolidation.score,
        "sheets": dict(sheets),
        "signed_at": _instant(consolidation.signed_at),
        **({"consents": list(consents)} if consents else {}),
        **(_with_reasons(consolidation, reasons) if consolidation.shape >= SHAPE_WITH_REASONS else {}),
    }


def _with_reasons(consolidation: Consolidation, reasons: Iterable[Explained]) -> dict[str, Any]:
    return {
        "shape": consolidation.shape,
        "differences": [
            {"item": row.line.code, "before": row.before, "reason": row.reason} for row in reasons
        ],
    }


def consents_of(spoken: Iterable[ItemConsent]) -> list[dict[str, Any]]:
    """What the members said to the items that lay far apart, in the order given (`Hearing.spoken`)."""
    return [
        {
            "item": row.item,
            "reviewer": row.reviewer.user.username,
            "percent": row.percent,
            "agrees": row.agrees,
            "reason": row.reason,
        }
        for row in spoken
    ]


def sheet_digest_holds(sheet: Sheet) -> bool:
    """Whether a sealed sheet's rows still give its digest."""
    form = score_form(sheet.application.cycle, sheet.stage)
    rows = {row.item: row for row in sheet.items.all()}
    return sm3_hex(canonical_json(sheet_document(sheet, form, rows))) == sheet.digest


def consolidation_digest_holds(
    consolidation: Consolidation,
    matrix: Matrix | None = None,
    hearing: Hearing | None = None,
    reasons: Sequence[Explained] | None = None,
) -> bool:
    """Whether a signed report's rows still give its digest; what the caller has read isn't read again."""
    form = score_form(consolidation.application.cycle, consolidation.stage)
    matrix = matrix or matrix_of(consolidation, form)
    hearing = hearing or hearing_of(consolidation, form, matrix=matrix)
    rows = {row.line.code: row.settled for row in matrix.rows if row.settled}
    sheets = {sheet.reviewer.user.username: sheet.digest for sheet in matrix.sheets}
    reasons = explained(consolidation, form) if reasons is None else reasons
    document = consolidation_document(consolidation, form, rows, sheets, consents_of(hearing.spoken), reasons)
    return sm3_hex(canonical_json(document)) == consolidation.digest


def sheet_digests(consolidation: Consolidation) -> dict[str, str]:
    """Reviewer's username → digest, of the sealed sheets that count."""
    return dict(
        counting_sheets(consolidation)
        .filter(state="sealed")
        .values_list("reviewer__user__username", "digest")
    )


def _instant(moment: Any) -> str:
    """Independent of the zone that a database driver hands times back in."""
    return "" if moment is None else f"{moment.timestamp():.6f}"
