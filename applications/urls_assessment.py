"""Addresses of the self-assessment, under applications/<application_id>/assessment/."""

from django.urls import path

from applications.views import (
    assessment,
    assessment_enclosures,
    assessment_item,
    assessment_print,
    assessment_versions,
)

urlpatterns = [
    path("", assessment.assessment, name="assessment"),
    path("mode/", assessment.choose_assessment_mode, name="choose_assessment_mode"),
    path("read/", assessment.read_assessment, name="read_assessment"),
    path("pages/", assessment.page_index, name="page_index"),
    path("report/remove/", assessment.remove_report, name="remove_report"),
    path("report/last/", assessment.last_report, name="last_report"),
    path("images/<int:number>/", assessment_enclosures.assessment_image, name="assessment_image"),
    path("pdf/", assessment_print.assessment_pdf, name="assessment_pdf"),
    path("pdf/<int:print_id>/", assessment_print.print_progress, name="print_progress"),
    path("pdf/<int:print_id>/file/", assessment_print.print_file, name="print_file"),
    path("items/<str:item>/", assessment_item.assessment_item, name="assessment_item"),
    path("items/<str:item>/autosave/", assessment_item.autosave_item, name="autosave_item"),
    path("items/<str:item>/score/", assessment_item.save_self_percent, name="save_self_percent"),
    path("items/<str:item>/figures/", assessment_item.save_figures, name="save_figures"),
    path("items/<str:item>/charts/", assessment_item.item_charts, name="item_charts"),
    path("items/<str:item>/preview/", assessment_item.preview_item, name="preview_item"),
    path("items/<str:item>/presence/", assessment_item.item_presence, name="item_presence"),
    path("items/<str:item>/images/", assessment_enclosures.add_item_image, name="add_item_image"),
    path("items/<str:item>/evidence/", assessment_enclosures.link_item_evidence, name="link_item_evidence"),
    path(
        "items/<str:item>/evidence/<int:link_id>/remove/",
        assessment_enclosures.unlink_item_evidence,
        name="unlink_item_evidence",
    ),
    path("items/<str:item>/versions/", assessment_versions.item_versions, name="item_versions"),
    path(
        "items/<str:item>/versions/<int:version_id>/", assessment_versions.item_version, name="item_version"
    ),
    path("items/<str:item>/conflict/", assessment_versions.item_conflict, name="item_conflict"),
]
