"""A park cycle at every step of its preparation, and the people of its office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from awards import services
from awards.models import Cycle
from awards.views.preparation import drafted_call
from tests.kept import kept

Rows = dict[str, tuple[datetime, datetime]]


def timetable_from(now: datetime) -> Rows:
    """Applications for 30 days from tomorrow, then one stage after the other."""

    def day(number: int, hour: int) -> datetime:
        return (now + timedelta(days=number)).replace(hour=hour, minute=0, second=0, microsecond=0)

    return {
        "application": (day(1, 9), day(31, 17)),
        "recommendation": (day(1, 9), day(36, 17)),
        "eligibility": (day(10, 9), day(50, 17)),
        "material": (day(51, 9), day(70, 17)),
        "presentation": (day(71, 9), day(73, 17)),
        "site": (day(71, 9), day(90, 17)),
        "deliberation": (day(91, 9), day(95, 17)),
    }


@kept
def law(now: datetime, db: None) -> None:
    services.sync_law(now=now)


@pytest.fixture
def head(law: None, user_with: Callable[..., User]) -> User:
    return user_with("office_head:park", name="主任")


@pytest.fixture
def clerk(law: None, user_with: Callable[..., User]) -> User:
    return user_with("office_clerk:park", name="经办")


@pytest.fixture
def rows(now: datetime) -> Rows:
    return timetable_from(now)


@pytest.fixture
def draft(clerk: User, now: datetime) -> Cycle:
    """Opened, nothing else."""
    return services.open_cycle(scheme_code="park", edition_code="park-2023", year=2026, actor=clerk, now=now)


@pytest.fixture
def prepared(draft: Cycle, clerk: User, rows: Rows, now: datetime) -> Cycle:
    """With timetable and call, ready for the head."""
    services.set_timetable(cycle=draft, rows=rows, actor=clerk, now=now)
    services.write_call(
        cycle=draft, number="苏园质〔2026〕1号", text=drafted_call(draft), actor=clerk, now=now
    )
    return draft


@pytest.fixture
def called(prepared: Cycle, head: User, now: datetime) -> Cycle:
    """Its call is public."""
    services.publish_call(cycle=prepared, actor=head, now=now)
    return prepared


@pytest.fixture
def called_for(user_with: Callable[..., User], law: None, now: datetime) -> Callable[..., Cycle]:
    """Make a called cycle of any scheme and year: called_for("city", 2026)."""

    def make(scheme: str, year: int, **changes: Any) -> Cycle:
        edition = {"park": "park-2023", "city": "city-2016"}[scheme]
        boss = user_with(f"office_head:{scheme}")
        cycle = services.open_cycle(scheme_code=scheme, edition_code=edition, year=year, actor=boss, now=now)
        services.set_timetable(cycle=cycle, rows={**timetable_from(now), **changes}, actor=boss, now=now)
        number = f"{scheme}〔{year}〕1号"
        services.write_call(cycle=cycle, number=number, text="通知正文", actor=boss, now=now)
        services.publish_call(cycle=cycle, actor=boss, now=now)
        return cycle

    return make
