"""Addresses of a reviewer's own particulars, and of the office's pages of one reviewer."""

from django.urls import path

from scoring.views import pool, profile

urlpatterns = [
    path("scoring/profile/", profile.profile, name="profile"),
    path("scoring/profile/<slug:section>/", profile.change_entry, name="change_entry"),
    path("scoring/profile/<slug:section>/add/", profile.add_row, name="add_row"),
    path("scoring/profile/<slug:section>/<int:row_id>/", profile.change_row, name="change_row"),
    path("scoring/reviewers/<int:reviewer_id>/work/", pool.reviewer_work, name="reviewer_work"),
    path(
        "scoring/reviewers/<int:reviewer_id>/devices/<int:device_id>/revoke/",
        pool.revoke_lost_device,
        name="revoke_lost_device",
    ),
]
