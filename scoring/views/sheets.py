"""The score sheet: file on the left, items on the right; saved field by field, sealed for ever."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.queries import file_of, live_evidence
from audit.services import log_access
from documents.services import file_response
from ground.errors import Refused
from ground.web import refusals_on
from scoring import services
from scoring.forms.sheets import SheetForm
from scoring.models import RecusalDeclaration, Sheet, SheetItem
from scoring.permissions import is_own
from scoring.queries.score_forms import ScoreForm, score_form
from scoring.queries.visibility import assignments_of, sheets_visible_to
from scoring.rules import points
from scoring.services.sheets import seal_faults


def _sheet(request: HttpRequest, sheet_id: int) -> Sheet:
    return get_object_or_404(sheets_visible_to(request.user), pk=sheet_id)


def _declared(sheet: Sheet) -> bool:
    return RecusalDeclaration.objects.filter(
        reviewer_id=sheet.reviewer_id, application_id=sheet.application_id, conflict=False
    ).exists()


@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Read and write my open sheet; a sealed one is read only."""
    shown = _sheet(request, sheet_id)
    own = is_own(request.user, shown)
    if own and shown.state == "draft" and not _declared(shown):
        messages.warning(request, "请先申报与该组织有无利害关系，再打开材料评分。")
        return redirect("scoring:recusal")
    blank = score_form(shown.application.cycle, shown.stage)
    rows = {row.item: row for row in shown.items.all()}
    writing = own and shown.state == "draft"
    form = SheetForm(request.POST or None, score_form=blank, initial=_initial(shown, rows), auto_id="f-%s")
    if request.method == "POST":
        if not writing:
            raise Refused("sheet_sealed", "评分表已封存，不能再修改。确有错误的，请联系评定办退回重评。")
        if form.is_valid() and not _stale(form, shown):
            with refusals_on(form):
                services.save_items(
                    sheet=shown,
                    items=form.items(),
                    overall=form.cleaned_data["overall"],
                    actor=request.user,
                    now=request.now,
                )
                if "seal" in request.POST:
                    return redirect("scoring:seal_sheet", sheet_id=shown.pk)
                messages.success(request, "评分已保存。")
                return redirect("scoring:sheet", sheet_id=shown.pk)
    context = _context(shown, blank, rows, form) | {"writing": writing, "own": own}
    return render(request, "scoring/sheet.html", context, status=422 if form.errors else 200)


def _stale(form: SheetForm, shown: Sheet) -> bool:
    version = form.cleaned_data["version"]
    if version is None or version >= shown.revision:
        return False
    form.add_error(None, "这张评分表刚在另一个窗口里改过。下面是您在这里填写的内容，核对后再保存一次即可。")
    form.data = {**form.data.dict(), "version": str(shown.revision)}  # type: ignore[attr-defined]
    return True


def _initial(shown: Sheet, rows: dict[str, SheetItem]) -> dict[str, Any]:
    initial: dict[str, Any] = {"overall": shown.overall, "version": shown.revision}
    for code, row in rows.items():
        initial |= {
            f"percent-{code}": row.percent,
            f"strengths-{code}": row.strengths,
            f"opportunities-{code}": row.opportunities,
        }
    return initial


def _context(shown: Sheet, blank: ScoreForm, rows: dict[str, SheetItem], form: SheetForm) -> dict[str, Any]:
    groups = []
    for group in blank.groups:
        lines = []
        for line in group.lines:
            row = rows.get(line.code)
            percent = row.percent if row else None
            lines.append(
                {
                    "line": line,
                    "row": row,
                    "percent": percent,
                    "points": None if percent is None else points.item_points(percent, line.points),
                    "band": "" if percent is None else blank.band_text(line, percent),
                    "fields": [
                        form[f"{name}-{line.code}"] for name in ("percent", "strengths", "opportunities")
                    ],
                }
            )
        groups.append({"group": group, "lines": lines})
    scored = {code: row.percent for code, row in rows.items() if row.percent is not None}
    application = shown.application
    return {
        "sheet": shown,
        "application": application,
        "cycle": application.cycle,
        "form": form,
        "groups": groups,
        "blank": blank,
        "bands": blank.criteria.bands,
        "done": len(scored),
        "total": len(blank.lines),
        "sum": blank.points_of(scored),
        "evidence": live_evidence(application),
    }


@require_POST
def save_field(request: HttpRequest, sheet_id: int) -> JsonResponse:
    """Autosave of one field: 200 {version, saved_at}, 409 when another window changed it, 422 {message}."""
    shown = _sheet(request, sheet_id)
    blank = score_form(shown.application.cycle, shown.stage)
    form = SheetForm(score_form=blank)
    try:
        sent = json.loads(request.body)
        field, version = str(sent["field"]), int(sent["version"])
        code, name, value = form.one(field, sent["value"])
    except ValidationError as error:
        return JsonResponse({"message": " ".join(error.messages)}, status=422)
    except (ValueError, KeyError, TypeError, AttributeError):
        return JsonResponse({"message": "这一项没有保存，请刷新页面后再填。"}, status=422)
    kept = _kept(shown, code, name)
    if version < shown.revision and kept not in ("", None, value):
        return JsonResponse({"version": shown.revision, "value": kept, "by": "另一个窗口"}, status=409)
    try:
        services.save_items(
            sheet=shown,
            items={code: {name: value}} if code else {},
            overall=value if not code else None,
            actor=request.user,
            now=request.now,
        )
    except Refused as refusal:
        return JsonResponse({"message": str(refusal)}, status=422)
    return JsonResponse({"version": shown.revision, "saved_at": f"{localtime(request.now):%H:%M:%S}"})


def _kept(shown: Sheet, code: str, name: str) -> Any:
    if not code:
        return shown.overall
    return SheetItem.objects.filter(sheet=shown, item=code).values_list(name, flat=True).first()


@require_http_methods(["GET", "HEAD", "POST"])
def seal_sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Confirm the seal: what is missing, the total, and that nothing can be changed afterwards."""
    shown = _sheet(request, sheet_id)
    if not is_own(request.user, shown):
        raise Http404
    if shown.state != "draft":
        return redirect("scoring:sheet", sheet_id=shown.pk)
    blank = score_form(shown.application.cycle, shown.stage)
    if request.method == "POST":
        services.seal_sheet(sheet=shown, actor=request.user, now=request.now)
        messages.success(request, "评分表已封存。全组封存后由组长组织合议。")
        return redirect("scoring:sheet", sheet_id=shown.pk)
    rows = {row.item: row for row in shown.items.all()}
    scored = {code: row.percent for code, row in rows.items() if row.percent is not None}
    context = {
        "sheet": shown,
        "application": shown.application,
        "faults": seal_faults(blank, rows),
        "sum": blank.points_of(scored),
        "done": len(scored),
        "total": len(blank.lines),
    }
    return render(request, "scoring/seal.html", context)


@require_safe
def reviewed_file(request: HttpRequest, application_id: int, file_id: int) -> FileResponse:
    """The report or a piece of evidence, for a member of the panel who declared no conflict. Every look is logged."""
    application = get_object_or_404(
        assignments_of(request.user).filter(
            declarations__reviewer__user=request.user,
            declarations__reviewer__disqualified_at=None,
            declarations__conflict=False,
        ),
        pk=application_id,
    )
    found = file_of(application, file_id)
    if found is None:
        raise Http404
    stored, name = found
    log_access(actor=request.user, action="view", subject=application, at=request.now, detail=name)
    return file_response(stored, filename=name, inline=True)
