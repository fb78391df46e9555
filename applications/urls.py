"""Addresses of organisations, applications, recommendations and the eligibility check."""

from django.urls import include, path

from applications import views

app_name = "applications"
urlpatterns = [
    path("", include("applications.urls_applicants")),
    path("applications/", views.home, name="home"),
    path("organisations/register/", views.register_organisation, name="register_organisation"),
    path("organisations/<int:organisation_id>/", views.organisation, name="organisation"),
    path("organisations/<int:organisation_id>/edit/", views.edit_organisation, name="edit_organisation"),
    path(
        "organisations/<int:organisation_id>/edit/autosave/",
        views.autosave_organisation,
        name="autosave_organisation",
    ),
    path("organisations/<int:organisation_id>/members/", views.members, name="members"),
    path(
        "organisations/<int:organisation_id>/members/<int:grant_id>/remove/",
        views.remove_member,
        name="remove_member",
    ),
    path("cycles/<int:cycle_id>/apply/", views.start_application, name="start_application"),
    path("cycles/<int:cycle_id>/applications/", views.office_list, name="office_list"),
    path("cycles/<int:cycle_id>/applications/export/", views.office_export, name="office_export"),
    path("applications/<int:application_id>/", views.application, name="application"),
    path("applications/<int:application_id>/tasks/", views.tasks, name="tasks"),
    path("applications/<int:application_id>/conditions/<slug:question>/", views.condition, name="condition"),
    path(
        "applications/<int:application_id>/conditions/<slug:question>/autosave/",
        views.autosave_condition,
        name="autosave_condition",
    ),
    path(
        "applications/<int:application_id>/conditions/<slug:question>/evidence/",
        views.add_evidence,
        name="add_evidence",
    ),
    path("evidence/<int:evidence_id>/remove/", views.remove_evidence, name="remove_evidence"),
    path("applications/<int:application_id>/profile/", views.profile, name="profile"),
    path(
        "applications/<int:application_id>/profile/autosave/", views.autosave_profile, name="autosave_profile"
    ),
    path("applications/<int:application_id>/report/", views.report, name="report"),
    path("applications/<int:application_id>/assessment/", include("applications.urls_assessment")),
    path(
        "applications/<int:application_id>/recommender/", views.choose_recommender, name="choose_recommender"
    ),
    path("applications/<int:application_id>/check/", views.check_application, name="check_application"),
    path("applications/<int:application_id>/submit/", views.submit_application, name="submit_application"),
    path("applications/<int:application_id>/receipt/", views.receipt, name="receipt"),
    path(
        "applications/<int:application_id>/take-back/",
        views.take_back_application,
        name="take_back_application",
    ),
    path(
        "applications/<int:application_id>/withdraw/", views.withdraw_application, name="withdraw_application"
    ),
    path("applications/<int:application_id>/files/<int:file_id>/", views.file, name="file"),
    path("applications/<int:application_id>/files/<int:file_id>/view/", views.view_file, name="view_file"),
    path("applications/<int:application_id>/eligibility/", views.eligibility, name="eligibility"),
    path("applications/<int:application_id>/eligibility/run/", views.run_eligibility, name="run_eligibility"),
    path(
        "applications/<int:application_id>/eligibility/decide/",
        views.decide_eligibility,
        name="decide_eligibility",
    ),
    path("applications/<int:application_id>/waiver/", views.record_waiver, name="record_waiver"),
    path(
        "applications/<int:application_id>/corrections/request/",
        views.request_correction,
        name="request_correction",
    ),
    path("eligibility/<int:check_id>/confirm/", views.confirm_check, name="confirm_check"),
    path("corrections/<int:correction_id>/", views.correction, name="correction"),
    path("recommendations/", views.recommendations, name="recommendations"),
    path("recommendations/<int:recommendation_id>/", views.recommendation, name="recommendation"),
    path(
        "recommendations/<int:recommendation_id>/sign/", views.sign_recommendation, name="sign_recommendation"
    ),
    path(
        "recommendations/<int:recommendation_id>/decline/",
        views.decline_recommendation,
        name="decline_recommendation",
    ),
]
