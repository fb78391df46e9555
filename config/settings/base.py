"""Settings shared by demo, tests and production. Everything that differs between machines comes from the environment."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF

from awards.states import CYCLE
from publicity.states import HONOUR, NOTICE

BASE_DIR = Path(__file__).resolve().parents[2]
PORTAL_HOME = Path(os.environ.get("PORTAL_HOME", BASE_DIR / "var"))


def database_from(url: str) -> dict[str, object]:
    """Read `postgres://user:password@host:port/name?host=/socket/folder` into Django's form."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": options.pop("port", parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


SECRET_KEY = os.environ.get("SECRET_KEY", "")
DEBUG = False
DEMO = False
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "").split()
CSRF_TRUSTED_ORIGINS = os.environ.get("CSRF_TRUSTED_ORIGINS", "").split()

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "axes",
    "csp",
    "ground",
    "audit",
    "accounts",
    "notifications",
    "documents",
    "awards",
    "applications",
    "scoring",
    "publicity",
    "rewards",
]

MIDDLEWARE = [
    # First: whether something came in time is told by the moment at which the portal took the request up.
    "ground.middleware.RequestClock",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "ground.middleware.PlainText",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ground.middleware.Refusals",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ground.context.portal",
                "notifications.context.inbox",
            ],
            "builtins": [
                *(f"ground.templatetags.{name}" for name in ("portal", "moments", "amounts", "fields")),
                "django.templatetags.static",
            ],
        },
    }
]

DATABASES = {"default": database_from(os.environ.get("DATABASE_URL", "postgres:///portal"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(hours=8).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "ground.views.csrf_failure"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "accounts:home"
LOGOUT_REDIRECT_URL = "publicity:landing"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_VERBOSE = False
AXES_RESET_ON_SUCCESS = True

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = None

STATIC_URL = "/static/"
STATIC_ROOT = PORTAL_HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
FILES_ROOT = PORTAL_HOME / "files"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_ROOT},
    },
    "evidence": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_ROOT},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MAX_UPLOAD_BYTES = 200 * 1024 * 1024
# Uploads in pieces (documents.services.uploads): how much one person may have under way, and for how long.
UPLOAD_SESSIONS_PER_USER = 20
UPLOAD_OPEN_BYTES_PER_USER = 1024 * 1024 * 1024
UPLOAD_LIFETIME = timedelta(hours=48)
# Where clamd listens: a socket's path, or host:port. Empty: files are not scanned, and the office is told so.
CLAMAV = os.environ.get("CLAMAV_SOCKET", "") or os.environ.get("CLAMAV_HOST", "")
if CLAMAV and "/" not in CLAMAV and ":" not in CLAMAV:
    CLAMAV = f"{CLAMAV}:{os.environ.get('CLAMAV_PORT', '3310')}"
CLAMAV_TIMEOUT = 120
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FONT_DIR = Path(os.environ.get("FONT_DIR", PORTAL_HOME / "fonts"))

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-ancestors": [SELF],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"

EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_SECURITY", "") == "starttls"
EMAIL_USE_SSL = os.environ.get("EMAIL_SECURITY", "") == "tls"
EMAIL_TIMEOUT = 20
# A gateway for text messages (docs/operations.md); without it nobody is texted.
SMS_WEBHOOK_URL = os.environ.get("SMS_WEBHOOK_URL", "")
SMS_WEBHOOK_TOKEN = os.environ.get("SMS_WEBHOOK_TOKEN", "")
SMS_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "noreply@localhost")
PORTAL_URL = os.environ.get("PORTAL_URL", f"http://localhost:{os.environ.get('PORT', '8000')}")
PORTAL_NAME = os.environ.get("PORTAL_NAME", "政府质量奖申报评定平台")
PORTAL_OPERATOR = os.environ.get("PORTAL_OPERATOR", "质量奖评定委员会办公室")
PORTAL_CONTACT = os.environ.get("PORTAL_CONTACT", "")

# Claiming an organisation that somebody else has registered. No award's law speaks of it; these are the portal's own terms:
# whole days for the owner to answer and for the office to decide, and how many claims one account may file within how many days.
CLAIM_ANSWER_DAYS = int(os.environ.get("CLAIM_ANSWER_DAYS", "10"))
CLAIM_DECISION_DAYS = int(os.environ.get("CLAIM_DECISION_DAYS", "10"))
CLAIMS_PER_ACCOUNT = 3
CLAIMS_PERIOD = timedelta(days=30)

# The clock is real unless a file for moving it is named; production refuses one (config/checks.py).
CLOCK_FILE: Path | None = None
REMINDER_OFFSETS = (timedelta(days=3), timedelta(days=1), timedelta(hours=2))

CELERY_BROKER_URL = (
    REDIS_URL
    if not REDIS_URL.startswith("unix://")
    else "redis+socket://" + REDIS_URL.removeprefix("unix://")
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 25,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "ground.api.problem_details",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "政府质量奖平台接口",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "CycleStateEnum": CYCLE.choices,
        "HonourStateEnum": HONOUR.choices,
        "NoticeStateEnum": NOTICE.choices,
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
