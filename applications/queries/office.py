"""The office's list of a cycle's applications, and one application's dossier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from applications.models import Application, EligibilityCheck
from applications.states import APPLICATION
from audit.models import Entry
from audit.queries import entries
from ground.words import containing

SORTS = {
    "number": "number",
    "name": "organisation__name",
    "category": "category",
    "recommender": "recommender__name",
    "submitted": "submitted_at",
    "state": "state",
}


@dataclass(frozen=True)
class HistoryLine:
    """One line of a dossier's history, from the ledger."""

    at: datetime
    who: str
    what: str
    article: str
    reason: str


def matching(
    rows: QuerySet[Application], *, words: str = "", state: str = "", category: str = ""
) -> QuerySet[Application]:
    """`rows` narrowed by the office's filter."""
    if words:
        codes = ("organisation__uscc",) if words.isascii() else ()  # a credit code is ASCII (uscc_charset)
        # The text of the key: "contains" on JSON itself asks for an equal value, not for part of it.
        rows = rows.alias(name_handed_in=KT("submitted_register__name"))
        rows = rows.filter(containing(words, "organisation__name", "name_handed_in", "number", *codes))
    if state in APPLICATION.codes:
        rows = rows.filter(state=state)
    if category:
        rows = rows.filter(category=category)
    return rows


def sorted_by(rows: QuerySet[Application], sort: str) -> QuerySet[Application]:
    """`rows` in the order asked for ("name", "-submitted", …); an unknown word is the number."""
    column = SORTS.get(sort.removeprefix("-"), "number")
    return rows.order_by(f"-{column}" if sort.startswith("-") else column, "pk")


def counts_by_state(rows: QuerySet[Application]) -> list[tuple[str, str, int]]:
    """(code, office label, how many) of the states that occur, in the table's order."""
    found = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return [
        (state.code, state.office, found[state.code]) for state in APPLICATION.states if state.code in found
    ]


def with_check_counts(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Adds failing, open (unconfirmed) and all conditions of each application."""
    bad = Q(checks__outcome__in=(EligibilityCheck.Outcome.FAIL, EligibilityCheck.Outcome.NEEDS_EVIDENCE))
    return rows.annotate(
        bad_checks=Count("checks", filter=bad),
        unconfirmed_checks=Count("checks", filter=Q(checks__confirmed="")),
    )


def in_full(rows: QuerySet[Application], keys: Sequence[int]) -> list[Application]:
    """The applications of one page with their check counts, in the order of `keys`; only these rows are joined."""
    found = with_check_counts(rows).in_bulk(keys)
    return [found[key] for key in keys if key in found]


def history_of(application: Application) -> list[HistoryLine]:
    """What the ledger says of the application, its recommendations and corrections, newest first."""
    about = Q(subject_type="applications.application", subject_id=str(application.pk))
    about |= Q(
        subject_type="applications.recommendation", subject_id__in=_keys(application.recommendations.all())
    )
    about |= Q(subject_type="applications.correction", subject_id__in=_keys(application.corrections.all()))
    return [_line(entry) for entry in entries().filter(about)]


def _keys(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Primary keys as the ledger writes them."""
    return rows.order_by().annotate(key=Cast("pk", CharField())).values("key")


def _line(entry: Entry) -> HistoryLine:
    content: dict[str, Any] = entry.content
    details = content.get("details") or {}
    return HistoryLine(
        at=entry.at,
        who=entry.actor_label,
        what=entry.label,
        article=entry.article,
        reason=str(details.get("reason") or ""),
    )
