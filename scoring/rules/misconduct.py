"""What would become of a stage score without one reviewer's sheet, and how the candidates stand before all stages are over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from awards.law.editions import Edition
from scoring.rules import points


@dataclass(frozen=True)
class SoFar:
    """How the candidates stand by the stages that all of them have (暂排): no ranking, which needs every stage.

    `stages`: those counted, in the edition's order; `places`: id → (rank, score so far), the best first. The score is the
    stages' mean by their weights, on the edition's scale and rounded as it shows scores; the order is by what is unrounded.
    """

    stages: tuple[str, ...]
    places: Mapping[str, tuple[int, Decimal]]


def so_far(edition: Edition, scores: Mapping[str, Mapping[str, Decimal]]) -> SoFar:
    """`scores`: id → stage → score; who has none yet has no place. No stages where no stage is common to all the others."""
    begun = {key: held for key, held in scores.items() if held}
    stages = tuple(
        stage for stage in edition.weights if begun and all(stage in held for held in begun.values())
    )
    if not stages:
        return SoFar((), {})
    whole = sum((edition.weights[stage] for stage in stages), Decimal(0))
    sums = {
        key: sum((edition.weights[stage] * held[stage] for stage in stages), Decimal(0))
        for key, held in begun.items()
    }
    decimals = int(edition.value("display_decimals"))
    return SoFar(
        stages,
        {
            key: (1 + sum(other > total for other in sums.values()), points.kept(total / whole, decimals))
            for key, total in sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
        },
    )


@dataclass(frozen=True)
class Without:
    """`score` on the stage's scale; `estimated` where the panel has to settle anew what the figure only foresees."""

    score: Decimal
    estimated: bool


def score_without(
    edition: Edition, score: Decimal, own: Decimal, others: Sequence[Decimal], recused: Sequence[Decimal] = ()
) -> Without | None:
    """The stage score when a reviewer's sheet of total `own` does not count, nor those of `recused` that it was signed on.

    None when no other sheet is left.

    By mean or trimmed mean it is exact. By consensus the lead settles anew: it is foreseen by what leaving the sheet out
    does to the mean of the sheets.
    """
    if not others:
        return None
    if edition.value("stage_score_method") != "consensus":
        return Without(points.stage_total(edition, others, None), estimated=False)
    moved = score + points.mean(others) - points.mean([*others, *recused, own])
    scale = Decimal(edition.value("score_scale"))
    kept = points.kept(min(max(moved, Decimal(0)), scale), int(edition.value("stage_score_decimals")))
    return Without(kept, estimated=True)
