"""How even the scoring was: spread, leniency and consistency of reviewers, outliers, agreement of stages, normalisation.

Everything here is a reading aid in floating point and decides nothing; only `normalised`, where an edition applies it,
reaches a score, and is rounded half up to its decimals there. What too few scores carry is None, never a guess.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import StatisticsError, correlation, fmean, median, pstdev
from typing import NamedTuple

# Fewer pairs of scores say nothing about how two people, or two stages, agree.
FEWEST_PAIRS = 5
FEWEST_FILES = 3
# A modified z-score (Iglewicz and Hoaglin) above this is called an outlier; the factors make it comparable with a z-score.
OUTLYING, BY_MEDIAN, BY_MEAN = 3.5, 1.4826, 1.2533


class Mark(NamedTuple):
    """One reviewer's percentage for one item of one file."""

    reviewer: int
    file: int
    item: str
    percent: int


class Total(NamedTuple):
    """One reviewer's sheet on the scale of the stage."""

    reviewer: int
    file: int
    total: float


@dataclass(frozen=True)
class ItemSpread:
    """How far reviewers lay apart on an item: over `files`, in percentage points; `wide`: files above the limit."""

    files: int
    mean: float
    largest: int
    wide: int


@dataclass(frozen=True)
class ReviewerFigures:
    """A reviewer beside the others of the same panel, over the items they share.

    `leniency`: mean of own percentage less the mean of the others, in points, above 0 is mild. `scatter`: what is left
    of the differences when leniency is taken away (standard deviation). `agreement`: correlation with the others' mean.
    """

    files: int
    pairs: int
    leniency: float | None
    scatter: float | None
    agreement: float | None


@dataclass(frozen=True)
class Outlier:
    """A sheet that lies far from the others of its file, the reviewer's general leniency left aside."""

    reviewer: int
    file: int
    total: float
    others: float
    score: float


@dataclass(frozen=True)
class Agreement:
    """Two stages over the files that have both: Pearson's and Spearman's coefficient, None below FEWEST_PAIRS."""

    pairs: tuple[tuple[int, float, float], ...]
    linear: float | None
    ranked: float | None


@dataclass(frozen=True)
class Normalised:
    """The mean of a file's sheets as they are and with each reviewer's level and width evened out."""

    raw: float
    evened: float


def item_spreads(marks: Iterable[Mark], limit: int) -> dict[str, ItemSpread]:
    """Item → spread over the files; `limit` is the edition's span that asks for a reason."""
    spans: dict[str, list[int]] = defaultdict(list)
    for (_, item), given in _by_cell(marks).items():
        percents = [percent for _, percent in given]
        if len(percents) > 1:
            spans[item].append(max(percents) - min(percents))
    return {
        item: ItemSpread(len(found), fmean(found), max(found), sum(span > limit for span in found))
        for item, found in spans.items()
    }


def reviewer_figures(marks: Iterable[Mark]) -> dict[int, ReviewerFigures]:
    """Reviewer → figures; None where fewer than FEWEST_PAIRS items are shared with somebody."""
    own: dict[int, list[tuple[float, float]]] = defaultdict(list)
    files: dict[int, set[int]] = defaultdict(set)
    for (file, _), given in _by_cell(marks).items():
        whole = sum(percent for _, percent in given)
        for reviewer, percent in given:
            files[reviewer].add(file)
            pairs = own[reviewer]
            if len(given) > 1:
                pairs.append((percent, (whole - percent) / (len(given) - 1)))
    found = {}
    for reviewer, pairs in own.items():
        differences = [mine - others for mine, others in pairs]
        enough = len(pairs) >= FEWEST_PAIRS
        found[reviewer] = ReviewerFigures(
            len(files[reviewer]),
            len(pairs),
            fmean(differences) if enough else None,
            pstdev(differences) if enough else None,
            _correlation([mine for mine, _ in pairs], [others for _, others in pairs]),
        )
    return found


def outliers(totals: Iterable[Total]) -> list[Outlier]:
    """Sheets whose distance from the others of the file is OUTLYING, the farthest first; none where all are alike."""
    listed = list(totals)
    by_file = _by_file(listed)
    rows = []
    for file, sheets in by_file.items():
        whole = sum(total for _, total in sheets)
        for reviewer, total in sheets:
            if len(sheets) > 1:
                rows.append((reviewer, file, total, (whole - total) / (len(sheets) - 1)))
    usual: dict[int, list[float]] = defaultdict(list)
    for reviewer, _, total, others in rows:
        usual[reviewer].append(total - others)
    level = {
        reviewer: median(found) if len(found) >= FEWEST_FILES else 0.0 for reviewer, found in usual.items()
    }
    left = [total - others - level[reviewer] for reviewer, _, total, others in rows]
    if len(left) < FEWEST_PAIRS:
        return []
    middle = median(left)
    distances = [abs(value - middle) for value in left]
    width = BY_MEDIAN * median(distances) or BY_MEAN * fmean(distances)
    if not width:
        return []
    scored = [
        Outlier(reviewer, file, total, others, (value - middle) / width)
        for (reviewer, file, total, others), value in zip(rows, left, strict=True)
    ]
    far = [row for row in scored if abs(row.score) > OUTLYING]
    return sorted(far, key=lambda row: (-abs(row.score), row.file, row.reviewer))


def agreement(first: Mapping[int, float], second: Mapping[int, float]) -> Agreement:
    """How two stages agree over the files scored in both."""
    pairs = tuple((file, first[file], second[file]) for file in sorted(first.keys() & second.keys()))
    one, two = [pair[1] for pair in pairs], [pair[2] for pair in pairs]
    return Agreement(pairs, _correlation(one, two), _correlation(_ranks(one), _ranks(two)))


def means_by_file(totals: Iterable[Total]) -> dict[int, float]:
    """File → mean of its sheets."""
    return {file: fmean(total for _, total in sheets) for file, sheets in _by_file(totals).items()}


def normalised(totals: Iterable[Total], *, scale: float) -> dict[int, Normalised]:
    """File → mean as it is and evened: each reviewer's z-score put back on the mean and width of the whole stage.

    Who has fewer than FEWEST_FILES files, or gave all the same, is left as they are. Kept between 0 and `scale`.
    """
    listed = list(totals)
    if not listed:
        return {}
    everything = [row.total for row in listed]
    centre, width = fmean(everything), pstdev(everything)
    own: dict[int, list[float]] = defaultdict(list)
    for row in listed:
        own[row.reviewer].append(row.total)
    spans = {
        reviewer: (fmean(found), pstdev(found))
        for reviewer, found in own.items()
        if len(found) >= FEWEST_FILES
    }
    evened: dict[int, list[float]] = defaultdict(list)
    for row in listed:
        mean, spread = spans.get(row.reviewer, (0.0, 0.0))
        moved = centre + (row.total - mean) / spread * width if spread else row.total
        evened[row.file].append(min(max(moved, 0.0), scale))
    raw = means_by_file(listed)
    return {file: Normalised(raw[file], fmean(found)) for file, found in evened.items()}


def ranks_of(scores: Mapping[int, float]) -> dict[int, int]:
    """File → place by score, equal scores the same place (1, 2, 2, 4)."""
    ordered = sorted(scores.values(), reverse=True)
    first: dict[float, int] = {}
    for place, score in enumerate(ordered, start=1):
        first.setdefault(score, place)
    return {file: first[score] for file, score in scores.items()}


def decimal_of(score: float) -> Decimal:
    """A float as the decimal a person would read, for the one rounding at the end."""
    return Decimal(repr(score))


def kept_within(score: Decimal, scale: Decimal, places: Decimal) -> Decimal:
    """`score` between 0 and `scale`, rounded half up to `places`."""
    return min(max(score, Decimal(0)), scale).quantize(places, rounding=ROUND_HALF_UP)


def _by_cell(marks: Iterable[Mark]) -> dict[tuple[int, str], list[tuple[int, int]]]:
    cells: dict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
    for reviewer, file, item, percent in marks:
        cells[file, item].append((reviewer, percent))
    return cells


def _by_file(totals: Iterable[Total]) -> dict[int, list[tuple[int, float]]]:
    files: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for reviewer, file, total in totals:
        files[file].append((reviewer, total))
    return files


def _correlation(one: Sequence[float], two: Sequence[float]) -> float | None:
    if len(one) < FEWEST_PAIRS:
        return None
    try:
        return correlation(one, two)
    except StatisticsError:  # one of them is constant
        return None


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1, equal values their mean rank."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for place in order[start:end]:
            ranks[place] = (start + end + 1) / 2
        start = end
    return ranks
