"""Opening a cycle, cancelling it, and closing its applications on time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.actors import SYSTEM, Actor
from accounts.models import User
from accounts.moves import move
from accounts.permissions import require_role
from accounts.roles import OFFICE_ROLES
from audit.services import record
from awards.law import criteria, editions
from awards.law.editions import Edition
from awards.models import Cycle, EditionRecord, Scheme
from awards.rules.opening import faults_against_opening
from awards.services.duties import close_done_duties, close_left_duties
from ground.errors import Refused, refuse_if


@transaction.atomic
def open_cycle(*, scheme_code: str, edition_code: str, year: int, actor: User, now: datetime) -> Cycle:
    """Start the year's cycle of a scheme, pinned to one edition and one version of the criteria.

    1. Check the role. 2. Lock the scheme. 3. Check the edition on the legal day of `now`, and that the year is free.
    4. Pin the edition's content and digest. 5. Write the cycle and the ledger entry.
    Refused: scheme_unknown, edition_unknown, edition_of_other_scheme, edition_incomplete, edition_lapsed,
    edition_not_in_force, edition_no_contest, year_out_of_range, cycle_exists.
    """
    require_role(actor, *OFFICE_ROLES, scheme=scheme_code)
    scheme = Scheme.objects.select_for_update().filter(code=scheme_code).first()
    if scheme is None:
        raise Refused("scheme_unknown", "没有这个奖项，请从列表中选择。", field="edition")
    edition = _edition(edition_code)
    if edition.scheme != scheme.code:
        raise Refused(
            "edition_of_other_scheme", f"《{edition.title}》不是{scheme.name}的办法。", field="edition"
        )
    refuse_if(faults_against_opening(edition, year=year, on=now.date()))
    if Cycle.objects.filter(scheme=scheme, year=year).exclude(state="cancelled").exists():
        raise Refused(
            "cycle_exists",
            f"{year}年度{scheme.name}已经建立，一年只评一次。",
            field="year",
            article=edition.article("cycle_frequency"),
        )
    standard = criteria.get(edition.value("criteria"))
    cycle = Cycle.objects.create(
        scheme=scheme,
        year=year,
        edition_record=_pinned(edition, scheme, now),
        criteria_code=standard.code,
        criteria_digest=standard.digest,
        opened_by=actor,
        created_at=now,
    )
    record(
        actor=actor,
        action="cycle.opened",
        subject=cycle,
        at=now,
        article=edition.article("cycle_frequency"),
        after={"state": cycle.state, "year": year, "edition": edition.code, "digest": edition.digest},
        details={"label": "建立评定年度", "criteria": standard.code, "criteria_digest": standard.digest},
    )
    return cycle


@transaction.atomic
def cancel_cycle(*, cycle: Cycle, reason: str, actor: Actor, now: datetime) -> None:
    """Cancel a cycle whose applications have not closed yet. Refused: reason_missing, wrong_state."""
    if not reason.strip():
        raise Refused("reason_missing", "请写明取消的理由，申报组织会看到它。", field="reason")
    move(
        cycle,
        "cancel",
        actor=actor,
        now=now,
        reason=reason.strip(),
        article=cycle.edition.article("announcement_call"),
    )
    close_done_duties(cycle, now=now)


def sweep_cycles(*, now: datetime) -> int:
    """Close the applications of every cycle whose deadline has passed; return how many. Twice has the effect of once.

    Each cycle is a transaction of its own; one that another sweep holds is left to it. Duties that the state has
    left behind are closed as well.
    """
    closed = sum(_close_if_due(pk, now) for pk in _due(now).values_list("pk", flat=True))
    close_left_duties(now=now)
    return closed


def _due(now: datetime) -> QuerySet[Cycle]:
    return Cycle.objects.filter(state="open", milestones__kind="application", milestones__due_at__lt=now)


@transaction.atomic
def _close_if_due(pk: int, now: datetime) -> int:
    cycle = (
        _due(now)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("scheme", "edition_record")
        .filter(pk=pk)
        .first()
    )
    if cycle is None:
        return 0
    deadline = cycle.timetable["application"].due_at
    move(
        cycle,
        "close_applications",
        actor=SYSTEM,
        now=now,
        article=cycle.edition.article("announcement_call"),
        details={"deadline": deadline},
    )
    return 1


def _edition(code: str) -> Edition:
    try:
        return editions.get(code)
    except editions.UnknownEdition:
        raise Refused("edition_unknown", "没有这个规则版本，请从列表中选择。", field="edition") from None


def _pinned(edition: Edition, scheme: Scheme, now: datetime) -> EditionRecord:
    record_, _ = EditionRecord.objects.get_or_create(
        code=edition.code,
        digest=edition.digest,
        defaults={"scheme": scheme, "content": edition.content, "recorded_at": now},
    )
    return record_
