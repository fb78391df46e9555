"""The tables of cases, one test a row."""

from typing import Any

import pytest

from awards.law import editions
from rewards import recompute
from tests.law import case_tables

KINDS = ("ranking", "window", "sanction", "ip-reward")
ROWS = [(kind, case) for kind in KINDS for case in case_tables.cases(kind)]
ELIGIBILITY = case_tables.cases("eligibility")


@pytest.mark.parametrize(("kind", "case"), ROWS, ids=[f"{kind}: {case['name']}" for kind, case in ROWS])
def test_case(kind: str, case: dict[str, Any]) -> None:
    document = case_tables.document(kind, case)
    if "refused" not in case:
        answer = recompute.compute(kind, document)
        assert list(case_tables.differences(case["expect"], answer)) == []
        return
    with pytest.raises(recompute.Refused) as caught:
        recompute.compute(kind, document)
    for path, words in case["refused"].items():
        assert [e for e in caught.value.errors if e["path"] == path and words in e["message"]], (
            caught.value.errors
        )


@pytest.mark.parametrize("case", ELIGIBILITY, ids=[case["name"] for case in ELIGIBILITY])
def test_eligibility(case: dict[str, Any]) -> None:
    answer = recompute.compute("eligibility", case_tables.document("eligibility", case))
    found = {finding["condition"]: finding["outcome"] for finding in answer["findings"]}  # type: ignore[attr-defined]
    assert {condition: found[condition] for condition in case["expect"]} == case["expect"]
    if "eligible" in case:
        assert answer["eligible"] is case["eligible"]


@pytest.mark.parametrize("row", case_tables.cases("values"), ids=lambda row: f"{row['edition']} {row['key']}")
def test_value(row: dict[str, Any]) -> None:
    edition = editions.get(row["edition"])
    assert edition.article(row["key"]) == row["article"]
    if "value" in row:
        entry = edition.content["parameters"][row["key"]]
        assert entry["value"] == row["value"]


@pytest.mark.parametrize("code", ["park-2023", "city-2016"])
def test_conditions_come_in_the_order_of_their_articles(code: str) -> None:
    edition = editions.get(code)
    order = list(edition.articles)
    places = [order.index(condition.article.partition("(")[0]) for condition in edition.conditions]
    assert places == sorted(places)


def test_every_clause_of_the_domain_is_named_by_a_test() -> None:
    wanted = {f"R{n}" for n in range(1, 34)} | {f"P{n}" for n in range(1, 12)}
    named = case_tables.clauses_in_tables() | case_tables.clauses_in_markers()
    assert sorted(wanted - named) == []
    assert sorted(named - wanted) == []
