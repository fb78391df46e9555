"""Duties follow the timetable, and end when nothing can be done any more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from applications import services
from awards.models import Cycle
from awards.services import set_timetable, sweep_cycles
from notifications.queries import duties_for
from tests.applications import builders
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def put_off(cycle: Cycle, now: datetime) -> None:
    rows = {kind: (row.starts_at, row.due_at) for kind, row in cycle.timetable.items()}
    rows["application"] = (rows["application"][0], rows["application"][1] + timedelta(days=2))
    set_timetable(cycle=cycle, rows=rows, actor=make_user("office_head:park"), now=now)


def test_a_later_deadline_moves_the_duty(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    user, _ = builders.draft(cycle, now)
    due = cycle.timetable["application"].due_at
    put_off(cycle, now)
    assert services.sweep_deadlines(now=now) == 1
    assert services.sweep_deadlines(now=now) == 0
    assert [duty.due_at for duty in duties_for(user)] == [due + timedelta(days=2)]


def test_a_draft_left_behind_keeps_no_duty(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    user, _ = builders.draft(cycle, now)
    other, _ = builders.submitted(cycle, now)
    late = cycle.timetable["application"].due_at + timedelta(minutes=5)
    assert services.sweep_deadlines(now=late) == 0
    assert duties_for(user).count() == 1
    assert sweep_cycles(now=late) == 1
    assert services.sweep_deadlines(now=late) == 1
    assert (duties_for(user).count(), duties_for(other).count()) == (0, 0)
