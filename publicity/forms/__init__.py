"""What people enter: syntax is checked here, everything of consequence by the services."""

from publicity.forms.aftermath import (
    DecisionForm,
    FindingsForm,
    IncidentForm,
    NoteForm,
    OpenCaseForm,
    VoucherForm,
    effect_form,
)
from publicity.forms.filters import (
    CertificateForm,
    HonourFilter,
    NoticeFilter,
    ObjectionFilter,
    PaymentFilter,
    ReceiptForm,
    StateFilter,
)
from publicity.forms.notices import AnnounceForm, ReasonForm, ReviseForm, SiteForm
from publicity.forms.objections import DecideForm, ObjectionForm

__all__ = [
    "AnnounceForm",
    "CertificateForm",
    "DecideForm",
    "DecisionForm",
    "FindingsForm",
    "HonourFilter",
    "IncidentForm",
    "NoteForm",
    "NoticeFilter",
    "ObjectionFilter",
    "ObjectionForm",
    "OpenCaseForm",
    "PaymentFilter",
    "ReasonForm",
    "ReceiptForm",
    "ReviseForm",
    "SiteForm",
    "StateFilter",
    "VoucherForm",
    "effect_form",
]
