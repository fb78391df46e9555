"""Addresses of presentations and of the visit on site."""

from django.urls import path

from scoring.views import presentation

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
    path("applications/<int:application_id>/visit/", presentation.visit_notice, name="visit_notice"),
]
