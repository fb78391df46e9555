"""A sheet taken away as a workbook, filled in elsewhere and brought back: nothing is saved before it was looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from audit.services import log_access
from ground.errors import Refused
from ground.web import posted, posted_files
from scoring import services
from scoring.forms import workbook
from scoring.forms.sheets import SheetForm
from scoring.models import Sheet
from scoring.permissions import is_own
from scoring.queries.benches import GONE
from scoring.queries.earlier import Earlier, earlier_of, form_of
from scoring.services.entries import fitted
from scoring.views.sheets import SHEET_SEALED, initial_of, sheet_or_404
from scoring.views.spreadsheet import XLSX

SALT = "scoring.workbook.filled"
VALID_FOR = 3600


class UploadForm(forms.Form):
    upload = forms.FileField(
        label="填好的工作簿",
        help_text="从评分表下载的那份 xlsx，不超过 2 MB。",
        error_messages={"required": "请选择填好的工作簿。", "empty": "文件是空的，请重新选择。"},
    )


@require_safe
def download_workbook(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """My open sheet as a workbook."""
    shown = _own_open(request, sheet_id)
    log_access(actor=request.user, action="download", subject=shown, at=request.now, detail="评分表工作簿")
    earlier = earlier_of(shown)
    content = workbook.written(shown, _form_of(shown, earlier), earlier)
    response = HttpResponse(content, content_type=XLSX)
    name = f"sheet-{shown.pk}-{shown.revision}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def upload_workbook(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Choose the filled workbook; then see item by item what would change; then save that."""
    shown = _own_open(request, sheet_id)
    if "filled" in request.POST:
        return _confirmed(request, shown)
    form = UploadForm(posted(request), posted_files(request))
    context = {
        "sheet": shown,
        "application": shown.application,
        "cycle": shown.application.cycle,
        "form": form,
    }
    if request.method == "POST" and form.is_valid():
        blank = _form_of(shown, earlier_of(shown))
        try:
            filled = workbook.read(form.cleaned_data["upload"].file, sheet=shown, form=blank)
        except Refused as refusal:
            form.add_error("upload", str(refusal))
        else:
            context |= _preview(shown, blank, filled)
            return render(
                request, "scoring/workbook.html", context, status=422 if context["cell_faults"] else 200
            )
    return render(request, "scoring/workbook.html", context, status=422 if form.errors else 200)


def _preview(shown: Sheet, blank: SheetForm, filled: workbook.Filled) -> dict[str, Any]:
    """What would change: each field with what stood, what stands and what comes; `conflict`: saved anew since."""
    now = workbook.current_values(blank)
    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "label": blank.fields[name].label,
            "now": now[name],
            "new": filled.values[name],
            "conflict": now[name] not in (filled.taken.get(name, ""), filled.values[name]),
        }
        for name in filled.changed
        if filled.values[name] != now[name]
    ]
    faults = list(filled.faults)
    kept = {row.item: row for row in shown.items.all()}
    names = [row["name"] for row in rows]
    _, found = fitted(blank.score_form, shown.application, kept, _by_item(filled.cleaned, names))
    for fault in found:
        place = filled.places.get(fault.field) or filled.places.get(f"percent-{fault.field}", "")
        faults.append(workbook.CellFault(place, fault.message))
    values = {name: filled.values[name] for name in names}
    sealed = signing.dumps(
        {"sheet": shown.pk, "revision": shown.revision, "values": values}, salt=SALT, compress=True
    )
    return {
        "preview": True,
        "rows": rows,
        "conflicts": sum(row["conflict"] for row in rows),
        "cell_faults": faults,
        "filled": sealed,
    }


def _confirmed(request: HttpRequest, shown: Sheet) -> HttpResponse:
    """Save what was shown; of what was saved anew meanwhile only what the reviewer has chosen."""
    try:
        sent = signing.loads(request.POST["filled"], salt=SALT, max_age=VALID_FOR)
        of, revision, values = sent["sheet"], int(sent["revision"]), dict(sent["values"])
    except (signing.BadSignature, KeyError, ValueError, TypeError):
        of, revision, values = None, 0, {}
    if of != shown.pk:
        raise Refused("preview_expired", "预览已经过期，没有保存。请重新上传工作簿。")
    kept = set(request.POST.getlist("keep"))
    form = _form_of(shown, earlier_of(shown))
    cleaned = {name: form.fields[name].clean(value) for name, value in values.items() if name not in kept}
    items = _by_item(cleaned, list(cleaned))
    whole = {name: cleaned[name] for name in ("overall", "hours") if name in cleaned}
    if items or whole:
        services.save_items(
            sheet=shown, items=items, **whole, revision=revision, actor=request.user, now=request.now
        )
    messages.success(
        request, f"已按工作簿保存 {len(cleaned)} 处。" if cleaned else "没有要改的内容，评分表照旧。"
    )
    return redirect("scoring:sheet", sheet_id=shown.pk)


def _by_item(cleaned: Any, names: list[str]) -> dict[str, dict[str, Any]]:
    items: dict[str, dict[str, Any]] = {}
    for name in names:
        field, dash, code = name.partition("-")
        if dash and name in cleaned:
            items.setdefault(code, {})[field] = cleaned[name]
    return items


def _own_open(request: HttpRequest, sheet_id: int) -> Sheet:
    shown = sheet_or_404(request, sheet_id)
    if not is_own(request.user, shown) or not (shown.declared and shown.pledged):
        raise PermissionDenied("只能由评审员本人在作出保密承诺、申报回避情况后办理。")
    if shown.state != "draft" or shown.application.state in GONE:
        raise Refused("sheet_sealed", SHEET_SEALED)
    return shown


def _form_of(shown: Sheet, earlier: Earlier | None) -> SheetForm:
    blank = form_of(shown, earlier)
    rows = {row.item: row for row in shown.items.all()}
    return SheetForm(score_form=blank, initial=initial_of(shown, blank, rows))
