"""The ranking before and after, when a reviewer's sheets no longer count: computed, never written anywhere."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localdate

from awards.models import Cycle
from ground.errors import Refused
from scoring.models import Ranking, Reviewer, Stage
from scoring.queries.misconduct import touched_by
from scoring.queries.results import AFTER_RANKING
from scoring.rules.misconduct import score_without
from scoring.rules.ranking import rank
from scoring.services.ranking import candidates_in, ranking_input


def frozen(cycle: Cycle) -> bool:
    """Whether the cycle's ranking is locked: from then on no sheet and no report of it changes."""
    return cycle.state in AFTER_RANKING


def treatments_for(cycle: Cycle) -> tuple[str, ...]:
    """What may be decided on a reviewer's sheets in the cycle as it stands."""
    return ("keep", "new_round") if frozen(cycle) else ("keep", "substitute", "without")


def foresee(cycle: Cycle, reviewer: Reviewer, now: datetime) -> dict[str, Any]:
    """What leaving out the reviewer's sheets would do.

    `reports`: {number, name, stage, signed, before, after, estimated}, scores as text, "" where there is none;
    `ranking`: {number, before: {rank, composite, tier}, after: {…}}, empty while a stage score is still missing.
    """
    edition, reports, after = cycle.edition, [], {}
    for row in touched_by(reviewer, cycle):
        before = row.consolidation.score if row.signed else None
        found = None
        if before is not None and row.sheet.total is not None:
            found = score_without(edition, before, row.sheet.total, row.others, row.recused)
        if found is not None:
            after[row.application.number, row.stage] = found.score
        reports.append(
            {
                "number": row.application.number,
                "name": row.application.organisation.name,
                "stage": Stage(row.stage).label,
                "signed": row.signed,
                "before": "" if before is None else str(before),
                "after": "" if found is None else str(found.score),
                "estimated": found is not None and found.estimated,
            }
        )
    return {"reports": reports, "ranking": _ranking(cycle, after, now), "frozen": frozen(cycle)}


def _ranking(cycle: Cycle, after: dict[tuple[str, str], Decimal], now: datetime) -> list[dict[str, Any]]:
    """Both rankings side by side, by the pure rule: of the frozen input, or of what would be frozen today."""
    kept = Ranking.objects.filter(cycle=cycle).first()
    try:
        document = kept.input if kept else ranking_input(cycle, localdate(now))
    except Refused:
        return []
    moved = deepcopy(document)
    for entry in moved["candidates"]:
        for stage in Stage.values:
            if (entry["id"], stage) in after:
                entry[stage] = str(after[entry["id"], stage])
    first, second = (_places(cycle, given) for given in (document, moved))
    return [{"number": number, "before": first[number], "after": second[number]} for number in first]


def _places(cycle: Cycle, document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    as_of, candidates = candidates_in(document)
    tiers = {tier.code: tier.short for tier in cycle.edition.tiers}
    return {
        row.id: {
            "rank": row.rank,
            "composite": str(row.composite),
            "tier": tiers.get(row.tier or "", ""),
        }
        for row in rank(cycle.edition, candidates, as_of).ranking
    }
