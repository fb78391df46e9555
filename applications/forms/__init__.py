"""What applicants, recommenders and the office fill in."""

from applications.forms.conditions import ConditionForm, answer_rows, condition_form
from applications.forms.desk import (
    ConfirmCheckForm,
    CorrectionAnswerForm,
    CorrectionForm,
    CorrectionItems,
    DecisionForm,
    DeclineForm,
    OfficeFilter,
    SignForm,
    WaiverForm,
)
from applications.forms.file import (
    EvidenceForm,
    ProfileForm,
    ReasonForm,
    RecommenderForm,
    ReportForm,
)
from applications.forms.organisation import MemberForm, OrganisationForm

__all__ = [
    "ConditionForm",
    "ConfirmCheckForm",
    "CorrectionAnswerForm",
    "CorrectionForm",
    "CorrectionItems",
    "DecisionForm",
    "DeclineForm",
    "EvidenceForm",
    "MemberForm",
    "OfficeFilter",
    "OrganisationForm",
    "ProfileForm",
    "ReasonForm",
    "RecommenderForm",
    "ReportForm",
    "SignForm",
    "WaiverForm",
    "answer_rows",
    "condition_form",
]
