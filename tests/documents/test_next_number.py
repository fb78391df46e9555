"""Numbers of documents: from 1, none skipped, none twice."""

from __future__ import annotations

import pytest
from django.db import transaction

from documents import rules, services
from tests.notifications.conftest import at_once


def test_each_series_and_year_starts_at_1(db: None) -> None:
    assert [services.next_number("park", 2026) for _ in range(3)] == [1, 2, 3]
    assert services.next_number("park", 2027) == 1
    assert services.next_number("city", 2026) == 1


def test_a_number_rolled_back_is_free_again(db: None) -> None:
    services.next_number("park", 2026)
    with transaction.atomic():
        assert services.next_number("park", 2026) == 2
        transaction.set_rollback(True)
    assert services.next_number("park", 2026) == 2


@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_no_gap() -> None:
    def take() -> list[int]:
        return [services.next_number("park", 2026) for _ in range(10)]

    taken = [number for share in at_once(take, times=4) for number in share]  # type: ignore[attr-defined]
    assert sorted(taken) == list(range(1, 41))


def test_how_a_number_is_written() -> None:
    assert rules.document_number("苏园质评", 2026, 5) == "苏园质评〔2026〕5号"
