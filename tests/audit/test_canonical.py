"""What the ledger can hold, and what it refuses."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from django.utils.translation import gettext_lazy

from audit import rules


def test_identifiers_and_lazy_words_are_kept_as_text() -> None:
    number = UUID("12345678123456781234567812345678")
    kept = json.loads(rules.canonical_text({"id": number, "label": gettext_lazy("label")}))
    assert kept["id"] == str(number)
    assert isinstance(kept["label"], str)


def test_what_has_no_exact_text_is_refused() -> None:
    with pytest.raises(TypeError):
        rules.canonical_text({"object": object()})
