"""Freezing the composite ranking: the input is put together, the pure rule is asked, both are kept with a digest."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from accounts.actors import Actor
from accounts.moves import move
from accounts.permissions import person, require_role
from accounts.roles import Role
from applications.models import Application, StandingRecord
from audit.services import record
from awards.models import Cycle
from ground.digest import canonical_json, sm3_hex
from ground.errors import Fault, Refused, refuse_if
from scoring.models import Consolidation, Ranking, RankingRow, Stage
from scoring.queries.fairness import normalised_scores
from scoring.rules.ranking import Candidate, Win, rank


def ranking_input(cycle: Cycle, as_of: date) -> dict[str, Any]:
    """The input of `recompute ranking` (contracts.md) for the shortlisted of `cycle`. Refused: stage_unsigned for each."""
    scores: dict[int, dict[str, Decimal]] = {}
    for report in Consolidation.objects.filter(application__cycle=cycle, state="signed"):
        if report.score is not None:
            scores.setdefault(report.application_id, {})[report.stage] = report.score
    shortlisted = list(
        Application.objects.filter(cycle=cycle, state="shortlisted")
        .select_related("organisation")
        .order_by("number")
    )
    refuse_if(
        Fault(
            "stage_unsigned",
            f"“{application.organisation.name}”的{label}还没有签署评审报告。",
            article=cycle.edition.article("weights"),
        )
        for application in shortlisted
        for stage, label in Stage.choices
        if stage not in scores.get(application.pk, {})
    )
    scores = normalised_scores(cycle, scores)
    wins = _previous_wins(cycle, [application.organisation.uscc for application in shortlisted], as_of)
    return {
        "edition": cycle.edition.code,
        "as_of": as_of.isoformat(),
        "candidates": [
            {
                "id": application.number,
                **{stage: str(scores[application.pk][stage]) for stage in Stage.values},
                "previous_wins": wins.get(application.organisation.uscc, []),
            }
            for application in shortlisted
        ],
    }


@transaction.atomic
def freeze_ranking(*, cycle: Cycle, actor: Actor, now: datetime) -> Ranking:
    """Freeze the ranking (锁定排名): input, result, edition digest and digest are kept for ever.

    Refused: nobody_shortlisted, stage_unsigned (for each), wrong_state.
    """
    locked = Cycle.objects.select_for_update().select_related("scheme", "edition_record").get(pk=cycle.pk)
    require_role(actor, Role.OFFICE_HEAD, **locked.scopes())
    edition, as_of = locked.edition, localdate(now)
    article = edition.article("weights")
    move(locked, "freeze_ranking", actor=actor, now=now, article=article)
    document = ranking_input(locked, as_of)
    if not document["candidates"]:
        raise Refused("nobody_shortlisted", "没有入围的组织，不能排名。", article=article)
    result = rank(edition, candidates_in(document)[1], as_of)
    answer = result.to_document()
    ranking = Ranking.objects.create(
        cycle=locked,
        input=document,
        result=answer,
        edition_digest=edition.digest,
        digest=sm3_hex(canonical_json({"input": document, "result": answer, "edition": edition.digest})),
        frozen_by=person(actor),
        frozen_at=now,
    )
    applications = {
        application.number: application
        for application in Application.objects.filter(cycle=locked, state="shortlisted")
    }
    given = {entry["id"]: entry for entry in document["candidates"]}
    RankingRow.objects.bulk_create(
        [
            RankingRow(
                ranking=ranking,
                application=applications[placing.id],
                rank=placing.rank,
                **{stage: Decimal(given[placing.id][stage]) for stage in Stage.values},
                composite=placing.composite,
                tier=placing.tier or "",
                basis=placing.basis or "",
                prize=placing.prize,
            )
            for placing in result.ranking
        ]
    )
    record(
        actor=actor,
        action="ranking.freeze",
        subject=ranking,
        at=now,
        article=article,
        after={"digest": ranking.digest, "edition": edition.digest},
    )
    return ranking


def candidates_in(document: dict[str, Any]) -> tuple[date, list[Candidate]]:
    """The day and the candidates of a ranking's input."""
    return date.fromisoformat(document["as_of"]), [_candidate(entry) for entry in document["candidates"]]


def _candidate(entry: dict[str, Any]) -> Candidate:
    return Candidate(
        id=entry["id"],
        scores={stage: Decimal(entry[stage]) for stage in Stage.values},
        previous_wins=tuple(
            Win(tier=win["tier"], on=date.fromisoformat(win["on"])) for win in entry["previous_wins"]
        ),
    )


def _previous_wins(cycle: Cycle, usccs: list[str], as_of: date) -> dict[str, list[dict[str, str]]]:
    """uscc → earlier wins of the scheme's own award that still stand, oldest first."""
    wins: dict[str, list[dict[str, str]]] = {}
    own = StandingRecord.objects.filter(
        kind=StandingRecord.Kind.HONOUR,
        award=cycle.edition.value("own_award"),
        uscc__in=usccs,
        on__lte=as_of,
        lifted_at=None,
    ).order_by("on", "id")
    for won in own:
        wins.setdefault(won.uscc, []).append({"tier": won.tier, "on": won.on.isoformat()})
    return wins
