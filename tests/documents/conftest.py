"""Tests that commit empty the database afterwards, past the ledger's guards."""

from __future__ import annotations

from tests.flush import _flush_passes_the_ledger  # noqa: F401
