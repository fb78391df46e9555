"""The office's further pages of one reviewer: past work, and stopping a lost device."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from audit.services import log_access
from ground.web import page_of, posted, refusals_on
from scoring import services
from scoring.forms.reviewers import ReasonForm
from scoring.models import OfflineDevice
from scoring.queries import recusals_visible_to
from scoring.queries.conflicts import without_conflict
from scoring.queries.past_work import figures_of, loads_of, seats_of
from scoring.views.offline import DAYS
from scoring.views.reviewers import keepers_only, pool_of


@require_safe
def reviewer_work(request: HttpRequest, reviewer_id: int) -> HttpResponse:
    """Load now, seats and sheets in the past, recusals; how even the scoring was, for who may see that."""
    shown = get_object_or_404(pool_of(request), pk=reviewer_id)
    page = page_of(request, seats_of(shown, request.user))
    recusals = without_conflict(recusals_visible_to(request.user), request.user)
    context = {
        "reviewer": shown,
        "page": page,
        "loads": loads_of(shown, request.user),
        "figures": figures_of(shown, list(page), request.user),
        "recusals": recusals.filter(reviewer=shown).order_by("-recorded_at", "-pk"),
    }
    if context["figures"]:
        log_access(
            actor=request.user, action="view", subject=shown, at=request.now, detail="reviewer figures"
        )
    return render(request, "scoring/reviewer_work.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke_lost_device(request: HttpRequest, reviewer_id: int, device_id: int) -> HttpResponse:
    """Stop a device that its reviewer has lost, after reading what follows."""
    keepers_only(request)
    rows = OfflineDevice.objects.select_related("reviewer__user").filter(reviewer__in=pool_of(request))
    device = get_object_or_404(rows, pk=device_id, reviewer=reviewer_id)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.revoke_lost_device(
                device=device, reason=form.cleaned_data["reason"], actor=request.user, now=request.now
            )
            messages.success(request, f"已停用“{device.name}”，并告知{device.reviewer.user.name}。")
            return redirect("scoring:reviewer", reviewer_id=reviewer_id)
    context = {"reviewer": device.reviewer, "device": device, "form": form, "days": DAYS}
    return render(request, "scoring/revoke_lost_device.html", context, status=422 if form.errors else 200)
