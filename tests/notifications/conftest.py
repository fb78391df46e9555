"""People to write to, and something to have a duty about."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.models import User
from tests.factories import make_user
from tests.flush import _flush_passes_the_ledger  # noqa: F401

SHANGHAI = ZoneInfo("Asia/Shanghai")
DUE = datetime(2026, 9, 28, 17, 0, tzinfo=SHANGHAI)


@pytest.fixture
def applicant(db: None) -> User:
    return make_user("applicant_owner:12", name="张申报")


def at_once(work: Callable[[], object], times: int = 2) -> list[object]:
    """Run `work` in several threads, each with a connection of its own; return what they gave."""
    results: list[object] = []
    ready = threading.Barrier(times)

    def run() -> None:
        try:
            ready.wait(10)
            results.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
