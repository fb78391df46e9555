"""The lead signs the report of a panel (评审报告): what is still missing, the stage score, the consequences."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from applications.models import Application
from ground.errors import Refused
from ground.web import posted, refusals_on
from scoring import services
from scoring.forms.consolidation import SignForm
from scoring.models import Consolidation, SiteVisit, Stage
from scoring.permissions import require_lead
from scoring.queries.hearing import hearing_of
from scoring.queries.matrix import Matrix, matrix_of
from scoring.queries.references import verification_of
from scoring.queries.score_forms import score_form
from scoring.queries.visibility import consolidations_visible_to
from scoring.rules import points
from scoring.services.consolidation import settlement_faults
from scoring.services.differences import difference_faults
from scoring.services.visits import MINUTES
from scoring.views.consolidation import frame, seats_of


@require_http_methods(["GET", "HEAD", "POST"])
def sign_consolidation(request: HttpRequest, consolidation_id: int) -> HttpResponse:
    """What is still missing, the stage score and the consequences; then the lead signs."""
    shown = get_object_or_404(
        consolidations_visible_to(request.user).select_related("panel__cycle"), pk=consolidation_id
    )
    require_lead(request.user, shown.panel)
    if shown.state in ("signing", "signed") and request.method != "POST":
        return redirect(shown)
    if shown.state != "open":
        raise Refused("not_open", "合议尚未开始或报告已经签署，不能再改。")
    form = SignForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.sign_consolidation(
                consolidation=shown,
                strengths=shown.strengths,
                opportunities=shown.opportunities,
                conclusion=shown.conclusion,
                actor=request.user,
                now=request.now,
            )
            done = shown.state == "signed"
            messages.success(request, "评审报告已签署。" if done else "评审报告已签署，已请各位成员会签。")
            return redirect("scoring:report" if done else "scoring:consolidation", consolidation_id=shown.pk)
    blank = score_form(shown.application.cycle, shown.stage)
    matrix = matrix_of(shown, blank)
    settled = {row.line.code: row.settled for row in matrix.rows if row.settled}
    seats_of(shown.panel)
    context = frame(request, shown) | {
        "form": form,
        "matrix": matrix,
        "faults": [
            *(
                (fault, f"{shown.get_absolute_url()}#f-note-{fault.field}")
                for fault in settlement_faults(shown, blank, settled, hearing_of(shown, blank, matrix=matrix))
            ),
            *(
                (fault, f"{reverse('scoring:differences', args=[shown.pk])}#f-reason-{fault.field}")
                for fault in difference_faults(shown, blank)
            ),
        ],
        **(_left_open(shown.application) if shown.stage == Stage.SITE else {}),
        "score": _score(shown, matrix),
        "full": blank.total,
    }
    return render(request, "scoring/sign_consolidation.html", context, status=422 if form.errors else 200)


def _left_open(application: Application) -> dict[str, Any]:
    """What the record of the visit lacks, which nobody can add once all have signed."""
    visit = SiteVisit.objects.filter(application=application).first()
    return {
        "unanswered": verification_of(application).unanswered,
        "unsigned": [
            label
            for part, label in MINUTES.items()
            if visit is not None and getattr(visit, f"{part}_signed_at") is None
        ],
    }


def _score(shown: Consolidation, matrix: Matrix) -> Any:
    return points.stage_total(shown.application.cycle.edition, matrix.totals, matrix.consensus)
