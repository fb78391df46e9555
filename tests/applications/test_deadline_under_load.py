"""The deadline with many at the door at once: real threads, real requests, several connections to the database.

"Came in time" means: `request.now`, which the portal's first middleware stamps before it reads anything else, is
not later than the last second. How long the body is under way, who waits for whose lock, and that the sweep has
closed the call meanwhile, does not count against the applicant. By the second: 17:00:00.999 is in, 17:00:01 out.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from io import BytesIO
from threading import Event, Semaphore
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from applications.models import Application
from audit.models import Entry
from awards.services import sweep_cycles
from ground import clock
from tests.applications import builders

PLEDGE = urlencode({"signatory": "王示例", "signatory_post": "总经理", "agreed": "on"}).encode()
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
                PLEDGE,
                "application/x-www-form-urlencoded",
                **{"wsgi.input": SlowBody(PLEDGE, self.begun, self.gate)},
            )
            return answer.status_code, answer.content.decode()
        finally:
            connection.close()


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
    assert [status for status, _ in refused] == [422] * EACH
    assert all("截止，不能再提交。已填写的内容为您保留" in page for _, page in refused)
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
