"""The editions in plain words: every value of every edition can be read, and the incomplete one says nothing untrue."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from awards.law import editions
from awards.rules import timetable, wording
from awards.rules.wording import conditions_in_words, in_words


@pytest.mark.parametrize("code", editions.codes())
def test_every_value_of_every_edition_reads_as_words(code: str) -> None:
    edition = editions.get(code)
    for row in edition.parameters:
        if row.missing is None:
            words = in_words(edition, row.key, row.value)
            assert words, row.key
            assert all(isinstance(text, str) and text for text in words), row.key


def test_an_edition_without_conditions_or_tiers_promises_none() -> None:
    bare = replace(editions.get("park-2023"), values={})
    assert conditions_in_words(bare) == ()
    assert in_words(bare, "weights", {"material": "0.15", "site": "0.70"})


def test_a_condition_whose_figure_is_missing_is_named_without_it() -> None:
    park = editions.get("park-2023")
    kept = {key: held for key, held in park.values.items() if key in ("conditions", "tiers")}
    sentences = conditions_in_words(replace(park, values=kept))
    assert [row.words for row in sentences if row.words == row.label]


@pytest.mark.parametrize("key", ["prizes", "quotas", "other"])
def test_values_by_tier(key: str) -> None:
    park = editions.get("park-2023")
    value: dict[str, Any] = {tier.code: 3 for tier in park.tiers}
    assert len(in_words(park, key, value)) >= 1


def test_a_timetable_without_applications_has_nothing_people_rely_on() -> None:
    row = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    assert timetable.faults_in_change({}, {"application": row}) == []


def test_values_inside_values_are_read_too() -> None:
    park = editions.get("park-2023")
    assert "甲、乙" in "".join(in_words(park, "other", {"names": ("甲", "乙")}))


def test_without_tiers_a_tier_goes_by_its_general_word() -> None:
    bare = replace(editions.get("park-2023"), values={})
    assert in_words(bare, "repeat_tiers", ("quality",))
    assert wording._tier(bare, "quality")


def test_the_same_code_has_its_own_words_in_each_parameter() -> None:
    park = editions.get("park-2023")
    assert in_words(park, "normalisation", "none") == ("不归一化",)
    assert in_words(park, "feedback_to_applicants", "none") == ("不反馈",)
