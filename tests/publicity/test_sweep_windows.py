"""The end of a window: on time, days late, twice, and by two sweeps at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from audit.models import Entry
from ground import clock
from ground.errors import Refused
from notifications.models import Duty, InboxItem
from publicity import services, tasks
from publicity.models import Honour, Notice
from tests.publicity.factories import (
    CLOSES,
    PUBLISHED,
    SECOND,
    House,
    make_approval,
    make_candidate,
    make_house,
    object_to,
    publish,
)


def test_not_a_second_before_its_end(park: House) -> None:
    publish(park)
    assert services.sweep_windows(now=CLOSES - SECOND) == 0
    assert services.sweep_windows(now=CLOSES) == 1
    assert park.refresh().state == "publicity_closed"
    assert park.cycle.notices.get().closed_at == CLOSES


def test_a_portal_that_was_down_for_days_catches_up_once(park: House) -> None:
    entry = publish(park).entries.first()
    object_to(entry, CLOSES - SECOND)
    later = CLOSES + timedelta(days=3)
    assert [services.sweep_windows(now=later + timedelta(minutes=n)) for n in range(3)] == [1, 0, 0]
    entry.application.refresh_from_db()
    assert entry.application.state == "held"
    assert Entry.objects.filter(action="notice.close").count() == 1
    assert InboxItem.objects.filter(kind="publicity.closed", user=park.head).count() == 1
    assert Duty.objects.filter(kind="publicity.announce", closed_at=None).count() == 1


def test_the_task_sweeps_by_the_portals_clock(park: House, stopped: clock.StoppedClock) -> None:
    publish(park)
    assert tasks.close_due_windows() == 0
    stopped.move_to(CLOSES)
    assert tasks.close_due_windows() == 1


def test_a_round_of_its_own_keeps_the_cycle_in_publicity(park: House) -> None:
    publish(park)
    later = PUBLISHED + timedelta(days=1)
    second = make_approval(park, [(make_candidate(park), "excellence", "quota", 100000)], number=2)
    notice = publish(park, second, later)
    assert notice.closes_at == CLOSES
    Notice.objects.filter(pk=notice.pk).update(closes_at=CLOSES + timedelta(days=1))
    services.sweep_windows(now=CLOSES)
    assert park.refresh().state == "publicity"
    services.sweep_windows(now=CLOSES + timedelta(days=1))
    assert park.refresh().state == "publicity_closed"


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_close_a_window_once() -> None:
    with clock.frozen(PUBLISHED):
        house = make_house()
        publish(house)

    def sweep(_: int) -> int:
        try:
            return services.sweep_windows(now=CLOSES)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(sweep, range(2))) == [0, 1]
    assert Entry.objects.filter(action="notice.close").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_notice_somebody_works_on_is_left_to_the_next_sweep() -> None:
    with clock.frozen(PUBLISHED):
        house = make_house()
        notice = publish(house)

    def sweep() -> int:
        try:
            return services.sweep_windows(now=CLOSES)
        finally:
            connections.close_all()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        Notice.objects.select_for_update().get(pk=notice.pk)
        assert pool.submit(sweep).result(timeout=10) == 0
    assert services.sweep_windows(now=CLOSES) == 1


@pytest.mark.django_db(transaction=True)
def test_two_announcements_and_a_sweep_at_once_award_everybody_once() -> None:
    with clock.frozen(PUBLISHED):
        house = make_house()
        publish(house)

    def work(number: int) -> str:
        try:
            if number == 0:
                services.sweep_windows(now=CLOSES)
            else:
                services.announce(
                    cycle=house.cycle, number=f"公{number}号", reason="", actor=house.head, now=CLOSES
                )
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(3) as pool:
        results = sorted(pool.map(work, range(3)))
    assert results == ["done", "done", "nobody_to_announce"]
    assert Honour.objects.count() == 3
    assert Notice.objects.filter(kind="announcement").count() == 1
