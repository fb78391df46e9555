"""What every request goes through besides Django's own: one `now`, plain text, and refusals turned into a page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from ground import clock
from ground.errors import Refused
from ground.text import plain_throughout

Responder = Callable[[HttpRequest], HttpResponse]


class RequestClock:
    """Sets `request.now` once, so that one request never sees two different moments."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = clock.now()  # type: ignore[attr-defined]
        return self.get_response(request)


class PlainText:
    """No control or invisible character gets in with a form or an address: a soft break becomes a line break, the others
    go.

    Once here, and not in every field, because pages also read what was sent without a form. After the check against
    forged requests, which has read the form already. A script's JSON goes through `web.sent_json`.
    """

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        request.GET = _plain(request.GET)  # type: ignore[assignment]
        if request.method == "POST":
            request.POST = _plain(request.POST)  # type: ignore[assignment]


def _plain(given: QueryDict) -> QueryDict:
    sent = dict(given.lists())
    clean = plain_throughout(sent)
    if clean == sent:
        return given
    made = QueryDict(mutable=True, encoding=given.encoding)
    for name, values in clean.items():
        made.setlist(name, values)
    made._mutable = False
    return made


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
