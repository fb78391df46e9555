"""Addresses of what comes before, beside and after an application: self-check, people, history, comparison, letters."""

from django.urls import path

from applications.views import (
    claims,
    commitments,
    comparison,
    delegating,
    desk,
    letters,
    people,
    presence,
    section_versions,
    self_check,
)

urlpatterns = [
    path("cycles/<int:cycle_id>/self-check/", self_check.self_check, name="self_check"),
    path("cycles/<int:cycle_id>/self-check/carry/", self_check.carry_self_check, name="carry_self_check"),
    path("organisations/claims/", claims.claims, name="claims"),
    path("organisations/claims/new/", claims.claim_organisation, name="claim_organisation"),
    path("organisations/claims/<int:claim_id>/", claims.claim, name="claim"),
    path("organisations/claims/<int:claim_id>/answer/", claims.answer_claim, name="answer_claim"),
    path("organisations/claims/<int:claim_id>/withdraw/", claims.withdraw_claim, name="withdraw_claim"),
    path("organisations/claims/<int:claim_id>/decide/", claims.decide_claim, name="decide_claim"),
    path("organisations/claims/<int:claim_id>/files/<slug:paper>/", claims.claim_paper, name="claim_paper"),
    path("organisations/<int:organisation_id>/history/", people.history, name="organisation_history"),
    path("organisations/<int:organisation_id>/figures/", people.year_figures, name="year_figures"),
    path("organisations/<int:organisation_id>/licence/", people.licence, name="licence"),
    path("organisations/<int:organisation_id>/verify/", people.verify_code, name="verify_code"),
    path("organisations/<int:organisation_id>/members/invite/", people.invite_member, name="invite_member"),
    path(
        "organisations/<int:organisation_id>/members/<int:grant_id>/transfer/",
        people.transfer_ownership,
        name="transfer_ownership",
    ),
    path("recommenders/<int:recommender_id>/colleagues/", people.colleagues, name="colleagues"),
    path("recommenders/<int:recommender_id>/delegations/", delegating.delegations, name="delegations"),
    path("delegations/<int:invitation_id>/end/", delegating.end_delegation, name="end_delegation"),
    path(
        "recommendations/<int:recommendation_id>/scan/", desk.recommendation_scan, name="recommendation_scan"
    ),
    path("applications/<int:application_id>/commitments/", commitments.commitments, name="commitments"),
    path(
        "applications/<int:application_id>/commitments/sheet/",
        commitments.commitments_sheet,
        name="commitments_sheet",
    ),
    path("commitments/<str:token>/", commitments.sign_commitments, name="sign_commitments"),
    path("applications/<int:application_id>/changes/", comparison.comparison, name="comparison"),
    path("applications/<int:application_id>/receipt/pdf/", letters.receipt_pdf, name="receipt_pdf"),
    path("applications/<int:application_id>/letters/<int:letter_id>/", letters.letter, name="letter"),
    path(
        "applications/<int:application_id>/letters/<int:letter_id>/pdf/",
        letters.letter_pdf,
        name="letter_pdf",
    ),
    path(
        "applications/<int:application_id>/sections/<slug:section>/presence/",
        presence.section_presence,
        name="section_presence",
    ),
    path(
        "applications/<int:application_id>/sections/<slug:section>/versions/",
        section_versions.section_versions,
        name="section_versions",
    ),
    path(
        "applications/<int:application_id>/sections/<slug:section>/versions/<int:version_id>/",
        section_versions.section_version,
        name="section_version",
    ),
    path("invitations/<int:invitation_id>/revoke/", people.revoke_invitation, name="revoke_invitation"),
    path("invitations/<str:token>/", people.invitation, name="invitation"),
]
