"""Organisations and their applications; the self-assessment report written item by item."""

from applications.models.assessment import (
    AssessmentImage,
    AssessmentItem,
    AssessmentPrint,
    ConflictCopy,
    ItemEvidence,
    ItemFigure,
    ItemVersion,
    PageIndex,
    SectionPresence,
    SelfAssessment,
)
from applications.models.checking import (
    Correction,
    CorrectionItem,
    EligibilityCheck,
    EligibilityDecision,
    Waiver,
)
from applications.models.claims import OrganisationClaim
from applications.models.commitments import Commitment, CommitmentInvitation
from applications.models.filed import FiledCopy
from applications.models.filing import Application, Evidence, Recommendation
from applications.models.letters import Letter
from applications.models.organisations import Organisation, Recommender
from applications.models.people import Invitation, YearFigures
from applications.models.standing import StandingRecord
from applications.models.submission import Submission
from applications.models.ties import OrganisationTie
from applications.models.versions import SectionVersion

__all__ = [
    "Application",
    "AssessmentImage",
    "AssessmentItem",
    "AssessmentPrint",
    "Commitment",
    "CommitmentInvitation",
    "ConflictCopy",
    "Correction",
    "CorrectionItem",
    "EligibilityCheck",
    "EligibilityDecision",
    "Evidence",
    "FiledCopy",
    "Invitation",
    "ItemEvidence",
    "ItemFigure",
    "ItemVersion",
    "Letter",
    "Organisation",
    "OrganisationClaim",
    "OrganisationTie",
    "PageIndex",
    "Recommendation",
    "Recommender",
    "SectionPresence",
    "SectionVersion",
    "SelfAssessment",
    "StandingRecord",
    "Submission",
    "Waiver",
    "YearFigures",
]
