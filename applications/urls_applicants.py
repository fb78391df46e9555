"""Addresses of what comes before, beside and after an application: self-check, people, history, comparison, letters."""

from django.urls import path

from applications.views import self_check

urlpatterns = [
    path("cycles/<int:cycle_id>/self-check/", self_check.self_check, name="self_check"),
    path("cycles/<int:cycle_id>/self-check/carry/", self_check.carry_self_check, name="carry_self_check"),
]
