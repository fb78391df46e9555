"""Addresses of the reviewer: desk, recusal, sheets, workbook, consolidation, files."""

from django.urls import path

from scoring.views import consolidation, desk, files, pledges, recusal, sheets, workbook

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
        consolidation.sign_consolidation,
        name="sign_consolidation",
    ),
    path("scoring/consolidations/<int:consolidation_id>/report/", consolidation.report, name="report"),
    path("scoring/files/<int:application_id>/<int:file_id>/", files.file, name="file"),
    path("scoring/files/<int:application_id>/images/<int:number>/", files.image, name="image"),
]
