"""Addresses of presentations and of the visit on site."""

from django.urls import path

from scoring.views import differences, presentation, visit_record, visits

urlpatterns = [
    path("scoring/panels/<int:panel_id>/schedule/", presentation.schedule, name="schedule"),
    path(
        "scoring/panels/<int:panel_id>/schedule/plan/",
        presentation.plan_presentations,
        name="plan_presentations",
    ),
    path(
        "scoring/panels/<int:panel_id>/schedule/draw/",
        presentation.draw_presentations,
        name="draw_presentations",
    ),
    path(
        "scoring/panels/<int:panel_id>/schedule/swap/",
        presentation.swap_presentations,
        name="swap_presentations",
    ),
    path("scoring/panels/<int:panel_id>/schedule/pdf/", presentation.schedule_pdf, name="schedule_pdf"),
    path("scoring/panels/<int:panel_id>/visits/", visits.visits, name="visits"),
    path("scoring/panels/<int:panel_id>/visits/<int:application_id>/", visits.plan_visit, name="plan_visit"),
    path("scoring/visits/<int:visit_id>/", visit_record.visit, name="visit"),
    path("scoring/visits/<int:visit_id>/entry/", visit_record.save_visit_entry, name="save_visit_entry"),
    path("scoring/visits/<int:visit_id>/send/", visits.send_visit, name="send_visit"),
    path(
        "scoring/visits/<int:visit_id>/minutes/<slug:part>/", visit_record.sign_minutes, name="sign_minutes"
    ),
    path("scoring/visits/<int:visit_id>/photos/", visit_record.add_photo, name="add_photo"),
    path("scoring/visits/<int:visit_id>/photos/<int:photo_id>/", visit_record.photo, name="photo"),
    path(
        "scoring/consolidations/<int:consolidation_id>/differences/",
        differences.differences,
        name="differences",
    ),
    path("applications/<int:application_id>/visit/", presentation.visit_notice, name="visit_notice"),
]
