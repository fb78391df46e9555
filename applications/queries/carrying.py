"""What an organisation may start from: its file of an earlier year, and the evidence to look at again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from applications.models import Application, Evidence, Organisation
from applications.queries.assessment import is_online
from applications.questions import OTHER, section_of
from awards.models import Cycle

# Statements on the last years: said of another span, so said anew.
OF_THE_SPAN: Final = ("spot_checks", "export_incidents", "dishonesty_records", "accidents")


@dataclass(frozen=True)
class OldPiece:
    """A piece of evidence of the earlier file for which this one has none yet."""

    section: str
    label: str
    name: str
    file_id: int


@dataclass(frozen=True)
class LastReport:
    """The report of the earlier file, to be looked at and taken over, or not. `pages`: how many items its index has."""

    application: Application
    pages: int


def last_report(application: Application) -> LastReport | None:
    """The uploaded report of the file this one was started from, while this one has none and writes no items.

    The page index counts only where the criteria are the same. None where a virus was found in the report.
    """
    if application.carried_from_id is None or application.report_id or is_online(application):
        return None
    old = Application.objects.select_related("cycle", "report", "self_assessment").get(
        pk=application.carried_from_id
    )
    if old.report is None or old.report.infected or is_online(old):
        return None
    same = old.cycle.criteria_code == application.cycle.criteria_code
    return LastReport(old, old.page_index.count() if same else 0)


def last_files(organisations: Iterable[Organisation], cycle: Cycle) -> dict[int, Application]:
    """Organisation → its latest file of an earlier year of the same award; withdrawn ones don't count."""
    rows = (
        Application.objects.filter(
            organisation__in=list(organisations), cycle__scheme=cycle.scheme_id, cycle__year__lt=cycle.year
        )
        .exclude(state="withdrawn")
        .select_related("cycle__scheme", "cycle__edition_record", "organisation")
        .order_by("cycle__year", "pk")
    )
    return {row.organisation_id: row for row in rows}


def facts_to_carry(old: Application, years: Iterable[int]) -> dict[str, Any]:
    """The answers that still make sense; the net profit only of the years that are asked now."""
    facts = {key: value for key, value in old.facts.items() if key not in OF_THE_SPAN}
    wanted = {str(year) for year in years}
    profit = {year: value for year, value in (facts.pop("net_profit", None) or {}).items() if year in wanted}
    return facts | ({"net_profit": profit} if profit else {})


def evidence_to_check(application: Application, evidence: Iterable[Evidence]) -> list[OldPiece]:
    """Evidence of the file this one was started from, for conditions that this edition still has."""
    if application.carried_from_id is None:
        return []
    labels: Mapping[str, str] = {row.code: row.label for row in application.cycle.edition.conditions}
    proven = {piece.condition for piece in evidence}
    rows = Evidence.objects.filter(application=application.carried_from_id, removed_at=None)
    return [
        OldPiece(section_of(row.condition), labels.get(row.condition, "其他材料"), row.name, row.file_id)
        for row in rows
        if row.condition not in proven and (row.condition in labels or row.condition == OTHER)
    ]
