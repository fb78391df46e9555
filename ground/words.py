"""Looking for words somewhere in columns, as every list's search field does."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Q


def containing(words: str, *columns: str) -> Q:
    """Rows with `words` in one of `columns`, in capitals or not.

    Words without letter case (Chinese, digits) need no UPPER of every row, which costs several times the search itself.
    """
    lookup = "contains" if words.upper() == words.lower() else "icontains"
    return reduce(or_, (Q((f"{column}__{lookup}", words)) for column in columns))
