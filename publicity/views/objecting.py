"""Filing an objection, without a login, and following it by its receipt number."""

from __future__ import annotations

from axes.helpers import get_client_ip_address
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import PUBLIC
from ground.errors import Refused
from ground.web import posted, posted_files, refusals_on
from publicity import queries, services
from publicity.forms import ObjectionForm, ReceiptForm
from publicity.models import Notice, Objection, edition_of

PER_ADDRESS = 5
PERIOD = 3600


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def file_objection(request: HttpRequest, notice_id: int) -> HttpResponse:
    """The objection form of a notice. The receipt page follows."""
    notice = get_object_or_404(
        queries.with_entries(queries.public_notices()).filter(kind=Notice.Kind.PUBLICITY), pk=notice_id
    )
    for entry in notice.entries.all():
        entry.notice = notice
    form = ObjectionForm(
        notice, posted(request), posted_files(request), initial={"entry": request.GET.get("entry")}
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            filed = _file(request, form)
            return redirect("publicity:receipt", receipt=filed.receipt)
    context = {
        "form": form,
        "notice": notice,
        "edition": edition_of(notice.cycle) if notice.cycle else None,
        "late": notice.closes_at is not None and request.now >= notice.closes_at,
    }
    return render(request, "publicity/file_objection.html", context, status=422 if form.errors else 200)


@require_safe
@login_not_required
def find_receipt(request: HttpRequest) -> HttpResponse:
    """Where an objection stands: by its whole receipt number, which nobody can guess."""
    form = ReceiptForm(request.GET or None)
    if form.is_valid():
        found = queries.objection_by_receipt(form.cleaned_data["receipt"]).first()
        if found is not None:
            return redirect("publicity:receipt", receipt=found.receipt)
        form.add_error("receipt", "没有找到这个编号，请核对后重试。")
    return render(request, "publicity/find_receipt.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@login_not_required
def receipt(request: HttpRequest, receipt: str) -> HttpResponse:
    """The receipt: what came in when, and where it stands. It names the organisation, never the objector."""
    objection = get_object_or_404(queries.objection_by_receipt(receipt))
    reason = ""
    if objection.state == "not_accepted":
        reason = Objection.objects.values_list("conclusion", flat=True).get(pk=objection.pk)
    response = render(request, "publicity/receipt.html", {"objection": objection, "reason": reason})
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response


def _file(request: HttpRequest, form: ObjectionForm) -> Objection:
    """Hand the objection to the service; an address that has filed several within the hour has to wait."""
    data = form.cleaned_data
    key = f"objections:{get_client_ip_address(request)}"
    if (cache.get(key) or 0) >= PER_ADDRESS:
        raise Refused(
            "too_many_objections",
            "这个网络地址一小时内提出的异议过多，请稍后再试，或者按公示所列方式书面提出。",
        )
    filed = services.file_objection(
        entry=form.entries[data["entry"]],
        objector_kind=data["objector_kind"],
        objector_name=data["objector_name"],
        contact=data["contact"],
        statement=data["statement"],
        upload=data["upload"],
        actor=PUBLIC,
        now=request.now,
    )
    cache.add(key, 0, PERIOD)
    cache.incr(key)
    return filed
