from django.urls import path

from publicity import feeds, views

app_name = "publicity"
urlpatterns = [
    path("", views.landing, name="landing"),
    # notices
    path("notices/", views.notices, name="notices"),
    path("notices/feed.xml", feeds.NoticeFeed(), name="feed"),
    path("notices/<int:notice_id>/", views.notice, name="notice"),
    path("notices/<int:notice_id>/notice.pdf", views.notice_pdf, name="notice_pdf"),
    path("notices/<int:notice_id>/objection/", views.file_objection, name="file_objection"),
    path("notices/<int:notice_id>/edit/", views.revise_notice, name="revise_notice"),
    path("notices/<int:notice_id>/sites/<slug:site_code>/", views.record_site, name="record_site"),
    path("notices/<int:notice_id>/publish/", views.publish_notice, name="publish_notice"),
    path("notices/<int:notice_id>/withdraw/", views.withdraw_notice, name="withdraw_notice"),
    path("cycles/<int:cycle_id>/publicity/", views.draft, name="draft"),
    path("cycles/<int:cycle_id>/publicity/announce/", views.announce, name="announce"),
    path(
        "cycles/<int:cycle_id>/publicity/announce-vacancy/", views.announce_vacancy, name="announce_vacancy"
    ),
    # objections
    path("objections/", views.objections, name="objections"),
    path("objections/receipt/", views.find_receipt, name="find_receipt"),
    path("objections/receipt/<str:receipt>/", views.receipt, name="receipt"),
    path("objections/<int:objection_id>/", views.objection, name="objection"),
    path("objections/<int:objection_id>/accept/", views.accept_objection, name="accept_objection"),
    path("objections/<int:objection_id>/refuse/", views.refuse_objection, name="refuse_objection"),
    path("objections/<int:objection_id>/decide/", views.decide_objection, name="decide_objection"),
    path("objections/<int:objection_id>/evidence/", views.objection_evidence, name="objection_evidence"),
    # honours and certificates
    path("honours/", views.honours, name="honours"),
    path("honours/mine/", views.honour_home, name="honour_home"),
    path("honours/<int:honour_id>/certificate/", views.certificate_pdf, name="certificate_pdf"),
    path("honours/<int:honour_id>/report/", views.report_incident, name="report_incident"),
    path("honours/<int:honour_id>/revocation/", views.open_case, name="open_case"),
    path("certificates/", views.find_certificate, name="find_certificate"),
    path("certificates/<str:check_code>/", views.certificate, name="certificate"),
    # money
    path("payments/", views.payments, name="payments"),
    path("payments/export/", views.export_payments, name="export_payments"),
    path("payments/<int:payment_id>/", views.payment, name="payment"),
    # after the award
    path("incidents/", views.incidents, name="incidents"),
    path("incidents/<int:incident_id>/", views.incident, name="incident"),
    path("incidents/<int:incident_id>/file/", views.incident_file, name="incident_file"),
    path("revocations/", views.cases, name="cases"),
    path("revocations/<int:case_id>/", views.case, name="case"),
    path("revocations/<int:case_id>/<slug:step>/", views.case_step, name="case_step"),
]
