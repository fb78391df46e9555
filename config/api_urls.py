"""/api/v1/: what each app offers in its `api.urlpatterns`, and the OpenAPI document of all of it."""

from importlib.util import find_spec

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

APPS = [app for app in ("awards", "publicity", "rewards") if find_spec(f"{app}.api")]

app_name = "api"
urlpatterns = [
    *(path("", include(f"{app}.api")) for app in APPS),
    path(
        "schema/",
        login_not_required(
            SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[AllowAny])
        ),
        name="schema",
    ),
]
