"""The inbox bell in the page head."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from notifications import queries


def inbox(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `unread_count`, asked of the database only where a template prints it."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"unread_count": 0}
    return {"unread_count": SimpleLazyObject(lambda: queries.unread_count(user))}
