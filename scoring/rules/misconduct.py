"""What would become of a stage score without one reviewer's sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from awards.law.editions import Edition
from scoring.rules import points


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
