"""Reading shortlists, rankings, meetings and approvals: office, committee and authority of the scheme, and the supervisor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.permissions import in_portal, scopes_of
from accounts.roles import OFFICE_ROLES, Role, Scope
from applications.models import Application
from awards.law.editions import Edition
from awards.models import Cycle
from scoring.models import Approval, Consolidation, Meeting, Ranking, RankingRow, Resolution, Stage, Vote
from scoring.rules.composite import display_of
from scoring.rules.succession import STAYS_EMPTY

READERS = (*OFFICE_ROLES, Role.COMMITTEE, Role.AUTHORITY)
AFTER_RANKING = ("ranked", "deliberated", "approved", "publicity", "publicity_closed", "announced")
HOLDER_NEXT: Final = "holder_next_in_line"


@dataclass(frozen=True)
class SeatReading:
    """What becomes of a freed seat where the next in rank holds a lower tier, the article it is nearest to, and why."""

    holders: str
    article: str
    reading: str


def seat_reading(edition: Edition) -> SeatReading:
    """The edition's reading; one without it passes over nobody."""
    if not edition.has(HOLDER_NEXT):
        return SeatReading(STAYS_EMPTY, "", "")
    return SeatReading(
        edition.value(HOLDER_NEXT), edition.article(HOLDER_NEXT), edition.reading(HOLDER_NEXT) or ""
    )


def result_cycles_visible_to(user: object) -> QuerySet[Cycle]:
    """Cycles whose results `user` may read: the office at any time, committee and authority once ranked."""
    cycles = Cycle.objects.select_related("scheme", "edition_record")
    if in_portal(user, Role.SUPERVISOR):
        return cycles
    office = Q(scheme__code__in=scopes_of(user, Scope.SCHEME, *OFFICE_ROLES))
    deciders = Q(
        scheme__code__in=scopes_of(user, Scope.SCHEME, Role.COMMITTEE, Role.AUTHORITY),
        state__in=AFTER_RANKING,
    )
    return cycles.filter(office | deciders)


def shortlist_rows(cycle: Cycle) -> QuerySet[Application]:
    """The applications that reached material review, best material score first, each with `material_reports`."""
    reports = Consolidation.objects.filter(stage=Stage.MATERIAL).select_related("panel")
    return (
        Application.objects.filter(
            cycle=cycle,
            state__in=(
                "accepted",
                "shortlisted",
                "not_shortlisted",
                "candidate",
                "not_selected",
                "held",
                "struck",
                "awarded",
            ),
        )
        .select_related("organisation", "cycle__scheme")
        .prefetch_related(Prefetch("consolidations", reports, to_attr="material_reports"))
        .order_by("number")
    )


def stage_scores(cycle: Cycle) -> dict[int, dict[str, Consolidation]]:
    """application id → stage → consolidation, of the shortlisted."""
    scores: dict[int, dict[str, Consolidation]] = {}
    found = Consolidation.objects.filter(application__cycle=cycle).exclude(
        application__state="not_shortlisted"
    )
    for consolidation in found:
        scores.setdefault(consolidation.application_id, {})[consolidation.stage] = consolidation
    return scores


@dataclass(frozen=True, slots=True)
class Placed:
    """One line of a frozen ranking as the page writes it; `reasons`: (code, article) each."""

    rank: int
    number: str
    name: str
    material: Decimal
    presentation: Decimal
    site: Decimal
    composite: Decimal
    tier: str
    basis: str
    shown: str
    undecided: bool
    reasons: tuple[tuple[str, str], ...]


Columns = tuple[int, str, str, Decimal, Decimal, Decimal, Decimal, str, str]
PLACED = (
    "rank",
    "application__number",
    "application__organisation__name",
    *("material", "presentation", "site", "composite"),
    *("tier", "basis"),
)


def ranking_of(cycle: Cycle) -> Ranking | None:
    """The frozen ranking; its input is read only when asked for."""
    return Ranking.objects.filter(cycle=cycle).select_related("frozen_by").defer("input").first()


def placings(rows: Iterable[Columns], ranking: Ranking, edition: Edition) -> list[Placed]:
    """Rows of `PLACED` columns with their reasons from the ranking's result."""
    reasons = {
        entry["id"]: tuple((reason["code"], reason["article"]) for reason in entry["reasons"])
        for entry in ranking.result["ranking"]
    }
    tied = {number for entry in ranking.result["undecided"] for number in entry["ids"]}
    shown = display_of(edition)
    return [
        Placed(
            *row[:9], shown=shown(row[6]), undecided=row[1] in tied and not row[7], reasons=reasons[row[1]]
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Tied:
    """Candidates with the same score at the last seats of a tier: too few for all of them."""

    tier: str
    seats: int
    rows: tuple[RankingRow, ...]

    @property
    def names(self) -> str:
        return "、".join(row.application.filed_name for row in self.rows)

    def others(self, row: RankingRow) -> str:
        """The names beside `row`'s."""
        return "、".join(one.application.filed_name for one in self.rows if one.pk != row.pk)


def ties_of(cycle: Cycle) -> tuple[Tied, ...]:
    """What the frozen ranking left to the committee, the higher tier first. Two queries, one where nothing is tied."""
    undecided = Ranking.objects.values_list("result__undecided", flat=True).get(cycle=cycle)
    numbers = {number for entry in undecided for number in entry["ids"]}
    found = ranking_rows(cycle).filter(application__number__in=numbers) if numbers else ()
    rows = {row.application.number: row for row in found}
    return tuple(
        Tied(entry["tier"], entry["seats"], tuple(rows[number] for number in entry["ids"]))
        for entry in undecided
    )


def ranking_rows(cycle: Cycle) -> QuerySet[RankingRow]:
    return RankingRow.objects.filter(ranking__cycle=cycle).select_related(
        "application__organisation", "application__cycle__scheme"
    )


def meeting_of(cycle: Cycle) -> Meeting | None:
    return (
        Meeting.objects.filter(cycle=cycle).select_related("cycle__scheme", "cycle__edition_record").first()
    )


def meeting_rows(meeting: Meeting) -> QuerySet[RankingRow]:
    """Every ranked application with its votes (`application.cast`) and resolutions (`application.resolved`)."""
    votes = Vote.objects.filter(meeting=meeting).select_related("member").order_by("member__name")
    resolutions = Resolution.objects.filter(meeting=meeting)
    return ranking_rows(meeting.cycle).prefetch_related(
        Prefetch("application__votes", votes, to_attr="cast"),
        Prefetch("application__resolutions", resolutions, to_attr="resolved"),
    )


def approvals_of(cycle: Cycle) -> QuerySet[Approval]:
    return Approval.objects.filter(cycle=cycle).select_related("approved_by").order_by("round")


def cycles_to_decide(user: object, role: str) -> QuerySet[Cycle]:
    """The cycles on the first page of a committee member or of the authority, newest first."""
    return (
        Cycle.objects.filter(scheme__code__in=scopes_of(user, Scope.SCHEME, role), state__in=AFTER_RANKING)
        .select_related("scheme", "edition_record")
        .annotate(candidate_count=Count("ranking__rows", filter=~Q(ranking__rows__tier="")))
        .order_by("-year", "scheme__code")
    )
