"""Addresses of the reviewer: desk, recusal, sheets, workbook, consolidation, files."""

from django.urls import path

from scoring.views import (
    consent,
    consolidation,
    desk,
    files,
    pledges,
    recusal,
    reports,
    sheets,
    signing,
    workbook,
)

urlpatterns = [
    path("scoring/desk/", desk.desk, name="desk"),
    path("scoring/confidentiality/<int:cycle_id>/", pledges.pledge, name="pledge"),
    path("scoring/recusal/", recusal.recusal, name="recusal"),
    path("scoring/recusal/<int:application_id>/", recusal.declare, name="declare"),
    path("scoring/sheets/<int:sheet_id>/", sheets.sheet, name="sheet"),
    path("scoring/sheets/<int:sheet_id>/field/", sheets.save_field, name="save_field"),
    path("scoring/sheets/<int:sheet_id>/seal/", sheets.seal_sheet, name="seal_sheet"),
    path("scoring/sheets/<int:sheet_id>/workbook/", workbook.download_workbook, name="download_workbook"),
    path("scoring/sheets/<int:sheet_id>/upload/", workbook.upload_workbook, name="upload_workbook"),
    path("scoring/consolidations/<int:consolidation_id>/", consolidation.consolidation, name="consolidation"),
    path(
        "scoring/consolidations/<int:consolidation_id>/sign/",
        signing.sign_consolidation,
        name="sign_consolidation",
    ),
    path("scoring/consolidations/<int:consolidation_id>/consent/", consent.consent, name="consent"),
    path(
        "scoring/consolidations/<int:consolidation_id>/countersign/", consent.countersign, name="countersign"
    ),
    path(
        "scoring/consolidations/<int:consolidation_id>/take-back/",
        consent.take_back_signature,
        name="take_back_signature",
    ),
    path(
        "scoring/consolidations/<int:consolidation_id>/absence/",
        consent.record_absence,
        name="record_absence",
    ),
    path("scoring/consolidations/<int:consolidation_id>/report/", reports.report, name="report"),
    path(
        "scoring/consolidations/<int:consolidation_id>/report.pdf",
        reports.report_pdf,
        name="report_pdf",
    ),
    path("scoring/files/<int:application_id>/<int:file_id>/", files.file, name="file"),
    path("scoring/files/<int:application_id>/images/<int:number>/", files.image, name="image"),
]
