"""Reviewers, recusal, panels, sheets, consolidation, shortlist, ranking and deliberation."""

from scoring.models.consolidation import ConsolidatedItem, Consolidation
from scoring.models.deliberation import (
    Approval,
    Attendance,
    Meeting,
    Ranking,
    RankingRow,
    Resolution,
    Shortlist,
    Vote,
)
from scoring.models.panels import Panel, PanelMember, Stage
from scoring.models.reviewers import NO_CONFLICT, Recusal, RecusalDeclaration, Reviewer
from scoring.models.sheets import Sheet, SheetItem

__all__ = [
    "NO_CONFLICT",
    "Approval",
    "Attendance",
    "ConsolidatedItem",
    "Consolidation",
    "Meeting",
    "Panel",
    "PanelMember",
    "Ranking",
    "RankingRow",
    "Recusal",
    "RecusalDeclaration",
    "Resolution",
    "Reviewer",
    "Sheet",
    "SheetItem",
    "Shortlist",
    "Stage",
    "Vote",
]
