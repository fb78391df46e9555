"""Lets the test database be emptied between tests that commit, although the ledger refuses TRUNCATE."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.postgresql.operations import DatabaseOperations

LEDGER_TABLES = (
    "audit_entry",
    "audit_unsealed",
    "audit_batch",
    "audit_seal",
    "audit_publishedhead",
    "audit_accesslog",
)
TRIES = 5


@pytest.fixture(autouse=True, scope="session")
def _flush_passes_the_ledger() -> Iterator[None]:
    plain = DatabaseOperations.execute_sql_flush

    def as_owner(self: Any, sql_list: list[str]) -> Any:
        off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in LEDGER_TABLES]
        on = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in LEDGER_TABLES]
        for _ in range(TRIES):
            try:
                return plain(self, [*off, *sql_list, *on])
            except OperationalError:  # a deadlock with what a closed browser has still sent: over in a moment
                time.sleep(1)
        return plain(self, [*off, *sql_list, *on])

    DatabaseOperations.execute_sql_flush = as_owner  # type: ignore[method-assign, assignment]
    yield
    DatabaseOperations.execute_sql_flush = plain  # type: ignore[method-assign]
