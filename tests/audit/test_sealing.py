"""The sealer: nobody waits for it, nothing is skipped, nothing is sealed twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from audit import rules, services
from audit.models import Batch, Entry, Seal, Unsealed
from audit.tasks import seal_ledger
from audit.verification import verify
from ground import clock
from tests.audit.conftest import START


def in_thread(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_sealing_twice_changes_nothing(chain: list[Entry]) -> None:
    before = list(Batch.objects.values_list())
    assert services.seal_pending(START + timedelta(days=1)) == 0
    assert list(Batch.objects.values_list()) == before


def test_each_batch_stands_on_the_one_before(chain: list[Entry]) -> None:
    batches = list(Batch.objects.all())
    assert [(batch.first, batch.last) for batch in batches] == [(1, 5), (6, 10), (11, 12)]
    heads = [rules.GENESIS, *(batch.head for batch in batches)]
    assert [batch.previous_head for batch in batches] == heads[:-1]
    assert list(Seal.objects.values_list("sequence", flat=True)) == list(range(1, 13))
    assert not Unsealed.objects.exists()


def test_the_task_seals_by_the_portals_clock(write: Any) -> None:
    write(2)
    with clock.frozen(START + timedelta(hours=5)):
        assert seal_ledger() == 2
    assert Batch.objects.get().sealed_at == START + timedelta(hours=5)


def test_publishing_seals_first_and_keeps_the_head(write: Any, actor: Any) -> None:
    write(3)
    head = services.publish_head(subject=actor, actor=actor, now=START)
    assert head == Batch.objects.get().head
    assert Seal.objects.count() == 3
    published = Entry.objects.order_by("-id")[0]
    assert published.action == "ledger.head_published"
    assert published.content["details"] == {"batch": 1, "head": head, "sequence": 3}
    assert services.publish_head(subject=actor, actor=actor, now=START) != head
    assert verify().broken is None


@pytest.mark.django_db(transaction=True)
def test_an_entry_committed_late_is_sealed_later_and_once(write: Any) -> None:
    written, sealed = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            write(1)
            written.set()
            assert sealed.wait(10)

    thread = in_thread(slow_writer)
    assert written.wait(10)
    write(3, first=2)
    assert services.seal_pending(START) == 3
    sealed.set()
    thread.join()
    assert services.seal_pending(START) == 1
    assert services.seal_pending(START) == 0
    assert Seal.objects.count() == Entry.objects.count() == 4
    assert Seal.objects.get(sequence=4).entry == Entry.objects.order_by("id")[0]
    assert verify().broken is None


@pytest.mark.django_db(transaction=True)
def test_writers_do_not_wait_for_one_another_nor_for_the_sealer(write: Any) -> None:
    """A writer and a sealer hold their transactions open; another writer still gets through at once."""
    held, done = threading.Event(), threading.Event()

    def holder() -> None:
        with transaction.atomic():
            services.seal_pending(START)
            write(1)
            held.set()
            assert done.wait(10)

    write(2)
    thread = in_thread(holder)
    assert held.wait(10)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
        write(5, first=3)
    assert services.seal_pending(START) == 0  # the other sealer is at work: leave
    done.set()
    thread.join()
    assert services.seal_pending(START) == 6
    assert verify().broken is None


@pytest.mark.django_db(transaction=True)
def test_many_writers_and_sealers_at_once(write: Any) -> None:
    def writer(number: int) -> Callable[[], object]:
        def work() -> None:
            for turn in range(20):
                with transaction.atomic():
                    write(2, first=number * 1000 + turn)

        return work

    def sealer() -> None:
        for _ in range(20):
            services.seal_pending(START, wait=True, batch_size=7)

    threads = [in_thread(writer(number)) for number in range(4)] + [in_thread(sealer) for _ in range(2)]
    for thread in threads:
        thread.join()
    services.seal_pending(START)
    assert Entry.objects.count() == Seal.objects.count() == 160
    report = verify()
    assert (report.broken, report.entries, report.pending) == (None, 160, 0)
