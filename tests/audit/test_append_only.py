"""The database itself refuses to change the ledger."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from audit import services
from audit.models import AccessLog, Entry
from tests.audit.conftest import START

TABLES = ("audit_entry", "audit_batch", "audit_seal", "audit_publishedhead", "audit_accesslog")


@pytest.fixture
def _rows_everywhere(chain: list[Entry]) -> None:
    actor = chain[0]
    who = type("Somebody", (), {"pk": 1, "ledger_label": "审计"})()
    services.publish_head(subject=actor, actor=who, now=START)
    services.log_access(actor=who, action="view", subject=actor, at=START)
    assert AccessLog.objects.exists()


@pytest.mark.usefixtures("_rows_everywhere")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_change_and_removal_are_refused(table: str, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"SELECT * FROM {table}")
        column = cursor.description[-1].name
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(statement.format(table, column, column))


def test_a_marker_goes_only_when_its_entry_is_sealed(write) -> None:  # type: ignore[no-untyped-def]
    write(1)
    with connection.cursor() as cursor:
        with pytest.raises(IntegrityError, match="not sealed"), transaction.atomic():
            cursor.execute("DELETE FROM audit_unsealed")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute("UPDATE audit_unsealed SET entry_id = entry_id")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute("TRUNCATE audit_unsealed")
    services.seal_pending(START)
