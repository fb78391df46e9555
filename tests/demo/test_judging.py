"""The demo's panels do as live ones: they settle what the page fills in."""

from __future__ import annotations

from datetime import datetime

import pytest

from demo import judging
from scoring.queries.matrix import matrix_of
from scoring.queries.score_forms import score_form
from tests.scoring.builders import make_house, seal_all


@pytest.mark.parametrize("percents", [(40, 50, 60, 70), (40, 45, 50, 70)])
def test_the_lead_settles_what_the_page_fills_in(now: datetime, db: None, percents: tuple[int, ...]) -> None:
    house = make_house(now)
    application = house.applicant()
    report = seal_all(house.panel(len(percents)), application, percents, now)
    judging.settle(report, now)
    rows = matrix_of(report, score_form(house.cycle, report.stage)).rows
    assert [row.settled.percent for row in rows if row.settled] == [row.suggested for row in rows]
