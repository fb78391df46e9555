"""The demo's reports say truly on which pages their items are, and every report handed in comes with its index."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from awards.law import criteria
from demo import applying
from demo.papers import index_of, report_of
from demo.roster import Roster
from tests.applications.builders import applicant, recommender_of, running_cycle

STANDARD = "gbt19580-2012"
ROW: dict[str, Any] = {
    "name": "苏州样例有限公司",
    "established": date(2010, 1, 1),
    "employees": 300,
    "strength": 60,
}


@pytest.mark.parametrize("by_chapter", [False, True])
@pytest.mark.parametrize("changes", [{}, {"employees": 900}, {"strength": 50}])
def test_each_item_is_on_the_pages_that_the_index_names(changes: dict[str, Any], by_chapter: bool) -> None:
    items = criteria.get(STANDARD).items
    report = report_of(ROW | changes, 2026, STANDARD)
    index = index_of(report, STANDARD, by_chapter=by_chapter)
    assert list(index) == [item.code for item in items]
    report.seek(0)
    pages = ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(report.read())).pages]
    for item in items:
        first, last = index[item.code]
        assert any(f"{item.code}{item.title}" in page for page in pages[first - 1 : last])
        assert first <= last <= len(pages)
    results = {index[item.code] for item in items if item.kind == "result"}
    assert (len(results) == 1) == by_chapter


def test_every_report_is_handed_in_with_an_index_and_not_all_alike(now: datetime, db: None) -> None:
    cycle, roster = running_cycle(now), Roster(now)
    person, body = recommender_of(cycle)
    roster.recommenders["zone"] = (body, person)
    indexes = []
    kinds: dict[str, dict[str, Any]] = {
        "factory": {},
        "large": {"employees": 900},
        "school": {"industry": "P"},
    }
    for key, changes in kinds.items():
        row = ROW | {"industry": "C", "profit": [1, 2, 3]} | changes
        roster.owners[key], roster.organisations[key] = applicant(now, industry=row["industry"])
        roster.details[key] = row
        application = applying.draft(roster, cycle, key, now)
        applying.complete(roster, application, key, "zone", now)
        indexes.append(dict(application.page_index.values_list("code", "last_page")))
    assert [len(index) for index in indexes] == [len(criteria.get(STANDARD).items)] * 3
    assert len({tuple(index.values()) for index in indexes}) == 3
