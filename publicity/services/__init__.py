"""From the approved list to the public, and what follows an award."""

from publicity.services.announcements import announce, announce_vacancy, fault_against_announcing
from publicity.services.drafting import draft_notice, record_site, revise_notice, why_fixed
from publicity.services.effects import effect_revocation, foreseen_effects
from publicity.services.honours import sweep_honours
from publicity.services.incidents import note_incident, report_incident, why_no_report
from publicity.services.notices import (
    faults_against_publishing,
    publish_notice,
    why_not_withdrawn,
    withdraw_notice,
)
from publicity.services.objecting import file_objection, why_no_objection
from publicity.services.objections import (
    accept_objection,
    decide_objection,
    refuse_objection,
    why_left_to_the_head,
)
from publicity.services.papers import sweep_papers
from publicity.services.payments import cancel_payment, record_payment, record_recovery, why_not_cancelled
from publicity.services.quarantine import sweep_infected_files
from publicity.services.revocation import (
    close_case,
    faults_against_a_case,
    open_revocation_case,
    propose_revocation,
    reject_revocation,
    report_case,
)
from publicity.services.windows import sweep_windows

__all__ = [
    "accept_objection",
    "announce",
    "announce_vacancy",
    "cancel_payment",
    "close_case",
    "decide_objection",
    "draft_notice",
    "effect_revocation",
    "fault_against_announcing",
    "faults_against_a_case",
    "faults_against_publishing",
    "file_objection",
    "foreseen_effects",
    "note_incident",
    "open_revocation_case",
    "propose_revocation",
    "publish_notice",
    "record_payment",
    "record_recovery",
    "record_site",
    "refuse_objection",
    "reject_revocation",
    "report_case",
    "report_incident",
    "revise_notice",
    "sweep_honours",
    "sweep_infected_files",
    "sweep_papers",
    "sweep_windows",
    "why_fixed",
    "why_left_to_the_head",
    "why_no_objection",
    "why_no_report",
    "why_not_cancelled",
    "why_not_withdrawn",
    "withdraw_notice",
]
