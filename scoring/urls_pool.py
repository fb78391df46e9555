"""Addresses of a reviewer's own particulars, and of the office's pages of one reviewer."""

from django.urls import path

from scoring.views import declining, pool, pool_import, profile, reviewer_invitations

urlpatterns = [
    path("scoring/profile/", profile.profile, name="profile"),
    path("scoring/profile/<slug:section>/", profile.change_entry, name="change_entry"),
    path("scoring/profile/<slug:section>/add/", profile.add_row, name="add_row"),
    path("scoring/profile/<slug:section>/<int:row_id>/", profile.change_row, name="change_row"),
    path("scoring/reviewers/invite/", reviewer_invitations.invite_reviewer, name="invite_reviewer"),
    path(
        "scoring/reviewers/<int:reviewer_id>/invitation/again/",
        reviewer_invitations.invite_again,
        name="invite_again",
    ),
    path(
        "scoring/reviewers/<int:reviewer_id>/invitation/revoke/",
        reviewer_invitations.revoke_reviewer_invitation,
        name="revoke_reviewer_invitation",
    ),
    path(
        "scoring/invitation/<str:token>/",
        reviewer_invitations.reviewer_invitation,
        name="reviewer_invitation",
    ),
    path("scoring/reviewers/import/", pool_import.upload_pool, name="upload_pool"),
    path("scoring/reviewers/import/template/", pool_import.pool_template, name="pool_template"),
    path("scoring/reviewers/import/<int:import_id>/", pool_import.preview_pool, name="preview_pool"),
    path("scoring/files/<int:application_id>/decline/", declining.decline_file, name="decline_file"),
    path("scoring/declined/<int:declined_id>/", declining.replace_reviewer, name="replace_reviewer"),
    path("scoring/declined/<int:declined_id>/leave/", declining.leave_unreplaced, name="leave_unreplaced"),
    path("scoring/reviewers/<int:reviewer_id>/work/", pool.reviewer_work, name="reviewer_work"),
    path(
        "scoring/reviewers/<int:reviewer_id>/devices/<int:device_id>/revoke/",
        pool.revoke_lost_device,
        name="revoke_lost_device",
    ),
]
