"""Organisations by name, for the searches of notices, honours, prizes and cases."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from applications.models import Organisation
from ground.words import containing
from publicity.models import NoticeEntry

# As many as are written into a query one by one.
FEW = 1000


def organisations_called(words: str) -> list[int] | QuerySet[Organisation]:
    """Keys of those with `words` in their name, today's or one they were published by, or with that credit code (USCC).

    Sought first and once, so that no long list is joined to all organisations to be counted and again for its page.
    Where very many are called so, the query for them instead.
    """
    words = words.strip()
    published = NoticeEntry.objects.filter(containing(words, "name")).values("organisation")
    found = Organisation.objects.filter(
        containing(words, "name") | Q(uscc=words.upper()) | Q(pk__in=published)
    )
    keys = list(found.values_list("pk", flat=True)[: FEW + 1])
    return keys if len(keys) <= FEW else found
