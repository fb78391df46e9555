"""Addresses of uploads in pieces, under /files/."""

from django.urls import path

from documents import views

app_name = "documents"
urlpatterns = [
    path("uploads/", views.uploads, name="uploads"),
    path("uploads/<slug:upload_token>/", views.upload, name="upload"),
]
