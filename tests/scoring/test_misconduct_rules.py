"""What a stage score becomes without one reviewer's sheet."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal

from awards.law import editions
from awards.law.editions import Edition
from scoring.rules.misconduct import SoFar, Without, score_without, so_far


def test_leaving_a_sheet_out_moves_the_score_as_it_moves_the_mean() -> None:
    edition = editions.get("park-2023")
    sheets = [Decimal(500), Decimal(500), Decimal(500)]
    assert score_without(edition, Decimal(550), Decimal(700), sheets) == Without(
        Decimal("500.00"), estimated=True
    )
    assert score_without(edition, Decimal(990), Decimal(0), [Decimal(1000)]) == Without(
        Decimal("1000.00"), True
    )
    assert score_without(edition, Decimal(550), Decimal(700), []) is None
    content = deepcopy(editions.get("park-2023").content)
    content["parameters"]["stage_score_method"]["value"] = "mean"
    plain = Edition.from_content(content)
    assert score_without(plain, Decimal(550), Decimal(700), sheets) == Without(
        Decimal("500.00"), estimated=False
    )


def test_how_the_candidates_stand_by_the_stages_that_all_have() -> None:
    edition = editions.get("park-2023")
    scores = {
        "a": {"material": Decimal("600.00"), "presentation": Decimal("700.01")},
        "b": {"material": Decimal("650.00"), "presentation": Decimal("650.00")},
        "c": {"material": Decimal("650.00"), "presentation": Decimal("650.00"), "site": Decimal(900)},
        "d": {},
    }
    assert so_far(edition, scores) == SoFar(
        ("material", "presentation"),
        {"a": (1, Decimal("650.01")), "b": (2, Decimal("650.00")), "c": (2, Decimal("650.00"))},
    )
    one = so_far(edition, scores | {"d": {"material": Decimal(1)}})
    assert (one.stages, list(one.places), one.places["a"][0]) == (
        ("material",),
        ["b", "c", "a", "d"],
        3,
    )
    assert so_far(edition, {"a": scores["a"], "b": {"site": Decimal(1)}}) == SoFar((), {})
    assert so_far(edition, {"d": {}}) == so_far(edition, {}) == SoFar((), {})
