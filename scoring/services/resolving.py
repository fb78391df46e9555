"""What the committee resolved on a candidate: carried, never below the line, never beyond the quota."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from django.db import transaction

from accounts.actors import Actor
from accounts.permissions import person
from accounts.roles import Role
from applications.models import Application
from audit.services import record
from awards.models import Cycle
from ground.errors import Fault, refuse_if
from scoring.models import Meeting, RankingRow, Resolution, Vote
from scoring.services.deliberation import open_meeting, row_of

Outcome = Resolution.Outcome


@transaction.atomic
def record_resolution(
    *,
    meeting: Meeting,
    application: Application,
    outcome: str,
    tier: str,
    number: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Resolution:
    """Record what the committee resolved on one candidate (审议决议).

    1. The votes are counted; recused members are out of the count. An award needs more votes for than against.
    2. An award never goes below the threshold and never beyond the quota; a repeat winner takes no seat.
    3. Anything but the award that the ranking gives needs a reason.
    Refused: meeting_closed, not_a_candidate, number_missing, no_votes, outcome_unknown, not_carried, tier_missing,
    below_threshold, quota_exceeded, reason_missing.
    """
    locked = open_meeting(meeting, actor, Role.OFFICE_HEAD)
    row = row_of(locked, application)
    tally = {
        choice: locked.votes.filter(application=application, choice=choice).count() for choice in Vote.Choice
    }
    faults = []
    if not number.strip():
        faults.append(Fault("number_missing", "请填写决议文号。", "number"))
    if not sum(tally[choice] for choice in (Vote.Choice.FOR, Vote.Choice.AGAINST, Vote.Choice.ABSTAIN)):
        faults.append(Fault("no_votes", "还没有委员对这个候选组织表决。"))
    if outcome not in Outcome.values:
        faults.append(Fault("outcome_unknown", "请选择决议。", "outcome"))
    if outcome == Outcome.AWARD:
        faults += _award_faults(locked, row, tier, tally)
    if (outcome != Outcome.AWARD or tier != row.tier) and not reason.strip():
        faults.append(Fault("reason_missing", "决议与排名结果不同，请写明理由。", "reason"))
    refuse_if(faults)
    basis, prize = "", 0
    if outcome == Outcome.AWARD and row.basis == "repeat" and row.tier == tier:
        basis, prize = "repeat", row.prize
    elif outcome == Outcome.AWARD:
        basis, prize = "quota", locked.cycle.edition.prize(tier)
    Resolution.objects.filter(meeting=locked, application=application).delete()
    resolution = Resolution.objects.create(
        meeting=locked,
        application=application,
        outcome=outcome,
        tier=tier if outcome == Outcome.AWARD else "",
        basis=basis,
        prize=prize,
        number=number.strip(),
        reason=reason.strip(),
        votes_for=tally[Vote.Choice.FOR],
        votes_against=tally[Vote.Choice.AGAINST],
        votes_abstained=tally[Vote.Choice.ABSTAIN],
        recorded_by=person(actor),
        recorded_at=now,
    )
    record_in_ledger(resolution, actor, now)
    return resolution


def record_in_ledger(
    resolution: Resolution, actor: Actor, now: datetime, *, details: Mapping[str, str] = MappingProxyType({})
) -> None:
    """What was resolved, with its count of votes. `details`: what it rests on beside the reason."""
    told = {"reason": resolution.reason, **details}
    record(
        actor=actor,
        action="resolution.record",
        subject=resolution.application,
        at=now,
        article=resolution.meeting.cycle.edition.article("decision_order"),
        after={
            "outcome": str(resolution.outcome),
            "tier": resolution.tier,
            "basis": resolution.basis,
            "number": resolution.number,
            "for": resolution.votes_for,
            "against": resolution.votes_against,
            "abstained": resolution.votes_abstained,
        },
        details={key: words for key, words in told.items() if words} or None,
    )


def above_line(cycle: Cycle, tier: str, composite: Decimal) -> bool:
    """Whether an exact composite reaches the threshold of `tier`."""
    return cycle.edition.threshold(tier).met_by(composite)


def _award_faults(meeting: Meeting, row: RankingRow, tier: str, tally: dict[Vote.Choice, int]) -> list[Fault]:
    edition = meeting.cycle.edition
    if tier not in {known.code for known in edition.tiers}:
        return [Fault("tier_missing", "请选择授予的奖级。", "tier")]
    faults = []
    if tally[Vote.Choice.FOR] <= tally[Vote.Choice.AGAINST]:
        faults.append(Fault("not_carried", "同意票没有多于不同意票，不能决议授奖。"))
    if not above_line(meeting.cycle, tier, row.composite):
        faults.append(
            Fault(
                "below_threshold", "综合得分没有达到这个奖级的分数线。", "tier", edition.article("thresholds")
            )
        )
    if not (row.basis == "repeat" and row.tier == tier):
        taken = (
            meeting.resolutions.filter(outcome=Outcome.AWARD, tier=tier, basis="quota")
            .exclude(application=row.application)
            .count()
        )
        if taken >= edition.quota(tier):
            faults.append(
                Fault("quota_exceeded", "这个奖级的名额已经用完。", "tier", edition.article("quotas"))
            )
    return faults
