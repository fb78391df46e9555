"""Item scores, sheets, stage scores and the composite: exact decimals, rounded once."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.law import criteria, editions
from awards.law.editions import Edition
from scoring.rules import composite, points

GBT = criteria.get("gbt19580-2012")
PARK = editions.get("park-2023")
SCORES = st.decimals(0, 1000, places=2)


def with_method(method: str) -> Edition:
    content = PARK.content
    content["parameters"]["stage_score_method"]["value"] = method
    return Edition.from_content(content)


@pytest.mark.clause("R17")
@pytest.mark.parametrize(
    ("percent", "worth", "score"), [(5, 15, "0.75"), (5, 10, "0.5"), (100, 80, "80"), (0, 80, "0")]
)
def test_item_points(percent: int, worth: int, score: str) -> None:
    assert points.item_points(percent, worth) == Decimal(score)


@given(st.fixed_dictionaries({item.code: st.sampled_from(GBT.percents) for item in GBT.items}))
def test_sheet_total(percents: dict[str, int]) -> None:
    total = points.sheet_total(GBT, percents)
    assert 0 <= total <= GBT.total
    assert total * 100 == sum(percents[item.code] * item.points for item in GBT.items)


def test_a_sheet_must_be_whole() -> None:
    percents = {item.code: 50 for item in GBT.items}
    assert points.sheet_total(GBT, percents) == 500
    del percents["4.1.2"]
    percents["9.9"] = 50
    with pytest.raises(points.Unscored) as caught:
        points.sheet_total(GBT, percents)
    assert caught.value.items == ("4.1.2", "9.9")


@pytest.mark.clause("R23")
def test_presentation() -> None:
    full = {line.code: line.points for line in PARK.rubric}
    assert points.rubric_total(PARK, full) == 1000
    with pytest.raises(points.Unscored) as caught:
        points.rubric_total(PARK, {"strategy": 301, "results": 1, "answers": -1, "charm": 5})
    assert caught.value.items == ("delivery", "strategy", "answers", "charm")


def test_means() -> None:
    assert points.mean([Decimal(1), Decimal(2)]) == Decimal("1.5")
    assert points.trimmed_mean([Decimal(900), Decimal(600), Decimal(610), Decimal(0)]) == 605
    assert points.trimmed_mean([Decimal(1), Decimal(2)]) == Decimal("1.5")
    for method in (points.mean, points.trimmed_mean):
        with pytest.raises(points.Unscored):
            method([])


def test_stage_total_by_method() -> None:
    sheets = [Decimal("600"), Decimal("610"), Decimal("650.01")]
    assert points.stage_total(PARK, sheets, Decimal("605.005")) == Decimal("605.01")
    assert points.stage_total(with_method("mean"), sheets, None) == Decimal("620.00")
    assert points.stage_total(with_method("trimmed_mean"), sheets, None) == Decimal("610.00")
    with pytest.raises(points.Unscored):
        points.stage_total(PARK, sheets, None)


def test_a_wide_spread_needs_a_note() -> None:
    assert not points.needs_consensus_note(PARK, [50, 70, 60])
    assert points.needs_consensus_note(PARK, [50, 75, 60])
    assert not points.needs_consensus_note(PARK, [])


@pytest.mark.clause("R24")
@given(SCORES, SCORES, SCORES)
def test_composite_is_exact(material: Decimal, presentation: Decimal, site: Decimal) -> None:
    found = composite.composite(PARK, {"material": material, "presentation": presentation, "site": site})
    assert found * 100 == 15 * material + 15 * presentation + 70 * site


def test_composite_never_rounds() -> None:
    tiny = Decimal("600." + "0" * 58 + "1")
    found = composite.composite(PARK, {"material": tiny, "presentation": Decimal(600), "site": Decimal(600)})
    assert found > 600
    assert composite.written(found) == "600." + "0" * 59 + "15"


@pytest.mark.parametrize(
    ("score", "text"),
    [("646.55", "646.5500"), ("600", "600.0000"), ("600.0000015", "600.0000015"), ("0E+2", "0.0000")],
)
def test_written(score: str, text: str) -> None:
    assert composite.written(Decimal(score)) == text


@pytest.mark.parametrize(
    ("score", "text"),
    [
        ("646.555", "646.56"),
        ("646.5", "646.50"),
        ("600.004", "600.004"),
        ("600.00", "600.00"),
        ("599.9985", "599.999"),
        ("499.99999", "499.99999"),
        ("500.0049", "500.005"),
    ],
)
def test_display_never_hides_the_side_of_a_threshold(score: str, text: str) -> None:
    assert composite.displayed(PARK, Decimal(score)) == text
