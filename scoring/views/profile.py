"""「我的资料」: what a reviewer keeps up to date, one section at a time."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_safe

from ground.web import posted, refusals_on
from scoring import services
from scoring.forms.profile import ENTRY_FORMS, ROW_FORMS, entry_form
from scoring.models import Reviewer
from scoring.queries.careers import career_of, own_rows
from scoring.services.careers import CAREER
from scoring.views.recusal import own_reviewer


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """All sections of my own entry."""
    reviewer = own_reviewer(request)
    career = career_of(reviewer, on=localtime(request.now).date())
    return render(request, "scoring/profile.html", {"reviewer": reviewer, "career": career, "own": True})


@require_http_methods(["GET", "HEAD", "POST"])
def change_entry(request: HttpRequest, section: str) -> HttpResponse:
    """One section of the entry itself."""
    reviewer = own_reviewer(request)
    if section not in ENTRY_FORMS:
        raise Http404
    form = entry_form(section, posted(request), reviewer)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.save_entry(reviewer=reviewer, changes=form.changes, actor=request.user, now=request.now)
            return _saved(request, section)
    return _page(request, section, {"title": ENTRY_FORMS[section][0], "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def add_row(request: HttpRequest, section: str) -> HttpResponse:
    """One row more in a section that is a list."""
    return _row(request, section, own_reviewer(request), None)


@require_http_methods(["GET", "HEAD", "POST"])
def change_row(request: HttpRequest, section: str, row_id: int) -> HttpResponse:
    """Change one row, or take it out."""
    reviewer = own_reviewer(request)
    if section not in ROW_FORMS:
        raise Http404
    row = get_object_or_404(own_rows(CAREER[section].model, reviewer), pk=row_id)
    return _row(request, section, reviewer, row)


def _row(request: HttpRequest, section: str, reviewer: Reviewer, row: Any) -> HttpResponse:
    if section not in ROW_FORMS:
        raise Http404
    if row is not None and request.POST.get("step") == "remove":
        services.remove_career_row(
            reviewer=reviewer, section=section, row=row, actor=request.user, now=request.now
        )
        return _saved(request, section, "已删除。")
    build = ROW_FORMS[section]
    initial = {name: getattr(row, name) for name in build.base_fields} if row else None
    form = build(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.save_career_row(
                reviewer=reviewer,
                section=section,
                row=row,
                values=form.changes,
                actor=request.user,
                now=request.now,
            )
            return _saved(request, section)
    title = f"{'修改' if row else '添加'}：{CAREER[section].label}"
    return _page(request, section, {"title": title, "form": form, "row": row})


def _page(request: HttpRequest, section: str, context: dict[str, Any]) -> HttpResponse:
    status = 422 if context["form"].errors else 200
    return render(request, "scoring/change_profile.html", {"section": section, **context}, status=status)


def _saved(request: HttpRequest, section: str, words: str = "已保存。") -> HttpResponse:
    messages.success(request, words)
    response = redirect("scoring:profile")
    response["Location"] += f"#{section}"
    return response
