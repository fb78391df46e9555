"""A score sheet on a device: taken along, filled in without a network, brought back entry by entry."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import strip_tags
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.queries.assessment import assessment_of, is_online
from audit.services import log_access
from scoring import services
from scoring.forms.sheets import TEXTS, SheetForm, read_one
from scoring.models import OfflineDevice, Sheet
from scoring.queries.benches import GONE
from scoring.queries.earlier import earlier_of, form_of
from scoring.queries.presentation import due_of_sheet
from scoring.queries.references import numbered_evidence
from scoring.queries.score_forms import Line, ScoreForm, as_text
from scoring.views.offline import MOST_BYTES, own_devices, reviewer_or_403, sent_by_device
from scoring.views.sheets import initial_of, issues_on_site, sheet_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def device_sheet(request: HttpRequest, device_id: int, sheet_id: int) -> JsonResponse:
    """One open sheet to take along; and what was written on it: 200 {revision, values, conflicts, refused}.

    `values` is all that stands in the sheet then; what was sent and is in neither `conflicts` nor `refused` is saved.
    """
    device = get_object_or_404(own_devices(reviewer_or_403(request)), pk=device_id)
    shown = sheet_or_404(request, sheet_id)
    if shown.reviewer_id != device.reviewer_id or not (shown.declared and shown.pledged):
        raise PermissionDenied("只能由评审员本人在作出保密承诺、申报回避情况后办理。")
    if device.revoked_at is not None:
        return JsonResponse({"message": "这台设备已停用。"}, status=410)
    if shown.state != "draft" or shown.application.state in GONE:
        return JsonResponse({"message": "这份评分表已封存或不再评分。", "closed": True}, status=422)
    if request.method == "POST":
        return _synced(request, device, shown)
    log_access(
        actor=request.user, action="download", subject=shown.application, at=request.now, detail="离线评分"
    )
    return JsonResponse(_package(shown, _form_of(shown)))


def _synced(request: HttpRequest, device: OfflineDevice, shown: Sheet) -> JsonResponse:
    sent = sent_by_device(request)
    changes, taken = sent.get("changes"), sent.get("taken")
    if not isinstance(changes, dict) or not isinstance(taken, dict):
        return JsonResponse({"message": "没有收到要同步的内容，请重试。"}, status=422)
    blank = form_of(shown, earlier_of(shown))
    entries: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for key, value in changes.items():
        try:
            *_, entries[key] = read_one(blank, key, value)
        except ValidationError as error:
            refused[key] = " ".join(error.messages)
        except KeyError:
            refused[key] = "评分表里没有这一栏。"
    done = services.sync_sheet(
        device=device,
        sheet=shown,
        entries=entries,
        refused=refused,
        taken=taken,
        actor=request.user,
        now=request.now,
    )
    return JsonResponse(
        {
            "revision": shown.revision,
            "values": _values(_form_of(shown)),
            "conflicts": done.conflicts,
            "refused": done.refused,
        }
    )


def _package(shown: Sheet, form: SheetForm) -> dict[str, Any]:
    """A sheet as the device keeps it: how it is filled in, what stands in it, and the file to read."""
    blank, application = form.score_form, shown.application
    issues, earlier = issues_on_site(shown), earlier_of(shown)
    due = due_of_sheet(shown)
    return {
        "id": shown.pk,
        "organisation": application.filed_name,
        "cycle": str(application.cycle),
        "stage": shown.get_stage_display(),
        "due": due.isoformat() if due else "",
        "revision": shown.revision,
        "low": blank.low,
        "high": blank.high,
        "limit": blank.difference_limit,
        "earlier": earlier.whose if earlier else "",
        "words": TEXTS,
        "bands": [
            {"percents": band.percents, "process": band.process, "result": band.result}
            for band in blank.criteria.bands
        ],
        "groups": [
            {
                "title": group.title if group.kind == "rubric" else f"{group.code} {group.title}",
                "lines": [
                    {
                        "code": line.code,
                        "title": line.title,
                        "points": line.points,
                        "kind": line.kind,
                        "hint": _hint(blank, line),
                        "fields": blank.fields_of(line),
                        "issues": issues.get(line.code, []),
                        "before": earlier.percents.get(line.code) if earlier else None,
                    }
                    for line in group.lines
                ],
            }
            for group in blank.groups
        ],
        "values": _values(form),
        "profile": application.profile_text,
        "assessment": _assessment(shown),
        "files": _files(shown),
    }


def _hint(blank: ScoreForm, line: Line) -> str:
    """What the item is about, in the words of the sheet's page."""
    factors = blank.criteria.factors.get(line.kind, ())
    parts = (
        line.guide,
        line.parts and f"包括：{'、'.join(line.parts)}",
        factors and f"看{'、'.join(factors)}",
    )
    return "".join(f"{words}。" for words in parts if words)


def _assessment(shown: Sheet) -> list[dict[str, str]]:
    """The self-assessment filled in online, as plain text; pictures stay with the portal."""
    if not is_online(shown.application):
        return []
    return [
        {"title": f"{read.item.code} {read.item.title}", "text": strip_tags(read.html).strip()}
        for _, reads in assessment_of(shown.application).groups
        for read in reads
    ]


def _files(shown: Sheet) -> list[dict[str, Any]]:
    """Report and evidence, with where to fetch each; those too large to take along have no address."""
    application = shown.application
    found = [
        (f"附件{number}", piece.file, piece.name)
        for number, piece in numbered_evidence(application).items()
        if not piece.removed_at
    ]
    if application.report is not None:
        found.insert(0, ("自评报告", application.report, application.report_name))
    return [
        {
            "id": file.pk,
            "label": label,
            "name": name,
            "kind": file.kind,
            "size": file.size,
            "href": reverse("scoring:file", args=[application.pk, file.pk])
            if file.size <= MOST_BYTES
            else "",
        }
        for label, file, name in found
    ]


def _values(form: SheetForm) -> dict[str, str]:
    return {name: as_text(form.initial.get(name)) for name in form.fields if name != "version"}


def _form_of(shown: Sheet) -> SheetForm:
    shown.refresh_from_db(fields=["revision", "overall", "hours"])
    blank = form_of(shown, earlier_of(shown))
    rows = {row.item: row for row in shown.items.all()}
    return SheetForm(score_form=blank, initial=initial_of(shown, blank, rows))
