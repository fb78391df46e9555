"""Addresses from the shortlist to the approval."""

from django.urls import path

from scoring.views import decisions, fairness, results, score_export

urlpatterns = [
    path("scoring/committee/", decisions.committee, name="committee"),
    path("scoring/authority/", decisions.authority, name="authority"),
    path("cycles/<int:cycle_id>/shortlist/", results.shortlist, name="shortlist"),
    path("cycles/<int:cycle_id>/site-review/start/", results.start_site_review, name="start_site_review"),
    path("cycles/<int:cycle_id>/ranking/", results.ranking, name="ranking"),
    path("cycles/<int:cycle_id>/ranking/freeze/", results.freeze_ranking, name="freeze_ranking"),
    path("cycles/<int:cycle_id>/fairness/", fairness.fairness, name="fairness"),
    path("cycles/<int:cycle_id>/fairness/scores.csv", score_export.export_scores, name="export_scores"),
    path("cycles/<int:cycle_id>/meeting/", decisions.meeting, name="meeting"),
    path(
        "cycles/<int:cycle_id>/meeting/attendance/<int:user_id>/",
        decisions.attendance,
        name="record_attendance",
    ),
    path("cycles/<int:cycle_id>/meeting/vote/<int:application_id>/", decisions.vote, name="cast_vote"),
    path(
        "cycles/<int:cycle_id>/meeting/resolve/<int:application_id>/",
        decisions.resolve,
        name="record_resolution",
    ),
    path("cycles/<int:cycle_id>/meeting/close/", decisions.close_meeting, name="close_meeting"),
    path("cycles/<int:cycle_id>/approval/", decisions.approval, name="approval"),
    path("cycles/<int:cycle_id>/next/", decisions.nominate_next, name="nominate_next"),
]
