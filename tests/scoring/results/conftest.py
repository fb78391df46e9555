"""A park year whose reports are signed, before the ranking is frozen."""

from __future__ import annotations

from datetime import datetime

import pytest

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
