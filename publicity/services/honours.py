"""Titles (称号): given with an announcement, expiring after the edition's years."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.actors import SYSTEM, Actor
from accounts.moves import move
from accounts.roles import Role
from applications.models import Letter
from applications.services import record_honour_won, send_letter
from audit.services import record
from awards.models import Cycle
from documents.services import next_number
from ground.clock import SHANGHAI
from notifications.services import open_duty, post
from publicity import queries
from publicity.models import Honour, Notice, NoticeEntry, Payment, edition_of
from publicity.rules import duties
from publicity.services import basis

PAY_DUTY: Final = "publicity.pay"
CODE_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH: Final = 16


def award_honour(*, entry: NoticeEntry, announcement: Notice, actor: Actor, now: datetime) -> Honour:
    """Give one organisation its title, inside the transaction of the announcement.

    1. move the application; 2. the honour with certificate number and check code; 3. the prize order, unless the win
    is a repeat without money; 4. the standing record, so that every scheme's rules see it at once (R12); 5. letter.
    """
    application, cycle = entry.application, announcement.cycle
    if application is None or cycle is None:
        raise ValueError("an honour follows from an application in a cycle")
    edition = edition_of(cycle)
    move(application, "award", actor=actor, now=now, article=basis.article(edition, basis.ANNOUNCEMENT))
    on = now.astimezone(SHANGHAI).date()
    honour = Honour.objects.create(
        organisation=entry.organisation,
        name=entry.name,
        scheme=cycle.scheme,
        cycle=cycle,
        application=application,
        notice=announcement,
        tier=entry.tier,
        repeat=entry.repeat,
        certificate_number=_certificate_number(cycle),
        check_code="".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)),
        awarded_on=on,
        valid_until=duties.valid_until(edition, on),
    )
    record(
        actor=actor,
        action="honour.award",
        subject=honour,
        at=now,
        article=basis.article(edition, basis.VALIDITY),
        after={
            "tier": honour.tier,
            "certificate": honour.certificate_number,
            "valid_until": honour.valid_until,
        },
    )
    _order_prize(honour, _prize(entry), actor, now)
    record_honour_won(
        uscc=honour.organisation.uscc,
        scheme_code=cycle.scheme.code,
        award=edition.value("own_award"),
        tier=honour.tier,
        on=honour.awarded_on,
        until=honour.valid_until,
        article=basis.article(edition, basis.ANNOUNCEMENT),
        source_key=standing_key(honour),
        actor=actor,
        now=now,
    )
    _congratulate(honour, now)
    return honour


def sweep_honours(*, now: datetime) -> int:
    """Let honours expire whose last day is over (有效期满); return how many. Run twice, it changes nothing more."""
    today = now.astimezone(SHANGHAI).date()
    due = (
        Honour.objects.filter(state="valid", valid_until__lt=today)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return sum(_expire_claimed(pk, now) for pk in due)


@transaction.atomic
def _expire_claimed(pk: int, now: datetime) -> bool:
    honour = (
        Honour.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("scheme", "organisation", "cycle__scheme", "cycle__edition_record")
        .filter(pk=pk, state="valid")
        .first()
    )
    if honour is None:
        return False
    move(
        honour,
        "expire",
        actor=SYSTEM,
        now=now,
        article=basis.article(edition_of(honour.cycle), basis.VALIDITY),
    )
    post(
        to=queries.people_of(honour.organisation),
        kind="publicity.expired",
        subject=f"称号有效期已满：{honour.title}",
        body=f"{honour.organisation.name}的“{honour.title}”称号有效期已满，不再以有效称号对外宣传。符合条件的可以重新申报。",
        link="/honours/mine/",
        key=f"honour:{honour.pk}:expired",
        now=now,
    )
    return True


def standing_key(honour: Honour) -> str:
    return f"honour:{honour.pk}"


def _prize(entry: NoticeEntry) -> int:
    """What the approved list says, in whole yuan; 0 for a repeat winner (R32)."""
    approval = entry.notice.approval
    rows = approval.list if approval is not None else []
    return next((int(row["prize"]) for row in rows if row["application_id"] == entry.application_id), 0)


def _certificate_number(cycle: Cycle) -> str:
    number = next_number(f"certificate:{cycle.scheme.code}", cycle.year)
    return f"{cycle.scheme.code.upper()}-{cycle.year}-{number:04d}"


def _order_prize(honour: Honour, amount: int, actor: Actor, now: datetime) -> None:
    if amount <= 0:
        return
    article = basis.article(edition_of(honour.cycle), basis.PRIZE)
    payment = Payment.objects.create(honour=honour, amount=amount, article=article, ordered_at=now)
    record(
        actor=actor,
        action="payment.order",
        subject=payment,
        at=now,
        article=article,
        after={"amount": amount},
    )
    open_duty(
        kind=PAY_DUTY,
        subject=payment,
        title=f"拨付奖金：{honour.organisation.name}",
        link=f"/payments/{payment.pk}/",
        due_at=now + basis.PAYING,
        now=now,
        role=Role.FINANCE,
        scope_kind="scheme",
        scope_key=honour.scheme.code,
    )


def _congratulate(honour: Honour, now: datetime) -> None:
    title_use = edition_of(honour.cycle).value("title_use")
    how = f"称号的使用：可以{title_use['allowed']}；不得{title_use['forbidden']}。" if title_use else ""
    send_letter(
        application=honour.application,
        kind=Letter.Kind.RESULT,
        post_as="publicity.awarded",
        subject=f"祝贺获得{honour.title}",
        body=(
            f"{honour.organisation.name}获得“{honour.title}”称号，证书编号{honour.certificate_number}，"
            f"有效期至{honour.valid_until.year}年{honour.valid_until.month}月{honour.valid_until.day}日。"
            f"证书可以在“我的称号”下载。{how}发生应当报告的事项时，请按期书面报告。"
        ),
        link="/honours/mine/",
        key=f"honour:{honour.pk}:awarded",
        now=now,
    )
