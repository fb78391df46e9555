"""Filling in: the task list and one page for each part."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import services
from applications.forms import (
    ProfileForm,
    RecommenderForm,
    ReportForm,
)
from applications.models import Application
from applications.permissions import is_writer
from applications.queries import (
    after_decline,
    higher_award_on_record,
    live_evidence,
    sections,
)
from applications.queries.application_files import COMMITMENTS
from applications.queries.carrying import evidence_to_check, last_report
from applications.queries.progress import other_gaps
from applications.queries.section import Section
from applications.questions import FIGURES, OTHER
from applications.rules.words import in_plain
from applications.services.drafting import why_no_choice
from applications.views.gaps import gap_href, section_href
from applications.views.posting import renewed, writable
from applications.views.reaching import own
from ground.errors import Refused
from ground.web import posted, posted_files, refusals_on, sent_json

TASKS = ("registration_tasks", "condition_tasks", "file_tasks", "submit_tasks")


@require_safe
def tasks(request: HttpRequest, application_id: int) -> HttpResponse:
    """The application as a task list: each part with its state and what is missing."""
    application = own(request, application_id)
    evidence = live_evidence(application)
    parts = sections(application, request.now, evidence=evidence)
    conditions = [part for part in parts if part.question is not None]
    rest = {part.code: part for part in parts if part.question is None}
    others = other_gaps(evidence)
    lacking = sum(len(part.gaps) for part in parts) + len(others)
    pieces = sum(piece.condition == OTHER for piece in evidence)
    waiting = application.state in ("draft", "declined")
    milestone = application.cycle.timetable.get("application")
    context: dict[str, Any] = {
        "application": application,
        "after_decline": after_decline(application, request.now),
        "milestone": milestone if milestone and (waiting or milestone.due_at > request.now) else None,
        "registration_tasks": [
            {
                "label": "组织信息",
                "href": reverse("applications:organisation", args=[application.organisation_id]),
                "hint": application.organisation.name,
                "state": "done",
            },
            *([_task(application, rest[FIGURES])] if FIGURES in rest else []),
        ],
        "condition_tasks": [_task(application, part) for part in conditions],
        "file_tasks": [
            _task(application, rest["profile"]),
            _task(application, rest["report"]),
            {
                "label": "其他材料（选填）",
                "optional": True,
                "href": reverse("applications:condition", args=[application.pk, OTHER]),
                "hint": f"已上传 {pieces} 份" if pieces else "",
                "state": "active" if others else "done" if pieces else "todo",
                "gaps": [
                    {"text": gap.message.split("：", 1)[-1], "href": gap_href(application, gap)}
                    for gap in others
                ],
            },
            _task(application, rest["recommender"]),
        ],
        "submit_tasks": [
            _task(application, rest[COMMITMENTS]),
            {
                "label": "检查与提交",
                "href": reverse("applications:check_application", args=[application.pk]),
                "hint": f"还缺 {lacking} 项，补齐后才能提交" if lacking else "",
                "state": "todo" if waiting else "done",
            },
        ],
        "old_pieces": evidence_to_check(application, evidence) if application.state == "draft" else [],
        "last_report": last_report(application) if application.state == "draft" else None,
        "award": higher_award_on_record(application.organisation.uscc, application.cycle.edition),
        "may_write": is_writer(request.user, application.organisation_id),
    }
    rows = [row for name in TASKS for row in context[name]]
    context |= {
        "done": sum(row["state"] == "done" for row in rows),
        "total": sum(row["state"] != "todo" or not row.get("optional") for row in rows),
    }
    return render(request, "applications/tasks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest, application_id: int) -> HttpResponse:
    """The organisation profile, with a live count and autosave."""
    application = own(request, application_id)
    limit = application.cycle.edition.value("profile_word_limit")
    initial = {"text": application.profile_text, "version": application.version}
    form = ProfileForm(posted(request), limit=limit, initial=initial)
    stale = False
    if request.method == "POST":
        if not is_writer(request.user, application.organisation_id):
            raise PermissionDenied("内容由本组织的负责人或编写人填写。")
        if form.is_valid():
            with refusals_on(form):
                try:
                    services.save_profile(
                        application=application,
                        text=form.cleaned_data["text"],
                        version=form.cleaned_data["version"],
                        actor=request.user,
                        now=request.now,
                    )
                except Refused as refusal:
                    stale = refusal.code == "stale_version"
                    if stale:
                        _keep_aside(request, application, form.cleaned_data["text"])
                    raise
                words = in_plain(application.profile_text)
                if words > limit:
                    messages.warning(
                        request, f"已保存，但有 {words} 字，超出上限 {words - limit} 字，提交前请精简。"
                    )
                else:
                    messages.success(request, f"已保存，共 {words} 字。")
                return redirect("applications:tasks", application_id=application.pk)
    if stale:
        form = renewed(form, application.version)
    context = {
        "application": application,
        "form": form,
        "limit": limit,
        "stale": stale,
        "by": application.marks.get("profile"),
        "draft_key": f"application-{application.pk}-profile",
        "writable": writable(request, application, "profile"),
    }
    return render(request, "applications/profile.html", context, status=422 if form.errors else 200)


@require_POST
def autosave_profile(request: HttpRequest, application_id: int) -> HttpResponse:
    """Save the profile while it is typed: 200 saved, 409 somebody else was faster, 422 refused."""
    application = own(request, application_id, write=True)
    try:
        sent = sent_json(request)
        text, version = str(sent["value"]), int(sent["version"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"message": "没有收到可以保存的内容。"}, status=422)
    try:
        services.save_profile(
            application=application, text=text, version=version, actor=request.user, now=request.now
        )
    except Refused as refusal:
        if refusal.code == "stale_version":
            _keep_aside(request, application, text)
            by = (application.marks.get("profile") or [0, ""])[1]
            body = {"version": application.version, "value": application.profile_text, "by": by}
            return JsonResponse(body, status=409)
        return JsonResponse({"message": str(refusal)}, status=422)
    services.note_presence(
        application=application, section="profile", user=request.user, typed=True, now=request.now
    )
    return JsonResponse({"version": application.version, "saved_at": f"{request.now:%H:%M:%S}"})


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, application_id: int) -> HttpResponse:
    """Upload the self-assessment report, or put another in its place."""
    application = own(request, application_id, write=request.method == "POST")
    files = posted_files(request)
    form = ReportForm(posted(request), files, application=application)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.attach_report(
                application=application,
                upload=form.cleaned_data["upload"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, f"已上传“{application.report_name}”。")
            return redirect("applications:assessment", application_id=application.pk)
    context = {
        "application": application,
        "form": form,
        "writable": writable(request, application, "report"),
    }
    return render(request, "applications/report.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def choose_recommender(request: HttpRequest, application_id: int) -> HttpResponse:
    """Pick who is to recommend."""
    application = own(request, application_id, write=request.method == "POST")
    initial = {"recommender": application.recommender_id}
    form = RecommenderForm(posted(request), application=application, initial=initial)
    closed = why_no_choice(application, request.now)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.choose_recommender(
                application=application,
                recommender=form.cleaned_data["recommender"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, f"推荐单位为{application.recommender}。")
            return redirect("applications:tasks", application_id=application.pk)
    context = {
        "application": application,
        "form": form,
        "edition": application.cycle.edition,
        "kinds": application.cycle.edition.named("recommenders"),
        "article": application.cycle.edition.article("recommenders"),
        "writable": writable(request, application, "recommender") and not closed,
        "closed": closed,
    }
    return render(
        request, "applications/choose_recommender.html", context, status=422 if form.errors else 200
    )


def _keep_aside(request: HttpRequest, application: Application, text: str) -> None:
    services.keep_profile_aside(application=application, text=text, actor=request.user, now=request.now)


def _task(application: Application, part: Section) -> dict[str, object]:
    return {
        "label": part.label,
        "href": section_href(application, part.code),
        "hint": part.hint,
        "failing": part.failing,
        "state": part.state,
        "gaps": _missing(application, part),
    }


def _missing(application: Application, part: Section) -> list[dict[str, str]]:
    """What is missing in a section, each with the field to fill in; items without a text in one line."""
    unwritten = [gap for gap in part.gaps if gap.section.startswith("item-")]
    lines = [
        {"text": gap.message.split("：", 1)[-1], "href": gap_href(application, gap)}
        for gap in part.gaps
        if gap not in unwritten
    ]
    if unwritten:
        words = f"还有 {len(unwritten)} 个条目没有文字，从 {unwritten[0].section.removeprefix('item-')} 开始"
        lines.insert(0, {"text": words, "href": gap_href(application, unwritten[0])})
    return lines
