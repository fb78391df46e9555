"""What can be done with organisations and applications. Each service is one transaction with its ledger entry."""

from applications.services.assessing import (
    TEXT_MAXIMUM,
    choose_assessment_mode,
    keep_conflict_copy,
    restore_item_version,
    save_item_text,
    save_self_percent,
    settle_conflict,
)
from applications.services.carrying import (
    carry_answers,
    confirm_last_report,
    start_from_last,
    take_last_report,
)
from applications.services.claims import answer_claim, decide_claim, file_claim, sweep_claims, withdraw_claim
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
from applications.services.enclosures import (
    add_assessment_image,
    link_evidence,
    note_presence,
    remove_report,
    save_page_index,
    unlink_evidence,
)
from applications.services.figures import save_figure_cell, save_figures
from applications.services.letters import send_letter
from applications.services.membership import add_member, remove_member
from applications.services.printing import request_print, sweep_prints
from applications.services.quarantine import sweep_infected_files
from applications.services.recommending import decline_recommendation, sign_recommendation
from applications.services.registration import register_organisation, update_organisation, version_of
from applications.services.restoring import (
    keep_answers_aside,
    keep_profile_aside,
    restore_section_version,
)
from applications.services.standing import lift_standing, record_ban, record_honour_won
from applications.services.starting import start_application
from applications.services.submission import submit_application, take_back_application, withdraw_application
from applications.services.versioning import VERSIONS_KEPT

__all__ = [
    "TEXT_MAXIMUM",
    "VERSIONS_KEPT",
    "add_assessment_image",
    "add_evidence",
    "add_member",
    "answer_claim",
    "answer_correction",
    "attach_report",
    "carry_answers",
    "choose_assessment_mode",
    "choose_recommender",
    "confirm_check",
    "confirm_last_report",
    "decide_claim",
    "decide_eligibility",
    "decline_recommendation",
    "file_claim",
    "keep_answers_aside",
    "keep_conflict_copy",
    "keep_profile_aside",
    "lift_standing",
    "link_evidence",
    "note_presence",
    "record_ban",
    "record_honour_won",
    "record_waiver",
    "register_organisation",
    "remove_evidence",
    "remove_member",
    "remove_report",
    "request_correction",
    "request_print",
    "restore_item_version",
    "restore_section_version",
    "run_eligibility",
    "save_facts",
    "save_figure_cell",
    "save_figures",
    "save_item_text",
    "save_page_index",
    "save_profile",
    "save_self_percent",
    "send_letter",
    "settle_conflict",
    "sign_recommendation",
    "start_application",
    "start_from_last",
    "submit_application",
    "sweep_claims",
    "sweep_corrections",
    "sweep_deadlines",
    "sweep_infected_files",
    "sweep_prints",
    "take_back_application",
    "take_last_report",
    "unlink_evidence",
    "update_organisation",
    "version_of",
    "withdraw_application",
    "withdraw_claim",
]
