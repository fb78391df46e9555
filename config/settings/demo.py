"""The demo that `./run` starts on one machine: a movable clock, mail into a folder, demo accounts."""

import os

from config.settings.base import *  # noqa: F403
from config.settings.base import INSTALLED_APPS, PORTAL_HOME, STORAGES

DEMO = True
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost 127.0.0.1 [::1]").split()
CLOCK_FILE = PORTAL_HOME / "clock"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = PORTAL_HOME / "mail"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True

INSTALLED_APPS = [*INSTALLED_APPS, "demo"]
