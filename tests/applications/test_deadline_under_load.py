"""The deadline with many at the door at once: real threads, real requests, several connections to the database.

"Came in time" means: `request.now`, which the portal's first middleware stamps before it reads anything else, is
not later than the last second. How long the body is under way, who waits for whose lock, and that the sweep has
closed the call meanwhile, does not count against the applicant. By the second: 17:00:00.999 is in, 17:00:01 out.
"""

from __future__ import annotations

import re
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from io import BytesIO
from threading import Barrier, Event, Semaphore
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications.models import Application
from audit.models import Entry
from awards.services import sweep_cycles
from ground import clock
from tests.applications import builders
from tests.applications.assessments import colleague

SENT = urlencode({"button": "提交申报"}).encode()
SECOND = timedelta(seconds=1)
EACH = 3


class SlowBody(BytesIO):
    """A request's body that is under way until the gate opens; tells when the portal begins to read it."""

    def __init__(self, content: bytes, begun: Semaphore, gate: Event) -> None:
        super().__init__(content)
        self.begun, self.gate, self.waited = begun, gate, False

    def read(self, size: int | None = -1) -> bytes:
        if not self.waited:
            self.waited = True
            self.begun.release()
            assert self.gate.wait(30)
        return super().read(size)


class Door:
    """Requests to submit, sent together: each stamped when it is sent, none answered before the gate opens."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.pool, self.begun, self.gate = pool, Semaphore(0), Event()

    def send(self, applications: list[Application]) -> list[Future[tuple[int, str]]]:
        sent = [self.pool.submit(self._send, row) for row in applications]
        for _ in sent:
            assert self.begun.acquire(timeout=30)
        return sent

    def _send(self, application: Application) -> tuple[int, str]:
        try:
            client = Client()
            client.force_login(application.created_by, backend="django.contrib.auth.backends.ModelBackend")
            answer = client.generic(
                "POST",
                reverse("applications:submit_application", args=[application.pk]),
                SENT,
                "application/x-www-form-urlencoded",
                **{"wsgi.input": SlowBody(SENT, self.begun, self.gate)},
            )
            return answer.status_code, answer.content.decode()
        finally:
            connection.close()


def codes_in(page: str) -> list[str]:
    """The codes of the refusals in a page's error summary."""
    return re.findall(r'<li data-code="([^"]+)">', page)


@pytest.mark.django_db(transaction=True)
def test_who_came_in_time_is_in_and_who_came_after_is_out(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    body = builders.recommender_of(cycle)[1]
    due = cycle.timetable["application"].due_at
    files = [builders.filled(cycle, now, recommender=body)[1] for _ in range(3 * EACH)]
    before, at, after = files[:EACH], files[EACH : 2 * EACH], files[2 * EACH :]
    with ThreadPoolExecutor(len(files) + 1) as pool, clock.frozen(due - SECOND) as time:
        door = Door(pool)
        in_time = door.send([*before, before[0]])
        time.move_to(due + timedelta(microseconds=999_999))
        in_time += door.send(at)
        time.move_to(due + SECOND)
        late = door.send(after)
        assert sweep_cycles(now=clock.now()) == 1
        time.move_to(due + timedelta(minutes=1))
        door.gate.set()
        answers = [future.result() for future in in_time]
        refused = [future.result() for future in late]
    assert answers == [(302, "")] * (2 * EACH + 1)
    assert [(status, codes_in(page)) for status, page in refused] == [(422, ["deadline_passed"])] * EACH
    for row in files:
        row.refresh_from_db()
    assert {row.submitted_at for row in before} == {due - SECOND}
    assert {row.submitted_at for row in at} == {due + timedelta(microseconds=999_999)}
    numbers = sorted(row.number for row in (*before, *at))
    assert numbers == [f"PARK-2026-{serial:04d}" for serial in range(1, 2 * EACH + 1)]
    assert Entry.objects.filter(action="application.submit").count() == 2 * EACH
    assert {(row.state, row.submitted_at, row.number) for row in after} == {("draft", None, "")}
    assert all(row.profile_text and row.facts and row.evidence.exists() for row in after)
    assert [row.recommendations.count() for row in files] == [1] * (2 * EACH) + [0] * EACH


@pytest.mark.django_db(transaction=True)
def test_colleagues_at_one_file_act_once(now: datetime) -> None:
    """Whoever comes second is told what has been done already, and nothing is done twice."""
    owner, application = builders.filled(builders.running_cycle(now), now)
    people = [owner, colleague(application), colleague(application)]
    steps = (
        ("submit_application", "application.submit", "没有重复提交", "submitted"),
        ("take_back_application", "application.take_back", "没有重复撤回", "draft"),
    )
    together = Barrier(len(people))

    def act(user: User, address: str) -> tuple[int, str]:
        try:
            client = Client()
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            together.wait(30)
            answer = client.post(address, SENT, content_type="application/x-www-form-urlencoded")
            return answer.status_code, client.get(answer["Location"]).content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool, clock.frozen(now):
        for route, action, words, state in steps:
            address = reverse(f"applications:{route}", args=[application.pk])
            answers = list(pool.map(lambda user, to=address: act(user, to), people))
            assert [status for status, _ in answers] == [302] * len(people)
            assert sum(words in page for _, page in answers) == len(people) - 1
            assert Entry.objects.filter(action=action).count() == 1
            application.refresh_from_db()
            assert application.state == state
    assert application.recommendations.count() == 1
