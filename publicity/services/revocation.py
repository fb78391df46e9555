"""Taking a title away (撤销称号): office investigates → committee proposes → authority decides → the matrix takes effect."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from accounts.actors import Actor
from accounts.models import User
from accounts.moves import move
from accounts.roles import OFFICE_ROLES, Role
from applications.services import lift_standing, record_ban, record_honour_won
from audit.services import record
from awards.law.editions import Edition
from ground.clock import SHANGHAI
from ground.errors import Fault, Refused, refuse_if
from notifications.services import close_duties, open_duty, post
from publicity import queries
from publicity.models import Honour, Incident, Notice, NoticeEntry, Payment, RevocationCase, edition_of
from publicity.permissions import acting_user
from publicity.rules import sanctions
from publicity.services import basis
from publicity.services.honours import PAY_DUTY, standing_key
from publicity.services.incidents import NOTE_DUTY
from publicity.services.notices import numbered, print_head
from publicity.services.payments import RECOVER_DUTY

CASE_DUTY: Final = "publicity.case"
FRAUD: Final = "fraud"
ONE_DAY: Final = timedelta(days=1)
CERTIFICATE, MONEY, NOTICE, BAN, POLICE = (
    "recover_certificate",
    "clawback",
    "public_notice",
    "ban_years",
    "refer_to_police",
)


@transaction.atomic
def open_revocation_case(
    *, honour: Honour, ground: str, summary: str, incident: Incident | None, actor: Actor, now: datetime
) -> RevocationCase:
    """Open an investigation on a ground of the edition, with or without a report of the holder. Office.

    Events count while the title is valid; fraud at any time. Refused: honour_revoked, honour_expired, case_open,
    ground_unknown, summary_missing, incident_of_other.
    """
    honour = _locked_honour(honour)
    opener = acting_user(actor, *OFFICE_ROLES, scheme=honour.scheme.code)
    edition = edition_of(honour.cycle)
    refuse_if(_opening_faults(honour, edition, ground, summary, incident, now.astimezone(SHANGHAI).date()))
    article = basis.revocation_article(edition, ground)
    case = RevocationCase.objects.create(
        honour=honour,
        incident=incident,
        ground=ground,
        summary=summary.strip(),
        opened_by=opener,
        opened_at=now,
    )
    record(
        actor=actor,
        action="revocation.open",
        subject=case,
        at=now,
        article=article,
        details={"ground": ground, "incident": incident.pk if incident else None, "reason": case.summary},
    )
    if incident is not None:
        move(incident, "open_case", actor=actor, now=now, article=article)
        close_duties(kind=NOTE_DUTY, subject=incident, now=now)
    _next_step(case, Role.OFFICE_HEAD, "调查核实并报告评定委", now)
    return case


@transaction.atomic
def report_case(*, case: RevocationCase, findings: str, actor: Actor, now: datetime) -> RevocationCase:
    """Report the findings to the committee. The head. Refused: findings_missing, wrong_state."""
    case = _locked(case)
    acting_user(actor, Role.OFFICE_HEAD, **case.scopes())
    if not findings.strip():
        raise Refused("findings_missing", "请填写调查结论。", field="findings")
    move(case, "report", actor=actor, now=now, article=_article(case), details={"findings": findings.strip()})
    case.findings = findings.strip()
    case.save(update_fields=["findings"])
    _next_step(case, Role.COMMITTEE, "审议是否提请撤销称号", now)
    return case


@transaction.atomic
def close_case(*, case: RevocationCase, reason: str, actor: Actor, now: datetime) -> RevocationCase:
    """End an investigation that found nothing (调查不属实). The head. Refused: reason_missing, wrong_state."""
    return _end(case, "close", reason, actor, now, Role.OFFICE_HEAD)


@transaction.atomic
def propose_revocation(
    *, case: RevocationCase, number: str, decided_on: date, actor: Actor, now: datetime
) -> RevocationCase:
    """Record the committee's resolution to propose revocation. Committee or head.

    Refused: number_missing, date_in_future, date_before_case, wrong_state.
    """
    case = _locked(case)
    acting_user(actor, Role.COMMITTEE, Role.OFFICE_HEAD, **case.scopes())
    opened = case.opened_at.astimezone(SHANGHAI).date()
    refuse_if(
        _decision_faults(number, decided_on, now, earliest=opened, earlier="决议日期早于立案日期，请核对。")
    )
    move(
        case,
        "propose",
        actor=actor,
        now=now,
        article=_article(case),
        details={"number": number.strip(), "decided_on": decided_on},
    )
    case.committee_number, case.committee_on = number.strip(), decided_on
    case.save(update_fields=["committee_number", "committee_on"])
    _next_step(case, Role.AUTHORITY, "决定是否撤销称号", now)
    return case


@transaction.atomic
def reject_revocation(*, case: RevocationCase, reason: str, actor: Actor, now: datetime) -> RevocationCase:
    """Decide not to revoke. Committee, head, or the authority when it is its turn. Refused: reason_missing, wrong_state."""
    return _end(case, "reject", reason, actor, now, Role.COMMITTEE, Role.OFFICE_HEAD, Role.AUTHORITY)


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
    case = _locked(case)
    authority = acting_user(actor, Role.AUTHORITY, **case.scopes())
    honour = _locked_honour(case.honour)
    edition, article = edition_of(honour.cycle), _article(case)
    refuse_if(
        _decision_faults(
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


def _locked(case: RevocationCase) -> RevocationCase:
    return (
        RevocationCase.objects.select_for_update(of=("self",))
        .select_related(
            "honour__scheme", "honour__organisation", "honour__cycle__scheme", "honour__cycle__edition_record"
        )
        .get(pk=case.pk)
    )


def _locked_honour(honour: Honour) -> Honour:
    return (
        Honour.objects.select_for_update(of=("self",))
        .select_related("scheme", "organisation", "cycle__scheme", "cycle__edition_record")
        .get(pk=honour.pk)
    )


def _article(case: RevocationCase) -> str:
    return basis.revocation_article(edition_of(case.honour.cycle), case.ground)


def _opening_faults(
    honour: Honour, edition: Edition, ground: str, summary: str, incident: Incident | None, today: date
) -> list[Fault]:
    faults = []
    grounds = {event.code: event for event in edition.events("revocation_grounds")}
    if ground not in grounds:
        faults.append(Fault("ground_unknown", "请选择办法规定的撤销事由。", "ground"))
    if honour.state == "revoked":
        faults.append(Fault("honour_revoked", "这一称号已经撤销。"))
    elif ground in grounds and ground != FRAUD and honour.state_on(today) == "expired":
        faults.append(
            Fault(
                "honour_expired",
                "称号有效期已过，只有弄虚作假骗取荣誉的仍可撤销。",
                "ground",
                grounds[ground].article,
            )
        )
    if RevocationCase.objects.filter(honour=honour, state__in=queries.OPEN_CASES).exists():
        faults.append(Fault("case_open", "这一称号已有在办的撤销案件，请在原案件中办理。"))
    if incident is not None and incident.honour_id != honour.pk:
        faults.append(Fault("incident_of_other", "这份事项报告属于另一称号。"))
    if not summary.strip():
        faults.append(Fault("summary_missing", "请写明线索和立案理由。", "summary"))
    return faults


def _decision_faults(
    number: str, day: date, now: datetime, *, earliest: date | None, earlier: str
) -> list[Fault]:
    faults = []
    if not number.strip():
        faults.append(Fault("number_missing", "请填写文号。", "number"))
    if day > now.astimezone(SHANGHAI).date():
        faults.append(Fault("date_in_future", "日期不能晚于今天。", "decided_on"))
    if earliest is not None and day < earliest:
        faults.append(Fault("date_before_case", earlier, "decided_on"))
    return faults


def _end(
    case: RevocationCase, step: str, reason: str, actor: Actor, now: datetime, *roles: str
) -> RevocationCase:
    case = _locked(case)
    acting_user(actor, *roles, **case.scopes())
    if not reason.strip():
        raise Refused("reason_missing", "请说明理由。", field="reason")
    move(case, step, actor=actor, now=now, article=_article(case), reason=reason.strip())
    if not case.findings:
        case.findings = reason.strip()
        case.save(update_fields=["findings"])
    close_duties(kind=CASE_DUTY, subject=case, now=now)
    return case


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


def _publish(
    case: RevocationCase, honour: Honour, edition: Edition, authority: User, now: datetime
) -> Notice:
    """The public notice of a revocation (撤销公告), issued with the authority's decision."""
    body = (
        f"{honour.organisation.name}（统一社会信用代码{honour.organisation.uscc}）于{honour.awarded_on.year}年"
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
        title=f"关于撤销{honour.organisation.name}{honour.title}称号的公告",
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
        tier=honour.tier,
        repeat=honour.repeat,
        position=1,
    )
    article = str(basis.sanction_cells(edition, case.ground)[NOTICE]["article"])
    move(notice, "issue", actor=authority, now=now, article=article, details={"number": notice.number})
    print_head(notice, authority, now)
    return notice


def _next_step(case: RevocationCase, role: str, words: str, now: datetime) -> None:
    """One open duty for each case: whoever's turn it is."""
    close_duties(kind=CASE_DUTY, subject=case, now=now)
    scheme = case.honour.scheme
    title = f"{words}：{case.honour.organisation.name}"
    open_duty(
        kind=CASE_DUTY,
        subject=case,
        title=title,
        link=case.get_absolute_url(),
        due_at=now + basis.VERIFICATION,
        now=now,
        role=role,
        scope_kind="scheme",
        scope_key=scheme.code,
    )
    post(
        to=queries.people_with(scheme, role),
        kind="publicity.case",
        subject=title,
        body=f"“{case.honour.title}”撤销案件：{words}。",
        link=case.get_absolute_url(),
        key=f"case:{case.pk}:{case.state}",
        now=now,
    )


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
