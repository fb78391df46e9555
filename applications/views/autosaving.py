"""Saving answers and the register entry while they are typed; static/js/autosave.js says what each answer means."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from applications import services
from applications.forms import ConditionForm, OrganisationForm
from applications.models import Application, Organisation
from applications.permissions import is_writer
from applications.queries import organisations_visible_to
from applications.queries.people import last_changed_by
from applications.questions import Question
from applications.views.conditions import OTHER_QUESTION, answers_form, question_asked, save_answers
from applications.views.home import register_values
from applications.views.reaching import own
from applications.wording import answers_in_words, in_lines
from ground.errors import Refused
from ground.web import sent_json

UNFINISHED_WORDS = "还没有填完整，填好后自动保存。"


@require_POST
def autosave_condition(request: HttpRequest, application_id: int, question: str) -> HttpResponse:
    """The whole question: 200 saved, 202 a row is not whole yet, 409 a colleague was faster, 422 wrong at a field."""
    application = own(request, application_id, write=True)
    asked = question_asked(application, question)
    if asked is OTHER_QUESTION:
        raise Http404
    form = answers_form(application, asked, request, request.POST)
    if not form.is_valid():
        if form.wrong is None:
            return JsonResponse({"message": UNFINISHED_WORDS}, status=202)
        name, message = form.wrong
        return JsonResponse({"field": name, "message": message}, status=422)
    try:
        save_answers(request, application, asked, form)
    except Refused as refusal:
        if refusal.code == "stale_version":
            return JsonResponse(_both(application, asked, form), status=409)
        return JsonResponse({"field": refusal.faults[0].field, "message": str(refusal)}, status=422)
    services.note_presence(
        application=application, section=asked.code, user=request.user, typed=True, now=request.now
    )
    return JsonResponse({"version": application.version, "saved_at": f"{request.now:%H:%M:%S}"})


@require_POST
def autosave_organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """One field of the register entry: 200 saved, 409 a colleague was faster, 422 refused."""
    shown = get_object_or_404(organisations_visible_to(request.user, request.now), pk=organisation_id)
    if not is_writer(request.user, shown.pk):
        raise PermissionDenied("登记信息由本组织的负责人或编写人修改。")
    try:
        sent = sent_json(request)
        name, value, version = str(sent["field"]), str(sent["value"]), str(sent["version"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"message": "没有收到可以保存的内容。"}, status=422)
    values = register_values(shown)
    if name not in values:
        return JsonResponse({"message": "没有这一栏。请刷新页面。"}, status=422)
    form = OrganisationForm({**values, name: value}, registered=True)
    if not form.is_valid():
        return JsonResponse({"message": str(next(iter(form.errors.values()))[0])}, status=422)
    try:
        saved = services.update_organisation(
            organisation=shown, data=form.cleaned_data, version=version, actor=request.user, now=request.now
        )
    except Refused as refusal:
        if refusal.code == "stale_version":
            return JsonResponse(_standing(shown, name), status=409)
        return JsonResponse({"message": str(refusal)}, status=422)
    return JsonResponse(
        {"version": services.version_of(saved), "saved_at": f"{request.now:%H:%M:%S}"},
    )


def _both(application: Application, asked: Question, form: ConditionForm) -> dict[str, object]:
    """What is saved and what was sent, both in words, and the version to save on top of."""
    note = application.notes.get(asked.code, "")
    return {
        "version": application.version,
        "value": in_lines(answers_in_words(asked, application.facts, form.keys), note),
        "mine": in_lines(answers_in_words(asked, form.facts_given, form.keys), form.cleaned_data["note"]),
        "by": (application.marks.get(asked.code) or [0, ""])[1],
    }


def _standing(shown: Organisation, name: str) -> dict[str, object]:
    shown.refresh_from_db()
    return {
        "version": services.version_of(shown),
        "value": str(register_values(shown)[name]),
        "by": last_changed_by(shown),
    }
