"""A small chain to tamper with, and the means of somebody who owns the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from audit import services
from tests.flush import LEDGER_TABLES, _flush_passes_the_ledger  # noqa: F401

START = datetime(2026, 10, 8, 1, 0, tzinfo=UTC)


@pytest.fixture
def actor(db: None) -> User:
    return User.objects.create_user("clerk", name="王经办")


@pytest.fixture
def write(actor: User) -> Callable[..., Any]:
    """Write `count` entries, the first of them number `first`."""

    def write(count: int = 1, first: int = 1, **options: Any) -> list[Any]:
        return [
            services.record(
                actor=actor,
                action="application.submit",
                subject=actor,
                at=START + timedelta(minutes=number),
                article="第二十一条",
                before={"state": "draft"},
                after={"state": "submitted"},
                details={"number": number},
                **options,
            )
            for number in range(first, first + count)
        ]

    return write


@pytest.fixture
def chain(write: Callable[..., Any]) -> list[Any]:
    """Twelve entries in three batches of five, five and two."""
    entries = write(12)
    assert services.seal_pending(START + timedelta(hours=1), batch_size=5) == 12
    return entries


def tamper(*statements: str) -> None:
    """Run statements as the owner of the database, who has switched triggers and foreign keys off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in LEDGER_TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            "SELECT conrelid::regclass, conname FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid::regclass::text LIKE 'audit_%'"
        )
        for table, constraint in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount != 0, f"changed nothing: {statement}"
