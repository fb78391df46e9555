"""One item of the self-assessment: its page, and saving it as a form or while it is typed."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import services
from applications.forms.assessment import (
    COLUMNS,
    EvidenceLinkForm,
    FigureTable,
    ImageForm,
    ItemTextForm,
    SelfPercentForm,
)
from applications.models import Application, AssessmentItem
from applications.permissions import is_writer
from applications.queries import assessment_progress, is_online, years_of
from applications.queries.assessment import item_of
from applications.queries.figures import charts_of, figures_of
from applications.queries.images import image_numbers, marks_of, shown_html
from applications.queries.presence import presence_of
from applications.rules import self_scores
from applications.rules.guidance import guidance_of
from applications.rules.words import in_markup
from applications.services.figures import cell_value
from applications.views.posting import writable
from applications.views.reaching import assessed
from awards.law.criteria import Item
from ground.errors import Refused
from ground.web import refusals_on, sent_json

CELL = re.compile(r"figures-(\d{1,2})-([a-z_]+)")


@require_http_methods(["GET", "HEAD", "POST"])
def assessment_item(request: HttpRequest, application_id: int, item: str) -> HttpResponse:
    """Guidance, text, self-score, figures, evidence and pictures of one item. POST saves the text."""
    application = assessed(request, application_id)
    asked = criteria_item(application, item)
    if not is_online(application) and request.method != "POST":
        messages.info(request, "自评方式是上传报告。要逐条填写，请先改变自评方式。")
        return redirect("applications:assessment", application_id=application.pk)
    if request.method != "POST":
        return item_page(request, application, asked)
    if not is_writer(request.user, application.organisation_id):
        raise PermissionDenied("内容由本组织的负责人或编写人填写。")
    form = ItemTextForm(request.POST)
    if not form.is_valid():
        return item_page(request, application, asked, text_form=form)
    given = {"application": application, "code": asked.code, "actor": request.user, "now": request.now}
    text, version = form.cleaned_data["text"], form.cleaned_data["version"]
    with refusals_on(form):
        if "compare" in request.POST or _is_stale(given, text, version):
            services.keep_conflict_copy(text=text, **given)
            return redirect("applications:item_conflict", application_id=application.pk, item=asked.code)
        messages.success(request, f"已保存 {request.now:%H:%M:%S}，{in_markup(text)} 字。")
        return _back(application, asked)
    return item_page(request, application, asked, text_form=form)


@require_POST
def autosave_item(request: HttpRequest, application_id: int, item: str) -> HttpResponse:
    """Save one field while it is typed: 200 saved, 409 somebody else was faster (both texts are kept), 422 refused."""
    application = assessed(request, application_id, write=True)
    asked = criteria_item(application, item)
    try:
        sent = sent_json(request)
        name, value, version = str(sent["field"]), str(sent["value"]), int(sent["version"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"message": "没有收到可以保存的内容。"}, status=422)
    given = {"application": application, "code": asked.code, "actor": request.user, "now": request.now}
    try:
        counter = _save_field(name, value, version, given)
    except Refused as refusal:
        if refusal.code != "stale_version":
            return JsonResponse({"message": str(refusal)}, status=422)
        if name == "text":
            services.keep_conflict_copy(text=value, **given)
        return JsonResponse(_standing(application, asked, name), status=409)
    services.note_presence(
        application=application, section=asked.code, user=request.user, typed=True, now=request.now
    )
    return JsonResponse({"version": counter, "saved_at": f"{request.now:%H:%M:%S}"})


@require_POST
def save_self_percent(request: HttpRequest, application_id: int, item: str) -> HttpResponse:
    """The self-score, for those without a script."""
    application = assessed(request, application_id, write=True)
    asked = criteria_item(application, item)
    form = SelfPercentForm(request.POST, percents=application.cycle.criteria.percents)
    if form.is_valid():
        with refusals_on(form):
            services.save_self_percent(
                application=application,
                code=asked.code,
                percent=form.cleaned_data["self_percent"],
                version=form.cleaned_data["version"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, "已保存自评百分比。")
            return _back(application, asked, "score")
    return item_page(request, application, asked, percent_form=form)


@require_POST
def save_figures(request: HttpRequest, application_id: int, item: str) -> HttpResponse:
    """The whole table of figures at once; empty rows go."""
    application = assessed(request, application_id, write=True)
    asked = criteria_item(application, item)
    table = FigureTable(posted=request.POST)
    version = request.POST.get("version", "")
    try:
        services.save_figures(
            application=application,
            code=asked.code,
            rows=table.rows[: table.filled],
            version=int(version) if version.isdecimal() and len(version) < 10 else 0,
            actor=request.user,
            now=request.now,
        )
    except Refused as refusal:
        table.faults = list(refusal.faults)
        return item_page(request, application, asked, table=table)
    messages.success(request, "已保存关键数据。")
    return _back(application, asked, "figures")


@require_POST
def preview_item(request: HttpRequest, application_id: int, item: str) -> HttpResponse:
    """The text as it will be read, while it is written; nothing is saved."""
    application = assessed(request, application_id)
    criteria_item(application, item)
    text = request.POST.get("text", "")[: services.TEXT_MAXIMUM]
    context = {"html": shown_html(application, text, image_numbers(application))}
    return render(request, "applications/_item_preview.html", context)


@require_safe
def item_charts(request: HttpRequest, application_id: int, item: str) -> HttpResponse:
    """The charts of the figures as they are saved now."""
    application = assessed(request, application_id)
    asked = criteria_item(application, item)
    figures = figures_of(item_of(application, asked.code))
    context = {"charts": charts_of(figures, key="chart")}
    return render(request, "applications/_item_charts.html", context)


@require_POST
def item_presence(request: HttpRequest, application_id: int, item: str) -> HttpResponse:
    """A sign of life from an open page; the answer says who else is there."""
    application = assessed(request, application_id)
    asked = criteria_item(application, item)
    services.note_presence(
        application=application, section=asked.code, user=request.user, typed=False, now=request.now
    )
    context = {
        "presence": presence_of(application, asked.code, besides=request.user, now=request.now),
        "label": asked.code,
    }
    return render(request, "applications/_item_presence.html", context)


def criteria_item(application: Application, code: str) -> Item:
    try:
        return application.cycle.criteria.item(code)
    except KeyError as error:
        raise Http404 from error


def item_page(
    request: HttpRequest,
    application: Application,
    asked: Item,
    *,
    text_form: ItemTextForm | None = None,
    percent_form: SelfPercentForm | None = None,
    table: FigureTable | None = None,
    link_form: EvidenceLinkForm | None = None,
    image_form: ImageForm | None = None,
) -> HttpResponse:
    """The page of an item, with whatever form came back with faults."""
    criteria = application.cycle.criteria
    row = item_of(application, asked.code)
    figures = figures_of(row)
    progress = assessment_progress(application)
    codes = [item.code for item in criteria.items]
    place = codes.index(asked.code)
    images = list(application.assessment_images.select_related("file"))
    numbers = marks_of(images)
    text = text_form["text"].value() if text_form is not None else (row.text if row else "")
    bound = (text_form, percent_form, table, link_form, image_form)
    percent = row.self_percent if row else None
    context = {
        "application": application,
        "item": asked,
        "category": next(group for group in criteria.categories if group.code == asked.category),
        "row": row,
        "place": place + 1,
        "total": len(codes),
        "before": criteria.items[place - 1] if place else None,
        "following": criteria.items[place + 1] if place + 1 < len(codes) else None,
        "guidance": guidance_of(criteria, asked),
        "bands": _bands(application, asked, percent),
        "percent": percent,
        "points": self_scores.item_points(percent, asked.points) if percent is not None else None,
        "text_form": text_form
        or ItemTextForm(initial={"text": text, "version": row.text_revision if row else 0}),
        "percent_form": percent_form
        or SelfPercentForm(
            percents=criteria.percents,
            initial={"self_percent": percent, "version": row.percent_revision if row else 0},
        ),
        "table": table or FigureTable(figures),
        "charts": charts_of(figures, key="chart"),
        "years": years_of(application),
        "preview": shown_html(application, str(text or ""), numbers),
        "images": [image for image in images if image.code == asked.code],
        "links": list(row.evidence_links.select_related("evidence__file")) if row else [],
        "link_form": link_form or EvidenceLinkForm(application=application),
        "image_form": image_form or ImageForm(application=application),
        "words": progress.state_of(asked.code).words,
        "others_words": progress.words - progress.state_of(asked.code).words,
        "progress": progress,
        "presence": presence_of(application, asked.code, besides=request.user, now=request.now),
        "conflict": row is not None and row.conflict_copies.filter(user=request.user).exists(),
        "writable": writable(request, application, f"item-{asked.code}"),
        "key": f"application-{application.pk}-item-{asked.code}",
    }
    return render(request, "applications/assessment_item.html", context, status=422 if any(bound) else 200)


def _is_stale(given: dict[str, Any], text: str, version: int) -> bool:
    """Save the text; True when somebody else was faster."""
    try:
        services.save_item_text(text=text, version=version, **given)
    except Refused as refusal:
        if refusal.code == "stale_version":
            return True
        raise
    return False


def _save_field(name: str, value: str, version: int, given: dict[str, Any]) -> int:
    """Save one field of the page; returns the counter of the part it belongs to."""
    if name == "text":
        return services.save_item_text(text=value, version=version, **given).text_revision
    if name == "self_percent":
        if value and not (value.isdecimal() and len(value) < 4):
            raise Refused("not_on_scale", "请在给出的百分比中选择。")
        percent = int(value) if value else None
        return services.save_self_percent(percent=percent, version=version, **given).percent_revision
    if found := CELL.fullmatch(name):
        saved = services.save_figure_cell(
            place=int(found[1]), name=found[2], value=value, version=version, **given
        )
        return saved.figures_revision
    raise Refused("unknown_field", "没有这一栏。请刷新页面。")


def _standing(application: Application, asked: Item, name: str) -> dict[str, Any]:
    """What a refused field holds now, by whom, and the counter to save on top of it."""
    row: AssessmentItem | None = item_of(application, asked.code)
    if row is None:
        return {"version": 0, "value": "", "by": ""}
    by = row.saved_by.name
    if name == "text":
        return {"version": row.text_revision, "value": row.text, "by": by}
    if name == "self_percent":
        value = "" if row.self_percent is None else str(row.self_percent)
        return {"version": row.percent_revision, "value": value, "by": by}
    found = CELL.fullmatch(name)
    value = cell_value(row, int(found[1]), found[2]) if found and found[2] in COLUMNS else ""
    return {"version": row.figures_revision, "value": value, "by": by}


def _bands(application: Application, asked: Item, percent: int | None) -> list[dict[str, Any]]:
    """The bands of the scoring guideline for this kind of item, highest last, with their percentages."""
    return [
        {
            "number": number,
            "label": f"{band.percents[0]}%–{band.percents[-1]}%",
            "text": band.text(asked.kind),
            "percents": band.percents,
            "chosen": percent in band.percents,
        }
        for number, band in enumerate(application.cycle.criteria.bands, start=1)
    ]


def _back(application: Application, asked: Item, anchor: str = "") -> HttpResponse:
    response = redirect("applications:assessment_item", application_id=application.pk, item=asked.code)
    if anchor:
        response["Location"] += f"#{anchor}"
    return response
