"""What the optimiser is given: the files that wait for a panel, the pool with its limits, and who may not meet whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from applications.models import Application, Organisation
from awards.models import Cycle
from scoring.models import Panel, PanelProposal, Reviewer
from scoring.queries.conflicts import conflicts_among
from scoring.queries.eligible import pool_entries_in
from scoring.queries.visibility import office_cycles
from scoring.rules.teams import File, Person, Seat, Task, Team

REVIEWED: Final = {Panel.Kind.MATERIAL: "accepted", Panel.Kind.SITE: "shortlisted"}


def proposals_visible_to(user: object) -> QuerySet[PanelProposal]:
    """Proposals of the scheme's cycles for its office, all for the supervisor."""
    rows = PanelProposal.objects.select_related("cycle__scheme", "cycle__edition_record", "asked_by")
    return rows.filter(cycle__in=office_cycles(user))


def assignable(cycle: Cycle, kind: str, *, panel: Panel | None = None) -> QuerySet[Application]:
    """The applications that a panel of `kind` reviews; `taken` those that another such panel has already."""
    others = Panel.objects.filter(cycle=cycle, kind=kind, applications=OuterRef("pk"))
    if panel is not None:
        others = others.exclude(pk=panel.pk)
    return (
        Application.objects.filter(cycle=cycle, state=REVIEWED[Panel.Kind(kind)])
        .annotate(taken=Exists(others))
        .select_related("organisation", "recommender")
        .order_by("number")
    )


def waiting_files(cycle: Cycle, kind: str) -> list[Application]:
    """The applications that no panel of the kind has yet."""
    return list(assignable(cycle, kind).exclude(panels__in=Panel.objects.filter(cycle=cycle, kind=kind)))


def task_of(cycle: Cycle, kind: str, *, size: int, most: int) -> Task:
    """The task as the data stand now; a constant number of queries."""
    applications = waiting_files(cycle, kind)
    pool = list(
        Reviewer.objects.filter(disqualified_at=None)
        .select_related("user")
        .annotate(sealed_ever=Count("sheets", filter=Q(sheets__state="sealed")))
        .order_by("pk")
    )
    entries = {entry.reviewer.pk: entry for entry in pool_entries_in(cycle, pool, kind=kind)}
    conflicts = conflicts_among(pool, applications)
    return Task(
        files=tuple(
            File(row.pk, row.organisation.name, row.organisation.industry, row.number) for row in applications
        ),
        people=tuple(
            Person(
                one.pk,
                one.user.name,
                expert=one.kind == Reviewer.Kind.EXPERT,
                trades=one.industries,
                employer=_employer(one),
                load=entries[one.pk].load,
                room=entries[one.pk].room,
                sealed=one.sealed_ever,
                out="在整个环节都不能参加" if entries[one.pk].away_throughout else "",
                key=one.user.username,
            )
            for one in pool
        ),
        conflicts=frozenset((one, row) for one, rows in conflicts.items() for row in rows),
        rivals=_rivals(pool, applications, conflicts),
        size=size,
        minimum=int(cycle.edition.value("panel_minimum")),
        experts=int(cycle.edition.value("panel_industry_experts")),
        most=most,
    )


def names_taken(cycle: Cycle, kind: str) -> frozenset[str]:
    """The names that panels of the kind have already."""
    return frozenset(Panel.objects.filter(cycle=cycle, kind=kind).values_list("name", flat=True))


def teams_of(proposal: PanelProposal, task: Task) -> tuple[Team, ...]:
    """The proposal's teams; who or what has meanwhile left the pool or the waiting files is left out."""
    return tuple(
        Team(
            team.name,
            tuple(seat for seat in team.seats if seat.person in task.person),
            tuple(file for file in team.files if file in task.file),
        )
        for team in teams_from(proposal.teams)
    )


def teams_from(document: Iterable[dict[str, Any]]) -> list[Team]:
    """What `teams_document` made, read back."""
    return [
        Team(
            row["name"],
            tuple(Seat(seat["person"], seat["lead"], seat["expert"]) for seat in row["seats"]),
            tuple(row["files"]),
        )
        for row in document
    ]


def teams_document(teams: Iterable[Team]) -> list[dict[str, Any]]:
    """Teams as PanelProposal keeps them."""
    return [
        {
            "name": team.name,
            "files": list(team.files),
            "seats": [
                {"person": seat.person, "lead": seat.lead, "expert": seat.expert} for seat in team.seats
            ],
        }
        for team in teams
    ]


def _employer(reviewer: Reviewer) -> str:
    name = reviewer.employer.strip()
    return reviewer.employer_uscc or ("" if name == "无" else name)


def _rivals(
    pool: Sequence[Reviewer], applications: Sequence[Application], conflicts: dict[int, set[int]]
) -> frozenset[tuple[int, int]]:
    """Where the reviewer's employer, as far as it is registered here, is of the applicant's trade."""
    trades = dict(
        Organisation.objects.filter(
            uscc__in={one.employer_uscc for one in pool if one.employer_uscc}
        ).values_list("uscc", "industry")
    )
    return frozenset(
        (one.pk, row.pk)
        for one in pool
        for row in applications
        if trades.get(one.employer_uscc) == row.organisation.industry and row.pk not in conflicts[one.pk]
    )
