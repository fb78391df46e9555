"""The office's desk for one cycle: drafts, outside sites, publication by a second person, the announcement."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.moves import may_move
from accounts.permissions import require_role
from accounts.roles import OFFICE_ROLES, Role
from awards.law.terms import Named
from awards.models import Cycle
from awards.queries import cycles_visible_to
from ground.web import posted, refusals_on
from publicity import permissions, queries, services
from publicity.forms import AnnounceForm, ReasonForm, ReviseForm, SiteForm
from publicity.models import Notice, NoticeEntry, edition_of
from publicity.services.basis import issuer
from publicity.views.citations import citations
from publicity.views.notices import by_tier

OPEN_OBJECTIONS = Count(
    "objections",
    filter=Q(objections__state="verifying") | Q(objections__state="received", objections__late=False),
)


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """What is to be published, what runs, who is held, and the one next step. POST drafts the notice of an approval."""
    cycle = _cycle(request, cycle_id)
    waiting = list(queries.approvals_to_publish(cycle))
    if request.method == "POST":
        approval = get_object_or_404(queries.approvals_to_publish(cycle), pk=request.POST.get("approval"))
        services.draft_notice(approval=approval, actor=request.user, now=request.now)
        messages.success(request, "公示已拟稿。请登记规定网站的登载情况，再由拟稿人以外的主任发布。")
        return redirect("publicity:draft", cycle_id=cycle.pk)
    notices = _notices(cycle)
    desks = [_desk(shown, request.user) for shown in notices if shown.kind == Notice.Kind.PUBLICITY]
    candidates = [entry for desk in desks if desk["notice"].state == "closed" for entry in desk["entries"]]
    ready = [entry for entry in candidates if entry.application.state == "candidate"]
    held = [entry for entry in candidates if entry.application.state == "held"]
    vacant = queries.is_vacant(cycle)
    context = {
        "cycle": cycle,
        "edition": edition_of(cycle),
        "waiting": waiting,
        "desks": desks,
        "announcements": [shown for shown in notices if shown.kind == Notice.Kind.ANNOUNCEMENT],
        "held": held,
        "vacant": vacant,
        "announcing": None if vacant else services.fault_against_announcing(cycle, ready, held),
        "is_office": permissions.is_office(request.user, cycle.scheme),
        "is_head": permissions.is_head(request.user, cycle.scheme),
        "viewer_is_office": True,
    }
    return render(request, "publicity/draft.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def revise_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    notice = _office_notice(request, notice_id)
    form = ReviseForm(posted(request), initial={"title": notice.title, "body": notice.body})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.revise_notice(notice=notice, actor=request.user, now=request.now, **form.cleaned_data)
            messages.success(request, "公示文字已保存。您是这一稿的拟稿人，须由另一位主任发布。")
            return redirect("publicity:draft", cycle_id=notice.cycle_id)
    return _form_page(
        request, "publicity/revise_notice.html", notice, form, blocked=services.why_fixed(notice)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def record_site(request: HttpRequest, notice_id: int, site_code: str) -> HttpResponse:
    """Where and when the list was put up on one required site."""
    notice = _office_notice(request, notice_id)
    site = _required_site(notice, site_code)
    known = notice.sites.filter(code=site_code).first()
    initial = {"url": known.url, "published_at": known.published_at} if known else {}
    form = SiteForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.record_site(
                notice=notice, code=site_code, actor=request.user, now=request.now, **form.cleaned_data
            )
            messages.success(request, f"已登记{site.name}的登载网址和时间。")
            return redirect("publicity:draft", cycle_id=notice.cycle_id)
    return _form_page(
        request, "publicity/record_site.html", notice, form, site=site, blocked=services.why_fixed(notice)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def publish_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Confirm the publication: the list as the public will read it, and what follows. A refusal is a page of its own."""
    notice = _office_notice(request, notice_id)
    require_role(request.user, Role.OFFICE_HEAD, scheme=notice.scheme.code)
    if request.method == "POST":
        published = services.publish_notice(notice=notice, actor=request.user, now=request.now)
        last = published.last_day
        messages.success(request, f"公示已发布，截止{last.year}年{last.month}月{last.day}日 24:00。")  # type: ignore[union-attr]
        return redirect("publicity:notice", notice_id=notice.pk)
    return _form_page(
        request,
        "publicity/publish_notice.html",
        notice,
        None,
        tiers=by_tier(notice),
        blocked=services.why_fixed(notice),
        faults=services.faults_against_publishing(notice, edition_of(notice.cycle), request.user),  # type: ignore[arg-type]
    )


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    notice = _office_notice(request, notice_id)
    require_role(request.user, Role.OFFICE_HEAD, scheme=notice.scheme.code)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.withdraw_notice(notice=notice, actor=request.user, now=request.now, **form.cleaned_data)
            messages.success(request, "公示已撤下。名单须重新拟稿公示，公示期重新计算。")
            return redirect("publicity:draft", cycle_id=notice.cycle_id)
    return _form_page(
        request, "publicity/withdraw_notice.html", notice, form, blocked=services.why_not_withdrawn(notice)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def announce(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Confirm the announcement: who gets what, who waits and why."""
    cycle = _cycle(request, cycle_id)
    require_role(request.user, Role.OFFICE_HEAD, scheme=cycle.scheme.code)
    entries = [entry for entry in queries.candidates_after_publicity(cycle) if entry.application]
    for entry in entries:
        entry.notice.cycle = cycle
    held = [entry for entry in entries if entry.application and entry.application.state == "held"]
    form = AnnounceForm(posted(request), somebody_held=bool(held))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = {"reason": "", **form.cleaned_data}
            shown = services.announce(cycle=cycle, actor=request.user, now=request.now, **data)
            messages.success(request, "公告已发布：称号、证书和奖金指标已经生效，结果已通知各申报组织。")
            return redirect("publicity:notice", notice_id=shown.pk)
    ready = [entry for entry in entries if entry not in held]
    context = {
        **citations(edition_of(cycle)),
        "cycle": cycle,
        "edition": edition_of(cycle),
        "form": form,
        "ready": [{"entry": entry, "prize": prize_of(entry)} for entry in ready],
        "held": held,
        "fault": services.fault_against_announcing(cycle, ready, held),
    }
    return render(request, "publicity/announce.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def announce_vacancy(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Confirm the announcement that the year's prizes stay vacant."""
    cycle = _cycle(request, cycle_id)
    require_role(request.user, Role.OFFICE_HEAD, scheme=cycle.scheme.code)
    form = AnnounceForm(posted(request), somebody_held=False)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            number = form.cleaned_data["number"]
            shown = services.announce_vacancy(cycle=cycle, number=number, actor=request.user, now=request.now)
            messages.success(request, "公告已发布：本年度奖项空缺。")
            return redirect("publicity:notice", notice_id=shown.pk)
    context = {"cycle": cycle, "form": form, "vacant": queries.is_vacant(cycle)}
    return render(request, "publicity/announce_vacancy.html", context, status=422 if form.errors else 200)


def prize_of(entry: NoticeEntry) -> int:
    approval = entry.notice.approval
    rows = approval.list if approval is not None else []
    return next((int(row["prize"]) for row in rows if row["application_id"] == entry.application_id), 0)


def _required_site(notice: Notice, site_code: str) -> Named:
    site = next((s for s in edition_of(notice.cycle).sites if s.code == site_code), None)  # type: ignore[arg-type]
    if site is None:
        raise Http404
    return site


def _cycle(request: HttpRequest, cycle_id: int) -> Cycle:
    """The cycle, for the pages of its office; the supervisor reads them, nobody else does (403)."""
    cycle = get_object_or_404(cycles_visible_to(request.user), pk=cycle_id)
    readers = (*OFFICE_ROLES, Role.SUPERVISOR) if request.method in ("GET", "HEAD") else OFFICE_ROLES
    require_role(request.user, *readers, scheme=cycle.scheme.code)
    return cycle


def _office_notice(request: HttpRequest, notice_id: int) -> Notice:
    notices = queries.with_entries(queries.notices_visible_to(request.user)).filter(
        kind=Notice.Kind.PUBLICITY
    )
    notice = get_object_or_404(notices, pk=notice_id)
    require_role(request.user, *OFFICE_ROLES, scheme=notice.scheme.code)
    return notice


def _form_page(
    request: HttpRequest, template: str, notice: Notice, form: object, **more: object
) -> HttpResponse:
    edition = edition_of(notice.cycle) if notice.cycle else None
    context = {
        **citations(edition),
        "notice": notice,
        "issuer": issuer(notice, edition),
        "cycle": notice.cycle,
        "edition": edition,
        "form": form,
        **more,
    }
    return render(request, template, context, status=422 if getattr(form, "errors", None) else 200)


def _notices(cycle: Cycle) -> list[Notice]:
    entries = NoticeEntry.objects.select_related("organisation", "application").annotate(
        open_objections=OPEN_OBJECTIONS
    )
    notices = (
        Notice.objects.filter(cycle=cycle)
        .exclude(kind=Notice.Kind.REVOCATION)
        .select_related("scheme", "approval", "drafted_by", "published_by")
        .prefetch_related(Prefetch("entries", entries.order_by("position", "id")), "sites")
        .order_by("-pk")
    )
    found = list(notices)
    for notice in found:
        notice.cycle = cycle
    return found


def _desk(notice: Notice, user: object) -> dict[str, object]:
    """One notice with its sites side by side with what the edition requires."""
    recorded = {site.code: site for site in notice.sites.all()}
    entries = list(notice.entries.all())
    for entry in entries:
        entry.notice = notice
    sites = [
        {"required": site, "recorded": recorded.get(site.code)} for site in edition_of(notice.cycle).sites
    ]  # type: ignore[arg-type]
    return {
        "notice": notice,
        "entries": entries,
        "sites": sites,
        "fixed": services.why_fixed(notice),
        "faults": services.faults_against_publishing(notice, edition_of(notice.cycle), user),  # type: ignore[arg-type]
        "may_withdraw": may_move(notice, "withdraw", user)
        and not any(entry.open_objections for entry in entries),
    }
