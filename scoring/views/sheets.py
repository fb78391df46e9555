"""The score sheet: file on the left, items on the right; saved field by field, sealed for ever."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_POST

from audit.services import log_access
from ground.errors import Refused
from ground.web import posted, sent_json
from scoring import services
from scoring.forms.sheets import TEXTS, SheetForm, read_one, refusals_at
from scoring.models import PresentationSlot, RecusalDeclaration, Sheet, SheetItem, SiteVisit, Stage
from scoring.permissions import is_own
from scoring.queries import desk
from scoring.queries.benches import GONE
from scoring.queries.earlier import Earlier, earlier_of, form_of
from scoring.queries.pledges import pledged
from scoring.queries.presentation import due_of_sheet, dues_of, is_late
from scoring.queries.references import issues_to_verify, verification_of
from scoring.queries.reopening import reopening_of
from scoring.queries.score_forms import FIELDS, Line, ScoreForm, score_form
from scoring.queries.visibility import sheets_visible_to
from scoring.rules import points
from scoring.rules.differences import Difference
from scoring.services.sheets import seal_faults
from scoring.views.files import file_context, place_in_file, references_in

SHEET_SEALED = "评分表已封存，不能再修改。确有错误的，请联系评定办退回重评。"

NOT_SAVED = "这一项没有保存，请刷新页面后再填。"


def sheet_or_404(request: HttpRequest, sheet_id: int) -> Sheet:
    declared = RecusalDeclaration.objects.filter(
        reviewer_id=OuterRef("reviewer_id"), application_id=OuterRef("application_id"), conflict=False
    )
    rows = (
        sheets_visible_to(request.user)
        .select_related("application__self_assessment", "application__recommender")
        .defer("application__cycle__edition_record__content")
    )
    pledge = pledged(reviewer=OuterRef("reviewer_id"), cycle=OuterRef("application__cycle_id"))
    return get_object_or_404(rows.annotate(declared=Exists(declared), pledged=pledge), pk=sheet_id)


@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Write on my open sheet; a sealed one is read only."""
    shown = sheet_or_404(request, sheet_id)
    own = is_own(request.user, shown)
    if own and not shown.pledged:
        messages.warning(request, "请先作出本年度的保密承诺，再打开材料评分。")
        return redirect("scoring:pledge", cycle_id=shown.application.cycle_id)
    if own and shown.state == "draft" and not shown.declared:
        messages.warning(request, "请先申报与该组织有无利害关系，再打开材料评分。")
        return redirect("scoring:declare", application_id=shown.application_id)
    gone = shown.application.state in GONE
    writing = own and shown.state == "draft" and not gone
    # A member's own earlier score is that member's alone: whoever else reads the sheet gets the reasons, no figures.
    previous = earlier_of(shown) if own else None
    blank = form_of(shown, previous) if own else score_form(shown.application.cycle, shown.stage)
    rows = {row.item: row for row in shown.items.all()}
    form = SheetForm(
        posted(request),
        score_form=blank,
        initial=initial_of(shown, blank, rows),
        auto_id="f-%s",
    )
    if request.method == "POST":
        if not writing:
            raise Refused("sheet_sealed", SHEET_SEALED)
        if form.is_valid() and _saved(request, shown, form):
            if "seal" in request.POST:
                return redirect("scoring:seal_sheet", sheet_id=shown.pk)
            messages.success(request, "评分已保存。")
            return redirect("scoring:sheet", sheet_id=shown.pk)
    log_access(actor=request.user, action="view", subject=shown.application if own else shown, at=request.now)
    context = _context(shown, blank, rows, form, previous) | {
        "writing": writing,
        "own": own,
        "gone": gone,
    }
    if own and not gone:
        context |= file_context(shown.application)
        context["issues"] = questions = issues_on_site(shown)
        for item in _lines(context):
            item["place"] = place_in_file(context, item["line"].code)
            item["issues"] = questions.get(item["line"].code, ())
    for item in _lines(context):
        item["references"] = references_in(context, item["kept"]["evidence"])
    return render(request, "scoring/sheet.html", context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, shown: Sheet, form: SheetForm) -> bool:
    """Save what differs; whether that went well. What another window saved since is shown at its field."""
    items, whole = form.changes(), form.changed_whole()
    if not items and not whole:
        return True
    with refusals_at(form, "percent"):
        services.save_items(
            sheet=shown,
            items=items,
            **whole,
            revision=form.cleaned_data["version"],
            actor=request.user,
            now=request.now,
        )
        return True
    form.on_top_of(shown.revision)
    return False


def initial_of(shown: Sheet, blank: ScoreForm, rows: dict[str, SheetItem]) -> dict[str, Any]:
    initial: dict[str, Any] = {"overall": shown.overall, "hours": shown.hours, "version": shown.revision}
    for code, row in rows.items():
        initial |= {f"{name}-{code}": getattr(row, name) for name in FIELDS}
        if row.band is None and row.percent is not None:
            initial[f"band-{code}"] = blank.band_start(row.percent)
    return initial


def issues_on_site(shown: Sheet) -> dict[str, list[str]]:
    """On the visit: what the stages before it asked to be looked into, by item."""
    found: dict[str, list[str]] = {}
    if shown.stage == Stage.SITE:
        for issue in issues_to_verify(shown.application):
            found.setdefault(issue.item, []).append(issue.text)
    return found


def _lines(context: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for entry in context["groups"] for item in entry["lines"]]


def _context(
    shown: Sheet,
    blank: ScoreForm,
    rows: dict[str, SheetItem],
    form: SheetForm,
    previous: Earlier | None,
) -> dict[str, Any]:
    scored = {code: row.percent for code, row in rows.items() if row.percent is not None}
    faults = seal_faults(blank, rows, previous)
    short = {fault.field for fault in faults if fault.code != "item_unscored"}
    groups = [
        {
            "group": group,
            "factors": blank.criteria.factors.get(group.kind, ()),
            "lines": [
                _line(blank, line, rows.get(line.code), line.code in short, form, previous)
                for line in group.lines
            ],
        }
        for group in blank.groups
    ]
    return {
        "sheet": shown,
        "application": shown.application,
        "cycle": shown.application.cycle,
        "due": due_of_sheet(shown),
        "form": form,
        "groups": groups,
        "blank": blank,
        "bands": blank.criteria.bands,
        "previous": previous,
        "done": len(scored),
        "total": len(blank.lines),
        "sum": blank.points_of(scored),
        "reopened": reopening_of(shown),
    }


def _line(
    blank: ScoreForm,
    line: Line,
    row: SheetItem | None,
    short: bool,
    form: SheetForm,
    previous: Earlier | None,
) -> dict[str, Any]:
    row = row or SheetItem(item=line.code)
    percent = row.percent
    before = previous.percents.get(line.code) if previous else None
    names = blank.fields_of(line)
    bound = {name: form[f"{name}-{line.code}"] for name in names}
    return {
        "line": line,
        "points": None if percent is None else points.item_points(percent, line.points),
        "band": "" if percent is None else blank.band_text(line, percent),
        "asks": percent is not None and blank.asks_comment(percent),
        "state": "unscored" if percent is None else "short" if short else "scored",
        "before": before,
        "apart": Difference(before, percent, blank.difference_limit),
        "percent": bound["percent"],
        "chosen": _as_sent(bound["percent"].value()),
        "band_field": bound.get("band"),
        "band_chosen": _as_sent(bound["band"].value()) if "band" in bound else "",
        "texts": [(name, bound[name], TEXTS[name]) for name in names if name in TEXTS],
        "kept": {name: getattr(row, name) for name in names},
    }


def _as_sent(value: object) -> str:
    return "" if value is None else str(value)


@require_POST
def save_field(request: HttpRequest, sheet_id: int) -> JsonResponse:
    """Autosave of one field: 200 {version, saved_at}, 409 when another window changed it, 422 {message}."""
    try:
        sent = sent_json(request)
        field, value, revision = str(sent["field"]), sent["value"], int(sent["version"])
    except (ValueError, KeyError, TypeError):
        sheet_or_404(request, sheet_id)
        return JsonResponse({"message": NOT_SAVED}, status=422)
    try:
        saved = services.save_field(
            sheet_id=sheet_id,
            read=lambda sheet: _read(sheet, field, value),
            revision=revision,
            actor=request.user,
            now=request.now,
        )
    except ValidationError as error:
        return JsonResponse({"message": " ".join(error.messages)}, status=422)
    except PermissionDenied:
        sheet_or_404(request, sheet_id)
        raise
    except Refused as refusal:
        shown = sheet_or_404(request, sheet_id)
        if refusal.code == "stale_revision":
            return JsonResponse(_kept(shown, field), status=409)
        return JsonResponse({"message": str(refusal)}, status=422)
    return JsonResponse({"version": saved.revision, "saved_at": f"{localtime(request.now):%H:%M:%S}"})


def _read(sheet: Sheet, field: str, value: object) -> tuple[str, str, Any]:
    try:
        return read_one(form_of(sheet, earlier_of(sheet)), field, value)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValidationError(NOT_SAVED) from None


def _kept(shown: Sheet, field: str) -> dict[str, Any]:
    """What the sheet holds now in that field, as the form would send it."""
    name, _, code = field.partition("-")
    kept = getattr(shown.items.get(item=code) if code else shown, name)
    return {"version": shown.revision, "value": _as_sent(kept), "by": "您在另一个窗口"}


@require_http_methods(["GET", "HEAD", "POST"])
def seal_sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """What is still missing, the total and the consequences; afterwards the receipt with digest and time."""
    shown = sheet_or_404(request, sheet_id)
    if not is_own(request.user, shown):
        raise Http404
    if shown.state == "sealed" and request.method != "POST":
        return _receipt(request, shown)
    if shown.state != "draft":
        raise Refused("sheet_sealed", SHEET_SEALED)
    if not shown.pledged:
        return redirect("scoring:pledge", cycle_id=shown.application.cycle_id)
    if not shown.declared:
        return redirect("scoring:declare", application_id=shown.application_id)
    blank = score_form(shown.application.cycle, shown.stage)
    rows = {row.item: row for row in shown.items.all()}
    faults, refused = seal_faults(blank, rows, earlier_of(shown)), False
    if request.method == "POST":
        try:
            services.seal_sheet(sheet=shown, actor=request.user, now=request.now)
            return redirect("scoring:seal_sheet", sheet_id=shown.pk)
        except Refused as refusal:
            faults, refused = list(refusal.faults), True
    scored = {code: row.percent for code, row in rows.items() if row.percent is not None}
    context = {
        "sheet": shown,
        "application": shown.application,
        "cycle": shown.application.cycle,
        "due": due_of_sheet(shown),
        "codes": blank.codes,
        "faults": faults,
        "sum": blank.points_of(scored),
        "done": len(scored),
        "total": len(blank.lines),
        "full": blank.total,
        "late": _late(shown, request.now),
        "ahead": _ahead(shown, request.now),
        "unanswered": len(verification_of(shown.application).unanswered) if shown.stage == Stage.SITE else 0,
    }
    return render(request, "scoring/seal.html", context, status=422 if refused else 200)


def _late(shown: Sheet, at: datetime) -> bool:
    """Whether sealing at that time is later than the day of the presentation."""
    if shown.stage != Stage.PRESENTATION:
        return False
    due = dues_of(shown.application.cycle, [shown.application_id]).get(shown.application_id)
    return due is not None and is_late(due, at)


def _ahead(shown: Sheet, at: datetime) -> bool:
    """Whether what the sheet is about, the presentation or the visit, has not begun or has no date."""
    if shown.stage == Stage.PRESENTATION:
        slot = PresentationSlot.objects.filter(application=shown.application_id).first()
        return slot is None or slot.starts_at > at
    if shown.stage == Stage.SITE:
        visit = SiteVisit.objects.filter(application=shown.application_id).first()
        return visit is None or visit.starts_on > localtime(at).date()
    return False


def _receipt(request: HttpRequest, shown: Sheet) -> HttpResponse:
    """What was sealed, and what comes next for me."""
    context = {
        "sheet": shown,
        "application": shown.application,
        "cycle": shown.application.cycle,
        "sheet_key": str(shown.pk),
        "late": shown.sealed_at is not None and _late(shown, shown.sealed_at),
        "bench": desk.sealed_of(shown),
        "following": desk.next_sheet(shown.reviewer),
        "consolidation": desk.consolidation_led(shown),
    }
    return render(request, "scoring/sealed.html", context)
