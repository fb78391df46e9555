"""Reviewers from a spreadsheet: upload, look at every row, confirm."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ground.errors import Refused
from ground.web import page_of, posted, posted_files, refusals_on
from scoring import services
from scoring.forms.panels import ConfirmForm
from scoring.forms.pool_workbook import PoolUploadForm, read_pool, template
from scoring.models import PoolImport, Reviewer
from scoring.rules.pool_careers import SECTIONS
from scoring.rules.pool_rows import COLUMNS, Verdict, counted
from scoring.services.pool_import import digest_of, verdicts_of
from scoring.views.reviewers import keepers_only
from scoring.views.spreadsheet import XLSX

OUTCOMES = {"new": "新增", "changed": "更新", "same": "不变", "refused": "须改正"}


@require_safe
def pool_template(request: HttpRequest) -> HttpResponse:
    """The empty list to fill in."""
    keepers_only(request)
    response = HttpResponse(template(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="reviewers-template.xlsx"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def upload_pool(request: HttpRequest) -> HttpResponse:
    """Choose the filled list; nothing enters the pool yet."""
    keepers_only(request)
    form = PoolUploadForm(posted(request), posted_files(request))
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["upload"]
        try:
            rows, sheets = read_pool(upload.file)
        except Refused as refusal:
            form.add_error("upload", str(refusal))
        else:
            made = services.upload_pool(
                filename=upload.name, rows=rows, sheets=sheets, actor=request.user, now=request.now
            )
            return redirect("scoring:preview_pool", import_id=made.pk)
    return render(request, "scoring/upload_pool.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def preview_pool(request: HttpRequest, import_id: int) -> HttpResponse:
    """What becomes of each row; confirm it."""
    keepers_only(request)
    shown = get_object_or_404(PoolImport, pk=import_id, uploaded_by=request.user)
    form = ConfirmForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            totals = services.confirm_pool_import(
                pool_import=shown,
                shown=request.POST.get("shown", ""),
                actor=request.user,
                now=request.now,
            )
            messages.success(
                request,
                f"已导入：新增 {totals['new']} 人并发出邀请信，更新 {totals['changed']} 人，"
                f"不变 {totals['same']} 人；任职、培训等写入 {totals['rows']} 条。",
            )
            return redirect("scoring:reviewers")
    verdicts = verdicts_of(shown)
    chosen = request.GET.get("outcome", "")
    shown_rows = [one for one in verdicts if chosen not in OUTCOMES or one.outcome == chosen]
    rows = [_row(one) for one in sorted(shown_rows, key=lambda one: one.outcome != "refused")]
    totals = counted(verdicts)
    context = {
        "pool_import": shown,
        "form": form,
        "page": page_of(request, rows),
        "totals": [(code, OUTCOMES[code], number) for code, number in totals.items() if number],
        "chosen": chosen,
        "enters": totals["new"] + totals["changed"] and not totals["refused"],
        "numbers": counted([one for one in verdicts if not one.sheet]),
        "refused": totals["refused"],
        "further": counted([one for one in verdicts if one.sheet]),
        "shown": digest_of(verdicts),
    }
    return render(request, "scoring/preview_pool.html", context, status=422 if form.errors else 200)


def _row(verdict: Verdict) -> dict[str, Any]:
    section = SECTIONS.get(verdict.sheet)
    columns = section.heads if section else COLUMNS
    who = ("email", "person") if section else ("name", "email")
    return {
        "page": section.title if section else "",
        "line": verdict.line,
        "outcome": verdict.outcome,
        "words": OUTCOMES[verdict.outcome],
        "name": verdict.values["person" if section else "name"],
        "email": verdict.values["email"],
        "faults": [(columns[column], words) for column, words in verdict.faults],
        "changes": [
            (columns[name], _said(verdict, name, a), _said(verdict, name, b))
            for name, a, b in verdict.changes
        ],
        "entry": [
            (columns[name], _said(verdict, name, verdict.values[name]))
            for name in columns
            if verdict.outcome == "new" and verdict.values[name] and name not in who
        ],
    }


def _said(verdict: Verdict, column: str, value: str) -> str:
    choices = SECTIONS[verdict.sheet].choices.get(column, {}) if verdict.sheet else {}
    words = {code: word for word, code in choices.items()}
    if not verdict.sheet and column == "kind" and value in Reviewer.Kind.values:
        return str(Reviewer.Kind(value).label)
    return words.get(value, value) or "（空）"
