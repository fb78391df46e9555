"""Production: HTTPS, real clock, real mail. `check --deploy` refuses demo accounts and a movable clock."""

import os

from config.settings.base import *  # noqa: F403

SECRET_KEY = os.environ["SECRET_KEY"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside, without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True

# The portal shows its own PDF files inside its own pages, and nobody else's: X_FRAME_OPTIONS stays SAMEORIGIN.
SILENCED_SYSTEM_CHECKS = ["security.W019"]
