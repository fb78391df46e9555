"""What a recommending body delegates: to whom, which file or all, until when; ending it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from applications.forms.people import DelegateForm
from applications.models import Invitation
from applications.queries.people import delegations_by, own_recommenders
from applications.services import delegating
from ground.web import posted, refusals_on


@require_http_methods(["GET", "HEAD", "POST"])
def delegations(request: HttpRequest, recommender_id: int) -> HttpResponse:
    """Delegate by mail; below, what is delegated. `?file=` chooses the file from whose page one comes."""
    recommender = get_object_or_404(own_recommenders(request.user), pk=recommender_id)
    initial = {"application": request.GET.get("file", "")}
    form = DelegateForm(posted(request), waiting=delegating.delegable(recommender), initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = delegating.delegate_desk(
                recommender=recommender, **form.cleaned_data, actor=request.user, now=request.now
            )
            messages.success(request, f"委托书已寄往 {made.email}。对方接受后生效。")
            return redirect("applications:delegations", recommender_id=recommender.pk)
    context = {"recommender": recommender, "form": form, "delegations": delegations_by(recommender)}
    return render(request, "applications/delegations.html", context, status=422 if form.errors else 200)


@require_POST
def end_delegation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Take a delegation back at once."""
    rows = Invitation.objects.filter(recommender__in=own_recommenders(request.user))
    delegation = get_object_or_404(rows.select_related("recommender", "accepted_by"), pk=invitation_id)
    delegating.end_delegation(delegation=delegation, actor=request.user, now=request.now)
    name = delegation.accepted_by.name if delegation.accepted_by else delegation.email
    messages.success(request, f"对{name}的委托已终止，材料不再向其开放。")
    return redirect("applications:delegations", recommender_id=delegation.recommender_id)
