"""A self-assessment as it is read: how far it is, one item, and the whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.safestring import SafeString

from applications.models import (
    Application,
    ItemEvidence,
    ItemFigure,
    SelfAssessment,
)
from applications.rules import self_scores
from awards.law.criteria import Category, Item
from documents.models import StoredFile

ONLINE: Final = SelfAssessment.Mode.ONLINE


@dataclass(frozen=True)
class ItemState:
    """One item in the overview: how much is written, and the self-score. `pictured`: a picture is seen, be it without words."""

    item: Item
    words: int = 0
    percent: int | None = None
    figures: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""
    pictured: bool = False

    @property
    def written(self) -> bool:
        """Whether a reader finds something in the text, though a picture alone counts no words."""
        return self.words > 0 or self.pictured

    @property
    def state(self) -> str:
        if not self.written:
            return "todo" if self.percent is None and not self.figures else "active"
        return "done" if self.percent is not None else "active"

    @property
    def points(self) -> Decimal | None:
        return None if self.percent is None else self_scores.item_points(self.percent, self.item.points)


@dataclass(frozen=True)
class Progress:
    """All items by category, with the words counted against the limit and the self-score so far."""

    groups: tuple[tuple[Category, tuple[ItemState, ...]], ...]
    words: int
    limit: int
    total: self_scores.Total

    @property
    def states(self) -> tuple[ItemState, ...]:
        return tuple(state for _, states in self.groups for state in states)

    @property
    def missing(self) -> tuple[Item, ...]:
        return tuple(state.item for state in self.states if not state.written)

    @property
    def over(self) -> int:
        return max(self.words - self.limit, 0)

    def state_of(self, code: str) -> ItemState:
        return next(state for state in self.states if state.item.code == code)


@dataclass(frozen=True)
class ReadItem:
    """One item as it is read: safe HTML, charts, figures, evidence, self-score; or the pages in the report."""

    item: Item
    html: str = ""
    words: int = 0
    percent: int | None = None
    figures: tuple[ItemFigure, ...] = ()
    charts: tuple[SafeString, ...] = ()
    evidence: tuple[ItemEvidence, ...] = ()
    pages: tuple[int, int] | None = None

    @property
    def anchor(self) -> str:
        return f"item-{self.item.code.replace('.', '-')}"

    @property
    def points(self) -> Decimal | None:
        return None if self.percent is None else self_scores.item_points(self.percent, self.item.points)


@dataclass(frozen=True)
class Assessment:
    """The whole self-assessment: in online mode every item, in report mode the file with its page index."""

    application: Application
    mode: str
    groups: tuple[tuple[Category, tuple[ReadItem, ...]], ...]
    years: tuple[int, int, int]
    words: int = 0
    total: self_scores.Total | None = None
    report: StoredFile | None = None
    report_name: str = ""
    images: tuple[int, ...] = field(default=())

    @property
    def online(self) -> bool:
        return self.mode == ONLINE

    def item(self, code: str) -> ReadItem:
        return next(read for _, reads in self.groups for read in reads if read.item.code == code)
