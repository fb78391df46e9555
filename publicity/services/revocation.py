"""Taking a title away (撤销称号): office investigates → committee proposes → authority decides (services.effects)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction

from accounts.actors import Actor
from accounts.moves import move
from accounts.roles import OFFICE_ROLES, Role
from audit.services import record
from awards.law.editions import Edition
from ground.clock import SHANGHAI
from ground.errors import Fault, Refused, refuse_if
from notifications.services import close_duties, open_duty, post
from publicity import queries
from publicity.models import Honour, Incident, RevocationCase, edition_of
from publicity.permissions import acting_user
from publicity.services import basis
from publicity.services.incidents import NOTE_DUTY
from publicity.services.locking import lock_honour, lock_of_honour

CASE_DUTY: Final = "publicity.case"
FRAUD: Final = "fraud"


@transaction.atomic
def open_revocation_case(
    *, honour: Honour, ground: str, summary: str, incident: Incident | None, actor: Actor, now: datetime
) -> RevocationCase:
    """Open an investigation on a ground of the edition, with or without a report of the holder. Office.

    Events count while the title is valid; fraud at any time. Refused: honour_revoked, honour_expired, case_open,
    ground_unknown, summary_missing, incident_of_other.
    """
    honour = lock_honour(honour)
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
    case = lock_of_honour(case)
    acting_user(actor, Role.OFFICE_HEAD, **case.scopes())
    if not findings.strip():
        raise Refused("findings_missing", "请填写调查结论。", field="findings")
    move(
        case, "report", actor=actor, now=now, article=article_of(case), details={"findings": findings.strip()}
    )
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
    case = lock_of_honour(case)
    acting_user(actor, Role.COMMITTEE, Role.OFFICE_HEAD, **case.scopes())
    opened = case.opened_at.astimezone(SHANGHAI).date()
    refuse_if(
        decision_faults(number, decided_on, now, earliest=opened, earlier="决议日期早于立案日期，请核对。")
    )
    move(
        case,
        "propose",
        actor=actor,
        now=now,
        article=article_of(case),
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


def article_of(case: RevocationCase) -> str:
    return basis.revocation_article(edition_of(case.honour.cycle), case.ground)


def faults_against_a_case(honour: Honour) -> list[Fault]:
    """What keeps any case from being opened against a title, on whatever ground."""
    if honour.state == "revoked":
        return [Fault("honour_revoked", "这一称号已经撤销。")]
    if queries.open_case_of(honour) is not None:
        return [Fault("case_open", "这一称号已有在办的撤销案件，请在原案件中办理。")]
    return []


def _opening_faults(
    honour: Honour, edition: Edition, ground: str, summary: str, incident: Incident | None, today: date
) -> list[Fault]:
    faults = []
    grounds = {event.code: event for event in edition.events("revocation_grounds")}
    if ground not in grounds:
        faults.append(Fault("ground_unknown", "请选择办法规定的撤销事由。", "ground"))
    faults += faults_against_a_case(honour)
    if (
        honour.state != "revoked"
        and ground in grounds
        and ground != FRAUD
        and honour.state_on(today) == "expired"
    ):
        faults.append(
            Fault(
                "honour_expired",
                "称号有效期已过，只有弄虚作假骗取荣誉的仍可撤销。",
                "ground",
                grounds[ground].article,
            )
        )
    if incident is not None and incident.honour_id != honour.pk:
        faults.append(Fault("incident_of_other", "这份事项报告属于另一称号。"))
    if not summary.strip():
        faults.append(Fault("summary_missing", "请写明线索和立案理由。", "summary"))
    return faults


def decision_faults(
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
    case = lock_of_honour(case)
    acting_user(actor, *roles, **case.scopes())
    if not reason.strip():
        raise Refused("reason_missing", "请说明理由。", field="reason")
    move(case, step, actor=actor, now=now, article=article_of(case), reason=reason.strip())
    if not case.findings:
        case.findings = reason.strip()
        case.save(update_fields=["findings"])
    close_duties(kind=CASE_DUTY, subject=case, now=now)
    return case


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
