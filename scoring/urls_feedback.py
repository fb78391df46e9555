"""Address of the applicant's own results."""

from django.urls import path

from scoring.views import feedback

urlpatterns = [
    path("applications/<int:application_id>/feedback/", feedback.feedback, name="feedback"),
]
