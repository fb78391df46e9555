"""Pages that belong to no app: the way of reading, the style guide, and what to say when a form's token has expired."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ground.context import DISPLAY_COOKIE, DISPLAY_MODES, display_modes
from ground.styleguide.samples import samples

ONE_DAY = 24 * 3600
ONE_YEAR = 365 * ONE_DAY


@require_safe
@login_not_required
def display_mode(request: HttpRequest) -> HttpResponse:
    """Switch large type or high contrast on or off, or back to standard, and return to the page left.

    A preference of this browser only: nothing is stored on the server, so a link may do it and no script is needed.
    """
    mode = request.GET.get("mode", "standard")
    modes = set(display_modes(request.COOKIES.get(DISPLAY_COOKIE, "")))
    modes = set() if mode not in DISPLAY_MODES or mode == "standard" else modes ^ {mode}
    back = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = "/"
    response = HttpResponseRedirect(back)
    response.set_cookie(
        DISPLAY_COOKIE, ".".join(sorted(modes)), max_age=ONE_YEAR, samesite="Lax", secure=request.is_secure()
    )
    return response


@require_safe
@cache_control(public=True, max_age=ONE_DAY)
@login_not_required
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look of their own accord, beside a file that names no icon."""
    return HttpResponseRedirect(static("img/favicon.svg"))


@require_safe
@login_not_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component of the interface with realistic content. Mounted in demo and development only."""
    return render(request, "ground/styleguide.html", samples(request))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page's token no longer fits (logged in elsewhere, cookies cleared): say how to keep what was typed."""
    return render(request, "errors/403.html", {"expired": True}, status=403)
