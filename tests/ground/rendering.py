"""A template and a request, as small as they come."""

from __future__ import annotations

from types import SimpleNamespace

from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory


def rendered(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def request_for(path: str = "/", **user: object) -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = SimpleNamespace(**user)  # type: ignore[assignment]
    return request
