"""Reviewers, recusal, panels, sheets, consolidation, shortlist, ranking and deliberation."""

from scoring.models.careers import (
    ConfidentialityPledge,
    Consultancy,
    EarlierObjection,
    FamilyInterest,
    PoolImport,
    Post,
    ReviewerInvitation,
    Training,
    Unavailability,
)
from scoring.models.consent import Absence, CounterSignature, ItemConsent
from scoring.models.consolidation import ConsolidatedItem, Consolidation
from scoring.models.declining import DeclinedFile
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
from scoring.models.devices import OfflineDevice
from scoring.models.differences import DifferenceReason
from scoring.models.misconduct import MisconductCase
from scoring.models.panels import Panel, PanelMember, Stage
from scoring.models.presentation import PresentationSchedule, PresentationSlot, PresentationSwap
from scoring.models.proposals import PanelProposal
from scoring.models.reviewers import NO_CONFLICT, Recusal, RecusalDeclaration, Reviewer
from scoring.models.sheets import MOST_HOURS, Sheet, SheetItem
from scoring.models.substitutes import OwedSubstitute
from scoring.models.visits import SiteVisit, VisitAnswer, VisitLine, VisitPhoto

__all__ = [
    "MOST_HOURS",
    "NO_CONFLICT",
    "Absence",
    "Approval",
    "Attendance",
    "ConfidentialityPledge",
    "ConsolidatedItem",
    "Consolidation",
    "Consultancy",
    "CounterSignature",
    "DeclinedFile",
    "DifferenceReason",
    "EarlierObjection",
    "FamilyInterest",
    "ItemConsent",
    "Meeting",
    "MisconductCase",
    "OfflineDevice",
    "OwedSubstitute",
    "Panel",
    "PanelMember",
    "PanelProposal",
    "PoolImport",
    "Post",
    "PresentationSchedule",
    "PresentationSlot",
    "PresentationSwap",
    "Ranking",
    "RankingRow",
    "Recusal",
    "RecusalDeclaration",
    "Resolution",
    "Reviewer",
    "ReviewerInvitation",
    "Sheet",
    "SheetItem",
    "Shortlist",
    "SiteVisit",
    "Stage",
    "Training",
    "Unavailability",
    "VisitAnswer",
    "VisitLine",
    "VisitPhoto",
    "Vote",
]
