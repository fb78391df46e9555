"""Prize money (奖金): paid, recovered, cancelled; each with its voucher and date."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.moves import move
from accounts.roles import Role
from ground.clock import SHANGHAI
from ground.errors import Fault, Refused, refuse_if
from notifications.services import close_duties, post
from publicity import queries
from publicity.models import Payment, edition_of
from publicity.permissions import acting_user
from publicity.services import basis
from publicity.services.honours import PAY_DUTY
from publicity.services.locking import lock_of_honour

RECOVER_DUTY = "publicity.recover"


@transaction.atomic
def record_payment(*, payment: Payment, voucher: str, paid_on: date, actor: Actor, now: datetime) -> Payment:
    """Note that a prize was paid. Finance. Refused: voucher_missing, date_in_future, date_before_order, wrong_state."""
    payment = lock_of_honour(payment)
    acting_user(actor, Role.FINANCE, **payment.scopes())
    ordered = payment.ordered_at.astimezone(SHANGHAI).date()
    refuse_if(
        _faults(voucher, paid_on, now, "paid_on", earliest=ordered, earlier="拨付日期早于下达日期，请核对。")
    )
    move(
        payment,
        "pay",
        actor=actor,
        now=now,
        article=payment.article,
        details={"voucher": voucher.strip(), "paid_on": paid_on, "amount": payment.amount},
    )
    payment.voucher, payment.paid_on = voucher.strip(), paid_on
    payment.save(update_fields=["voucher", "paid_on"])
    close_duties(kind=PAY_DUTY, subject=payment, now=now)
    post(
        to=queries.people_of(payment.honour.organisation),
        kind="publicity.paid",
        subject="奖金已拨付",
        body=f"{payment.honour.title}奖金{payment.amount:,}元已于{paid_on.year}年{paid_on.month}月{paid_on.day}日拨付。",
        link="/honours/mine/",
        key=f"payment:{payment.pk}:paid",
        now=now,
    )
    return payment


@transaction.atomic
def record_recovery(
    *, payment: Payment, voucher: str, recovered_on: date, actor: Actor, now: datetime
) -> Payment:
    """Note that a prize came back. Finance. Refused: voucher_missing, date_in_future, date_before_order, wrong_state."""
    payment = lock_of_honour(payment)
    acting_user(actor, Role.FINANCE, **payment.scopes())
    refuse_if(
        _faults(
            voucher,
            recovered_on,
            now,
            "recovered_on",
            earliest=payment.paid_on,
            earlier="追回日期早于拨付日期，请核对。",
        )
    )
    move(
        payment,
        "recover",
        actor=actor,
        now=now,
        article=basis.article(edition_of(payment.honour.cycle), "sanctions"),
        details={"voucher": voucher.strip(), "recovered_on": recovered_on, "amount": payment.amount},
    )
    payment.recovery_voucher, payment.recovered_on = voucher.strip(), recovered_on
    payment.save(update_fields=["recovery_voucher", "recovered_on"])
    close_duties(kind=RECOVER_DUTY, subject=payment, now=now)
    return payment


@transaction.atomic
def cancel_payment(*, payment: Payment, reason: str, actor: Actor, now: datetime) -> Payment:
    """Cancel an order not paid yet, because its honour was revoked. Finance.

    Refused: honour_stands (an honour in force is paid for), reason_missing, wrong_state.
    """
    payment = lock_of_honour(payment)
    acting_user(actor, Role.FINANCE, **payment.scopes())
    if words := why_not_cancelled(payment):
        raise Refused("honour_stands", words, article=payment.article)
    if not reason.strip():
        raise Refused("reason_missing", "请说明取消拨付的理由。", field="reason")
    move(payment, "cancel", actor=actor, now=now, article=payment.article, reason=reason.strip())
    close_duties(kind=PAY_DUTY, subject=payment, now=now)
    return payment


def why_not_cancelled(payment: Payment) -> str:
    """Why an order has to be paid, in one sentence; "" where its honour was revoked."""
    return "" if payment.honour.state == "revoked" else "称号未被撤销，奖金应当照常拨付。"


def _faults(
    voucher: str, day: date, now: datetime, field: str, *, earliest: date | None, earlier: str
) -> list[Fault]:
    faults = []
    if not voucher.strip():
        faults.append(Fault("voucher_missing", "请填写凭证号。", "voucher"))
    if day > now.astimezone(SHANGHAI).date():
        faults.append(Fault("date_in_future", "日期不能晚于今天。", field))
    if earliest is not None and day < earliest:
        faults.append(Fault("date_before_order", earlier, field))
    return faults
