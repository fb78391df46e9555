"""The authority's decision to revoke takes effect: the row of the edition's sanction matrix, in one transaction."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from accounts.actors import Actor
from accounts.models import User
from accounts.moves import move
from accounts.roles import Role
from applications.services import lift_standing, record_ban, record_honour_won
from awards.law.editions import Edition
from ground.errors import refuse_if
from notifications.services import close_duties, open_duty, post
from publicity import queries
from publicity.models import Honour, Notice, NoticeEntry, Payment, RevocationCase, edition_of
from publicity.permissions import acting_user
from publicity.rules import sanctions
from publicity.services import basis
from publicity.services.honours import PAY_DUTY, standing_key
from publicity.services.locking import lock_honour, lock_of_honour
from publicity.services.notices import numbered, print_head
from publicity.services.payments import RECOVER_DUTY
from publicity.services.revocation import CASE_DUTY, article_of, decision_faults

ONE_DAY: Final = timedelta(days=1)
CERTIFICATE: Final = "recover_certificate"
MONEY: Final = "clawback"
NOTICE: Final = "public_notice"
BAN: Final = "ban_years"
POLICE: Final = "refer_to_police"


@transaction.atomic
def effect_revocation(
    *,
    case: RevocationCase,
    number: str,
    decided_on: date,
    actor: Actor,
    now: datetime,
    crime_suspected: bool = False,
) -> RevocationCase:
    """The authority's decision takes effect, all of it in one transaction, by the row of the edition's sanction matrix.

    1. case and honour are moved; 2. certificate; 3. money: a paid prize is to be recovered, an ordered one is
    cancelled, and where the matrix has no clawback the order stands; 4. standing record: the title counts no longer
    as held from the decision on, but stays as once won: "已经获评" (park art. 12) speaks of the past, and a revoked
    title must not let its holder in where a former winner is barred; 5. ban; 6. public notice; 7. police; 8. letters.
    Refused: number_missing, date_in_future, date_before_case, wrong_state.
    """
    case = lock_of_honour(case)
    authority = acting_user(actor, Role.AUTHORITY, **case.scopes())
    honour = lock_honour(case.honour)
    edition, article = edition_of(honour.cycle), article_of(case)
    refuse_if(
        decision_faults(
            number,
            decided_on,
            now,
            earliest=case.committee_on,
            earlier="决定日期早于评定委决议日期，请核对。",
        )
    )
    payment = Payment.objects.filter(honour=honour).first()
    sanction = sanctions.apply(edition, case.ground, decided_on, _paid(payment))
    cells = basis.sanction_cells(edition, case.ground)
    move(
        case,
        "effect",
        actor=actor,
        now=now,
        article=article,
        details={"number": number.strip(), "decided_on": decided_on, "sanction": sanction.to_document()},
    )
    if sanction.revoke:
        move(honour, "revoke", actor=actor, now=now, article=article)
    if sanction.recover_certificate:
        honour.certificate_recovered = True
        honour.save(update_fields=["certificate_recovered"])
    if payment is not None and cells[MONEY]["value"]:
        _take_money_back(payment, str(cells[MONEY]["article"]), actor, now)
    _end_standing(honour, edition, decided_on, article, actor, now)
    if sanction.ban_until is not None:
        record_ban(
            uscc=honour.organisation.uscc,
            scheme_code=honour.scheme.code,
            on=decided_on,
            until=sanction.ban_until,
            article=str(cells[BAN]["article"]),
            source_key=f"revocation:{case.pk}",
            actor=actor,
            now=now,
        )
    referred = sanction.refer_to_police is True or (
        sanction.refer_to_police == "if_crime" and crime_suspected
    )
    case.decision_number, case.decided_on = number.strip(), decided_on
    case.sanction = sanction.to_document() | {
        "referred_to_police": referred,
        "effects": _effects(edition, case.ground, sanction, payment, referred),
    }
    if sanction.public_notice:
        case.notice = _publish(case, honour, edition, authority, now)
    case.save(update_fields=["decision_number", "decided_on", "sanction", "notice"])
    close_duties(kind=CASE_DUTY, subject=case, now=now)
    _tell_the_organisation(case, honour, now)
    return case


def foreseen_effects(
    edition: Edition, ground: str, sanction: sanctions.Sanction, payment: Payment | None
) -> list[dict[str, Any]]:
    """What a decision of today would bring, in words: shown to those who decide, before they do."""
    return _effects(edition, ground, sanction, payment, None)


def _effects(
    edition: Edition,
    ground: str,
    sanction: sanctions.Sanction,
    payment: Payment | None,
    referred: bool | None,
) -> list[dict[str, Any]]:
    """Every effect in words, with its article and whether it came about; what the case page and the letter show.

    `referred` is None as long as nobody has decided whether the police get the case.
    """
    cells = basis.sanction_cells(edition, ground)
    money = "追回奖金；本次没有须追回的奖金"
    if payment is not None and payment.state in ("paid", "to_recover"):
        money = f"追回已拨付的奖金{payment.amount:,}元"
    elif payment is not None and payment.state in ("ordered", "cancelled"):
        money = f"取消尚未拨付的奖金{payment.amount:,}元"
    until = sanction.ban_until
    police = "涉嫌犯罪，移交公安机关处理" if referred else "涉嫌犯罪的移交公安机关"
    if referred is False:
        police += "；本案未移交"
    words = (
        ("revoke", sanction.revoke, "撤销称号"),
        (CERTIFICATE, sanction.recover_certificate, "收回证书"),
        (MONEY, bool(cells[MONEY]["value"]), money),
        (NOTICE, sanction.public_notice, "向社会公告"),
        (
            BAN,
            until is not None,
            f"不接受其申报，至{until.year}年{until.month}月{until.day}日" if until else "",
        ),
        (POLICE, sanction.refer_to_police is not False, police),
    )
    return [
        {
            "code": code,
            "applies": applies,
            "label": label if applies else "不适用",
            "article": str(cells[code]["article"]),
        }
        for code, applies, label in words
    ]


def _paid(payment: Payment | None) -> int:
    return payment.amount if payment is not None and payment.state == "paid" else 0


def _take_money_back(payment: Payment, article: str, actor: Actor, now: datetime) -> None:
    if payment.state == "paid":
        move(payment, "claw_back", actor=actor, now=now, article=article)
        open_duty(
            kind=RECOVER_DUTY,
            subject=payment,
            title=f"追回奖金：{payment.honour.organisation.name}",
            link=f"/payments/{payment.pk}/",
            due_at=now + basis.PAYING,
            now=now,
            role=Role.FINANCE,
            scope_kind="scheme",
            scope_key=payment.honour.scheme.code,
        )
    elif payment.state == "ordered":
        move(payment, "cancel", actor=actor, now=now, article=article)
        close_duties(kind=PAY_DUTY, subject=payment, now=now)


def _end_standing(
    honour: Honour, edition: Edition, on: date, article: str, actor: Actor, now: datetime
) -> None:
    """Replace the standing record of the title by one whose validity ends on the day before the decision."""
    lift_standing(source_key=standing_key(honour), actor=actor, now=now)
    record_honour_won(
        uscc=honour.organisation.uscc,
        scheme_code=honour.scheme.code,
        award=edition.value("own_award"),
        tier=honour.tier,
        on=honour.awarded_on,
        until=min(honour.valid_until, max(honour.awarded_on, on - ONE_DAY)),
        article=article,
        source_key=f"{standing_key(honour)}:revoked",
        actor=actor,
        now=now,
    )


def _publish(
    case: RevocationCase, honour: Honour, edition: Edition, authority: User, now: datetime
) -> Notice:
    """The public notice of a revocation (撤销公告), issued with the authority's decision."""
    body = (
        f"{honour.name_line}（统一社会信用代码{honour.organisation.uscc}）于{honour.awarded_on.year}年"
        f"{honour.awarded_on.month}月{honour.awarded_on.day}日获得的“{honour.title}”称号，因{case.ground_label}，"
        f"依照《{edition.title}》，经{edition.bodies['committee'].name}提请（{case.committee_number}），"
        f"{edition.bodies['authority'].name}决定撤销（{case.decision_number}）。\n"
        "处理结果："
        + "；".join(effect["label"] for effect in (case.sanction or {})["effects"] if effect["applies"])
        + "。"
    )
    notice = Notice.objects.create(
        kind=Notice.Kind.REVOCATION,
        scheme=honour.scheme,
        cycle=honour.cycle,
        title=f"关于撤销{honour.name}{honour.title}称号的公告",
        body=body,
        drafted_by=authority,
        drafted_at=now,
        published_by=authority,
        published_at=now,
    )
    notice.number = numbered(notice, "撤销公告", now)
    notice.save(update_fields=["number"])
    NoticeEntry.objects.create(
        notice=notice,
        application=honour.application,
        organisation=honour.organisation,
        name=honour.name,
        tier=honour.tier,
        repeat=honour.repeat,
        position=1,
    )
    article = str(basis.sanction_cells(edition, case.ground)[NOTICE]["article"])
    move(notice, "issue", actor=authority, now=now, article=article, details={"number": notice.number})
    print_head(notice, authority, now)
    return notice


def _tell_the_organisation(case: RevocationCase, honour: Honour, now: datetime) -> None:
    effects = (case.sanction or {})["effects"]
    lines = "\n".join(
        f"· {effect['label']}（{effect['article']}）" for effect in effects if effect["applies"]
    )
    post(
        to=queries.people_of(honour.organisation),
        kind="publicity.revoked",
        subject=f"称号已被撤销：{honour.title}",
        body=f"因{case.ground_label}，批准机关决定（{case.decision_number}）：\n{lines}",
        link=case.notice.get_absolute_url() if case.notice else "/honours/mine/",
        key=f"case:{case.pk}:effected",
        now=now,
    )
