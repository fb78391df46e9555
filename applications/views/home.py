"""The applicant's first page, the register of organisations, and starting an application."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import holds_anywhere
from accounts.roles import APPLICANT_ROLES, OFFICE_ROLES
from applications import services
from applications.forms import OrganisationForm
from applications.industry import SECTIONS
from applications.models import Organisation
from applications.permissions import is_applicant, is_writer
from applications.queries import (
    higher_award_on_record,
    next_step,
    organisations_visible_to,
    own_applications,
    own_organisations,
    register_facts,
    track_of,
    writable_organisations,
)
from applications.queries.carrying import last_files
from applications.queries.claims import own_claims
from applications.queries.facts import refusal_for_ban
from applications.queries.visibility import may_read_history
from applications.views.posting import renewed
from applications.views.reaching import came_from
from applications.views.self_check import drop_answers, kept_answers
from applications.wording import LABELS, in_words
from awards.queries import cycles_visible_to, open_calls
from ground.errors import Refused
from ground.web import page_of, posted, posted_files, refusals_on
from notifications.queries import duties_for, inbox_visible_to

UNCHANGED = ("uscc", "uscc_confirmed", "licence")
LIVE_FIRST = {"correcting": 0, "declined": 1, "draft": 2}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where my application stands, the one next step, open calls, my organisations, letters and duties."""
    if request.user.grants and not holds_anywhere(request.user, *APPLICANT_ROLES):
        raise PermissionDenied("这一页由申报组织使用。")
    organisations = list(own_organisations(request.user))
    if not organisations:
        start = {"open_calls": open_calls(request.now), "claims": list(own_claims(request.user)[:5])}
        return render(request, "applications/welcome.html", start)
    rows = own_applications(request.user).prefetch_related("cycle__milestones")
    page = page_of(request, rows)
    shown = sorted(page.object_list, key=lambda row: LIVE_FIRST.get(row.state, 3))
    current = next((row for row in shown if row.state not in ("withdrawn", "refused")), None)
    step = None
    if current is not None:
        writer = is_writer(request.user, current.organisation_id)
        step = next_step(current, writer=writer, now=request.now)
    taken = {(row.cycle_id, row.organisation_id) for row in page.object_list if row.state != "withdrawn"}
    calls = [
        call
        for call in open_calls(request.now)
        if any((call.pk, organisation.pk) not in taken for organisation in organisations)
    ]
    context: dict[str, object] = {
        "organisations": organisations,
        "claims": list(own_claims(request.user)[:5]),
        "page": page,
        "current": current,
        "step": step,
        "stages": track_of(current) if current else [],
        "open_calls": calls,
        "honoured": own_applications(request.user).filter(state="awarded").exists(),
        "letters": list(inbox_visible_to(request.user)[:5]),
        "duties": list(duties_for(request.user)[:10]),
        "nav_current": "home",
    }
    return render(request, "applications/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def register_organisation(request: HttpRequest) -> HttpResponse:
    """Enter an organisation in the register; whoever does it becomes its owner."""
    if request.user.grants and not holds_anywhere(request.user, *APPLICANT_ROLES):
        raise PermissionDenied("承担评定工作的账号不能登记申报组织，请使用单独的申报账号。")
    kept = kept_answers(request)
    files = posted_files(request)
    form = OrganisationForm(posted(request), files, initial=kept["registered"] if kept else None)
    taken = False
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            try:
                made = services.register_organisation(
                    data=form.cleaned_data, actor=request.user, now=request.now
                )
            except Refused as refusal:
                if "uscc_check_digit" in refusal.codes:
                    form.offer_confirmation()
                taken = "uscc_taken" in refusal.codes
                raise
            messages.success(request, f"已登记{made.name}，申报类别为{made.get_category_display()}。")
            if kept:
                return redirect("applications:start_application", cycle_id=kept["cycle"])
            return redirect("applications:home")
    context = {"form": form, "taken": form["uscc"].value() if taken else ""}
    return render(
        request, "applications/register_organisation.html", context, status=422 if form.errors else 200
    )


@require_safe
def organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """The register entry. Contacts are shown to the organisation itself and to officials, never in public."""
    shown = get_object_or_404(organisations_visible_to(request.user, request.now), pk=organisation_id)
    context = {
        "organisation": shown,
        "rows": organisation_rows(shown),
        "may_edit": is_writer(request.user, shown.pk),
        "own": is_applicant(request.user, shown.pk),
        "may_read_history": may_read_history(request.user, shown),
        "may_verify": holds_anywhere(request.user, *OFFICE_ROLES),
    }
    return render(request, "applications/organisation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Change the register entry; what was submitted stays as submitted."""
    shown = get_object_or_404(organisations_visible_to(request.user, request.now), pk=organisation_id)
    if not is_writer(request.user, shown.pk):
        raise PermissionDenied("登记信息由本组织的负责人或编写人修改。")
    initial = {**register_values(shown), "version": services.version_of(shown)}
    form = OrganisationForm(posted(request), registered=True, initial=initial)
    file = came_from(request, shown.pk)
    stale: list[dict[str, object]] = []
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            try:
                services.update_organisation(
                    organisation=shown,
                    data=form.cleaned_data,
                    version=form.cleaned_data["version"],
                    actor=request.user,
                    now=request.now,
                )
            except Refused as refusal:
                if refusal.code == "stale_version":
                    shown.refresh_from_db()
                    stale = _differing(shown, form)
                    renewed(form, services.version_of(shown))
                raise
            messages.success(request, "登记信息已保存。")
            if file is not None:
                return redirect("applications:tasks", application_id=file.pk)
            return redirect("applications:organisation", organisation_id=shown.pk)
    context = {
        "organisation": shown,
        "file": file,
        "form": form,
        "stale": stale,
        "version": form["version"].value(),
        "draft_key": f"organisation-{shown.pk}",
    }
    return render(request, "applications/edit_organisation.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def start_application(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Before you start: what is needed; then the draft. A ban in force is told here already."""
    cycle = get_object_or_404(cycles_visible_to(request.user), pk=cycle_id)
    organisations = list(writable_organisations(request.user))
    if not organisations:
        if holds_anywhere(request.user, *APPLICANT_ROLES) or request.user.grants:
            raise PermissionDenied("申报由组织的负责人或编写人办理。")
        messages.info(request, "请先登记申报组织，再开始申报。")
        return redirect("applications:register_organisation")
    if request.method == "POST":
        chosen = get_object_or_404(
            writable_organisations(request.user),
            pk=_whole(request.POST.get("organisation")) or organisations[0].pk,
        )
        from_last = request.POST.get("start") == "last"
        start = services.start_from_last if from_last else services.start_application
        made = start(cycle=cycle, organisation=chosen, actor=request.user, now=request.now)
        messages.success(request, "已建立申报草稿。可以随时离开，内容会保留。")
        kept = kept_answers(request, cycle)
        if kept and request.POST.get("carry") == "yes":
            answered = services.carry_answers(
                application=made, facts=kept["answers"], actor=request.user, now=request.now
            )
            messages.info(request, f"已带入自查中 {len(answered)} 项的回答，请逐项核对并附证明。")
        drop_answers(request)
        return redirect("applications:tasks", application_id=made.pk)
    kept = kept_answers(request, cycle)
    running = {
        row.organisation_id: row
        for row in own_applications(request.user).filter(cycle=cycle).exclude(state="withdrawn")
    }
    earlier = last_files(organisations, cycle)
    context = {
        "cycle": cycle,
        "edition": cycle.edition,
        "milestone": cycle.timetable.get("application"),
        "choices": [
            _choice(row, running, cycle, request) | {"last": earlier.get(row.pk)} for row in organisations
        ],
        "kept": kept,
    }
    return render(request, "applications/start_application.html", context)


def register_values(shown: Organisation) -> dict[str, object]:
    """The register entry as the form has it: everything that may be changed, days as ISO text."""
    names = [name for name in OrganisationForm.base_fields if name not in UNCHANGED]
    return {name: getattr(shown, name) for name in names} | {
        "established_on": shown.established_on.isoformat()
    }


def organisation_rows(shown: Organisation) -> list[dict[str, object]]:
    """The register entry for summary_list.html."""
    flag = "（校验位待评定办核对）" if shown.uscc_unverified else ""
    pairs = (
        ("统一社会信用代码", f"{shown.uscc}{flag}"),
        ("组织名称", shown.name),
        ("组织性质", shown.get_kind_display()),
        ("登记注册地", shown.get_region_display()),
        ("住所", shown.address),
        (
            "成立日期",
            f"{shown.established_on.year}年{shown.established_on.month}月{shown.established_on.day}日",
        ),
        ("法定代表人", shown.legal_representative),
        ("行业门类", f"{shown.industry} {SECTIONS.get(shown.industry, '')}"),
        ("申报类别", shown.get_category_display()),
        ("职工人数", f"{shown.employees} 人"),
        ("联系人", shown.contact_name),
        ("联系电话", shown.contact_phone),
    )
    return [{"key": key, "value": value} for key, value in pairs]


def _differing(shown: Organisation, form: OrganisationForm) -> list[dict[str, object]]:
    """What a colleague saved in between, field by field, beside what stands in the form."""
    return [
        {"label": form[name].label, "saved": saved, "typed": form.cleaned_data[name]}
        for name, saved in register_values(shown).items()
        if str(form.cleaned_data.get(name)) != str(saved)
    ]


def _choice(
    row: Organisation, running: dict[int, object], cycle: object, request: HttpRequest
) -> dict[str, object]:
    ban = refusal_for_ban(row.uscc, cycle.scheme.code, request.now)
    said = (kept_answers(request, cycle) or {}).get("registered", {})
    award = higher_award_on_record(row.uscc, cycle.edition)
    return {
        "organisation": row,
        "differs": [
            (LABELS[key], in_words(key, register_facts(row)[key]), in_words(key, value))
            for key, value in said.items()
            if register_facts(row)[key] != value
        ],
        "running": running.get(row.pk),
        "ban": ban.faults[0] if ban else None,
        "award": award,
        "award_article": cycle.edition.article("higher_awards") if award else "",
    }


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 12 else 0
