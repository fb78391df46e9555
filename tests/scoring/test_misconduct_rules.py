"""What a stage score becomes without one reviewer's sheet."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal

from awards.law import editions
from awards.law.editions import Edition
from scoring.rules.misconduct import Without, score_without


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
