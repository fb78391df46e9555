"""The rules of a panel: every one that is broken is reported, with its article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from applications.models import Application
from awards.models import Cycle
from ground.errors import Fault
from scoring.models import Panel, Reviewer
from scoring.queries.conflicts import blind

FORMS_IN = {Panel.Kind.MATERIAL: ("checking", "material"), Panel.Kind.SITE: ("material", "site")}
REVIEWS = {Panel.Kind.MATERIAL: "accepted", Panel.Kind.SITE: "shortlisted"}


@dataclass(frozen=True)
class Seat:
    """A seat in a panel as the office proposes it (评审组席位)."""

    reviewer: Reviewer
    lead: bool = False
    industry_expert: bool = False


def seating_faults(
    cycle: Cycle,
    kind: str,
    name: str,
    seats: Sequence[Seat],
    applications: Sequence[Application],
    *,
    panel: Panel | None,
) -> list[Fault]:
    """Everything that speaks against a panel made like this."""
    if kind not in Panel.Kind.values:
        return [Fault("kind_unknown", "请选择材料评审组或现场评审组。", "kind")]
    return [
        *_name_faults(cycle, kind, name, panel),
        *_composition_faults(cycle, seats),
        *_application_faults(cycle, kind, applications, panel),
        *reviewer_faults(cycle, seats, applications),
    ]


def _name_faults(cycle: Cycle, kind: str, name: str, panel: Panel | None) -> list[Fault]:
    faults = []
    if panel is None and cycle.state not in FORMS_IN[Panel.Kind(kind)]:
        faults.append(Fault("wrong_stage", "评定年度不在这个评审环节，不能组建这类评审组。"))
    if not name.strip():
        faults.append(Fault("name_missing", "请给评审组起一个名称，如“制造业一组”。", "name"))
    same = Panel.objects.filter(cycle=cycle, kind=kind, name=name.strip())
    if (same.exclude(pk=panel.pk) if panel else same).exists():
        faults.append(Fault("name_taken", "本年度已有同名的评审组，请换一个名称。", "name"))
    return faults


def _composition_faults(cycle: Cycle, seats: Sequence[Seat]) -> list[Fault]:
    edition, faults = cycle.edition, []
    minimum, experts = int(edition.value("panel_minimum")), int(edition.value("panel_industry_experts"))
    leads = sum(seat.lead for seat in seats)
    if len({seat.reviewer.pk for seat in seats}) < minimum:
        faults.append(
            Fault(
                "too_few_reviewers",
                f"评审组不少于 {minimum} 人，现有 {len(seats)} 人。",
                "seats",
                edition.article("panel_minimum"),
            )
        )
    if leads != 1:
        code, words = ("no_lead", "请确定一名组长。") if not leads else ("several_leads", "组长只能有一名。")
        faults.append(Fault(code, words, "lead", edition.article("panel_lead")))
    if sum(seat.industry_expert for seat in seats) < experts:
        faults.append(
            Fault(
                "no_industry_expert",
                f"评审组应有不少于 {experts} 名行业专家。",
                "experts",
                edition.article("panel_industry_experts"),
            )
        )
    if len({seat.reviewer.pk for seat in seats}) < len(seats):
        faults.append(Fault("seated_twice", "同一位评审员在一个评审组只能有一个席位。", "seats"))
    return faults


def _application_faults(
    cycle: Cycle, kind: str, applications: Sequence[Application], panel: Panel | None
) -> list[Fault]:
    faults = []
    if not applications:
        faults.append(Fault("no_applications", "请选择本组评审的申报组织。", "applications"))
    others = Panel.objects.filter(cycle=cycle, kind=kind, applications__in=[a.pk for a in applications])
    if panel is not None:
        others = others.exclude(pk=panel.pk)
    taken = set(others.values_list("applications", flat=True))
    for application in applications:
        if application.cycle_id != cycle.pk or application.state != REVIEWS[Panel.Kind(kind)]:
            words = "通过资格审核" if kind == Panel.Kind.MATERIAL else "入围"
            faults.append(
                Fault(
                    "application_not_ready",
                    f"{application.organisation.name}不在本年度{words}的组织之列。",
                    "applications",
                    cycle.edition.article("shortlist"),
                )
            )
        elif application.pk in taken:
            faults.append(
                Fault(
                    "already_assigned",
                    f"{application.organisation.name}已分给另一个同类评审组。",
                    "applications",
                )
            )
    return faults


def reviewer_faults(cycle: Cycle, seats: Sequence[Seat], applications: Sequence[Application]) -> list[Fault]:
    faults = []
    wanted = Application.objects.filter(pk__in=[application.pk for application in applications])
    for seat in seats:
        reviewer = seat.reviewer
        if reviewer.disqualified_at is not None:
            faults.append(
                Fault(
                    "reviewer_disqualified",
                    f"{reviewer.user.name}的评审资格已取消。",
                    "seats",
                    cycle.edition.article("misconduct"),
                )
            )
        clear = set(blind(wanted, reviewer.user).values_list("pk", flat=True))
        faults += [conflict_fault(cycle, reviewer, a) for a in applications if a.pk not in clear]
    return faults


def conflict_fault(cycle: Cycle, reviewer: Reviewer, application: Application) -> Fault:
    return Fault(
        "conflict_of_interest",
        f"{reviewer.user.name}与{application.organisation.name}有利害关系，须回避，不能列入评审该组织的评审组。",
        "seats",
        cycle.edition.article("confidentiality"),
    )
