"""The figures on even scoring, by hand-made cases and by properties."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.rules import fairness
from scoring.rules.fairness import Mark, Normalised, Total


def marks(**rows: list[int]) -> list[Mark]:
    """reviewer letter → percentages, item by item, of one file."""
    return [
        Mark(ord(reviewer), 1, f"i{n}", percent)
        for reviewer, percents in rows.items()
        for n, percent in enumerate(percents)
    ]


def totals(*sheets: tuple[int, int, float]) -> list[Total]:
    return [Total(*sheet) for sheet in sheets]


def test_the_spread_of_an_item_is_from_the_highest_to_the_lowest() -> None:
    scored = {1: [30, 50, 55], 2: [40, 45], 3: [90]}
    given_ = [
        Mark(who, file, "a", percent) for file, row in scored.items() for who, percent in enumerate(row)
    ]
    assert fairness.item_spreads(given_, 20) == {
        "a": fairness.ItemSpread(files=2, mean=15.0, largest=25, wide=1)
    }


def test_leniency_is_the_mean_difference_to_the_others() -> None:
    found = fairness.reviewer_figures(marks(a=[60] * 6, b=[50] * 6, c=[40] * 6))
    assert [found[ord(one)].leniency for one in "abc"] == [15, 0, -15]
    assert [found[ord(one)].scatter for one in "abc"] == [0, 0, 0]
    assert found[ord("a")].agreement is None  # all the same: nothing to compare


def test_agreement_and_scatter_leave_leniency_aside() -> None:
    found = fairness.reviewer_figures(marks(a=[30, 40, 50, 60, 70], b=[20, 30, 40, 50, 60]))
    assert found[ord("a")].agreement == pytest.approx(1)
    assert found[ord("a")].scatter == 0
    against = fairness.reviewer_figures(marks(a=[30, 40, 50, 60, 70], b=[70, 60, 50, 40, 30]))
    assert against[ord("a")].agreement == pytest.approx(-1)
    assert against[ord("a")].leniency == 0


def test_too_few_scores_say_nothing() -> None:
    found = fairness.reviewer_figures(marks(a=[60] * 4, b=[50] * 4))
    assert (found[ord("a")].leniency, found[ord("a")].pairs) == (None, 4)
    alone = fairness.reviewer_figures(marks(a=[60] * 9))
    assert (alone[ord("a")].leniency, alone[ord("a")].files) == (None, 1)


def test_an_outlier_is_far_from_the_others_beyond_the_usual() -> None:
    sheets = [(who, file, 500.0 + file + who) for file in range(1, 9) for who in (1, 2, 3)]
    sheets[0] = (1, 1, 300.0)
    (found,) = [row for row in fairness.outliers(totals(*sheets)) if row.file == 1 and row.reviewer == 1]
    assert (found.total, found.others) == (300, 503.5)
    assert found.score < -fairness.OUTLYING


def test_who_is_always_strict_is_no_outlier() -> None:
    sheets = [(who, file, 500.0 + 7 * file - 100 * (who == 1)) for file in range(1, 9) for who in (1, 2, 3)]
    assert fairness.outliers(totals(*sheets)) == []


@pytest.mark.parametrize("sheets", [[], [(1, 1, 500.0)], [(1, 1, 500.0), (2, 1, 900.0)]])
def test_few_sheets_have_no_outliers(sheets: list[tuple[int, int, float]]) -> None:
    assert fairness.outliers(totals(*sheets)) == []


def test_stages_agree_by_value_and_by_rank() -> None:
    first = {file: float(file) for file in range(6)}
    second = {file: float(file) ** 3 for file in range(6)} | {9: 1.0}
    found = fairness.agreement(first, second)
    assert len(found.pairs) == 6
    assert found.ranked == pytest.approx(1)
    assert found.linear is not None
    assert found.linear < 1
    assert fairness.agreement({1: 1.0}, {1: 2.0}).linear is None


def test_evening_out_takes_a_strict_reviewer_s_level_away() -> None:
    """Reviewer 1 marks three files 100 lower than reviewer 2 marks three like them."""
    sheets = [(1, 1, 400.0), (1, 2, 500.0), (1, 3, 600.0), (2, 4, 500.0), (2, 5, 600.0), (2, 6, 700.0)]
    found = fairness.normalised(totals(*sheets), scale=1000)
    for strict, mild in ((1, 4), (2, 5), (3, 6)):
        assert found[strict].evened == pytest.approx(found[mild].evened)
    assert found[2] == Normalised(raw=500, evened=pytest.approx(550))


def test_who_has_few_files_or_one_score_is_left_alone() -> None:
    sheets = [(1, 1, 400.0), (1, 2, 500.0), (2, 1, 600.0), (2, 2, 600.0), (2, 3, 600.0)]
    found = fairness.normalised(totals(*sheets), scale=1000)
    assert {file: row.evened - row.raw for file, row in found.items()} == {1: 0, 2: 0, 3: 0}
    assert fairness.normalised([], scale=1000) == {}


def test_equal_scores_have_the_same_place() -> None:
    assert fairness.ranks_of({1: 9.0, 2: 7.0, 3: 9.0, 4: 1.0}) == {1: 1, 3: 1, 2: 3, 4: 4}


def test_the_one_rounding_is_half_up_within_the_scale() -> None:
    places = Decimal("0.01")
    assert fairness.decimal_of(600.005) == Decimal("600.005")
    assert fairness.kept_within(Decimal("600.005"), Decimal(1000), places) == Decimal("600.01")
    assert fairness.kept_within(Decimal("1000.2"), Decimal(1000), places) == Decimal("1000.00")
    assert fairness.kept_within(Decimal(-1), Decimal(1000), places) == Decimal("0.00")


sheets_ = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 6), st.integers(0, 1000).map(float)),
    unique_by=lambda row: row[:2],
    max_size=24,
)


@settings(max_examples=60, deadline=None)
@given(sheets_)
def test_nothing_breaks_and_all_stays_on_the_scale(rows: list[tuple[int, int, float]]) -> None:
    given_ = totals(*rows)
    found = fairness.normalised(given_, scale=1000)
    assert set(found) == {row.file for row in given_}
    assert all(0 <= row.evened <= 1000 for row in found.values())
    assert {(row.reviewer, row.file) for row in fairness.outliers(given_)} <= {row[:2] for row in given_}
    half = fairness.means_by_file(given_)
    whole = fairness.agreement(half, half)
    assert whole.linear is None or whole.linear == pytest.approx(1)
