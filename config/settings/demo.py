"""The demo that `./run` starts on one machine: a movable clock, mail into a folder, demo accounts."""

import os
import secrets

from config.settings.base import *  # noqa: F403
from config.settings.base import INSTALLED_APPS, PORTAL_HOME, STORAGES

DEMO = True
# `./run` keeps a key in the portal's folder; a command without one (recompute) makes do with a passing key.
SECRET_KEY = os.environ.get("SECRET_KEY") or secrets.token_urlsafe(50)
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost 127.0.0.1 [::1]").split()
CLOCK_FILE = PORTAL_HOME / "clock"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = PORTAL_HOME / "mail"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True

INSTALLED_APPS = [*INSTALLED_APPS, "demo"]
