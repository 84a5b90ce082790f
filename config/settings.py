"""Settings. Everything that differs between sites is an environment variable; a missing one stops the start.

Required: SECRET_KEY, DATABASE_URL, FIELD_KEYS, INDEX_KEY. `./dev` makes them for a working copy; .env.example lists all.
"""

import base64
import binascii
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.logging import configure

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent


def _key(text: str, name: str) -> bytes:
    """32 bytes in base64. The value itself never enters the message."""
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ImproperlyConfigured(f"{name} is not base64.") from error
    if len(key) != 32:
        raise ImproperlyConfigured(f"{name} must be 32 bytes in base64, not {len(key)}.")
    return key


def _field_keys(text: str) -> dict[str, bytes]:
    """`id:base64,id:base64…`; the first key writes, every key reads."""
    keys: dict[str, bytes] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        key_id, colon, body = part.partition(":")
        if not (colon and key_id) or key_id in keys:
            raise ImproperlyConfigured("FIELD_KEYS is written id:base64,id:base64… with every id once.")
        keys[key_id] = _key(body, f"FIELD_KEYS[{key_id}]")
    if not keys:
        raise ImproperlyConfigured("FIELD_KEYS holds no key.")
    return keys


def _object_store() -> dict[str, Any]:
    """A private bucket of an S3-compatible store, so that web and worker on several machines share the files.

    Its files are read by the site alone, which streams them through its own permission checks: no address of the store ever
    reaches a browser. Keys come from the environment or the machine's role. Needs requirements/s3.txt.
    """
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.str("S3_BUCKET"),
            "endpoint_url": env.str("S3_ENDPOINT", default="") or None,
            "region_name": env.str("S3_REGION", default="") or None,
            "access_key": env.str("S3_ACCESS_KEY", default="") or None,
            "secret_key": env.str("S3_SECRET_KEY", default="") or None,
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
        },
    }


# ── the site ──────────────────────────────────────────────────────────────────────────────────────────────────────────
SECRET_KEY = env.str("SECRET_KEY")
DEVELOPMENT = env.bool("DEBUG", default=False)  # a working copy: plain HTTP, readable logs, files straight from static/
DEMO = env.bool("DEMO", default=False)  # sign-in buttons per role; `check --deploy` refuses it with DEBUG off
# Django's own error pages show code and values: in the demonstration people see the portal's, unless DEBUG_PAGES=1.
DEBUG = DEVELOPMENT and env.bool("DEBUG_PAGES", default=not DEMO)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEVELOPMENT else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")  # for links in mail and QR codes, which have no request
SECURITY_CONTACT = env.str(
    "SECURITY_CONTACT", default="mailto:security@localhost"
)  # who hears of a weakness: security.txt
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=not DEMO)
FIELD_KEYS = _field_keys(env.str("FIELD_KEYS"))
INDEX_KEY = _key(env.str("INDEX_KEY"), "INDEX_KEY")
# what `manage.py backup` seals with; empty: not sealed
BACKUP_KEY = _key(_backup_key, "BACKUP_KEY") if (_backup_key := env.str("BACKUP_KEY", default="")) else b""
PG_BIN = env.str("PG_BIN", default="")  # folder of pg_dump and pg_restore; empty: found on PATH

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Which schemes this site offers; every one has its manifest in <app>/scheme.py.
SCHEMES = env.list("SCHEMES", default=[]) or [
    "ojt_accounts",
    "senior45",
    "ohs_training",
    "ojt_subsidy",
    "vrs_credentials",
]
PARTS = ["accounts.part.PART", "casework.part.PART", *(f"{one}.scheme.SCHEME" for one in SCHEMES)]
ADMIN_APP = "casework.admin_app.PortalAdminConfig"

INSTALLED_APPS = [
    "config",
    "accounts",
    "casework",
    *SCHEMES,
    ADMIN_APP,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "guardian",
    "simple_history",
    "django_htmx",
    "csp",
    "django_structlog",
]

MIDDLEWARE = [
    "config.metrics.Measured",
    "accounts.middleware.headers.SecurityHeaders",  # outermost: errors and static files too
    "accounts.middleware.reference.ReferenceNumber",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.private.PrivatePages",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    # in this order: idle people are signed out, then every view needs sign-in, then first things first
    "accounts.middleware.idle.IdleSignOut",
    "accounts.middleware.signed_in.SignedIn",
    "accounts.middleware.signed_in.FirstThingsFirst",
    "accounts.middleware.limits.RateLimits",
    "accounts.middleware.readable.Readable",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.portal",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ── language and time ─────────────────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "zh-hant"
FORMAT_MODULE_PATH = "config.formats"
LANGUAGES = [("zh-hant", "繁體中文")]
TIME_ZONE = "Asia/Taipei"
USE_I18N = True
USE_TZ = True

# ── PostgreSQL, Redis ─────────────────────────────────────────────────────────────────────────────────────────────────
DATABASES: dict[str, dict[str, Any]] = {"default": env.db_url("DATABASE_URL")}
_database = DATABASES["default"]
if _database["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database (postgres://…).")
_database.setdefault("OPTIONS", {})
_database["CONN_HEALTH_CHECKS"] = True
if _pool := env.int("DB_POOL", default=0):
    # connections per web process; 0 where one connection per process is enough (worker, commands, tests)
    _database["CONN_MAX_AGE"] = 0
    _database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": _pool, "timeout": 10}
else:
    _database["CONN_MAX_AGE"] = env.int("DB_CONN_MAX_AGE", default=60)
# Nobody waits for a row, a statement or a half-done transaction of somebody else longer than this; 0: as long as it takes.
# The worker's jobs may take longer (docker-compose.yml), and so may what is run by hand (manage.py).
_limits = {
    "lock_timeout": env.int("DB_LOCK_SECONDS", default=5),
    "statement_timeout": env.int("DB_STATEMENT_SECONDS", default=30),
    "idle_in_transaction_session_timeout": env.int("DB_IDLE_SECONDS", default=60),
}
_given = _database["OPTIONS"].get("options", "")
_database["OPTIONS"]["options"] = " ".join(
    [*_given.split(), *(f"-c {name}={n}s" for name, n in _limits.items())]
).strip()
_database["TEST"] = {
    "NAME": env.str("TEST_DATABASE_NAME", default="") or None,
    "TEMPLATE": env.str("TEST_DATABASE_TEMPLATE", default=""),
}

REDIS_URL = env.str("REDIS_URL", default="")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "config.cache.SoftRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "portal",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5, "retry": Retry(NoBackoff(), 0)},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# ── jobs ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200  # PDF rendering keeps memory
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
# A nudge is thrown away at once when Redis is down: the database keeps the to-do list, the beat finds it.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,  # a hanging Redis costs a page a second; config.celery takes it off the worker
    "max_retries": 1,
    "interval_start": 0,  # kombu waits two seconds before its second try, and the page with it
    "visibility_timeout": 1800,
}

# ── sign-in ───────────────────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "accounts.validators.SimilarPasswordValidator",
        "OPTIONS": {"user_attributes": ("account_name", "email", "name")},
    },
    {"NAME": "accounts.validators.CommonPasswordValidator"},
    {"NAME": "accounts.validators.FormerPasswordValidator"},
    {"NAME": "accounts.validators.SchemesValidator"},
]
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # account_name is unique whatever its case, by a constraint over Lower() that the check does not read
    "security.W019",  # X_FRAME_OPTIONS is SAMEORIGIN: the case page shows papers beside the form
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "accounts.views.errors.csrf_failure"
SELF_SIGN_UP = False  # accounts of staff and units come from approved applications
CERTIFICATE_SIGN_IN = env.bool("CERTIFICATE_SIGN_IN", default=False)  # on: passwords only where opened (OA-12)
# Certificates of cards: whom to trust, how long a list of revoked ones serves after its nextUpdate, and where the card
# component answers on the visitor's machine (docs/certificate-sign-in.md). Without a folder the way is not offered.
CERTIFICATE_FOLDER = env.str("CERTIFICATE_FOLDER", default="")
CERTIFICATE_CRL_GRACE = timedelta(hours=env.int("CERTIFICATE_CRL_GRACE_HOURS", default=0))
CERTIFICATE_CRL_URLS = env.list("CERTIFICATE_CRL_URLS", default=[])
CERTIFICATE_COMPONENT_URL = env.str("CERTIFICATE_COMPONENT_URL", default="")
CERTIFICATE_NONCE_LIFETIME = timedelta(minutes=5)
SIGN_IN_FAILURES = 5  # in a row lock the name …
SIGN_IN_LOCK = timedelta(minutes=15)  # … for this long
PASSWORD_LINK_LIFETIME = timedelta(hours=env.int("PASSWORD_LINK_HOURS", default=72))
IDLE_SECONDS = {
    "staff": env.int("IDLE_SECONDS_STAFF", default=1800),
    "applicant": env.int("IDLE_SECONDS_APPLICANT", default=1800),
}

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.forms.LoginForm", "reauthenticate": "accounts.forms.ReauthenticateForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "account_name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made from approved applications, their address with them
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
# Counted in the cache: floods from one address. The lock of a name is in the database (accounts.services.lockout) and
# holds with Redis stopped; the limiter's own count per name also guards the second factor.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": f"60/15m/ip,{SIGN_IN_FAILURES}/15m/key",
    "reset_password": "20/h/ip,3/15m/key",
    "reset_password_from_key": "30/m/ip",
    "reauthenticate": "10/m/user",
    "certificate": "20/m/ip",
}
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.CodeAgainForm",
    "activate_totp": "accounts.forms.FirstCodeForm",
    "authenticate_webauthn": "accounts.forms.PasskeyForm",
    "reauthenticate_webauthn": "accounts.forms.PasskeyAgainForm",
    "add_webauthn": "accounts.forms.NewPasskeyForm",
    "edit_webauthn": "accounts.forms.PasskeyNameForm",
}
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False  # a passkey stands beside the password, never in its place: OA-12 says who comes how
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG  # http://localhost has no certificate
MFA_TOTP_ISSUER = "訓練業務申辦入口網"
MFA_TOTP_TOLERANCE = 1  # clocks of telephones differ
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the address was proven by the set-password link
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Behind the project's own nginx the visitor's address is the last one it adds to X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.bool("BEHIND_PROXY", default=False) else 0

# Sessions stay in the database: nobody is signed out when Redis stops. Idle sign-out is IdleSignOut's; the cookie's age only
# bounds what it does not see. Not saved at every request: the moment last seen is written once a minute.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_ABSOLUTE_SECONDS = 12 * 3600  # signed out for good, however busy: a day's work needs one sign-in
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Rights on one object: direct-foreign-key tables on Organisation and Case. The generic tables keep grants after delete.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
GUARDIAN_RAISE_403 = True

# ── headers ───────────────────────────────────────────────────────────────────────────────────────────────────────────
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEVELOPMENT)
SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready)$", r"^metrics$"]  # asked for from inside, over plain HTTP
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0 if DEVELOPMENT else 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEVELOPMENT
SECURE_HSTS_PRELOAD = not DEVELOPMENT
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Nothing here uses them, so nothing that slips in may; passkeys are asked for by our own pages alone.
PERMISSIONS_POLICY = ", ".join(
    [
        *(
            f"{name}=()"
            for name in (
                "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "geolocation",
                "gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi", "payment",
                "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
            )
        ),
        "publickey-credentials-get=(self)",
        "publickey-credentials-create=(self)",
        "fullscreen=(self)",
    ]
)  # fmt: skip
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEVELOPMENT
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if not DEVELOPMENT:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
        "manifest-src": [SELF],
    }
}

# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="")  # host:port or socket path of a virus scanner; empty: none
SIGNING_KEY_FILE = env.str("SIGNING_KEY_FILE", default="")  # PKCS#12 that signs issued papers; empty: a marked test key
SIGNING_KEY_PASSWORD = env.str("SIGNING_KEY_PASSWORD", default="")
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "media"))()  # private: no address leads to it
KEY_FOLDER = env.path(
    "KEY_FOLDER", default=str(BASE_DIR / "keys")
)()  # of keys the site makes itself; never among the papers
MEDIA_URL = ""
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20  # fields without files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a roster of 120 people in one form

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))()
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEVELOPMENT
STORAGES: dict[str, dict[str, Any]] = {
    "default": _object_store() if env.str("S3_BUCKET", default="") else {"BACKEND": "casework.stores.WholeFiles"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Days after which what belongs to no case is deleted (casework.jobs.retention says what and why).
RETENTION_DAYS = {
    "drafts": env.int("RETENTION_DRAFTS_DAYS", default=180),
    "receipts": env.int("RETENTION_RECEIPTS_DAYS", default=30),
    "exports": env.int("RETENTION_EXPORTS_DAYS", default=7),
    "links": env.int("RETENTION_LINKS_DAYS", default=90),
    "access_log": env.int("RETENTION_ACCESS_LOG_DAYS", default=5 * 366),
}
if RETENTION_DAYS["access_log"] < 3 * 366:
    raise ImproperlyConfigured("RETENTION_ACCESS_LOG_DAYS is less than three years; the database refuses that.")

# ── mail ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
vars().update(env.email_url("EMAIL_URL", default="consolemail://" if DEVELOPMENT else "smtp://localhost:25"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")
EMAIL_TIMEOUT = 10

# ── figures for monitoring ──────────────────────────────────────────────────────────────────────────────────────────────
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # whoever reads /metrics brings it; empty: no such address

# ── logs ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
LOGGING = configure(readable=DEVELOPMENT, level=env.str("LOG_LEVEL", default="INFO"))
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # ReferenceNumber writes it; a visitor's own is overwritten
