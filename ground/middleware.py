"""What every request goes through besides Django's own: one `now`, and refusals turned into a page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ground import clock
from ground.errors import Refused

Responder = Callable[[HttpRequest], HttpResponse]


class RequestClock:
    """Sets `request.now` once, so that one request never sees two different moments."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = clock.now()  # type: ignore[attr-defined]
        return self.get_response(request)


class Refusals:
    """A refusal that no view has put on a form becomes a page (409): what is wrong, and the way back."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        return render(request, "errors/refused.html", {"faults": exception.faults}, status=409)
