"""The reviewer accepts the duty of confidentiality before any file of a cycle opens."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from ground.web import posted, refusals_on
from scoring import services
from scoring.forms.pledges import PledgeForm
from scoring.queries import desk
from scoring.queries.pledges import seated_cycles, wording_of
from scoring.views.recusal import own_reviewer


@require_http_methods(["GET", "HEAD", "POST"])
def pledge(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Read it, tick it; afterwards on to the declarations, else to the desk."""
    reviewer = own_reviewer(request)
    cycle = get_object_or_404(seated_cycles(reviewer), pk=cycle_id)
    form = PledgeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.pledge_confidentiality(
                reviewer=reviewer, cycle=cycle, **form.cleaned_data, actor=request.user, now=request.now
            )
            messages.success(request, f"已登记您对{cycle}评审工作的保密承诺。")
            return redirect("scoring:recusal" if desk.undeclared(reviewer) else "scoring:desk")
    context = {
        "cycle": cycle,
        "wording": wording_of(cycle.edition),
        "edition": cycle.edition_record.code,
        "form": form,
        "pledged_at": cycle.pledged_at,
    }
    return render(request, "scoring/pledge.html", context, status=422 if form.errors else 200)
