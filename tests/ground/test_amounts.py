"""How the portal writes money, scores, shares and sizes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ground.templatetags import amounts


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (500000, "", "500,000 元"),
        (500000, "wan", "50 万元"),
        (505000, "wan", "505,000 元"),
        (0, "wan", "0 元"),
        (Decimal("1234.5"), "", "1,234.50 元"),
        (Decimal("100000.00"), "wan", "10 万元"),
        (None, "", "—"),
        ("十万", "", "—"),
    ],
)
def test_yuan(value, unit, words):
    assert amounts.yuan(value, unit) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Decimal("612.505"), "612.51"),
        (Decimal("612.495"), "612.50"),
        (612.5, "612.50"),
        (0, "0.00"),
        (None, "—"),
        ("NaN", "—"),
    ],
)
def test_score_rounds_half_up(value, words):
    assert amounts.score(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("646.5500", "646.55"),
        ("600.0000", "600.00"),
        ("599.9960", "599.996"),
        ("600.0040", "600.004"),
        ("599.9949", "599.99"),
        ("599.99996", "599.99996"),
        ("600.0050", "600.01"),
        ("499.9999", "499.9999"),
        ("600", "600.00"),
    ],
)
def test_composite_shows_which_side_of_the_threshold_it_is_on(value, words):
    assert amounts.composite(Decimal(value), {"quality": Decimal(600), "excellence": 500}) == words


def test_composite_takes_one_threshold_or_none():
    assert amounts.composite(Decimal("599.9960"), 600) == "599.996"
    assert amounts.composite(Decimal("599.9960")) == "600.00"
    assert amounts.composite(None, 600) == "—"


def test_percent_stands_as_it_is_and_share_is_a_fraction():
    assert [
        amounts.percent(45),
        amounts.percent(Decimal("52.50")),
        amounts.percent(0),
        amounts.percent(100),
    ] == [
        "45%",
        "52.5%",
        "0%",
        "100%",
    ]
    assert amounts.share(Decimal("0.15")) == "15%"


@pytest.mark.parametrize(
    ("value", "words"),
    [(812, "812 B"), (348160, "340 KB"), (1258291, "1.2 MB"), (3 * 1024**4, "3072.0 GB"), (None, "—")],
)
def test_bytes(value, words):
    assert amounts.size_in_bytes(value) == words


def test_a_digest_is_cut_to_three_groups():
    assert amounts.digest_short("9f86d081884c7d65") == "9f86 d081 884c"
    assert amounts.digest_short("") == "—"
