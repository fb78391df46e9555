"""The figures of the last years: as they stand on the register, and as they were fixed when a file was handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias

from applications.models import Application, CorrectionItem, Organisation, YearFigures
from applications.questions import BY_CODE, FIGURES, facts_asked
from applications.rules import figures as rules
from ground.clock import SHANGHAI

# Year → figures as exact text.
Figures: TypeAlias = Mapping[str, Mapping[str, str]]
SPAN: Final = 3
MONEY: Final = ("revenue", "net_profit", "tax", "total_assets", "research", "exports")
SERVICE: Final = ("service_volume", "satisfaction")


def figure_years(now: datetime) -> tuple[int, ...]:
    """The three full calendar years before now, the latest first."""
    last = now.astimezone(SHANGHAI).year - 1
    return tuple(range(last, last - SPAN, -1))


def years_to_enter(organisation: Organisation, now: datetime) -> tuple[int, ...]:
    """The years whose figures may be entered now, the latest first.

    The three before now, and those before the submission of a file whose figures are to be corrected.
    """
    asked = CorrectionItem.objects.filter(
        condition=FIGURES, correction__state="open", correction__application__organisation=organisation
    )
    filed = asked.values_list("correction__application__submitted_at", flat=True)
    years = {year for at in (now, *filed) if at for year in figure_years(at)}
    return tuple(sorted(years, reverse=True))


def figure_label(name: str) -> str:
    return str(YearFigures._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def told(row: YearFigures) -> dict[str, str]:
    """A year as the ledger keeps it: what is given, as exact text."""
    values = {name: getattr(row, name) for name in (*MONEY, *SERVICE)}
    given = {name: f"{Decimal(value).normalize():f}" for name, value in values.items() if value is not None}
    return given | ({"service_unit": row.service_unit} if row.service_unit else {})


def figures_to_submit(organisation: Organisation, now: datetime) -> dict[str, dict[str, str]]:
    """What a file handed in now says of the last three years: year → figures as exact text; empty years left out."""
    rows = organisation.years.filter(year__in=figure_years(now))
    return {str(row.year): given for row in rows if (given := told(row))}


def declared_profits(organisation: Organisation) -> dict[str, Decimal]:
    """Year → net profit as the answers of the organisation's latest file say it; asked once, it need not be typed twice."""
    latest = organisation.applications.exclude(state="withdrawn").order_by("-pk").first()
    said = (latest.facts.get("net_profit") or {}) if latest else {}
    return {year: Decimal(str(amount)) for year, amount in said.items() if amount is not None}


def differing_profits(application: Application, figures: Figures) -> tuple[str, ...]:
    """The years whose net profit is another in the answers of the file than in `figures`; none where it is not asked."""
    question = BY_CODE["profit"]
    if not facts_asked(question, application.cycle.edition, application.organisation.kind):
        return ()
    return rules.differing_profits(application.facts.get("net_profit") or {}, figures)


def figure_table(
    kept: Mapping[str, Mapping[str, str]],
) -> tuple[Sequence[str], list[tuple[str, list[str]]]]:
    """Fixed figures for a page: the years, the latest first, and a row for each figure given in any of them."""
    years = sorted(kept, reverse=True)
    names = [name for name in (*MONEY, *SERVICE) if any(name in row for row in kept.values())]
    return years, [(figure_label(name), [_words(name, kept[year]) for year in years]) for name in names]


def _words(name: str, row: Mapping[str, str]) -> str:
    if name not in row:
        return "—"
    unit = row.get("service_unit", "") if name == "service_volume" else ""
    return f"{Decimal(row[name]):,f}" + (f" {unit}" if unit else "")
