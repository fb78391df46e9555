"""What can be done with organisations and applications. Each service is one transaction with its ledger entry."""

from applications.services.correcting import answer_correction, request_correction, sweep_corrections
from applications.services.deadlines import sweep_deadlines
from applications.services.drafting import (
    add_evidence,
    attach_report,
    choose_recommender,
    remove_evidence,
    save_facts,
    save_profile,
)
from applications.services.eligibility import (
    confirm_check,
    decide_eligibility,
    record_waiver,
    run_eligibility,
)
from applications.services.membership import add_member, remove_member
from applications.services.recommending import decline_recommendation, sign_recommendation
from applications.services.registration import register_organisation, update_organisation
from applications.services.standing import lift_standing, record_ban, record_honour_won
from applications.services.starting import start_application
from applications.services.submission import submit_application, take_back_application, withdraw_application

__all__ = [
    "add_evidence",
    "add_member",
    "answer_correction",
    "attach_report",
    "choose_recommender",
    "confirm_check",
    "decide_eligibility",
    "decline_recommendation",
    "lift_standing",
    "record_ban",
    "record_honour_won",
    "record_waiver",
    "register_organisation",
    "remove_evidence",
    "remove_member",
    "request_correction",
    "run_eligibility",
    "save_facts",
    "save_profile",
    "sign_recommendation",
    "start_application",
    "submit_application",
    "sweep_corrections",
    "sweep_deadlines",
    "take_back_application",
    "update_organisation",
    "withdraw_application",
]
