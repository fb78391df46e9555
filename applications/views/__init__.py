"""The pages of organisations, applications, recommendations and the eligibility check."""

from applications.views.autosaving import autosave_condition, autosave_organisation
from applications.views.conditions import add_evidence, condition, remove_evidence
from applications.views.correcting import correction, request_correction
from applications.views.desk import (
    decline_recommendation,
    recommendation,
    recommendations,
    sign_recommendation,
)
from applications.views.dossier import application, file, view_file
from applications.views.drafting import autosave_profile, choose_recommender, profile, report, tasks
from applications.views.eligibility import (
    confirm_check,
    decide_eligibility,
    eligibility,
    record_waiver,
    run_eligibility,
)
from applications.views.home import (
    edit_organisation,
    home,
    organisation,
    register_organisation,
    start_application,
)
from applications.views.members import members, remove_member
from applications.views.office import office_export, office_list
from applications.views.submission import (
    check_application,
    receipt,
    submit_application,
    take_back_application,
    withdraw_application,
)

__all__ = [
    "add_evidence",
    "application",
    "autosave_condition",
    "autosave_organisation",
    "autosave_profile",
    "check_application",
    "choose_recommender",
    "condition",
    "confirm_check",
    "correction",
    "decide_eligibility",
    "decline_recommendation",
    "edit_organisation",
    "eligibility",
    "file",
    "home",
    "members",
    "office_export",
    "office_list",
    "organisation",
    "profile",
    "receipt",
    "recommendation",
    "recommendations",
    "record_waiver",
    "register_organisation",
    "remove_evidence",
    "remove_member",
    "report",
    "request_correction",
    "run_eligibility",
    "sign_recommendation",
    "start_application",
    "submit_application",
    "take_back_application",
    "tasks",
    "view_file",
    "withdraw_application",
]
