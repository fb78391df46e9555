"""Every address of the portal, app by app. `/` belongs to publicity, the highest app whose data it shows."""

from django.urls import include, path

from ground.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("", include("ground.urls")),
    path("", include("publicity.urls")),
    path("", include("awards.urls")),
    path("", include("applications.urls")),
    path("", include("scoring.urls")),
    path("", include("rewards.urls")),
    path("files/", include("documents.urls")),
    path("api/v1/", include("config.api_urls")),
    path("inbox/", include("notifications.urls")),
    path("accounts/", include("accounts.urls")),
]
