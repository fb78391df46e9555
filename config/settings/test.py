"""Tests: real PostgreSQL and broker, mail in memory, cheap password hashes, files in a throw-away folder."""

import os
import tempfile
from pathlib import Path

from config.settings.base import *  # noqa: F403
from config.settings.base import CACHES, DATABASES, INSTALLED_APPS, REDIS_URL, STORAGES

SECRET_KEY = "for tests only, never used outside them"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
FILES_ROOT = Path(tempfile.mkdtemp(prefix="portal-test-"))
CLOCK_FILE = FILES_ROOT / "clock"
STORAGES = STORAGES | {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_ROOT},
    },
    "evidence": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_ROOT},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CLAMAV = ""
AXES_ENABLED = False

# TEST_DB: another name, so that two runs share one server. TEST_TEMPLATE: a migrated database to begin with.
DATABASES["default"]["TEST"] = {
    name: os.environ[variable]
    for name, variable in (("NAME", "TEST_DB"), ("TEMPLATE", "TEST_TEMPLATE"))
    if variable in os.environ
}

INSTALLED_APPS = [*INSTALLED_APPS, "demo"]

# Each test process empties its own cache between tests, never its neighbour's or the broker's.
_process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
CACHES = CACHES | {
    "default": CACHES["default"]
    | {"LOCATION": f"{REDIS_URL}{'&' if '?' in REDIS_URL else '?'}db={1 + _process}"}
}
