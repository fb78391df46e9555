"""From percentages to points: an item, a sheet, and a panel's stage score by each of the known methods.

All figures are exact decimals; rounding happens once, to the decimals that the edition keeps.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from awards.law.criteria import Criteria
from awards.law.editions import Edition


class Unscored(ValueError):
    """A sheet (评分表) that lacks items, has unknown ones, or no sheet at all; `items` names them."""

    def __init__(self, items: Sequence[str]) -> None:
        self.items = tuple(items)
        super().__init__("、".join(items))


def item_points(percent: int | Decimal, points: int) -> Decimal:
    """Return an item's score: percentage × points, exact (5 % of 15 is 0.75)."""
    return Decimal(percent) * points / 100


def sheet_total(criteria: Criteria, percents: Mapping[str, int | Decimal]) -> Decimal:
    """Return the sum over all items, on the criteria's total; raises Unscored unless exactly all items are there."""
    points = {item.code: item.points for item in criteria.items}
    amiss = [code for code in points if code not in percents] + [
        code for code in percents if code not in points
    ]
    if amiss:
        raise Unscored(amiss)
    return sum((item_points(percents[code], points[code]) for code in points), Decimal(0))


def rubric_total(edition: Edition, points: Mapping[str, int | Decimal]) -> Decimal:
    """Return the sum of a presentation's points, line by line; raises Unscored for lines amiss or out of range."""
    most = {line.code: line.points for line in edition.rubric}
    amiss = [code for code in most if code not in points]
    amiss += [code for code, given in points.items() if code not in most or not 0 <= given <= most[code]]
    if amiss:
        raise Unscored(amiss)
    return sum((Decimal(points[code]) for code in most), Decimal(0))


def mean(scores: Sequence[Decimal]) -> Decimal:
    """Return the arithmetic mean; raises Unscored for no scores."""
    if not scores:
        raise Unscored(())
    return sum(scores, Decimal(0)) / len(scores)


def trimmed_mean(scores: Sequence[Decimal]) -> Decimal:
    """Return the mean without one highest and one lowest score; of fewer than three, the plain mean."""
    return mean(sorted(scores)[1:-1]) if len(scores) > 2 else mean(scores)


def spread(percents: Sequence[int | Decimal]) -> Decimal:
    """Return the distance between the highest and the lowest percentage of an item, in percentage points."""
    return Decimal(max(percents) - min(percents)) if percents else Decimal(0)


def needs_consensus_note(edition: Edition, percents: Sequence[int | Decimal]) -> bool:
    """Tell whether an item's spread is above the edition's limit, so that the lead must give a reason."""
    return spread(percents) > int(edition.value("consensus_spread"))


def stage_total(edition: Edition, sheets: Sequence[Decimal], consensus: Decimal | None) -> Decimal:
    """Return the stage score by the edition's `stage_score_method`, half up to `stage_score_decimals`.

    `sheets` are the reviewers' own totals, `consensus` the total of the lead's consolidated sheet.
    Raises Unscored where the method's input is not there.
    """
    method = edition.value("stage_score_method")
    if method == "consensus":
        if consensus is None:
            raise Unscored(())
        total = consensus
    elif method == "mean":
        total = mean(sheets)
    else:
        total = trimmed_mean(sheets)
    return kept(total, int(edition.value("stage_score_decimals")))


def kept(score: Decimal, decimals: int) -> Decimal:
    """Return `score` rounded half up to so many decimals."""
    return score.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
