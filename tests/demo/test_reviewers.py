"""What the demo's reviewers write fits the criteria, and their careers are whole."""

from __future__ import annotations

from typing import Any

import pytest

from awards.law import criteria
from demo.judging import DOUBTED, DOUBTER, REMARKS
from demo.roster import pool
from scoring.models import Reviewer
from scoring.queries.score_forms import RUBRIC

CRITERIA = criteria.get("gbt19580-2012")


def test_there_are_remarks_for_every_category_and_no_other() -> None:
    assert set(REMARKS) == {category.code for category in CRITERIA.categories} | {RUBRIC}
    for code, stock in REMARKS.items():
        assert set(stock) == {"strengths", "opportunities", "questions"} | (
            {"factors"} if code != RUBRIC else set()
        )
        assert all(texts and all(texts) for texts in stock.values())


def test_the_doubted_item_exists() -> None:
    assert DOUBTED in {item.code for item in CRITERIA.items}
    assert 1 <= DOUBTER <= len(pool())


@pytest.mark.parametrize("row", pool(), ids=lambda row: row["name"])
def test_every_career_is_in_order(row: dict[str, Any]) -> None:
    assert row["kind"] in Reviewer.Kind.values
    assert all(row[name] for name in ("languages", "posts", "training"))
    assert all(first < last < 0 for *_, first, last in row["posts"])
    assert all(held < valid and held < -165 for _, held, valid in row["training"])
