"""Who of the pool can take work in a cycle: standing, days away, load and its limit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Exists, F, OuterRef, Q
from django.utils.timezone import localtime

from awards.models import Cycle
from scoring.models import (
    DeclinedFile,
    Panel,
    PanelMember,
    Reviewer,
    Sheet,
    Stage,
    Training,
    Unavailability,
)
from scoring.queries.benches import LIVE

Span = tuple[date, date]
STAGES: Final = {
    Panel.Kind.MATERIAL.value: (Stage.MATERIAL,),
    Panel.Kind.SITE.value: (Stage.PRESENTATION, Stage.SITE),
}


@dataclass(frozen=True)
class PoolEntry:
    """A reviewer as an assignment weighs them; expertise, kind and employer are on `reviewer`.

    `load`: applicants they are seated for in the cycle, over all panels. `away`: the days of the stage on which they
    can't review, `away_throughout` when no day is left. `training_valid`: None where no training is on record.
    """

    reviewer: Reviewer
    load: int
    away: tuple[Span, ...]
    away_throughout: bool
    training_valid: bool | None

    @property
    def limit(self) -> int | None:
        """The most applicants they take on in one cycle; None: no limit."""
        return self.reviewer.load_limit

    @property
    def room(self) -> int | None:
        """How many applicants more they can take; None: no limit."""
        return None if self.limit is None else max(0, self.limit - self.load)


def eligible_reviewers(
    cycle: Cycle, *, kind: str = Panel.Kind.MATERIAL, unfit: bool = False
) -> list[PoolEntry]:
    """Who can take at least one applicant more in the cycle's panels of `kind`, by name.

    Not the disqualified and, but for `unfit`, those away for the whole stage or at their limit. Conflicts depend on the
    applicant: see `queries.conflicts.conflicts_among`. A constant number of queries.
    """
    pool = Reviewer.objects.filter(disqualified_at=None).select_related("user").order_by("user__name", "pk")
    entries = pool_entries_in(cycle, list(pool), kind=kind)
    return [entry for entry in entries if unfit or not (entry.away_throughout or entry.room == 0)]


def pool_entries_in(cycle: Cycle, reviewers: Collection[Reviewer], *, kind: str) -> list[PoolEntry]:
    """Each of `reviewers` as an entry, eligible or not, in the order given."""
    span = stage_span(cycle, kind)
    keys = [reviewer.pk for reviewer in reviewers]
    absences: dict[int, list[Span]] = defaultdict(list)
    trainings: dict[int, list[date | None]] = defaultdict(list)
    away = Unavailability.objects.filter(reviewer__in=keys)
    if span:
        away = away.filter(since__lte=span[1], until__gte=span[0])
    for row in away:
        absences[row.reviewer_id].append((row.since, row.until))
    for reviewer_id, until in Training.objects.filter(reviewer__in=keys).values_list(
        "reviewer_id", "valid_until"
    ):
        trainings[reviewer_id].append(until)
    loads = load_of(cycle, keys)
    until = span[1] if span else None
    return [
        PoolEntry(
            reviewer,
            loads.get(reviewer.pk, 0),
            tuple(absences[reviewer.pk]) if span else (),
            span is not None and covers(absences[reviewer.pk], span),
            _valid(trainings[reviewer.pk], until),
        )
        for reviewer in reviewers
    ]


def load_of(cycle: Cycle, reviewers: Collection[int], *, without: Panel | None = None) -> dict[int, int]:
    """Reviewer → the applicants they are seated for in the cycle, each counted once; declined ones don't count.

    Once a panel has started those count for which the reviewer has a sheet: a substitute takes over only some.
    """
    declined = DeclinedFile.objects.filter(
        reviewer=OuterRef("reviewer_id"), application=OuterRef("file"), panel=OuterRef("panel_id")
    )
    handed = Sheet.objects.filter(
        reviewer=OuterRef("reviewer_id"),
        application=OuterRef("file"),
        panel=OuterRef("panel_id"),
        state__in=LIVE,
    )
    seats = PanelMember.objects.filter(panel__cycle=cycle, reviewer__in=reviewers)
    if without is not None:
        seats = seats.exclude(panel=without)
    rows = seats.annotate(file=F("panel__applications")).filter(
        Q(panel__state="forming") | Q(Exists(handed)), ~Exists(declined), file__isnull=False
    )
    held: dict[int, set[int]] = defaultdict(set)
    for reviewer_id, application_id in rows.values_list("reviewer_id", "file"):
        held[reviewer_id].add(application_id)
    return {key: len(held[key]) for key in reviewers}


def stage_span(cycle: Cycle, kind: str) -> Span | None:
    """From the first to the last day of the stages that panels of `kind` score; None without a timetable."""
    milestones = [found for stage in STAGES[kind] if (found := cycle.timetable.get(stage))]
    if not milestones:
        return None
    begin = min(localtime(row.starts_at).date() for row in milestones)
    return begin, max(begin, *(localtime(row.due_at).date() for row in milestones))


def covers(spans: Collection[Span], whole: Span) -> bool:
    """Whether the `spans` together leave no day of `whole`."""
    day = whole[0]
    for since, until in sorted(spans):
        if since > day:
            return False
        day = max(day, until + timedelta(days=1))
        if day > whole[1]:
            return True
    return False


def _valid(until: Collection[date | None], on: date | None) -> bool | None:
    if not until:
        return None
    return any(day is None or on is None or day >= on for day in until)
