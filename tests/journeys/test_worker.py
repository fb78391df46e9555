"""The sweeps in a real worker: sent twice they have one effect, and what a broker lost is done by the next sweep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from audit.models import Entry
from ground import clock
from notifications.models import OutboxMessage
from notifications.services import open_duty, post
from publicity.models import Notice
from tests.factories import make_user
from tests.journeys.worker import Worker
from tests.publicity.factories import CLOSES, PUBLISHED, House, make_house, publish

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def worker(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    with Worker(tmp_path_factory.mktemp("worker")) as started:
        yield started


@pytest.fixture
def house(transactional_db: None) -> Iterator[House]:
    with clock.frozen(PUBLISHED):
        yield make_house("park")


def test_a_window_is_closed_when_it_is_over_and_once(worker: Worker, house: House) -> None:
    notice = publish(house)
    worker.set_clock(CLOSES - timedelta(minutes=1))
    worker.run("publicity.tasks.close_due_windows", times=2)
    assert Notice.objects.get(pk=notice.pk).state == "published"
    worker.set_clock(CLOSES)
    before = Entry.objects.count()
    worker.run("publicity.tasks.close_due_windows")
    assert Notice.objects.get(pk=notice.pk).state == "closed"
    after = Entry.objects.count()
    assert after > before
    worker.run("publicity.tasks.close_due_windows", times=3)
    assert Entry.objects.count() == after


def test_a_letter_goes_out_once_however_often_it_is_swept(worker: Worker) -> None:
    person = make_user(name="收信人")
    for _ in range(2):
        post(
            to=[person],
            kind="test",
            subject="补正通知",
            body="请补正。",
            link="/inbox/",
            key="k",
            now=PUBLISHED,
        )
    worker.set_clock(PUBLISHED + timedelta(minutes=1))
    worker.run("notifications.tasks.send_outbox", times=4)
    assert OutboxMessage.objects.get().sent_at is not None
    letters = "".join(path.read_text(encoding="utf-8") for path in (worker.folder / "mail").iterdir())
    assert letters.count("Message-ID:") == 1
    assert f"To: {person.email}" in letters


def test_a_reminder_is_written_once(worker: Worker, house: House) -> None:
    due_at = PUBLISHED + timedelta(days=3)
    open_duty(
        kind="test",
        subject=house.cycle,
        title="签署推荐意见",
        link="/",
        due_at=due_at,
        now=PUBLISHED,
        user=house.clerk,
    )
    worker.set_clock(PUBLISHED + timedelta(minutes=1))
    worker.run("notifications.tasks.send_reminders", times=4)
    assert OutboxMessage.objects.filter(user=house.clerk, kind="reminder").count() == 1


def test_the_ledger_is_sealed_once(worker: Worker, house: House) -> None:
    worker.set_clock(PUBLISHED + timedelta(minutes=1))
    worker.run("audit.tasks.seal_ledger", times=4)
    assert not Entry.objects.filter(seal=None).exists()
    sequence = sorted(Entry.objects.values_list("seal__sequence", flat=True))
    assert sequence == list(range(1, len(sequence) + 1))
