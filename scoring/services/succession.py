"""After a candidate was struck during publicity: who moves up, and the resolution that does it (递补)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.moves import move
from accounts.permissions import person, require_role
from accounts.roles import Role
from applications.models import Application
from awards.models import Cycle
from ground.errors import Fault, Refused, refuse_if
from scoring.models import Ranking, RankingRow, Resolution
from scoring.queries.results import seat_reading
from scoring.rules.succession import InLine, next_up
from scoring.services.deliberation import ask_authority
from scoring.services.resolving import above_line, record_in_ledger

Outcome = Resolution.Outcome
HOLDING = ("candidate", "held", "awarded")


@transaction.atomic
def nominate_next(
    *, cycle: Cycle, application: Application, number: str, reason: str, actor: Actor, now: datetime
) -> Resolution:
    """After a candidate was struck, the committee may move the next one up (递补): a new resolution, a new approval,
    and a publicity of its own. The ledger keeps by which reading the next one was found.

    Refused: wrong_stage, nobody_struck, not_eligible_next, number_missing, reason_missing.
    """
    locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
    require_role(actor, Role.OFFICE_HEAD, **locked.scopes())
    article = locked.edition.article("decision_order")
    if locked.state not in ("publicity_closed", "announced"):
        raise Refused("wrong_stage", "公示期满后才能递补。", article=article)
    struck = struck_award(locked)
    if struck is None:
        raise Refused("nobody_struck", "没有被取消拟授奖资格的组织，不能递补。", article=article)
    following = next_in_line(locked, struck.tier)
    faults = []
    if following is None or following.application_id != application.pk:
        faults.append(
            Fault("not_eligible_next", "只能递补排名紧随其后且超过分数线的组织。", "application", article)
        )
    if not number.strip():
        faults.append(Fault("number_missing", "请填写决议文号。", "number"))
    if not reason.strip():
        faults.append(Fault("reason_missing", "请写明递补的理由。", "reason"))
    refuse_if(faults)
    resolution = Resolution.objects.create(
        meeting=struck.meeting,
        application=application,
        outcome=Outcome.AWARD,
        tier=struck.tier,
        basis="quota",
        prize=locked.edition.prize(struck.tier),
        number=number.strip(),
        reason=reason.strip(),
        votes_for=0,
        votes_against=0,
        votes_abstained=0,
        recorded_by=person(actor),
        recorded_at=now,
        replaces=struck,
    )
    move(application, "nominate", actor=actor, now=now, reason=reason.strip(), article=article)
    record_in_ledger(resolution, actor, now, details=asdict(seat_reading(locked.edition)))
    ask_authority(locked, now=now)
    return resolution


def struck_award(cycle: Cycle) -> Resolution | None:
    """The award whose candidate was struck during publicity and whose seat is free: the earliest that somebody can
    take up, else the earliest. A repeat winner took no seat and leaves none.
    """
    free = list(
        Resolution.objects.filter(
            meeting__cycle=cycle,
            outcome=Outcome.AWARD,
            basis="quota",
            application__state="struck",
            replaced_by=None,
        )
        .select_related("application__organisation", "meeting")
        .order_by("recorded_at", "id")
    )
    return next((award for award in free if next_in_line(cycle, award.tier)), free[0] if free else None)


def next_in_line(cycle: Cycle, tier: str) -> RankingRow | None:
    """The best-ranked application above the line of `tier` that may move up; None where nobody may.

    Whom the committee struck and who may not win again yet are left out. Whether a better-ranked one who holds a lower
    tier is passed over or leaves the seat empty is the edition's reading.
    """
    kept_out = _kept_out(cycle)
    lower = _holding_lower(cycle, tier)
    rows = {
        row.pk: row
        for row in RankingRow.objects.filter(ranking__cycle=cycle)
        .select_related("application__organisation")
        .order_by("rank", "application__number")
    }
    line = [
        InLine(
            key=row.pk,
            above_line=above_line(cycle, tier, row.composite),
            holds_lower=row.application_id in lower,
            free=row.application.state == "not_selected" and row.application_id not in kept_out,
        )
        for row in rows.values()
    ]
    following = next_up(line, holders=seat_reading(cycle.edition).holders)
    return None if following is None else rows[following]


def _kept_out(cycle: Cycle) -> set[int]:
    """The applications that a new resolution can't bring back."""
    ranking = Ranking.objects.get(cycle=cycle)
    too_soon = [
        entry["id"]
        for entry in ranking.result["ranking"]
        if any(reason["code"] == "not_yet_reapplicable" for reason in entry["reasons"])
    ]
    rows = ranking.rows.filter(application__number__in=too_soon).values_list("application_id", flat=True)
    struck = Resolution.objects.filter(meeting__cycle=cycle, outcome=Outcome.STRIKE)
    return {*rows, *struck.values_list("application_id", flat=True)}


def _holding_lower(cycle: Cycle, tier: str) -> set[int]:
    """The applications that hold a tier below `tier`."""
    codes = [known.code for known in cycle.edition.tiers]
    held = Resolution.objects.filter(
        meeting__cycle=cycle,
        outcome=Outcome.AWARD,
        tier__in=codes[codes.index(tier) + 1 :],
        application__state__in=HOLDING,
    )
    return set(held.values_list("application_id", flat=True))
