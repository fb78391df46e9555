"""The record of a visit: the page that is written on, its autosave, the minutes of the meetings, photos."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.services import log_access
from documents.services import file_response
from ground.errors import Refused
from ground.web import posted, refusals_on, sent_json
from scoring import services
from scoring.forms.panels import ConfirmForm
from scoring.forms.visits import PhotoForm, VisitForm
from scoring.models import SiteVisit, VisitLine, VisitPhoto
from scoring.queries.references import issues_to_verify
from scoring.queries.visits import Access, going, plan_to_send
from scoring.services.visit_entries import LINE_FIELDS, Entry, as_typed, entries_of, may_write
from scoring.services.visits import MINUTES
from scoring.views.visits import frame_of, visit_of


@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """The plan and agenda; for the panel also questions, logs, photos and minutes."""
    shown, access = visit_of(request, visit_id)
    entries = _in_sight(shown, access)
    writable = {key: entry for key, entry in entries.items() if may_write(access, entry)}
    form = VisitForm(posted(request), entries=writable, revision=shown.revision)
    if request.method == "POST":
        if not writable and not access.plan:
            raise PermissionDenied("现场评审由评定办、带队的人和参加人员填写；报告签署后不再修改。")
        if form.is_valid() and _saved(request, shown, form):
            return _afterwards(request, shown)
    log_access(actor=request.user, action="view", subject=shown, at=request.now)
    agenda = [entry.row for entry in entries.values() if entry.plan and entry.field == "subject"]
    members = list(going(shown))
    fresh = shown.sent != plan_to_send(shown, agenda, sum(one.able for one in members))
    context = frame_of(request, shown.panel) | {
        "visit": shown,
        "application": shown.application,
        "access": access,
        "form": form,
        "writing": bool(writable),
        "agenda": _lines(entries, form, VisitLine.Kind.AGENDA),
        "members": members,
        "changed": shown.sent_at is not None and fresh,
        "may_send": access.plan and fresh and shown.ends_on >= localtime(request.now).date(),
    }
    if access.record:
        context |= _record(shown, access, entries, form)
    return render(request, "scoring/visit.html", context, status=422 if form.errors else 200)


@require_POST
def save_visit_entry(request: HttpRequest, visit_id: int) -> JsonResponse:
    """Autosave of one entry: 200 {version, saved_at}, 409 when somebody else changed it, 422 {message}."""
    shown, access = visit_of(request, visit_id)
    entries = _in_sight(shown, access)
    form = VisitForm(entries=entries, revision=shown.revision)
    try:
        sent = sent_json(request)
        key, revision = str(sent["field"]), int(sent["version"])
        value = form.one(key, sent["value"])
    except ValidationError as error:
        return JsonResponse({"message": " ".join(error.messages)}, status=422)
    except (ValueError, KeyError, TypeError, AttributeError):
        return JsonResponse({"message": "这一项没有保存，请刷新页面后再填。"}, status=422)
    before = shown.revision
    try:
        saved = services.save_visit(
            visit=shown, values={key: value}, revision=revision, actor=request.user, now=request.now
        )
    except Refused as refusal:
        if refusal.code == "stale_revision":
            return JsonResponse(_kept(shown, key), status=409)
        return JsonResponse({"message": str(refusal)}, status=422)
    # Whoever has not seen what others saved in between stays on the save that the page has seen.
    version = saved if before == revision else revision
    return JsonResponse({"version": version, "saved_at": f"{localtime(request.now):%H:%M:%S}"})


def sign_minutes(request: HttpRequest, visit_id: int, part: str) -> HttpResponse:
    """Sign the minutes of the opening or the closing meeting, after reading them once more."""
    shown, access = visit_of(request, visit_id)
    if part not in MINUTES:
        raise Http404
    if not access.sign:
        raise PermissionDenied("纪要由带队的人签署。")
    form = ConfirmForm(posted(request))
    if request.method == "POST":
        with refusals_on(form):
            services.sign_minutes(visit=shown, part=part, actor=request.user, now=request.now)
            messages.success(request, f"{MINUTES[part]}纪要已签署。")
            return redirect(shown)
    context = frame_of(request, shown.panel) | {
        "visit": shown,
        "application": shown.application,
        "form": form,
        "minutes": _minutes(shown, part, {}, form),
    }
    return render(request, "scoring/sign_minutes.html", context, status=422 if form.errors else 200)


@require_POST
def add_photo(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Keep the pictures that were chosen."""
    shown, access = visit_of(request, visit_id)
    if not access.write:
        raise PermissionDenied("照片由参加现场评审的人员上传。")
    form = PhotoForm(request.POST, request.FILES, visit=shown)
    if form.is_valid():
        sent = form.cleaned_data["upload"]
        with refusals_on(form):
            for one in sent:
                services.add_photo(visit=shown, upload=one, actor=request.user, now=request.now)
            messages.success(request, f"已上传 {len(sent)} 张照片。")
            return redirect(f"{shown.get_absolute_url()}#photos")
    context = frame_of(request, shown.panel) | {
        "visit": shown,
        "application": shown.application,
        "form": form,
    }
    return render(request, "scoring/add_photo.html", context, status=422)


@require_safe
def photo(request: HttpRequest, visit_id: int, photo_id: int) -> FileResponse:
    """One picture, for whoever reads the record."""
    shown, found = _photo(request, visit_id, photo_id)
    log_access(actor=request.user, action="view", subject=shown, at=request.now, detail=found.name)
    own = found.added_by_id == request.user.pk
    return file_response(found.file, filename=found.name, inline=True, own=own)


def _photo(request: HttpRequest, visit_id: int, photo_id: int) -> tuple[SiteVisit, VisitPhoto]:
    shown, access = visit_of(request, visit_id)
    if not access.record:
        raise Http404
    rows = shown.photos.filter(removed_at=None).select_related("file", "visit")
    return shown, get_object_or_404(rows, pk=photo_id)


def _in_sight(shown: SiteVisit, access: Access) -> dict[str, Entry]:
    """The entries that one may read: without the record, the agenda alone."""
    return entries_of(shown) if access.record else _agenda_only(shown)


def _agenda_only(shown: SiteVisit) -> dict[str, Entry]:
    return {
        f"line-{line.pk}-{name}": Entry(line, name, plan=True)
        for line in shown.lines.filter(kind=VisitLine.Kind.AGENDA, removed_at=None)
        for name in LINE_FIELDS[VisitLine.Kind.AGENDA]
    }


def _saved(request: HttpRequest, shown: SiteVisit, form: VisitForm) -> bool:
    with refusals_on(form):
        services.save_visit(
            visit=shown,
            values=form.typed(),
            revision=form.cleaned_data["version"] or 0,
            actor=request.user,
            now=request.now,
        )
        return True
    form.on_top_of(SiteVisit.objects.get(pk=shown.pk).revision)
    return False


def _kept(shown: SiteVisit, key: str) -> dict[str, Any]:
    """What stands in an entry now, who wrote it, and the save that did."""
    fresh = SiteVisit.objects.select_related("application").get(pk=shown.pk)
    revision, _, name = fresh.touched[key]
    return {"version": revision, "value": as_typed(entries_of(fresh)[key].value), "by": name}


def _afterwards(request: HttpRequest, shown: SiteVisit) -> HttpResponse:
    """The button that was pressed: a line more, a line or photo less, or just saved."""
    kind, line_id = request.POST.get("add", ""), request.POST.get("remove", "")
    photo_id = request.POST.get("remove_photo", "")
    anchor = ""
    if kind in VisitLine.Kind.values:
        made = services.add_line(visit=shown, kind=kind, actor=request.user, now=request.now)
        anchor = f"#line-{made.pk}"
    elif line_id.isdigit():
        line = get_object_or_404(shown.lines.filter(removed_at=None), pk=int(line_id))
        line.visit = shown
        services.remove_line(line=line, actor=request.user, now=request.now)
        anchor = f"#{line.kind}"
    elif photo_id.isdigit():
        taken = get_object_or_404(shown.photos.filter(removed_at=None), pk=int(photo_id))
        services.remove_photo(photo=taken, actor=request.user, now=request.now)
        anchor = "#photos"
    else:
        messages.success(request, "已保存。")
    return redirect(f"{shown.get_absolute_url()}{anchor}")


def _lines(entries: dict[str, Entry], form: VisitForm, kind: str) -> list[dict[str, Any]]:
    """The lines of a kind, each with the fields that may be written on, or else what stands there."""
    found: dict[int, dict[str, Any]] = {}
    for key, entry in entries.items():
        if isinstance(entry.row, VisitLine) and entry.row.kind == kind:
            line = found.setdefault(entry.row.pk, {"line": entry.row, "fields": []})
            if key in form.fields:
                line["fields"].append(form[key])
    return list(found.values())


def _by_number(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows in the order of the numbers by which a sheet names them."""
    return sorted((row | {"number": row["line"].number} for row in rows), key=itemgetter("number"))


def _record(shown: SiteVisit, access: Access, entries: dict[str, Entry], form: VisitForm) -> dict[str, Any]:
    titles = {item.code: f"{item.code} {item.title}" for item in shown.application.cycle.criteria.items}
    questions = []
    for issue in issues_to_verify(shown.application):
        prefix = f"answer-{issue.sheet_id}-{issue.item}"
        questions.append(
            {
                "issue": issue,
                "title": titles.get(issue.item, "陈述答辩"),
                "answer": entries[f"{prefix}-answer"].row,
                "fields": [
                    form[key] for key in (f"{prefix}-outcome", f"{prefix}-answer") if key in form.fields
                ],
            }
        )
    photos = [
        {"photo": entry.row, "field": form[key] if key in form.fields else None}
        for key, entry in entries.items()
        if isinstance(entry.row, VisitPhoto)
    ]
    return {
        "questions": questions,
        "left": sum(not row["answer"].outcome for row in questions),
        "logs": [
            (kind.value, kind.label, _by_number(_lines(entries, form, kind)))
            for kind in (VisitLine.Kind.INTERVIEW, VisitLine.Kind.DOCUMENT)
        ],
        "photos": photos,
        "photo_form": PhotoForm(visit=shown) if access.write else None,
        "minutes": [_minutes(shown, part, entries, form) for part in MINUTES],
    }


def _minutes(shown: SiteVisit, part: str, entries: dict[str, Entry], form: Any) -> dict[str, Any]:
    keys = [f"{part}_{name}" for name in ("at", "present", "text")]
    return {
        "part": part,
        "label": MINUTES[part],
        "at": getattr(shown, keys[0]),
        "present": getattr(shown, keys[1]),
        "text": getattr(shown, keys[2]),
        "signed_at": getattr(shown, f"{part}_signed_at"),
        "fields": [form[key] for key in keys if key in form.fields],
    }
