"""From the approved list to the public, and what follows an award."""

from publicity.services.announcements import announce, announce_vacancy
from publicity.services.effects import effect_revocation, foreseen_effects
from publicity.services.honours import sweep_honours
from publicity.services.incidents import note_incident, report_incident
from publicity.services.notices import (
    draft_notice,
    publish_notice,
    record_site,
    revise_notice,
    withdraw_notice,
)
from publicity.services.objections import accept_objection, decide_objection, file_objection, refuse_objection
from publicity.services.payments import cancel_payment, record_payment, record_recovery
from publicity.services.revocation import (
    close_case,
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
    "sweep_windows",
    "withdraw_notice",
]
