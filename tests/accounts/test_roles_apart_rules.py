"""Which roles stay apart: the table as shipped, tables that are no good, the day on which each holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from accounts import rules
from accounts.roles import ROLES, Role
from accounts.rules import Apart, apart_on, load
from awards.law import editions

TODAY = date(2026, 12, 1)


def table(tmp_path: Path, text: str) -> tuple[Apart, ...]:
    path = tmp_path / "apart.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


ROW = """
- from: {first}
  until: {last}
  lines: [{{name: 评审, roles: [reviewer]}}, {{name: 监督, roles: [{other}]}}]
  articles: {articles}
  reading: {reading}
"""
ARTICLES = "[{edition: park-2023, short: 园区, article: 第三十四条}]"


def row(first: str = "2026-01-01", last: str = "null", other: str = "supervisor", **given: str) -> str:
    basis = {"articles": ARTICLES, "reading": "理解"} | given
    return ROW.format(first=first, last=last, other=other, **basis)


def test_every_article_cited_is_one_of_its_edition() -> None:
    shipped = apart_on(TODAY)
    assert shipped.articles
    for code, article in shipped.articles:
        assert article in editions.get(code).articles


@pytest.mark.parametrize(
    ("role", "held", "against"),
    [
        (Role.REVIEWER, [Role.FINANCE], Role.FINANCE),
        (Role.SUPERVISOR, [Role.RECOMMENDER, Role.COMMITTEE], Role.COMMITTEE),
        (Role.OFFICE_HEAD, [Role.OFFICE_CLERK, Role.COMMITTEE], None),
        (Role.REVIEWER, [Role.RECOMMENDER, Role.APPLICANT_VIEWER], None),
        (Role.APPLICANT_OWNER, [Role.REVIEWER], None),
    ],
)
def test_what_keeps_a_role_away(role: str, held: list[str], against: str | None) -> None:
    assert apart_on(TODAY).kept_from(role, held) == against


def test_who_works_in_two_lines() -> None:
    shipped = apart_on(TODAY)
    assert shipped.together([Role.OFFICE_CLERK, Role.COMMITTEE, Role.RECOMMENDER]) == ()
    assert [line.roles[0] for line in shipped.together([Role.ADMINISTRATOR, Role.REVIEWER])] == [
        Role.REVIEWER,
        Role.ADMINISTRATOR,
    ]
    assert {role for line in shipped.lines for role in line.roles} < set(ROLES)


def test_the_table_as_shipped_is_read_from_its_file() -> None:
    rules._shipped.cache_clear()
    assert apart_on(TODAY) in rules.load(rules._SHIPPED)


def test_each_table_holds_on_its_days(tmp_path: Path) -> None:
    known = table(tmp_path, row(last="2026-06-30") + row("2026-07-01", other="administrator"))
    assert apart_on(date(2025, 1, 1), known) == known[0]
    assert apart_on(date(2026, 6, 30), known) == known[0]
    assert apart_on(date(2026, 7, 1), known) == known[1]


@pytest.mark.parametrize(
    "wrong",
    [
        row(other="nobody"),
        row(other="reviewer"),
        row(articles="[]"),
        row(articles="{}"),
        row(reading='""'),
        row(first="soon"),
    ],
)
def test_a_table_without_basis_or_with_roles_that_there_are_not_is_refused(
    tmp_path: Path, wrong: str
) -> None:
    with pytest.raises(ValueError, match=r"roles unknown|needs articles|a list is due"):
        table(tmp_path, wrong)
