"""/api/v1/: what each app offers in its `api.urlpatterns`, and the OpenAPI document of all of it."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

app_name = "api"
urlpatterns = [
    path("", include("awards.api")),
    path("", include("publicity.api")),
    path("", include("rewards.api")),
    path(
        "schema/",
        login_not_required(
            SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[AllowAny])
        ),
        name="schema",
    ),
]
