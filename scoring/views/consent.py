"""The members' part of a report: their word on items far apart, their signature, and the note on who can't."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from ground.errors import Refused
from ground.web import posted, refusals_on
from scoring import services
from scoring.forms.consent import AbsenceForm, ConsentForm, CountersignForm, TakeBackForm
from scoring.forms.sheets import refusals_at
from scoring.models import Consolidation
from scoring.permissions import is_head, is_lead, require_led
from scoring.queries.hearing import Hearing, Member, hearing_of
from scoring.queries.score_forms import score_form
from scoring.queries.visibility import consolidations_visible_to, running_reports
from scoring.views.consolidation import frame
from scoring.views.reports import content_of

READ_WRITE = ["GET", "HEAD", "POST"]


@require_http_methods(READ_WRITE)
def consent(request: HttpRequest, consolidation_id: int) -> HttpResponse:
    """A member says yes or no, with a reason, to what the lead settled where the sheets lay far apart."""
    shown, hearing, member = _of_member(request, consolidation_id)
    if member.lead:
        raise PermissionDenied("组长以合议结果表示意见，不需要另外表示。")
    if shown.state != "open":
        raise Refused("not_open", "合议不在进行中，不能再表示意见。")
    require_led(shown.panel)
    items = [item for item in hearing.items if item.settled is not None] if hearing.settled else []
    form = ConsentForm(
        posted(request),
        items=items,
        initial=_said(hearing, member) | {"stamp": hearing.stamp},
        auto_id="f-%s",
    )
    if request.method == "POST" and form.is_valid():
        with refusals_at(form, "reason"):
            services.give_consent(
                consolidation=shown,
                answers=form.answers(),
                stamp=form.cleaned_data["stamp"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, "您的意见已登记。")
            return redirect("scoring:consolidation", consolidation_id=shown.pk)
    context = frame(request, shown) | {
        "form": form,
        "hearing": hearing,
        "limit": int(shown.application.cycle.edition.value("consensus_spread")),
        "limit_article": shown.application.cycle.edition.article("consensus_spread"),
    }
    return render(request, "scoring/consent.html", context, status=422 if form.errors else 200)


@require_http_methods(READ_WRITE)
def countersign(request: HttpRequest, consolidation_id: int) -> HttpResponse:
    """A member reads the report that the lead has signed, and signs it."""
    shown = get_object_or_404(_visible(request), pk=consolidation_id)
    content = content_of(request, shown)
    member = _member_in(content["hearing"], request.user)
    if shown.state == "signed" and request.method != "POST":
        return redirect("scoring:report", consolidation_id=shown.pk)
    if shown.state != "signing":
        raise Refused("not_signing", "报告不在会签中。")
    if member.lead:
        raise PermissionDenied("组长已经签署，由其他成员会签。")
    require_led(shown.panel)
    form = CountersignForm(posted(request), initial={"digest": shown.digest})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.countersign(
                consolidation=shown,
                digest=form.cleaned_data["digest"],
                remark=form.cleaned_data["remark"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, "您已会签评审报告。")
            done = "scoring:report" if shown.state == "signed" else "scoring:consolidation"
            return redirect(done, consolidation_id=shown.pk)
    context = content | {"form": form, "member": member}
    return render(request, "scoring/countersign.html", context, status=422 if form.errors else 200)


@require_http_methods(READ_WRITE)
def take_back_signature(request: HttpRequest, consolidation_id: int) -> HttpResponse:
    """The lead takes the signature back to change the report."""
    shown = get_object_or_404(_visible(request), pk=consolidation_id)
    if not is_lead(request.user, shown.panel):
        raise PermissionDenied("由评审组组长收回签署。")
    if shown.state != "signing":
        raise Refused("not_signing", "报告不在会签中，不能收回签署。")
    form = TakeBackForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.take_back_signature(
                consolidation=shown, **form.cleaned_data, actor=request.user, now=request.now
            )
            messages.success(request, "已收回签署，可以修改报告。")
            return redirect("scoring:consolidation", consolidation_id=shown.pk)
    context = frame(request, shown) | {"form": form}
    return render(request, "scoring/take_back_signature.html", context, status=422 if form.errors else 200)


@require_http_methods(READ_WRITE)
def record_absence(request: HttpRequest, consolidation_id: int) -> HttpResponse:
    """The head of the office notes why a member can't speak or sign. No score and no text is shown here."""
    shown = get_object_or_404(running_reports(request.user), pk=consolidation_id)
    cycle = shown.application.cycle
    if not is_head(request.user, cycle):
        raise PermissionDenied("未能会签的说明由评定办主任登记。")
    hearing = hearing_of(shown, score_form(cycle, shown.stage))
    waiting = [member for member in hearing.unsigned if not member.lead]
    form = AbsenceForm(posted(request), members=waiting)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.record_absence(
                consolidation=shown, **form.cleaned_data, actor=request.user, now=request.now
            )
            messages.success(request, f"已登记{form.cleaned_data['reviewer']}未能会签的原因。")
            return redirect("scoring:panel", panel_id=shown.panel_id)
    context = {
        "cycle": cycle,
        "consolidation": shown,
        "application": shown.application,
        "panel": shown.panel,
        "hearing": hearing,
        "waiting": waiting,
        "form": form,
    }
    return render(request, "scoring/record_absence.html", context, status=422 if form.errors else 200)


def _visible(request: HttpRequest) -> Any:
    return consolidations_visible_to(request.user).select_related("panel__cycle")


def _of_member(request: HttpRequest, consolidation_id: int) -> tuple[Consolidation, Hearing, Member]:
    """What a member of the panel sees; everybody else with a right to read gets a 403."""
    shown = get_object_or_404(_visible(request), pk=consolidation_id)
    hearing = hearing_of(shown, score_form(shown.application.cycle, shown.stage))
    return shown, hearing, _member_in(hearing, request.user)


def _member_in(hearing: Hearing, user: object) -> Member:
    member = hearing.member(user)
    if member is None:
        raise PermissionDenied("由评审组成员本人办理。")
    return member


def _said(hearing: Hearing, member: Member) -> dict[str, str]:
    """What the member said before, to change it."""
    said: dict[str, str] = {}
    for item in hearing.items:
        for word in item.words:
            if word.member is member and word.consent is not None:
                said[f"word-{item.line.code}"] = "agree" if word.consent.agrees else "dissent"
                said[f"reason-{item.line.code}"] = word.consent.reason
                said["whole"] = "each"
    return said
