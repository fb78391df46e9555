"""What each action code of the ledger is called in Chinese: the apps register the words of theirs, moves bring their own.

An architecture test proves that no code is written without a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.apps import apps

from audit.rules import HEAD_PUBLISHED
from ground.statetable import StateTable

_words: dict[str, str] = {HEAD_PUBLISHED: "公布台账链首"}


def register(words: Mapping[str, str]) -> None:
    """Add the words of an app's actions. Called once, from the app's `ready`; a code has one word for all."""
    taken = {code for code, word in words.items() if _words.get(code, word) != word}
    if taken:
        raise ValueError(f"action codes named twice: {sorted(taken)}")
    _words.update(words)


def label_of(code: str) -> str:
    """The word for an action code: `cycle.publish_call` → 发布申报通知; the code itself where nobody gave one."""
    return _words.get(code) or _moves().get(code, code)


def codes_called(words: str) -> list[str]:
    """All codes whose word contains `words`."""
    return [code for code, word in {**_moves(), **_words}.items() if words in word]


@cache
def _moves() -> dict[str, str]:
    found = {getattr(model, "STATES", None) for model in apps.get_models()}
    tables = [table for table in found if isinstance(table, StateTable)]
    return {f"{table.name}.{move.name}": move.label for table in tables for move in table.moves}
