"""The office's pages of a cycle's panels."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from scoring.queries import panels_visible_to
from scoring.queries.visibility import office_cycles


def panels(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """The cycle's panels and how far they are."""
    cycle = get_object_or_404(office_cycles(request.user), pk=cycle_id)
    context = {"cycle": cycle, "panels": cycle.panels.prefetch_related("members__reviewer__user")}
    return render(request, "scoring/panels.html", context)


def panel(request: HttpRequest, panel_id: int) -> HttpResponse:
    """One panel."""
    found = get_object_or_404(panels_visible_to(request.user), pk=panel_id)
    return render(request, "scoring/panel.html", {"cycle": found.cycle, "panel": found})
