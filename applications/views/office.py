"""The office's list of a cycle's applications, and its export."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from accounts.permissions import has_role, in_portal
from accounts.roles import Role
from applications.forms import OfficeFilter
from applications.models import Application
from applications.queries import (
    counts_by_state,
    in_full,
    matching,
    office_applications,
    sorted_by,
    with_check_counts,
)
from applications.queries.visibility import SCHEME_READERS
from audit.services import log_access
from awards.models import Cycle
from awards.queries import cycles_visible_to
from ground.spreadsheets import put_rows
from ground.web import page_of

COLUMNS = (
    ("受理编号", 18), ("组织名称", 36), ("统一社会信用代码", 24), ("申报类别", 10), ("行业门类", 10), ("登记注册地", 20),
    ("推荐单位", 28), ("状态", 18), ("提交时间", 20), ("不符合或待补条件数", 20), ("尚未确认条件数", 16),
)  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def office_list(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """All submitted applications of a cycle: filter, sort, count, export."""
    cycle = _cycle(request, cycle_id)
    rows = office_applications(request.user).filter(cycle=cycle)
    filter_form = OfficeFilter(request.GET)
    keys = _asked_for(request, rows).values_list("pk", flat=True)
    # A search reads every name: once for all its keys, not once to count and once more for the page.
    page = page_of(request, list(keys) if request.GET.get("q", "").strip() else keys)
    page.object_list = in_full(rows, list(page))
    context = {
        "cycle": cycle,
        "page": page,
        "counts": counts_by_state(rows),
        "filter_form": filter_form,
        "chosen": request.GET.get("state", ""),
        "filtered": any(request.GET.get(name) for name in filter_form.fields),
        "viewer_is_office": True,
    }
    return render(request, "applications/office_list.html", context)


@require_safe
def office_export(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Exactly what is filtered, in the order shown, as a spreadsheet."""
    cycle = _cycle(request, cycle_id)
    rows = with_check_counts(_asked_for(request, office_applications(request.user).filter(cycle=cycle)))
    log_access(
        actor=request.user, action="export", subject=cycle, at=request.now, detail=request.GET.urlencode()
    )
    response = HttpResponse(_workbook(cycle, rows), content_type=XLSX)
    response["Content-Disposition"] = (
        f'attachment; filename="applications-{cycle.scheme.code}-{cycle.year}.xlsx"'
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _cycle(request: HttpRequest, cycle_id: int) -> Cycle:
    cycle = get_object_or_404(cycles_visible_to(request.user), pk=cycle_id)
    readers = has_role(request.user, *SCHEME_READERS, scheme=cycle.scheme.code)
    if not readers and not in_portal(request.user, Role.SUPERVISOR):
        raise PermissionDenied("申报清单由评定办使用。")
    return cycle


def _asked_for(request: HttpRequest, rows: QuerySet[Application]) -> QuerySet[Application]:
    asked = OfficeFilter(request.GET)
    asked.is_valid()
    given: dict[str, Any] = asked.cleaned_data
    found = matching(
        rows,
        words=(given.get("q") or "").strip(),
        state=given.get("state") or "",
        category=given.get("category") or "",
    )
    return sorted_by(found, request.GET.get("sort", ""))


def _workbook(cycle: Cycle, rows: QuerySet[Application]) -> bytes:
    book = Workbook(write_only=False)
    sheet = book.active
    sheet.title = f"{cycle.year}年度申报"
    sheet.append([label for label, _ in COLUMNS])
    for number, (_, width) in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.cell(1, number).font = Font(bold=True)
    put_rows(sheet, map(_cells, rows), first=2)
    sheet.freeze_panes = "A2"
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _cells(row: Application) -> tuple[str | int, ...]:
    organisation = row.organisation
    return (
        row.number,
        row.applicant_line,
        organisation.uscc,
        row.get_category_display(),
        organisation.industry,
        organisation.get_region_display(),
        row.recommender.name if row.recommender else "",
        row.office_state,
        f"{localtime(row.submitted_at):%Y-%m-%d %H:%M:%S}" if row.submitted_at else "",
        row.bad_checks,
        row.unconfirmed_checks,
    )
