"""Addresses of the office's side: the reviewer pool, panels, recusals, sheets sent back."""

from django.urls import path

from scoring.views import complaints, panels, plan_sheets, proposals, recusals, reviewers, seating

urlpatterns = [
    path("scoring/reviewers/", reviewers.reviewers, name="reviewers"),
    path("scoring/reviewers/export/", reviewers.export_reviewers, name="export_reviewers"),
    path("scoring/reviewers/new/", reviewers.register_reviewer, name="register_reviewer"),
    path("scoring/reviewers/<int:reviewer_id>/", reviewers.reviewer, name="reviewer"),
    path("scoring/complaints/", complaints.complaints, name="complaints"),
    path("scoring/complaints/new/", complaints.file_complaint, name="file_complaint"),
    path("scoring/complaints/<int:complaint_id>/", complaints.complaint, name="complaint"),
    path(
        "scoring/complaints/<int:complaint_id>/report/",
        complaints.report_misconduct,
        name="report_misconduct",
    ),
    path(
        "scoring/complaints/<int:complaint_id>/<slug:complaint_step>/",
        complaints.complaint_step,
        name="complaint_step",
    ),
    path("cycles/<int:cycle_id>/panels/", panels.panels, name="panels"),
    path(
        "cycles/<int:cycle_id>/panels/start-material/",
        panels.start_material_review,
        name="start_material_review",
    ),
    path("cycles/<int:cycle_id>/panels/new/", seating.form_panel, name="form_panel"),
    path("cycles/<int:cycle_id>/panels/propose/", proposals.ask_proposal, name="ask_proposal"),
    path("scoring/proposals/<int:proposal_id>/", proposals.proposal, name="proposal"),
    path(
        "scoring/proposals/<int:proposal_id>/teams/<int:number>/", proposals.arrange_team, name="arrange_team"
    ),
    path("scoring/proposals/<int:proposal_id>/confirm/", proposals.confirm_proposal, name="confirm_proposal"),
    path("scoring/proposals/<int:proposal_id>/drop/", proposals.drop_proposal, name="drop_proposal"),
    path("scoring/proposals/<int:proposal_id>/export/", plan_sheets.export_proposal, name="export_proposal"),
    path("scoring/proposals/<int:proposal_id>/import/", plan_sheets.import_proposal, name="import_proposal"),
    path("cycles/<int:cycle_id>/panels/recusals/", recusals.recusals, name="recusals"),
    path("cycles/<int:cycle_id>/panels/recusals/detect/", recusals.detect_recusals, name="detect_recusals"),
    path("scoring/recusals/<int:recusal_id>/dismiss/", recusals.dismiss_recusal, name="dismiss_recusal"),
    path("scoring/panels/<int:panel_id>/", panels.panel, name="panel"),
    path("scoring/panels/<int:panel_id>/change/", seating.change_panel, name="change_panel"),
    path("scoring/panels/<int:panel_id>/start/", panels.start_panel, name="start_panel"),
    path("scoring/panels/<int:panel_id>/substitute/", seating.seat_substitute, name="seat_substitute"),
    path("scoring/panels/<int:panel_id>/lead/", seating.change_lead, name="change_lead"),
    path("scoring/sheets/<int:sheet_id>/reopen/", recusals.reopen_sheet, name="reopen_sheet"),
]
