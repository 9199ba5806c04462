"""Settings of Loket Portal; every value a deployment may change comes from the environment (see .env.example).

A secret NAME may also be given as NAME_FILE, the path of a file that holds it (Docker and systemd secrets).
Order of the sections: where we are, secrets, applications, database, worker, sign-in, pages, Loket, security, logging.
"""

import re
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environ.fileaware_mapping import FileAwareMapping

# --- Where we are -----------------------------------------------------------------------------------------------------
BASE_DIR = Path(__file__).resolve().parent.parent


class Trimmed(FileAwareMapping):  # type: ignore[misc]
    """A file ends with a line break, which is no part of the value."""

    def __getitem__(self, key: str) -> str:
        return str(super().__getitem__(key)).strip()


env = environ.FileAwareEnv()
env.ENVIRON = Trimmed()
environ.Env.read_env(env.str("PORTAL_ENV_FILE", default=str(BASE_DIR / ".env")), overwrite=False)

PORTAL_MODE = env.str("PORTAL_MODE", default="demo")
if PORTAL_MODE not in {"demo", "production"}:
    raise ImproperlyConfigured(f"PORTAL_MODE is {PORTAL_MODE!r}; write demo or production.")
IS_DEMO = PORTAL_MODE == "demo"
VAR_DIR = Path(env.str("PORTAL_VAR_DIR", default=str(BASE_DIR / "var")))
PORT = env.int("PORT", default=8000)
PORTAL_URL = env.str("PORTAL_URL", default=f"http://127.0.0.1:{PORT}" if IS_DEMO else "").rstrip("/")
DEBUG = False

# --- Secrets ----------------------------------------------------------------------------------------------------------
# Known to everybody who reads this file: good enough for invented people, refused in production.
DEMO_SECRET_KEY = "demo-only-4f0c1d6a9b3e47f58a2c6d1e0b7f9358-not-for-production"
DEMO_ENCRYPTION_KEY = "ZGVtby1vbmx5LW5vdC1mb3ItcHJvZHVjdGlvbi0wMDE="
DEMO_CLIENT_SECRET = "demo-client-secret"


def secret(name: str, default: str) -> str:
    """The value as it is: django-environ takes one that begins with $ for the name of another variable."""
    return str(env.ENVIRON.get(name, default))


SECRET_KEY = secret("SECRET_KEY", DEMO_SECRET_KEY if IS_DEMO else "")
FIELD_ENCRYPTION_KEYS: list[str] = env.list("FIELD_ENCRYPTION_KEYS", default=[DEMO_ENCRYPTION_KEY] if IS_DEMO else [])

# --- Applications -----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "loket_portal",
    "sync",
    "mapping",
    "onboarding",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
]
MIDDLEWARE = [
    "loket_portal.middleware.NoStoreMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "loket_portal.urls"
WSGI_APPLICATION = "loket_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database ---------------------------------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Without these two, eight threads that read and then write get "database is locked" instead of their turn.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}  # a file: threads share no memory database
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# --- Worker: rows are the truth, the broker is only a doorbell (docs/adr/0003) ------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True  # attempts are counted in the row, so a task that kills its worker ends
CELERY_TASK_ACKS_ON_FAILURE = CELERY_TASK_ACKS_ON_TIMEOUT = True
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 90, 120  # a task is one slice, never a whole sync
# These walk over all companies and claim one at a time, so the next hour goes on where they were cut off. Less than
# VISIBILITY_TIMEOUT: a second delivery would take another child of the worker for the same walk.
CELERY_TASK_ANNOTATIONS = {
    task: {"soft_time_limit": 240, "time_limit": 270}
    for task in (
        *("onboarding.tasks.recheck", "onboarding.tasks.refresh_lists", "onboarding.tasks.send_mails"),
        *("mapping.tasks.look", "sync.tasks.purge", "sync.tasks.compare", "sync.tasks.read_for_mapping"),
    )
} | {
    # A slice of writing ends by itself after SLICE_SECONDS; what may take minutes is the reading of a large Personio,
    # which allows so many calls a minute. A second delivery finds the lease taken, and ends.
    "sync.tasks.execute": {"soft_time_limit": 840, "time_limit": 900},
}
CELERY_TASK_PUBLISH_RETRY = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 25  # docker-compose.yml gives the container 40 seconds to stop
CELERY_WORKER_ETA_TASK_LIMIT = 100
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000  # KiB; a child above it is replaced after its task
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a Redis that is away for an hour ends no worker
CELERY_TIMEZONE = "Europe/Amsterdam"
if REDIS_URL:
    # What was delivered to a worker that died is delivered again after this; more than twice the longest task, since
    # a message that is merely late would run twice. The shortest value of all programs on one Redis counts for all.
    VISIBILITY_TIMEOUT = 300
    CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": VISIBILITY_TIMEOUT}
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": VISIBILITY_TIMEOUT,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,  # kombu looks for such messages every interval x throttle, else 100 seconds
        "socket_timeout": 30,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 25,
    }
# A run whose worker was killed goes on after these two at the latest, so within 90 seconds. Why nobody takes it over while
# a write is still under way: sync/services/leases.py, longest_call.
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=30)
RUN_LEASE_SECONDS = env.float("RUN_LEASE_SECONDS", default=60)
SLICE_SECONDS = env.float("SLICE_SECONDS", default=45)  # then a run lets others have their turn
SLICE_PEOPLE = env.int("SLICE_PEOPLE", default=250)
LOKET_PARALLEL_PER_CONNECTION = env.int("LOKET_PARALLEL_PER_CONNECTION", default=4)
LOKET_PARALLEL_PER_HOST = env.int("LOKET_PARALLEL_PER_HOST", default=8)
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "sync.tasks.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
    "dispatch": {"task": "sync.tasks.dispatch", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
    "compare": {"task": "sync.tasks.compare", "schedule": 60.0, "options": {"expires": 60}},
    "purge": {"task": "sync.tasks.purge", "schedule": 3600.0, "options": {"expires": 3600}},
    "mail": {"task": "onboarding.tasks.send_mails", "schedule": 60.0, "options": {"expires": 60}},
    "recheck": {"task": "onboarding.tasks.recheck", "schedule": 3600.0, "options": {"expires": 3600}},
    "lists": {"task": "onboarding.tasks.refresh_lists", "schedule": 3600.0, "options": {"expires": 3600}},
    "remind": {"task": "onboarding.tasks.remind", "schedule": 3600.0, "options": {"expires": 3600}},
    "look": {"task": "mapping.tasks.look", "schedule": 3600.0, "options": {"expires": 3600}},
    "compare_lists": {"task": "mapping.tasks.compare_lists", "schedule": 3600.0, "options": {"expires": 3600}},
    "tidy": {"task": "loket_portal.tasks.tidy", "schedule": 3600.0, "options": {"expires": 3600}},
}
# What the beat orders has a queue of its own: behind a night's hundreds of runs a sweep would be too old when it came.
CELERY_TASK_QUEUES: dict[str, dict[str, Any]] = {"celery": {}, "ticks": {}}
CELERY_TASK_ROUTES = {str(entry["task"]): {"queue": "ticks"} for entry in CELERY_BEAT_SCHEDULE.values()}
# Several processes share what they count in the database, not in Redis: sign-ins are throttled without it, too.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "loket_portal.lib.table_cache.TableCache",
        "LOCATION": "loket_portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- Sign-in ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "onboarding.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "entities"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "onboarding.accounts.ClosedAccountAdapter"
ACCOUNT_FORMS = {
    "login": "onboarding.forms.SignInForm",
    "change_password": "onboarding.forms.ChangePasswordForm",
    "set_password": "onboarding.forms.SetPasswordForm",
    "reset_password": "onboarding.forms.ResetPasswordForm",
    "reset_password_from_key": "onboarding.forms.NewPasswordForm",
    "reauthenticate": "onboarding.forms.ConfirmPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False  # the session ends with the browser: no box to tick
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Behind a proxy the rate limits must see the visitor's address, not the proxy's.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0 if IS_DEMO else 1)
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://" if IS_DEMO else "smtp://localhost:25")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Loket Portal <portal@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", default="support@portal.example" if IS_DEMO else "support@localhost")

# --- Pages ------------------------------------------------------------------------------------------------------------
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
                "csp.context_processors.nonce",
                "loket_portal.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "loket_portal.forms.PortalFormRenderer"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("nl", _("Dutch"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if IS_DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = IS_DEMO
ROSTER_MAX_BYTES = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = ROSTER_MAX_BYTES + 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE
DATA_UPLOAD_MAX_NUMBER_FIELDS = (
    4100  # an option map as the workbench shows it: up to 2,000 pairs, and the other settings
)
# A roster is personal data: never a temporary file on disk. What is too large is dropped, and the form says so.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

# --- Loket ------------------------------------------------------------------------------------------------------------
SIMULATOR_PORT = env.int("SIMULATOR_PORT", default=PORT + 100)
SIMULATOR_RECORD = env.str("SIMULATOR_RECORD", default="")  # a file for its whole traffic, which the tests check
LOKET_HOSTS = {
    "production": ("https://api.loket.nl/v2", "https://oauth.loket.nl"),
    "acceptance": ("https://api.loket-acc.nl/v2", "https://oauth.loket-acc.nl"),
    "simulator": (f"http://127.0.0.1:{SIMULATOR_PORT}/v2", f"http://127.0.0.1:{SIMULATOR_PORT}"),
}
LOKET_ENV = env.str("LOKET_ENV", default="simulator" if IS_DEMO else "production")
if LOKET_ENV not in LOKET_HOSTS:
    raise ImproperlyConfigured(f"LOKET_ENV is {LOKET_ENV!r}; write production, acceptance or simulator.")
LOKET_API_URL = env.str("LOKET_API_URL", default=LOKET_HOSTS[LOKET_ENV][0])
LOKET_OAUTH_URL = env.str("LOKET_OAUTH_URL", default=LOKET_HOSTS[LOKET_ENV][1])
# User filter settings have an address of their own, and only in production; "" = the fact is derived (rule 22).
LOKET_FILTER_URL = env.str(
    "LOKET_FILTER_URL",
    default=f"http://127.0.0.1:{SIMULATOR_PORT}/globalfilter-microservice" if LOKET_ENV == "simulator" else "",
)
LOKET_CLIENT_ID = env.str("LOKET_CLIENT_ID", default="loket-portal-demo" if IS_DEMO else "")
LOKET_CLIENT_SECRET = secret("LOKET_CLIENT_SECRET", DEMO_CLIENT_SECRET if IS_DEMO else "")
PERSONIO_API_URL = env.str(
    "PERSONIO_API_URL",
    default=f"http://127.0.0.1:{SIMULATOR_PORT}/personio" if LOKET_ENV == "simulator" else "https://api.personio.de",
)
# What Personio asks a client to call itself in its headers; only partners of its marketplace have the second.
PERSONIO_APP_ID = env.str("PERSONIO_APP_ID", default="LOKET_PORTAL")
PERSONIO_PARTNER_ID = env.str("PERSONIO_PARTNER_ID", default="")
if IS_DEMO and LOKET_ENV == "production":
    raise ImproperlyConfigured(
        "LOKET_ENV=production holds real people, and PORTAL_MODE=demo has keys that everybody knows: set PORTAL_MODE=production."
    )
RESULT_RETENTION_DAYS = env.int("RESULT_RETENTION_DAYS", default=90)

# --- Security ---------------------------------------------------------------------------------------------------------
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if IS_DEMO else [])
CSRF_TRUSTED_ORIGINS = [PORTAL_URL] if PORTAL_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # The form "Connect Loket.nl" answers with a redirect to Loket's sign-in page; Chromium checks that hop too.
        "form-action": [SELF, LOKET_OAUTH_URL],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
CSRF_COOKIE_HTTPONLY = True
if not IS_DEMO:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    TRUSTED_PROXY = env.str("TRUSTED_PROXY", default="127.0.0.1")  # where `manage.py serve` believes X-Forwarded-*
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"

    _missing = [
        f"{name} ({why})"
        for name, value, why in [
            ("SECRET_KEY", SECRET_KEY not in {"", DEMO_SECRET_KEY} and len(SECRET_KEY) >= 50, "50 random characters"),
            (
                "FIELD_ENCRYPTION_KEYS",
                FIELD_ENCRYPTION_KEYS
                and DEMO_ENCRYPTION_KEY not in FIELD_ENCRYPTION_KEYS
                and all(re.fullmatch(r"[A-Za-z0-9_-]{43}=", key) for key in FIELD_ENCRYPTION_KEYS),
                "one or more keys of `manage.py new_key`, newest first",
            ),
            ("ALLOWED_HOSTS", ALLOWED_HOSTS, "the host names people use"),
            ("PORTAL_URL", PORTAL_URL.startswith("https://"), "https://… as people type it"),
            ("LOKET_CLIENT_ID", LOKET_CLIENT_ID, "from Loket's partner desk"),
            ("LOKET_CLIENT_SECRET", LOKET_CLIENT_SECRET not in {"", DEMO_CLIENT_SECRET}, "from Loket's partner desk"),
        ]
        if not value
    ]
    if _missing:
        raise ImproperlyConfigured(
            "Missing or still the demo's default: " + "; ".join(_missing) + ". See .env.example."
        )

# --- Logging: one place masks secrets and personal data (lib/redact.py) --------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "loket_portal.lib.redact.RedactingFilter"}},
    "formatters": {
        "line": {
            "()": "loket_portal.lib.redact.SafeFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["redact"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING" if IS_DEMO else "INFO")},
}
