"""Pages of publicity: what the public reads, and the office's, finance's, committee's and authority's desks behind it."""

from publicity.views.certificates import certificate, certificate_pdf, find_certificate
from publicity.views.honours import honour_home, honours, report_incident
from publicity.views.incidents import incident, incident_file, incidents
from publicity.views.landing import landing
from publicity.views.notices import notice, notice_pdf, notices
from publicity.views.objecting import file_objection, find_receipt, receipt
from publicity.views.objections import (
    accept_objection,
    decide_objection,
    objection,
    objection_evidence,
    objections,
    refuse_objection,
)
from publicity.views.payments import export_payments, payment, payments
from publicity.views.publishing import (
    announce,
    announce_vacancy,
    draft,
    publish_notice,
    record_site,
    revise_notice,
    withdraw_notice,
)
from publicity.views.revocations import case, case_step, cases, open_case

__all__ = [
    "accept_objection",
    "announce",
    "announce_vacancy",
    "case",
    "case_step",
    "cases",
    "certificate",
    "certificate_pdf",
    "decide_objection",
    "draft",
    "export_payments",
    "file_objection",
    "find_certificate",
    "find_receipt",
    "honour_home",
    "honours",
    "incident",
    "incident_file",
    "incidents",
    "landing",
    "notice",
    "notice_pdf",
    "notices",
    "objection",
    "objection_evidence",
    "objections",
    "open_case",
    "payment",
    "payments",
    "publish_notice",
    "receipt",
    "record_site",
    "refuse_objection",
    "report_incident",
    "revise_notice",
    "withdraw_notice",
]
