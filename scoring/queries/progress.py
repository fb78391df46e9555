"""How far a cycle's panels are: application × reviewer, without a single score before the report is signed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from applications.models import Application
from awards.models import Cycle
from scoring.models import (
    Consolidation,
    DeclinedFile,
    Panel,
    PanelMember,
    RecusalDeclaration,
    Sheet,
    SheetItem,
    Stage,
)
from scoring.queries.benches import GONE, LIVE, Bench, with_owed
from scoring.queries.conflicts import blind, conflicts_among
from scoring.queries.score_forms import score_form


@dataclass(frozen=True)
class Cell:
    """One reviewer on one application in one stage.

    `kind`: recused, undeclared, ready (declared, not started), scoring, sealed, declined, void, none (no sheet). `scored` of
    `lines` items while the sheet is open. `total` only once the report that rests on the sheet is signed.
    """

    member: PanelMember
    kind: str
    scored: int
    lines: int
    sheet: Sheet | None
    total: Decimal | None


@dataclass(frozen=True)
class Line:
    """One application in one stage of a panel."""

    application: Application
    stage: Stage
    consolidation: Consolidation | None
    cells: tuple[Cell, ...]
    short: bool
    lead_recused: bool

    @property
    def closed(self) -> bool:
        return self.application.state in GONE

    @property
    def signed(self) -> bool:
        return self.consolidation is not None and self.consolidation.state == "signed"


@dataclass(frozen=True)
class Progress:
    """A panel with its matrix."""

    panel: Panel
    members: tuple[PanelMember, ...]
    lines: tuple[Line, ...]

    @property
    def open_lines(self) -> list[Line]:
        return [line for line in self.lines if not line.signed and not line.closed]

    @property
    def vacancies(self) -> list[Line]:
        return [line for line in self.open_lines if line.short] if self.panel.state == "working" else []

    @property
    def leaderless(self) -> list[Line]:
        return (
            [line for line in self.open_lines if line.lead_recused] if self.panel.state == "working" else []
        )

    @property
    def undeclared(self) -> dict[PanelMember, int]:
        """Member → how many applicants they have not declared on."""
        found: dict[PanelMember, set[int]] = defaultdict(set)
        for line in self.open_lines:
            for cell in line.cells:
                if cell.kind == "undeclared":
                    found[cell.member].add(line.application.pk)
        return {member: len(keys) for member, keys in found.items()}

    @property
    def sealed(self) -> int:
        return self._count("sealed")

    @property
    def sheets(self) -> int:
        return self._count("sealed", "scoring", "ready", "undeclared") if self.panel.state != "forming" else 0

    @property
    def signed(self) -> int:
        return sum(line.signed for line in self.lines)

    def _count(self, *kinds: str) -> int:
        return sum(cell.kind in kinds for line in self.lines for cell in line.cells)


def panels_with_seats(panels: QuerySet[Panel], user: object) -> QuerySet[Panel]:
    """`panels` with their members and the applications that `user` may see: those they are recused from are left out."""
    rows = panels.select_related("cycle__scheme", "cycle__edition_record", "schedule")
    return rows.prefetch_related(*seats_and_files(user))


def seats_and_files(user: object, *, whole: Collection[int] | None = None) -> tuple[Prefetch, Prefetch]:
    """What `panels_with_seats` brings along.

    `whole`: the panels whose every application is wanted; of the others then only those with a report still to sign,
    which is all that can hold the review up.
    """
    members = PanelMember.objects.select_related("reviewer__user").order_by("-lead", "id")
    files = Application.objects.select_related("organisation").order_by("number")
    files = files.defer("facts", "notes", "marks", "profile_text")
    if whole is not None:
        unsigned = Consolidation.objects.filter(application=OuterRef("pk")).exclude(state="signed")
        here = Panel.applications.through._default_manager.filter(
            panel__in=whole, application_id=OuterRef("pk")
        )
        files = files.filter(Q(Exists(unsigned)) | Q(Exists(here)))
    return Prefetch("members", members), Prefetch("applications", blind(files, user))


def progress_of(panels: Iterable[Panel], cycle: Cycle) -> list[Progress]:
    """The matrix of each panel (from `panels_with_seats`)."""
    listed = list(panels)
    applications = {row.pk: row for panel in listed for row in panel.applications.all()}
    seen = set(applications)
    reviewers = {member.reviewer_id: member.reviewer for panel in listed for member in panel.members.all()}
    board = _Board(cycle, listed, applications, conflicts_among(reviewers.values(), applications.values()))
    return [Progress(panel, tuple(panel.members.all()), tuple(board.lines(panel, seen))) for panel in listed]


class _Board:
    """Sheets, declarations, conflicts and reports of several panels, read once."""

    def __init__(
        self,
        cycle: Cycle,
        panels: Collection[Panel],
        applications: dict[int, Application],
        conflicts: dict[int, set[int]],
    ) -> None:
        edition = cycle.edition
        self.minimum = int(edition.value("panel_minimum"))
        self.experts_needed = int(edition.value("panel_industry_experts"))
        self.lines_of = {stage: len(score_form(cycle, stage).lines) for stage in Stage}
        self.applications = applications
        self.conflicts = conflicts
        self.declared = set(
            RecusalDeclaration.objects.filter(application__in=applications).values_list(
                "reviewer_id", "application_id"
            )
        )
        self.consolidations = {
            (row.application_id, row.stage): row
            for row in with_owed(
                Consolidation.objects.filter(panel__in=panels, application__in=applications)
            ).defer("strengths", "opportunities", "conclusion")
        }
        filled = (
            SheetItem.objects.filter(sheet=OuterRef("pk"), percent__isnull=False)
            .order_by()
            .values("sheet")
            .annotate(number=Count("pk"))
            .values("number")
        )
        sheets = (
            Sheet.objects.filter(panel__in=panels, application__in=applications, state__in=(*LIVE, "void"))
            .defer("overall", "digest")
            .annotate(
                scored=Case(When(state="draft", then=Coalesce(Subquery(filled), 0)), default=0),
                declined=Exists(
                    DeclinedFile.objects.filter(
                        reviewer=OuterRef("reviewer_id"),
                        application=OuterRef("application_id"),
                        panel=OuterRef("panel_id"),
                    )
                ),
            )
            .order_by("version", "pk")
        )
        self.sheets = {(row.application_id, row.stage, row.reviewer_id): row for row in sheets}

    def lines(self, panel: Panel, seen: Collection[int]) -> Iterable[Line]:
        members = list(panel.members.all())
        for application in panel.applications.all():
            if application.pk in seen:
                for stage in panel.stages:
                    yield self._line(panel, members, self.applications[application.pk], stage)

    def _line(self, panel: Panel, members: list[PanelMember], application: Application, stage: Stage) -> Line:
        consolidation = self.consolidations.get((application.pk, stage))
        cells = tuple(self._cell(member, application, stage, consolidation) for member in members)
        live = [
            cell
            for cell in cells
            if cell.sheet is not None and cell.sheet.state in LIVE and cell.kind != "recused"
        ]
        sealed = sum(cell.kind == "sealed" for cell in cells)
        bench = Bench(
            sealed=sealed,
            drafts=len(live) - sealed,
            experts=sum(cell.member.industry_expert for cell in live),
            minimum=self.minimum,
            experts_needed=self.experts_needed,
            owed=consolidation.owed if consolidation is not None else 0,  # type: ignore[attr-defined]
        )
        lead = next((cell for cell in cells if cell.member.lead), None)
        return Line(
            application=application,
            stage=stage,
            consolidation=consolidation,
            cells=cells,
            short=consolidation is not None and bench.short,
            lead_recused=lead is None
            or lead.member.reviewer.disqualified_at is not None
            or application.pk in self.conflicts[lead.member.reviewer_id],
        )

    def _cell(
        self,
        member: PanelMember,
        application: Application,
        stage: Stage,
        consolidation: Consolidation | None,
    ) -> Cell:
        sheet = self.sheets.get((application.pk, stage, member.reviewer_id))
        signed = consolidation is not None and consolidation.state == "signed"
        scored = sheet.scored if sheet is not None else 0
        conflict = application.pk in self.conflicts[member.reviewer_id]
        if sheet is not None and sheet.state == "sealed" and (signed or not conflict):
            kind = "sealed"
        elif conflict:
            kind = "recused"
        elif sheet is not None and sheet.state == "void":
            kind = "declined" if sheet.declined else "void"  # type: ignore[attr-defined]
        elif sheet is None and consolidation is not None:
            kind = "none"
        elif (member.reviewer_id, application.pk) not in self.declared:
            kind = "undeclared"
        elif sheet is None:
            kind = "none"
        else:
            kind = "scoring" if scored else "ready"
        return Cell(
            member=member,
            kind=kind,
            scored=scored,
            lines=self.lines_of[stage],
            sheet=sheet,
            total=sheet.total if sheet is not None and signed else None,
        )
