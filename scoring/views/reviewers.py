"""The office's pages of the reviewer pool."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from accounts.permissions import holds_anywhere, in_portal
from accounts.roles import OFFICE_ROLES, Role
from audit.services import log_access
from ground.web import page_of, posted, refusals_on
from scoring import services
from scoring.forms.reviewers import PoolListFilter, ReviewerForm
from scoring.models import Reviewer
from scoring.queries import reviewers_visible_to
from scoring.queries.careers import career_of, written_rows
from scoring.queries.pool import languages_of, pool_entries, pool_matching, pool_sorted, with_load
from scoring.queries.pool_standing import TRAINING, cycles_under_way, standing_matching, with_standing
from scoring.rules.pool_careers import SECTIONS
from scoring.views.spreadsheet import Page, spreadsheet

COLUMNS = (
    ("姓名", 14), ("登录名", 18), ("类别", 12), ("工作单位", 30), ("单位统一社会信用代码", 24), ("熟悉的行业", 12),
    ("资格", 30), ("工作语言", 14), ("培训", 14), ("本年度工作量", 14), ("每年度最多承担", 16), ("今天", 12),
    ("待评分的评分表", 16), ("已封存的评分表", 16), ("评审资格", 12), ("邮箱", 26), ("手机", 16),
)  # fmt: skip


@require_safe
def reviewers(request: HttpRequest) -> HttpResponse:
    """The pool: search, filter, load."""
    filter_form = _filter(request)
    context = {
        "page": page_of(request, _asked_for(request, filter_form)),
        "filter_form": filter_form,
        "cycle": filter_form.chosen_cycle,
        "filtered": any(request.GET.get(name) for name in filter_form.fields if name != "cycle"),
        "is_office": holds_anywhere(request.user, *OFFICE_ROLES),
    }
    return render(request, "scoring/reviewers.html", context)


@require_safe
def export_reviewers(request: HttpRequest) -> HttpResponse:
    """Exactly what is filtered, in the order shown, with a page for each part of a career; it can be changed and imported."""
    rows = list(_asked_for(request, _filter(request)))
    log_access(
        actor=request.user,
        action="export",
        subject=request.user,
        at=request.now,
        detail=f"scoring.reviewers?{request.GET.urlencode()}",
    )
    names = (_cells(row) for row in rows)
    return spreadsheet("reviewers.xlsx", "评审员库", COLUMNS, names, *_careers(rows))


def register_reviewer(request: HttpRequest) -> HttpResponse:
    """Enter an account into the pool."""
    keepers_only(request)
    form = ReviewerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = services.register_reviewer(**form.entry, actor=request.user, now=request.now)
            messages.success(request, f"{made.user.name}已列入评审员库。")
            return redirect("scoring:reviewer", reviewer_id=made.pk)
    return render(
        request, "scoring/register_reviewer.html", {"form": form}, status=422 if form.errors else 200
    )


@require_safe
def reviewer(request: HttpRequest, reviewer_id: int) -> HttpResponse:
    """One reviewer: what is known, devices, what was done to the entry."""
    shown = get_object_or_404(with_load(pool_of(request)), pk=reviewer_id)
    context = {
        "reviewer": shown,
        "career": career_of(shown, on=localtime(request.now).date()),
        "devices": shown.devices.all(),
        "invitation": shown.invitations.first(),
        "entries": pool_entries(shown),
        "is_office": holds_anywhere(request.user, *OFFICE_ROLES),
        "may_complain": not shown.disqualified_at,
    }
    return render(request, "scoring/reviewer.html", context)


def pool_of(request: HttpRequest) -> QuerySet[Reviewer]:
    """The pool as far as the reader may see it; who has no business with it is told so."""
    if not (holds_anywhere(request.user, *OFFICE_ROLES) or in_portal(request.user, Role.SUPERVISOR)):
        raise PermissionDenied("评审员库由评定办使用。")
    return reviewers_visible_to(request.user)


def keepers_only(request: HttpRequest) -> None:
    pool_of(request)
    if not holds_anywhere(request.user, *OFFICE_ROLES):
        raise PermissionDenied("评审员库由评定办维护。")


def _filter(request: HttpRequest) -> PoolListFilter:
    pool_of(request)
    return PoolListFilter(
        request.GET,
        cycles=cycles_under_way(request.user),
        languages=languages_of(reviewers_visible_to(request.user)),
    )


def _asked_for(request: HttpRequest, form: PoolListFilter) -> QuerySet[Reviewer]:
    found = with_load(pool_matching(pool_of(request), **form.chosen))
    today = localtime(request.now).date()
    found = with_standing(found, cycle=form.chosen_cycle, on=today, user=request.user)
    return pool_sorted(standing_matching(found, **form.situation), request.GET.get("sort", ""))


def _cells(row: Any) -> tuple[str | int, ...]:
    return (
        row.user.name,
        row.user.username,
        row.get_kind_display(),
        row.employer,
        row.employer_uscc,
        row.industries,
        row.qualification,
        row.languages,
        TRAINING["valid" if row.training_valid else "expired" if row.trained else "none"],
        row.load,
        "" if row.load_limit is None else row.load_limit,
        "不能参加" if row.away else "能参加",
        row.open_sheets,
        row.sealed_sheets,
        "已取消" if row.disqualified_at else "在库",
        row.user.email,
        row.user.phone,
    )


def _careers(rows: list[Any]) -> list[Page]:
    """The pages that an import reads (forms.pool_workbook)."""
    written = written_rows(rows)
    pages: list[Page] = []
    for key, section in SECTIONS.items():
        words = {name: {code: word for word, code in held.items()} for name, held in section.choices.items()}
        lines = [
            [
                row.user.email,
                row.user.name,
                *(words.get(name, {}).get(text, text) for name, text in held.items()),
            ]
            for row in rows
            for _, held in written[row.pk][key]
        ]
        pages.append((section.title, [(label, 22) for label in section.heads.values()], lines))
    return pages
