"""Who sees which complaint about a reviewer, and which sheets it concerns."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.permissions import in_portal, scopes_of
from accounts.roles import APPLICANT_ROLES, OFFICE_ROLES, Role, Scope
from applications.models import Application
from awards.models import Cycle
from scoring.models import Consolidation, MisconductCase, PanelMember, Reviewer, Sheet
from scoring.queries.benches import LIVE, recused_from
from scoring.queries.conflicts import blind

DECIDED = ("disqualified", "dismissed")


def cases_visible_to(user: object) -> QuerySet[MisconductCase]:
    """One's own complaints; the office's of its scheme; the committee's from the report on; all for the supervisor.

    The reviewer concerned never sees a case in an office.
    """
    rows = MisconductCase.objects.select_related(
        "cycle__scheme", "cycle__edition_record", "application__organisation", "reviewer__user", "filed_by"
    )
    if not isinstance(user, User):
        return rows.none()
    seen = Q(cycle__scheme__code__in=scopes_of(user, Scope.SCHEME, *OFFICE_ROLES))
    seen |= Q(
        cycle__scheme__code__in=scopes_of(user, Scope.SCHEME, Role.COMMITTEE), reported_at__isnull=False
    )
    if in_portal(user, Role.SUPERVISOR):
        seen |= Q(pk__isnull=False)
    mine = Q(reviewer__isnull=False, reviewer__user_id=user.pk)
    return rows.filter(Q(filed_by=user) | seen & ~mine)


def under_inquiry(user: object) -> frozenset[int]:
    """The reviewers with a complaint that is not decided yet, as far as `user` may see it; by key.

    No ground to bar them (art. 31-35 leave that to the decision), but whoever seats them should know.
    """
    undecided = cases_visible_to(user).exclude(state__in=DECIDED).exclude(reviewer=None)
    return frozenset(undecided.order_by().values_list("reviewer_id", flat=True))


def cycles_to_complain_of() -> QuerySet[Cycle]:
    """The cycles that have come to a review."""
    return Cycle.objects.exclude(state__in=("draft", "open", "cancelled")).select_related("scheme")


def applications_to_complain_of(user: object) -> QuerySet[Application]:
    """The applicant's own; for offices those of their scheme, for the supervisor all; nobody's they must stay out of."""
    rows = Application.objects.filter(cycle__in=cycles_to_complain_of()).exclude(state="draft")
    official = blind(rows, user)
    if not in_portal(user, Role.SUPERVISOR):
        official = official.filter(cycle__scheme__code__in=scopes_of(user, Scope.SCHEME, *OFFICE_ROLES))
    own = [int(key) for key in scopes_of(user, Scope.ORGANISATION, *APPLICANT_ROLES) if key.isdigit()]
    seen = rows.filter(Q(organisation_id__in=own) | Q(pk__in=official.values("pk")))
    return seen.select_related("organisation", "cycle__scheme").order_by("-cycle__year", "number")


def reviewers_of(cycle: Cycle) -> QuerySet[Reviewer]:
    """Who sits in the cycle's panels or has scored in it."""
    seated = Q(seats__panel__cycle=cycle) | Q(sheets__panel__cycle=cycle)
    return Reviewer.objects.filter(seated).select_related("user").distinct().order_by("user__name", "pk")


@dataclass(frozen=True)
class Touched:
    """A report that a reviewer's sheet stands behind.

    `others`: totals of the sealed sheets that would still count without it; `recused`: of those that wouldn't, because
    the reviewer has been recused since the signature.
    """

    application: Application
    stage: str
    consolidation: Consolidation
    sheet: Sheet
    others: tuple[Decimal, ...]
    recused: tuple[Decimal, ...]
    left: int
    experts_left: int

    @property
    def signed(self) -> bool:
        return self.consolidation.state == "signed"


def touched_by(reviewer: Reviewer, cycle: Cycle) -> list[Touched]:
    """Every application and stage of the cycle in which the reviewer has a live sheet; a constant number of queries."""
    own = list(
        Sheet.objects.filter(panel__cycle=cycle, reviewer=reviewer, state__in=LIVE)
        .select_related("application__organisation", "panel")
        .order_by("application__number", "stage")
    )
    files = {sheet.application_id for sheet in own}
    reports = {
        (row.application_id, row.stage): row
        for row in Consolidation.objects.filter(application__in=files).select_related("panel__cycle")
    }
    others: dict[tuple[int, str], list[Sheet]] = defaultdict(list)
    rows = Sheet.objects.filter(application__in=files, state__in=LIVE).exclude(reviewer=reviewer)
    for other in rows:
        others[other.application_id, other.stage].append(other)
    recused = set(rows.filter(recused_from()).values_list("pk", flat=True))
    experts = set(
        PanelMember.objects.filter(panel__cycle=cycle, industry_expert=True).values_list(
            "panel_id", "reviewer_id"
        )
    )
    found = []
    for sheet in own:
        every = others[sheet.application_id, sheet.stage]
        beside = [row for row in every if row.pk not in recused]
        found.append(
            Touched(
                application=sheet.application,
                stage=sheet.stage,
                consolidation=reports[sheet.application_id, sheet.stage],
                sheet=sheet,
                others=_totals(beside),
                recused=_totals([row for row in every if row.pk in recused]),
                left=len(beside),
                experts_left=sum((row.panel_id, row.reviewer_id) in experts for row in beside),
            )
        )
    return found


def signed_scores(cycle: Cycle) -> dict[str, dict[str, Decimal]]:
    """Number → stage → score of the signed reports, of whoever is still a candidate: the shortlisted, once there are any."""
    rows = list(
        Application.objects.filter(cycle=cycle, state__in=("accepted", "shortlisted")).values_list(
            "number", "state", "consolidations__state", "consolidations__stage", "consolidations__score"
        )
    )
    states = {"shortlisted"} & {state for _, state, *_ in rows} or {"accepted"}
    found: dict[str, dict[str, Decimal]] = {number: {} for number, state, *_ in rows if state in states}
    for number, _, report, stage, score in rows:
        if number in found and report == "signed" and score is not None:
            found[number][stage] = score
    return found


def effect_seen(effect: dict[str, Any], cycle: Cycle, user: object) -> dict[str, Any]:
    """`effect` (services.foreseeing) without the applicants that `user` must stay out of."""
    rows_seen = blind(Application.objects.filter(cycle=cycle), user).values_list(
        "number", "organisation__name"
    )
    seen = dict(rows_seen)

    def kept(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row | {"name": seen[row["number"]]} for row in rows if row["number"] in seen]

    shown = effect | {name: kept(effect[name]) for name in ("reports", "ranking") if name in effect}
    if "so_far" in effect:
        shown["so_far"] = effect["so_far"] | {"rows": kept(effect["so_far"]["rows"])}
    return shown


def _totals(sheets: list[Sheet]) -> tuple[Decimal, ...]:
    return tuple(row.total for row in sheets if row.state == "sealed" and row.total is not None)
