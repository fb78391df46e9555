"""The composite score (综合得分): the stages' scores weighted, exact, and how it is written."""

from collections.abc import Callable, Iterable, Mapping
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact, localcontext

from awards.law.editions import Edition
from awards.law.terms import Threshold
from scoring.rules import points

# Wide enough that nothing is ever rounded on the way; a rounding would raise Inexact.
_EXACT = Context(prec=400, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[Inexact])
_FEWEST_DECIMALS = 4


def composite(edition: Edition, scores: Mapping[str, Decimal]) -> Decimal:
    """Return the weighted sum of the stages' scores on the edition's scale, exact and unrounded.

    `scores` has one score for each stage that carries weight; raises KeyError for one that lacks.
    """
    with localcontext(_EXACT):
        return sum((weight * scores[stage] for stage, weight in edition.weights.items()), Decimal(0))


def written(score: Decimal) -> str:
    """Return the exact score as text, with 4 decimals, or more where they say something."""
    with localcontext(_EXACT):
        text = format(score, "f")
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(_FEWEST_DECIMALS, '0')}"


def displayed(edition: Edition, score: Decimal) -> str:
    """Return the score half up to the edition's decimals, with more where fewer would hide the side of a threshold.

    600.004 reads "600.004", not "600.00", where the quality tier asks for more than 600.
    """
    return display_of(edition)(score)


def display_of(edition: Edition) -> Callable[[Decimal], str]:
    """Return `displayed` for one edition, for many scores."""
    thresholds = [Threshold(**value) for value in edition.value("thresholds").values()]
    fewest = int(edition.value("display_decimals"))
    wide = Context(prec=400)

    def shown_of(score: Decimal) -> str:
        decimals = fewest
        with localcontext(wide):
            while True:
                shown = points.kept(score, decimals)
                if shown == score or _same_side(shown, score, thresholds):
                    return format(shown, "f")
                decimals += 1

    return shown_of


def _same_side(shown: Decimal, score: Decimal, thresholds: Iterable[Threshold]) -> bool:
    return all(
        threshold.met_by(shown) == threshold.met_by(score)
        and (shown == threshold.points) == (score == threshold.points)
        for threshold in thresholds
    )
