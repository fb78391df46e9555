"""Finance: orders to pay, paid, to recover; and the same as a table to take away."""

from __future__ import annotations

from io import BytesIO

from django.contrib import messages
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from openpyxl import Workbook

from accounts.moves import may_move
from accounts.permissions import has_role, holds_anywhere, require_role
from accounts.roles import Role
from ground.clock import SHANGHAI
from ground.spreadsheets import put_rows
from ground.web import page_of, posted, refusals_on
from notifications.queries import duties_for
from publicity import queries, services
from publicity.forms import PaymentFilter, ReasonForm, VoucherForm
from publicity.models import Payment
from publicity.permissions import MONEY_READERS
from publicity.states import PAYMENT

SORTS = {
    "amount": "amount",
    "ordered": "ordered_at",
    "organisation": "honour__organisation__name",
    "year": "honour__cycle__year",
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEAD = (
    "组织名称",
    "统一社会信用代码",
    "称号",
    "证书编号",
    "金额（元）",
    "条款",
    "状态",
    "下达日期",
    "拨付凭证号",
    "拨付日期",
    "追回凭证号",
    "追回日期",
)


@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """What is to be paid, what was, what has to come back."""
    _readers_only(request)
    form, shown = _chosen(request)
    by_state = shown.order_by().values_list("state").annotate(n=Count("pk"), total=Sum("amount"))
    totals = {state: total for state, _, total in by_state}
    context = {
        "page": page_of(request, shown, counted=sum(n for _, n, _ in by_state)),
        "form": form,
        "totals": [(PAYMENT.state(code), totals[code]) for code in PAYMENT.codes if code in totals],
        "duties": list(duties_for(request.user)[:10]),
        "is_finance": holds_anywhere(request.user, Role.FINANCE),
        "viewer_is_office": True,
    }
    return render(request, "publicity/payments.html", context)


@require_safe
def export_payments(request: HttpRequest) -> HttpResponse:
    """Exactly what is filtered, as xlsx."""
    _readers_only(request)
    _, shown = _chosen(request)
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "奖金"
    put_rows(sheet, [HEAD, *map(_row, shown)], first=1)
    content = BytesIO()
    book.save(content)
    response = HttpResponse(content.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="payments-{request.now:%Y%m%d}.xlsx"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def payment(request: HttpRequest, payment_id: int) -> HttpResponse:
    """One prize: finance notes its voucher and date, whichever step is next."""
    shown = get_object_or_404(queries.payments_visible_to(request.user), pk=payment_id)
    today = request.now.astimezone(SHANGHAI).date()
    verb = "追回" if shown.state == "to_recover" else "拨付"
    cancelling = request.POST.get("step") == "cancel"
    form = VoucherForm(None if cancelling else posted(request), verb=verb, today=today)
    reason_form = ReasonForm(request.POST if cancelling else None)
    if request.method == "POST":
        require_role(request.user, Role.FINANCE, **shown.scopes())
        active = reason_form if cancelling else form
        if active.is_valid():
            with refusals_on(active):
                _take_step(request, shown, active.cleaned_data, cancelling=cancelling)
                messages.success(request, "已登记。")
                return redirect("publicity:payments")
    context = {
        "payment": shown,
        "form": form,
        "reason_form": reason_form,
        "verb": verb,
        "may_record": may_move(shown, "pay", request.user) or may_move(shown, "recover", request.user),
        "may_cancel": may_move(shown, "cancel", request.user)
        and has_role(request.user, Role.FINANCE, **shown.scopes())
        and not services.why_not_cancelled(shown),
        "viewer_is_office": True,
    }
    return render(
        request, "publicity/payment.html", context, status=422 if form.errors or reason_form.errors else 200
    )


def _take_step(request: HttpRequest, shown: Payment, data: dict[str, object], *, cancelling: bool) -> None:
    common = {"payment": shown, "actor": request.user, "now": request.now}
    if cancelling:
        services.cancel_payment(reason=str(data["reason"]), **common)  # type: ignore[arg-type]
    elif shown.state == "to_recover":
        services.record_recovery(voucher=data["voucher"], recovered_on=data["on"], **common)  # type: ignore[arg-type]
    else:
        services.record_payment(voucher=data["voucher"], paid_on=data["on"], **common)  # type: ignore[arg-type]


def _readers_only(request: HttpRequest) -> None:
    if not holds_anywhere(request.user, *MONEY_READERS, Role.SUPERVISOR):
        require_role(request.user, Role.FINANCE)


def _chosen(request: HttpRequest) -> tuple[PaymentFilter, QuerySet[Payment]]:
    form = PaymentFilter(request.GET)
    shown = queries.payments_matching(queries.payments_visible_to(request.user), **form.chosen)
    wanted = request.GET.get("sort", "-ordered")
    column = SORTS.get(wanted.lstrip("-"), "ordered_at")
    return form, shown.order_by(f"-{column}" if wanted.startswith("-") else column, "-pk")


def _row(payment: Payment) -> list[object]:
    honour = payment.honour
    return [
        honour.name_line,
        honour.organisation.uscc,
        honour.title,
        honour.certificate_number,
        payment.amount,
        payment.article,
        payment.office_state,
        payment.ordered_at.astimezone(SHANGHAI).date(),
        payment.voucher,
        payment.paid_on,
        payment.recovery_voucher,
        payment.recovered_on,
    ]
