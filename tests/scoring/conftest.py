"""A park in its material review, with two applicants."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.flush import _flush_passes_the_ledger  # noqa: F401
from tests.scoring.builders import House, make_house


@pytest.fixture
def house(db: None, now: datetime) -> House:
    house = make_house(now)
    house.applicant(name="苏州甲精密制造有限公司")
    house.applicant(name="苏州乙软件服务有限公司")
    return house
