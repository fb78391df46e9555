"""Organisations by name, for the searches of notices, honours, prizes and cases."""

from __future__ import annotations

from django.db.models import QuerySet

from applications.models import Organisation
from ground.words import containing


def organisations_called(words: str) -> QuerySet[Organisation]:
    """Those with `words` in their name: sought first, so that no long list is joined to all of them."""
    return Organisation.objects.filter(containing(words.strip(), "name"))
