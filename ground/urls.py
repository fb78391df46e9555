from django.conf import settings
from django.urls import path

from ground import views

app_name = "ground"
urlpatterns = [
    path("favicon.ico", views.favicon, name="favicon"),
    path("display/", views.display_mode, name="display_mode"),
]
if settings.DEBUG or getattr(settings, "DEMO", False):
    urlpatterns.append(path("styleguide/", views.styleguide, name="styleguide"))
