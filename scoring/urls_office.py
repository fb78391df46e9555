"""Addresses of the office's side: the reviewer pool, panels, recusals, sheets sent back."""

from django.urls import path

from scoring.views import panels

urlpatterns = [
    path("cycles/<int:cycle_id>/panels/", panels.panels, name="panels"),
    path("scoring/panels/<int:panel_id>/", panels.panel, name="panel"),
]
