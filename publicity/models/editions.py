"""The edition that a cycle has pinned, and the names it gives."""

from __future__ import annotations

from awards.law.editions import Edition
from awards.models import Cycle, EditionRecord

_editions: dict[str, Edition] = {}


def edition_of(cycle: Cycle) -> Edition:
    """The edition a cycle has pinned, read once for each process: its digest stands for its content."""
    record: EditionRecord = cycle.edition_record
    if record.digest not in _editions:
        _editions[record.digest] = record.edition
    return _editions[record.digest]


def tier_name(cycle: Cycle, tier: str) -> str:
    """The full name of a prize (奖级) of the cycle's edition."""
    return next((known.name for known in edition_of(cycle).tiers if known.code == tier), tier)
