"""The record of a visit on a device: taken along, written without a network, brought back entry by entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from audit.services import log_access
from ground.errors import Refused
from scoring import services
from scoring.forms.visits import cleaned_entry, described
from scoring.models import OfflineDevice, SiteVisit, VisitLine, VisitPhoto
from scoring.queries.references import Issue, issues_to_verify
from scoring.queries.visits import Access, access_to, visits_visible_to
from scoring.services.visit_entries import (
    ANSWER_FIELDS,
    LINE_FIELDS,
    Entry,
    as_typed,
    entries_of,
    may_write,
)
from scoring.services.visit_sync import NewLine
from scoring.services.visits import MINUTES, PHOTO_KINDS
from scoring.views.offline import PHOTO_BYTES, PHOTOS_KEPT, own_devices, reviewer_or_403, sent_by_device

LOGS = (VisitLine.Kind.INTERVIEW, VisitLine.Kind.DOCUMENT)
CAPTION = 200


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def device_visit(request: HttpRequest, device_id: int, visit_id: int) -> JsonResponse:
    """One visit to take along; and what was written on it: 200 {conflicts, refused, lines}, what is in neither is saved."""
    device, shown, access = _own(request, device_id, visit_id)
    if device.revoked_at is not None:
        return JsonResponse({"message": "这台设备已停用。"}, status=410)
    if request.method == "POST":
        return _synced(request, device, shown)
    log_access(actor=request.user, action="download", subject=shown, at=request.now, detail="离线现场记录")
    return JsonResponse(_package(shown, access))


@require_POST
def device_photo(request: HttpRequest, device_id: int, visit_id: int) -> JsonResponse:
    """A picture that waited on the device: multipart upload, id, caption; 200, or 422 {message}."""
    device, shown, _ = _own(request, device_id, visit_id)
    upload, caption = request.FILES.get("upload"), request.POST.get("caption", "").strip()
    named = _uuid(request.POST.get("id"))
    if upload is None or named is None:
        return JsonResponse({"message": "没有收到照片，请重试。"}, status=422)
    if (upload.size or 0) > PHOTO_BYTES:
        return JsonResponse({"message": f"照片超过 {PHOTO_BYTES // 1024 // 1024} MB。"}, status=422)
    try:
        services.sync_photo(
            device=device,
            visit=shown,
            upload=upload,
            client_id=named,
            caption=caption[:CAPTION],
            actor=request.user,
            now=request.now,
        )
    except Refused as refusal:
        status = 410 if refusal.code == "device_revoked" else 422
        return JsonResponse({"message": str(refusal)}, status=status)
    return JsonResponse({})


def _own(request: HttpRequest, device_id: int, visit_id: int) -> tuple[OfflineDevice, SiteVisit, Access]:
    device = get_object_or_404(own_devices(reviewer_or_403(request)), pk=device_id)
    shown = get_object_or_404(visits_visible_to(request.user), pk=visit_id)
    shown.panel.cycle = shown.application.cycle
    access = access_to(shown.panel, shown.application, shown, request.user)
    if not access.write:
        raise PermissionDenied("现场记录由参加现场评审的人员填写；报告签署后不再修改。")
    return device, shown, access


def _synced(request: HttpRequest, device: OfflineDevice, shown: SiteVisit) -> JsonResponse:
    sent = sent_by_device(request)
    changes, taken, lines = (sent.get(name) for name in ("changes", "taken", "lines"))
    if not (isinstance(changes, dict) and isinstance(taken, dict) and isinstance(lines, list)):
        return JsonResponse({"message": "没有收到要同步的内容，请重试。"}, status=422)
    known = entries_of(shown)
    refused: dict[str, str] = {}
    entries = {}
    for key, value in changes.items():
        try:
            # One that is gone goes on as it is: the service says so.
            entries[key] = cleaned_entry(known[key], value) if key in known else value
        except (ValidationError, TypeError, AttributeError) as error:
            refused[key] = _words(error)
    fresh = [line for one in lines if (line := _line(shown, one, refused)) is not None]
    done = services.sync_visit(
        device=device,
        visit=shown,
        entries=entries,
        taken={key: str(value) for key, value in taken.items()},
        lines=fresh,
        actor=request.user,
        now=request.now,
    )
    return JsonResponse({"conflicts": done.conflicts, "refused": refused | done.refused, "lines": done.lines})


def _line(shown: SiteVisit, sent: object, refused: dict[str, str]) -> NewLine | None:
    """A line begun on the device; what is wrong with it goes to `refused`, at its field CLIENT_ID-field."""
    given = sent if isinstance(sent, dict) else {}
    named, kind, values = _uuid(given.get("id")), given.get("kind"), given.get("values")
    if named is None or kind not in LOGS or not isinstance(values, dict):
        refused[str(given.get("id", ""))] = "这一行不完整，没有保存。"
        return None
    row, clean, whole = VisitLine(visit=shown, kind=kind), {}, True
    for name in LINE_FIELDS[VisitLine.Kind(kind)]:
        try:
            clean[name] = cleaned_entry(Entry(row, name), values.get(name, ""))
        except (ValidationError, TypeError, AttributeError) as error:
            refused[f"{named}-{name}"] = _words(error)
            whole = False
    return NewLine(named, str(kind), clean) if whole else None


def _words(error: Exception) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else "这一栏没有保存，请重新填写。"


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


# ---- what a device takes along


def _package(shown: SiteVisit, access: Access) -> dict[str, Any]:
    """The plan to read, and the record to write on: sections of cards, each with the keys of its fields."""
    issues = issues_to_verify(shown.application)
    entries = entries_of(shown, issues)
    writable = {key: entry for key, entry in entries.items() if not entry.plan and may_write(access, entry)}
    people = [one.user.name for one in shown.members.select_related("user")]
    agenda = _rows(entries, VisitLine.Kind.AGENDA)
    return {
        "id": shown.pk,
        "organisation": shown.application.filed_name,
        "cycle": str(shown.application.cycle),
        "stage": "现场记录",
        "facts": [
            ["日期", f"{shown.starts_on:%Y-%m-%d} 至 {shown.ends_on:%Y-%m-%d}"],
            ["地点", shown.place],
            ["带队", shown.lead.user.name],
            ["参加人员", "、".join(people)],
            ["安全须知", shown.safety or "没有填写。"],
            ["日程", "\n".join(_agenda(line) for line in agenda) or "还没有日程。"],
        ],
        "sections": [
            _questions(shown, issues, writable),
            *(_log(shown, kind, entries) for kind in LOGS),
            {"title": "会议纪要", "cards": [_minutes(shown, part, writable) for part in MINUTES]},
            _photos(entries),
        ],
        "fields": {key: described(entry) for key, entry in writable.items()},
        "values": {key: as_typed(entry.value) for key, entry in writable.items()},
        "photos": {"kinds": PHOTO_KINDS, "bytes": PHOTO_BYTES, "most": PHOTOS_KEPT, "caption": CAPTION},
    }


def _questions(shown: SiteVisit, issues: Iterable[Issue], writable: Mapping[str, Entry]) -> dict[str, Any]:
    titles = {item.code: f"{item.code} {item.title}" for item in shown.application.cycle.criteria.items}
    cards = []
    for issue in issues:
        keys = [f"answer-{issue.sheet_id}-{issue.item}-{name}" for name in ANSWER_FIELDS]
        cards.append(
            {
                "title": titles.get(issue.item, "陈述答辩"),
                "words": issue.text,
                "keys": [key for key in keys if key in writable],
            }
        )
    return {"title": "核实事项", "cards": cards}


def _log(shown: SiteVisit, kind: VisitLine.Kind, entries: Mapping[str, Entry]) -> dict[str, Any]:
    """The lines by their numbers, and what a new one asks for."""
    fields = LINE_FIELDS[kind]
    cards = [
        {
            "title": f"{kind.label}{row.number}",
            "words": "",
            "keys": [f"line-{row.pk}-{name}" for name in fields],
        }
        for row in sorted(_rows(entries, kind), key=attrgetter("number"))
    ]
    blank = VisitLine(visit=shown, kind=kind)
    adds = {name: described(Entry(blank, name)) for name in fields}
    return {
        "title": f"{kind.label}记录",
        "kind": kind.value,
        "label": kind.label,
        "cards": cards,
        "adds": adds,
    }


def _rows(entries: Mapping[str, Entry], kind: VisitLine.Kind) -> list[Any]:
    """The lines of a kind, in the order of the day."""
    lines = [entry.row for entry in entries.values() if isinstance(entry.row, VisitLine)]
    return list({line.pk: line for line in lines if line.kind == kind}.values())


def _minutes(shown: SiteVisit, part: str, writable: Mapping[str, Entry]) -> dict[str, Any]:
    signed = getattr(shown, f"{part}_signed_at")
    keys = [f"{part}_{name}" for name in ("at", "present", "text")]
    return {
        "title": MINUTES[part],
        "words": f"已签署，不能再改。\n\n{getattr(shown, f'{part}_text')}" if signed else "",
        "keys": [key for key in keys if key in writable],
    }


def _photos(entries: Mapping[str, Entry]) -> dict[str, Any]:
    cards = [
        {"title": entry.row.name, "words": "", "keys": [key]}
        for key, entry in entries.items()
        if isinstance(entry.row, VisitPhoto)
    ]
    return {"title": "现场照片", "kind": "photos", "cards": cards}


def _agenda(line: VisitLine) -> str:
    times = "–".join(f"{at:%H:%M}" for at in (line.starts, line.ends) if at)
    day = f"{line.on:%m-%d}" if line.on else ""
    return " ".join(part for part in (day, times, line.subject, line.who, line.place) if part)
