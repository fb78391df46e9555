"""The office's queue of objections: take up, refuse, decide. Nobody else sees who objected."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Case, IntegerField, Value, When
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.moves import may_move, why_not
from accounts.permissions import holds_anywhere, require_role
from accounts.roles import OFFICE_ROLES, Role
from audit.services import log_access
from awards.law.editions import Edition
from documents.services import file_response
from ground.web import page_of, posted, refusals_on
from ground.words import containing
from publicity import permissions, queries, services
from publicity.forms import DecideForm, ObjectionFilter, ReasonForm
from publicity.models import Objection, edition_of
from publicity.views.citations import citations

OPEN_FIRST = Case(
    When(state="received", then=Value(0)),
    When(state="verifying", then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


@require_safe
def objections(request: HttpRequest) -> HttpResponse:
    """All objections of my schemes, the open ones first."""
    if not holds_anywhere(request.user, *OFFICE_ROLES, Role.SUPERVISOR):
        require_role(request.user, *OFFICE_ROLES)
    form = ObjectionFilter(request.GET)
    chosen = form.chosen
    shown = queries.objections_visible_to(request.user)
    if state := chosen.get("state"):
        shown = shown.filter(state=state)
    if words := chosen.get("words"):
        shown = shown.filter(containing(words, "receipt", "entry__name", "entry__organisation__name"))
    page = page_of(request, shown.order_by(OPEN_FIRST, "received_at", "id"))
    return render(
        request,
        "publicity/objections.html",
        {"page": page, "form": form, "viewer_is_office": True},
    )


@require_safe
def objection(request: HttpRequest, objection_id: int) -> HttpResponse:
    """One objection with everything the office has to know; reading it is noted in the access log."""
    shown = _objection(request, objection_id)
    log_access(actor=request.user, action="view", subject=shown, at=request.now)
    return _page(request, shown)


@require_POST
def accept_objection(request: HttpRequest, objection_id: int) -> HttpResponse:
    shown = _objection(request, objection_id)
    services.accept_objection(objection=shown, actor=request.user, now=request.now)
    heads = permissions.is_head(request.user, shown.entry.notice.scheme)
    follows = "请组织核查，作出结论。" if heads else "请组织核查；结论由主任作出。"
    messages.success(request, f"已受理。{follows}")
    return redirect("publicity:objection", objection_id=shown.pk)


@require_POST
def refuse_objection(request: HttpRequest, objection_id: int) -> HttpResponse:
    shown = _objection(request, objection_id)
    require_role(request.user, *OFFICE_ROLES, **shown.scopes())
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            services.refuse_objection(
                objection=shown, actor=request.user, now=request.now, **form.cleaned_data
            )
            messages.success(request, "已记录不予受理，异议人凭受理编号可以看到理由。")
            return redirect("publicity:objection", objection_id=shown.pk)
    return _page(request, shown, refuse_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def decide_objection(request: HttpRequest, objection_id: int) -> HttpResponse:
    """The head's conclusion, with the letter to the organisation; what follows is said before it is done."""
    shown = _objection(request, objection_id)
    require_role(request.user, Role.OFFICE_HEAD, **shown.scopes())
    form = DecideForm(posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_on(form):
            services.decide_objection(
                objection=shown,
                upheld=data["outcome"] == "upheld",
                conclusion=data["conclusion"],
                applicant_reply=data["applicant_reply"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, "核查结果已记录，并已书面告知申报组织。")
            return redirect("publicity:objection", objection_id=shown.pk)
    context = {
        **citations(_edition(shown)),
        "objection": shown,
        "form": form,
        "cycle": shown.entry.notice.cycle,
        "edition": _edition(shown),
        "blocked": why_not(shown, "uphold"),
    }
    return render(request, "publicity/decide_objection.html", context, status=422 if form.errors else 200)


@require_safe
def objection_evidence(request: HttpRequest, objection_id: int) -> FileResponse:
    shown = _objection(request, objection_id)
    if shown.evidence is None:
        raise Http404
    keeper = permissions.keeps_quarantine(request.user, shown.entry.notice.scheme)
    response = file_response(shown.evidence, filename=shown.evidence_name, keeper=keeper)
    log_access(
        actor=request.user, action="download", subject=shown, at=request.now, detail=shown.evidence_name
    )
    return response


def _objection(request: HttpRequest, objection_id: int) -> Objection:
    return get_object_or_404(queries.objections_visible_to(request.user), pk=objection_id)


def _edition(shown: Objection) -> Edition | None:
    return edition_of(shown.entry.notice.cycle) if shown.entry.notice.cycle else None


def _page(request: HttpRequest, shown: Objection, refuse_form: ReasonForm | None = None) -> HttpResponse:
    scheme = shown.entry.notice.scheme
    context = {
        **citations(_edition(shown)),
        "objection": shown,
        "cycle": shown.entry.notice.cycle,
        "edition": _edition(shown),
        "refuse_form": refuse_form or ReasonForm(),
        "keeper": permissions.keeps_quarantine(request.user, scheme),
        "may_accept": may_move(shown, "accept", request.user),
        "may_refuse": may_move(shown, "refuse", request.user),
        "refusing_blocked": services.why_left_to_the_head(shown, request.user),
        "may_decide": may_move(shown, "uphold", request.user),
        "is_office": permissions.is_office(request.user, scheme),
        "viewer_is_office": True,
    }
    failed = refuse_form is not None and refuse_form.errors
    return render(request, "publicity/objection.html", context, status=422 if failed else 200)
