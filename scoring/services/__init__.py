"""What the rooms above and the pages may do here: reviewers, recusal, panels, sheets, consolidation; then the results."""

from scoring.services.approval import approve_list, list_to_approve
from scoring.services.cancelling import sweep_cancelled
from scoring.services.careers import remove_career_row, save_career_row, save_entry
from scoring.services.consent import countersign, give_consent, record_absence, take_back_signature
from scoring.services.consolidation import save_report, settle_items, sign_consolidation
from scoring.services.declining import decline_file, leave_unreplaced, replace_reviewer
from scoring.services.deliberation import (
    call_meeting,
    candidates_of,
    cast_vote,
    close_meeting,
    record_attendance,
)
from scoring.services.devices import add_device, note_contact, revoke_device, revoke_lost_device
from scoring.services.differences import explain_differences
from scoring.services.invitations import (
    accept_reviewer_invitation,
    invite_reviewer,
    invite_reviewer_again,
    revoke_reviewer_invitation,
)
from scoring.services.mending import change_lead, finish_panel, seat_substitute
from scoring.services.misconduct import (
    approve_disqualification,
    dismiss_complaint,
    file_complaint,
    open_inquiry,
    refuse_disqualification,
    report_misconduct,
)
from scoring.services.objections import note_objection
from scoring.services.panels import change_panel, form_panel, start_material_review, start_panel
from scoring.services.pledges import pledge_confidentiality
from scoring.services.pool_import import confirm_pool_import, upload_pool
from scoring.services.presentation import draw_presentations, plan_presentations, swap_presentations
from scoring.services.proposals import (
    arrange_proposal,
    ask_proposal,
    compute_proposal,
    confirm_proposal,
    drop_proposal,
    sweep_proposals,
)
from scoring.services.ranking import freeze_ranking
from scoring.services.recusal import declare_recusal, detect_recusals, dismiss_recusal, sweep_recusals
from scoring.services.resolving import record_resolution
from scoring.services.reviewers import disqualify_reviewer, register_reviewer
from scoring.services.seating import Seat
from scoring.services.sheet_sync import sync_sheet
from scoring.services.sheets import reopen_sheet, save_field, save_item, save_items, save_overall, seal_sheet
from scoring.services.shortlist import decide_shortlist, start_site_review
from scoring.services.succession import next_in_line, nominate_next, struck_award
from scoring.services.visit_entries import add_line, remove_line, save_visit
from scoring.services.visit_sync import sync_photo, sync_visit
from scoring.services.visits import add_photo, plan_visit, remove_photo, send_visit, sign_minutes

__all__ = [
    "Seat",
    "accept_reviewer_invitation",
    "add_device",
    "add_line",
    "add_photo",
    "approve_disqualification",
    "approve_list",
    "arrange_proposal",
    "ask_proposal",
    "call_meeting",
    "candidates_of",
    "cast_vote",
    "change_lead",
    "change_panel",
    "close_meeting",
    "compute_proposal",
    "confirm_pool_import",
    "confirm_proposal",
    "countersign",
    "decide_shortlist",
    "declare_recusal",
    "decline_file",
    "detect_recusals",
    "dismiss_complaint",
    "dismiss_recusal",
    "disqualify_reviewer",
    "draw_presentations",
    "drop_proposal",
    "explain_differences",
    "file_complaint",
    "finish_panel",
    "form_panel",
    "freeze_ranking",
    "give_consent",
    "invite_reviewer",
    "invite_reviewer_again",
    "leave_unreplaced",
    "list_to_approve",
    "next_in_line",
    "nominate_next",
    "note_contact",
    "note_objection",
    "open_inquiry",
    "plan_presentations",
    "plan_visit",
    "pledge_confidentiality",
    "record_absence",
    "record_attendance",
    "record_resolution",
    "refuse_disqualification",
    "register_reviewer",
    "remove_career_row",
    "remove_line",
    "remove_photo",
    "reopen_sheet",
    "replace_reviewer",
    "report_misconduct",
    "revoke_device",
    "revoke_lost_device",
    "revoke_reviewer_invitation",
    "save_career_row",
    "save_entry",
    "save_field",
    "save_item",
    "save_items",
    "save_overall",
    "save_report",
    "save_visit",
    "seal_sheet",
    "seat_substitute",
    "send_visit",
    "settle_items",
    "sign_consolidation",
    "sign_minutes",
    "start_material_review",
    "start_panel",
    "start_site_review",
    "struck_award",
    "swap_presentations",
    "sweep_cancelled",
    "sweep_proposals",
    "sweep_recusals",
    "sync_photo",
    "sync_sheet",
    "sync_visit",
    "take_back_signature",
    "upload_pool",
]
