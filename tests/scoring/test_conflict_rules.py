"""The table of cases of conflicts.yaml, and what makes two findings the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from scoring.models import Recusal
from scoring.rules.conflicts import Applicant, Body, Bond, Person, conflicts

TABLE = yaml.safe_load(Path(__file__).with_name("conflicts.yaml").read_text(encoding="utf-8"))
APPLICANT = Applicant("1", Body("样例科技", "A"), (Body("样例集团", "P"),), "7", Body("样例功能区"))


def _bond(row: dict[str, Any]) -> Bond:
    body = Body(row.pop("name"), row.pop("uscc", ""))
    return Bond(body, **row)


def _person(row: dict[str, Any]) -> Person:
    return Person(
        posts=tuple(_bond(dict(post)) for post in row.get("posts", ())),
        services=tuple(_bond(dict(service)) for service in row.get("services", ())),
        family=tuple(Body(**body) for body in row.get("family", ())),
        organisations=frozenset(row.get("organisations", ())),
        recommenders=frozenset(row.get("recommenders", ())),
        objections={key: tuple(days) for key, days in row.get("objections", {}).items()},
    )


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    case = TABLE["defaults"] | case
    found = conflicts(
        _person(case["person"]), APPLICANT, as_of=case["as_of"], years=case["years"], article="第三十四条"
    )
    assert [conflict.code for conflict in found] == case["codes"]
    assert {conflict.article for conflict in found} <= {"第三十四条"}
    assert {conflict.kind for conflict in found} <= set(Recusal.Kind.values)


def _basis(*posts: Bond, as_of: date = date(2026, 8, 3)) -> list[str]:
    found = conflicts(Person(posts=posts), APPLICANT, as_of=as_of, years=3, article="")
    return [conflict.basis for conflict in found]


def test_the_same_facts_have_the_same_digest_on_another_day() -> None:
    post = Bond(Body("样例科技", "A"), until=date(2025, 1, 1))
    assert _basis(post) == _basis(post, as_of=date(2027, 8, 3))


def test_other_dates_or_another_body_are_other_facts() -> None:
    known = _basis(Bond(Body("样例科技", "A"), until=date(2025, 1, 1)))
    assert known != _basis(Bond(Body("样例科技", "A"), until=date(2025, 1, 2)))
    assert known != _basis(Bond(Body("样例集团", "P"), until=date(2025, 1, 1)))
