"""What was posted."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """The form data of a POST, even an empty one; None otherwise. (`request.POST or None` takes an empty form for none.)"""
    return request.POST if request.method == "POST" else None
