"""The places that a sheet may name, and what a visit on site is asked to look into."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from applications.models import Application, Evidence
from scoring.models import Consolidation, SheetItem, Stage, VisitAnswer, VisitLine
from scoring.rules.references import VISITED, checked


@dataclass(frozen=True)
class Issue:
    """One reviewer's question for the visit on site (现场核实事项); `item` is a code of the criteria or the rubric."""

    item: str
    text: str
    stage: str
    sheet_id: int
    reviewer: str


def numbered_evidence(application: Application) -> dict[int, Evidence]:
    """Every piece ever handed in by its number; those taken away keep theirs."""
    pieces = application.evidence.select_related("file").order_by("pk")
    return dict(enumerate(pieces, start=1))


def numbered_lines(lines: QuerySet[VisitLine]) -> QuerySet[VisitLine, Any]:
    """Each line with its `number` among all of its visit and kind; what is struck out keeps its own."""
    before = VisitLine.objects.filter(visit=OuterRef("visit"), kind=OuterRef("kind"), pk__lte=OuterRef("pk"))
    counted = before.order_by().values("kind").annotate(lines=Count("pk"))
    return lines.annotate(number=Subquery(counted.values("lines")))


def numbered_visit(application: Application) -> dict[tuple[str, int], VisitLine]:
    """What was heard and seen on site, by kind and number. One query."""
    lines = numbered_lines(VisitLine.objects.filter(visit__application=application, kind__in=VISITED))
    return {(line.kind, line.number): line for line in lines}


def fits_file(application: Application, stage: str) -> Callable[[str], str]:
    """What brings a text of places into its one form; it raises rules.references.NotFound. Two queries at most."""
    standing = [number for number, piece in numbered_evidence(application).items() if not piece.removed_at]
    codes = [item.code for item in application.cycle.criteria.items]
    report = application.report
    pages = report.pages if report is not None else 0
    record = numbered_visit(application) if stage == Stage.SITE else {}
    visited = [place for place, line in record.items() if line.removed_at is None]

    def resolve(text: str) -> str:
        return checked(text, evidence=standing, items=codes, pages=pages, visited=visited)

    return resolve


def issues_to_verify(application: Application) -> tuple[Issue, ...]:
    """What the sheets before the visit ask to be looked into, by item; only from stages whose report is signed.

    Whoever may plan or make the visit is for the caller to check: names and questions, never scores.
    """
    return tuple(map(_issue, _asked(application)))


@dataclass(frozen=True)
class Verification:
    """What became of the questions carried to the visit: how many of each outcome, and those without one."""

    outcomes: tuple[tuple[str, int], ...]
    unanswered: tuple[Issue, ...]

    @property
    def asked(self) -> int:
        return sum(count for _, count in self.outcomes) + len(self.unanswered)


def verification_of(application: Application) -> Verification:
    """The questions by what the visit found (现场核实结果), by label in the order of the form. One query."""
    told = VisitAnswer.objects.filter(
        visit__application=application, sheet=OuterRef("sheet_id"), item=OuterRef("item")
    ).exclude(outcome="")
    rows = list(_asked(application).annotate(outcome=Subquery(told.values("outcome"))))
    found = Counter(row.outcome for row in rows)
    return Verification(
        tuple((outcome.label, found[outcome]) for outcome in VisitAnswer.Outcome if found[outcome]),
        tuple(_issue(row) for row in rows if row.outcome is None),
    )


def _asked(application: Application) -> QuerySet[SheetItem]:
    signed = Consolidation.objects.filter(
        application_id=OuterRef("sheet__application_id"), stage=OuterRef("sheet__stage"), state="signed"
    )
    return (
        SheetItem.objects.filter(sheet__application=application, sheet__state="sealed")
        .exclude(sheet__stage=Stage.SITE)
        .exclude(to_verify="")
        .filter(Exists(signed))
        .select_related("sheet__reviewer__user")
        .order_by("item", "sheet__stage", "sheet_id")
    )


def _issue(row: SheetItem) -> Issue:
    return Issue(row.item, row.to_verify, row.sheet.stage, row.sheet_id, row.sheet.reviewer.user.name)
