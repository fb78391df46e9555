"""Addresses of the reviewer's devices and of the page that works without a network."""

from django.urls import path

from scoring.views import offline, offline_sheets, offline_visits

urlpatterns = [
    path("scoring/offline/", offline.offline, name="offline"),
    path("scoring/offline/worker.js", offline.offline_worker, name="offline_worker"),
    path("scoring/offline/manifest.webmanifest", offline.offline_manifest, name="offline_manifest"),
    path("scoring/devices/", offline.devices, name="devices"),
    path("scoring/devices/session/", offline.device_session, name="device_session"),
    path("scoring/devices/add/", offline.add_device, name="add_device"),
    path("scoring/devices/<int:device_id>/revoke/", offline.revoke_device, name="revoke_device"),
    path("scoring/devices/<int:device_id>/contact/", offline.device_contact, name="device_contact"),
    path(
        "scoring/devices/<int:device_id>/sheets/<int:sheet_id>/",
        offline_sheets.device_sheet,
        name="device_sheet",
    ),
    path(
        "scoring/devices/<int:device_id>/visits/<int:visit_id>/",
        offline_visits.device_visit,
        name="device_visit",
    ),
    path(
        "scoring/devices/<int:device_id>/visits/<int:visit_id>/photos/",
        offline_visits.device_photo,
        name="device_photo",
    ),
]
