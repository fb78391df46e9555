"""A park house with an approved cycle, on the morning of 28 September 2026 (National Day ahead)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ground import clock
from tests.publicity.factories import PUBLISHED, House, make_house


@pytest.fixture
def stopped() -> Iterator[clock.StoppedClock]:
    with clock.frozen(PUBLISHED) as clock_:
        yield clock_


@pytest.fixture
def park(db: None, stopped: clock.StoppedClock) -> House:
    return make_house("park")


@pytest.fixture
def city(db: None, stopped: clock.StoppedClock) -> House:
    return make_house("city")
