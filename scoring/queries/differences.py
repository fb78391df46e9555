"""The visit on site beside the material review: item by item, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from accounts.models import User
from accounts.permissions import has_role, in_portal
from accounts.roles import OFFICE_ROLES, Role
from awards.law.editions import Edition
from scoring.models import ConsolidatedItem, Consolidation, SheetItem, Stage
from scoring.permissions import is_lead
from scoring.queries.earlier import BEFORE
from scoring.queries.score_forms import LIMIT, Line, ScoreForm
from scoring.rules.differences import Difference

SHAPE_WITH_REASONS: Final = 2


@dataclass(frozen=True)
class Compared:
    """One item: what both reviews came to, what the reviewers said to it, and the panel's reason.

    `saved`: the lead has saved the reason, which may be empty.
    """

    line: Line
    difference: Difference
    said: tuple[tuple[str, str], ...]
    reason: str
    saved: bool

    @property
    def missing(self) -> bool:
        return self.difference.owes_reason and not self.reason


@dataclass(frozen=True)
class Explained:
    """One item that the report gives a reason for. `before` and `after`: percentages, None where there was none."""

    line: Line
    before: int | None
    after: int | None
    reason: str


def difference_limit(edition: Edition) -> int | None:
    """From more than how many points on a reason is owed; None where the edition asks for none."""
    return int(edition.value(LIMIT)) if edition.has(LIMIT) else None


def may_compare(user: User, consolidation: Consolidation) -> bool:
    """Lead, office and supervisor, once every sheet is sealed; the consolidation itself is in sight."""
    if consolidation.state == "waiting" or Stage(consolidation.stage) not in BEFORE:
        return False
    scheme = consolidation.application.cycle.scheme.code
    official = has_role(user, *OFFICE_ROLES, scheme=scheme) or in_portal(user, Role.SUPERVISOR)
    return official or is_lead(user, consolidation.panel)


def compared(consolidation: Consolidation, form: ScoreForm) -> tuple[Compared, ...]:
    """Every item of the form. Four queries; nothing before it for a stage that no other goes before."""
    limit = difference_limit(consolidation.application.cycle.edition)
    before = _earlier(consolidation)
    after = dict(consolidation.items.values_list("item", "percent"))
    reasons = dict(consolidation.difference_reasons.values_list("item", "reason"))
    said: dict[str, list[tuple[str, str]]] = {}
    rows = (
        SheetItem.objects.filter(
            sheet__application=consolidation.application_id,
            sheet__stage=consolidation.stage,
            sheet__state="sealed",
        )
        .exclude(difference="")
        .order_by("sheet_id")
    )
    for item, name, text in rows.values_list("item", "sheet__reviewer__user__name", "difference"):
        said.setdefault(item, []).append((name, text))
    return tuple(
        Compared(
            line,
            Difference(before.get(line.code), after.get(line.code), limit),
            tuple(said.get(line.code, ())),
            reasons.get(line.code, ""),
            line.code in reasons,
        )
        for line in form.lines
    )


def explained(
    consolidation: Consolidation, form: ScoreForm, settled: Mapping[str, int] | None = None
) -> tuple[Explained, ...]:
    """The items with a reason, in the order of the form: what the report prints. Nothing but for a visit on site.

    `settled`: item → the report's percentage, where the caller has read them.
    """
    if Stage(consolidation.stage) not in BEFORE:
        return ()
    reasons = {row.item: row for row in consolidation.difference_reasons.all() if row.reason}
    if not reasons:
        return ()
    after = settled or dict(consolidation.items.values_list("item", "percent"))
    fixed = consolidation.shape >= SHAPE_WITH_REASONS
    before = {code: row.before for code, row in reasons.items()} if fixed else _earlier(consolidation)
    return tuple(
        Explained(line, before.get(line.code), after.get(line.code), reasons[line.code].reason)
        for line in form.lines
        if line.code in reasons
    )


def _earlier(consolidation: Consolidation) -> dict[str, int | None]:
    """Item → percentage of the signed report of the stage before; empty where no stage goes before."""
    stage = BEFORE.get(Stage(consolidation.stage))
    if stage is None:
        return {}
    rows = ConsolidatedItem.objects.filter(
        consolidation__application=consolidation.application_id,
        consolidation__stage=stage,
        consolidation__state="signed",
    )
    return dict(rows.values_list("item", "percent"))
