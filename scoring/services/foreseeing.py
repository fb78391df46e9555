"""The ranking before and after, when a reviewer's sheets no longer count: computed, never written anywhere."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localdate

from awards.models import Cycle
from scoring.models import Ranking, Reviewer, Stage
from scoring.queries.misconduct import signed_scores, touched_by
from scoring.queries.results import AFTER_RANKING
from scoring.rules.misconduct import score_without, so_far
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
    `ranking`: {number, before: {rank, composite, tier}, after: {…}}, empty while a stage score is still missing; then
    `so_far` says what can be said: {stages, weights, rows: {number, before: {rank, score}, after: {…}}} (rules.misconduct).
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
    kept = Ranking.objects.filter(cycle=cycle).first()
    scores = {} if kept else signed_scores(cycle)
    if kept or (scores and all(held.keys() >= set(Stage.values) for held in scores.values())):
        document = kept.input if kept else ranking_input(cycle, localdate(now))
        shown: dict[str, Any] = {"ranking": _ranking(cycle, document, after)}
    else:
        shown = {"ranking": [], "so_far": _so_far(cycle, scores, after)}
    return {"reports": reports, "frozen": frozen(cycle), **shown}


def _ranking(
    cycle: Cycle, document: dict[str, Any], after: dict[tuple[str, str], Decimal]
) -> list[dict[str, Any]]:
    """Both rankings side by side, by the pure rule: of the frozen input, or of what would be frozen today."""
    moved = deepcopy(document)
    for entry in moved["candidates"]:
        for stage in Stage.values:
            if (entry["id"], stage) in after:
                entry[stage] = str(after[entry["id"], stage])
    first, second = (_places(cycle, given) for given in (document, moved))
    return [{"number": number, "before": first[number], "after": second[number]} for number in first]


def _so_far(
    cycle: Cycle, scores: dict[str, dict[str, Decimal]], after: dict[tuple[str, str], Decimal]
) -> dict[str, Any]:
    """How the candidates stand by the reports signed so far, before and after."""
    edition = cycle.edition
    moved = {
        number: {stage: after.get((number, stage), score) for stage, score in held.items()}
        for number, held in scores.items()
    }
    first, second = so_far(edition, scores), so_far(edition, moved)
    return {
        "stages": [
            {"label": Stage(stage).label, "weight": format((edition.weights[stage] * 100).normalize(), "f")}
            for stage in first.stages
        ],
        "rows": [
            {
                "number": number,
                **{
                    name: {"rank": places[number][0], "score": str(places[number][1])}
                    for name, places in (("before", first.places), ("after", second.places))
                },
            }
            for number in first.places
        ],
    }


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
