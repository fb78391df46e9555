"""What waits for a panel of each kind, or why nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Value

from awards.models import Cycle
from scoring.models import Panel
from scoring.queries.assignment import assignable
from scoring.queries.conflicts import blind

READY: Final = {Panel.Kind.MATERIAL: "资格审核通过", Panel.Kind.SITE: "入围"}


@dataclass(frozen=True)
class Waiting:
    """The files that a panel of `kind` may review: how many there are, and the names of those that have no such panel."""

    kind: Panel.Kind
    ready: int
    names: tuple[str, ...]

    @property
    def why_none(self) -> str:
        """Why nothing waits; empty while something does."""
        if self.names:
            return ""
        words = READY[self.kind]
        if not self.ready:
            return f"没有{words}的申报组织，还不能组建{self.kind.label}。"
        return f"{words}的 {self.ready} 家申报组织都已分给{self.kind.label}，没有等待分组的。"


def waiting_in(cycle: Cycle, kinds: Sequence[Panel.Kind], user: object) -> list[Waiting]:
    """For each of `kinds` what waits among the files that `user` may see. One query, none for no kinds."""
    rows = [
        blind(assignable(cycle, kind), user)
        .order_by()
        .annotate(asked=Value(kind.value))
        .values_list("asked", "number", "organisation__name", "taken")
        for kind in kinds
    ]
    found = sorted(rows[0].union(*rows[1:], all=True)) if rows else []
    return [
        Waiting(
            kind,
            sum(asked == kind for asked, *_ in found),
            tuple(name for asked, _, name, taken in found if asked == kind and not taken),
        )
        for kind in kinds
    ]
