"""A park year whose reports are signed, before the ranking is frozen."""

from __future__ import annotations

from datetime import datetime

import pytest

from scoring.models import Meeting
from tests.scoring.results.builders import Year, make_year


@pytest.fixture
def year(db: None, now: datetime) -> Year:
    return make_year(now)


@pytest.fixture
def material_year(db: None, now: datetime) -> Year:
    """In material review: two with a signed report."""
    year = make_year(now, state="material")
    year.enter("甲", 640, state="accepted")
    year.enter("乙", 520, state="accepted")
    return year


@pytest.fixture
def held(year: Year) -> Meeting:
    """甲 and 乙 for quality, 丙 outside it and so for excellence, 丁 below every line."""
    year.enter("甲", 700)
    year.enter("乙", 680)
    year.enter("丙", 660)
    year.enter("丁", 400)
    year.freeze()
    return year.call()


@pytest.fixture
def ranked(year: Year) -> Year:
    year.enter("苏州甲精密", 700)
    year.enter("苏州乙软件", 560)
    year.enter("苏州丙物流", 420)
    year.freeze()
    return year


@pytest.fixture
def called(ranked: Year) -> Meeting:
    return ranked.call()
