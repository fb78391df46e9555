"""Whether an application has the reviewers that the edition asks for, and how a panel stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from awards.models import Cycle
from scoring.models import Consolidation, OwedSubstitute, Panel, PanelMember, Recusal, Sheet

LIVE = ("draft", "sealed")
GONE = ("withdrawn", "disqualified")


@dataclass(frozen=True)
class Bench:
    """The reviewers who count for one application in one stage."""

    sealed: int
    drafts: int
    experts: int
    minimum: int
    experts_needed: int
    owed: int = 0

    @property
    def short(self) -> bool:
        """Too few reviewers, or no industry expert, are left for a result that counts; or a substitute is owed."""
        return self.owed > 0 or self.sealed + self.drafts < self.minimum or self.experts < self.experts_needed

    @property
    def lacks(self) -> str:
        """What is lacking, in words; "" where nothing is."""
        gaps = []
        if (missing := max(self.minimum - self.sealed - self.drafts, self.owed)) > 0:
            gaps.append(f"还缺 {missing} 名评审员")
        if self.experts < self.experts_needed:
            gaps.append("还缺行业专家")
        return "，".join(gaps)

    @property
    def complete(self) -> bool:
        return not self.drafts and not self.short


def counting_sheets(consolidation: Consolidation) -> QuerySet[Sheet]:
    """The live sheets that count in a running report: none of somebody who is recused from the applicant.

    A signed report rests on what it was signed on; who is recused later is taken out when it is taken back.
    """
    rows = Sheet.objects.filter(
        application=consolidation.application_id, stage=consolidation.stage, state__in=LIVE
    )
    return rows if consolidation.state == "signed" else rows.exclude(recused_from())


def recused_from() -> Exists:
    """For sheets: whether the reviewer is recused, on record and not dismissed, from the sheet's applicant."""
    return Exists(
        Recusal.objects.filter(
            reviewer=OuterRef("reviewer_id"), application=OuterRef("application_id"), dismissed_at=None
        )
    )


def bench_of(consolidation: Consolidation) -> Bench:
    edition = consolidation.panel.cycle.edition
    sheets = list(counting_sheets(consolidation).values_list("reviewer_id", "state"))
    experts = PanelMember.objects.filter(
        panel=consolidation.panel_id, industry_expert=True, reviewer__in=[reviewer for reviewer, _ in sheets]
    ).count()
    sealed = sum(state == "sealed" for _, state in sheets)
    return Bench(
        sealed=sealed,
        drafts=len(sheets) - sealed,
        experts=experts,
        minimum=int(edition.value("panel_minimum")),
        experts_needed=int(edition.value("panel_industry_experts")),
        owed=owed_to(consolidation).count(),
    )


def owed_substitutes() -> QuerySet[OwedSubstitute]:
    """Where the committee decided on a substitute and none scores."""
    return OwedSubstitute.objects.filter(Q(fresh=None) | Q(fresh__state="void"))


def owed_to(consolidation: Consolidation) -> QuerySet[OwedSubstitute]:
    return owed_substitutes().filter(
        void__application=consolidation.application_id, void__stage=consolidation.stage
    )


def with_owed(reports: QuerySet[Consolidation]) -> QuerySet[Consolidation]:
    """Each with `owed`: how many substitutes the committee's decisions owe it."""
    owed = owed_substitutes().filter(
        void__application_id=OuterRef("application_id"), void__stage=OuterRef("stage")
    )
    counted = owed.order_by().values("void__stage").annotate(number=Count("pk")).values("number")
    return reports.annotate(owed=Coalesce(Subquery(counted, output_field=IntegerField()), 0))


def short_benches(panel: Panel) -> list[Consolidation]:
    """The unsigned consolidations of a panel that lack reviewers."""
    unsigned = panel.consolidations.exclude(state="signed").exclude(application__state__in=GONE)
    rows = unsigned.select_related("panel__cycle__edition_record", "application__organisation")
    return [consolidation for consolidation in rows if bench_of(consolidation).short]


def lead_of(panel: Panel) -> PanelMember | None:
    return panel.members.filter(lead=True).select_related("reviewer__user").first()


def due_of(cycle: Cycle, stage: str) -> datetime | None:
    """When a stage has to be done; the milestone of the same name."""
    milestone = cycle.timetable.get(stage)
    return milestone.due_at if milestone else None


def doubly_seated(panel: Panel) -> list[PanelMember]:
    """Members who also sit in a panel of the other kind for one of the same applicants (allowed, but worth a look)."""
    return list(
        panel.members.filter(
            reviewer__disqualified_at=None,
            reviewer__seats__panel__in=Panel.objects.filter(cycle=panel.cycle_id).exclude(kind=panel.kind),
        )
        .select_related("reviewer__user")
        .distinct()
    )
