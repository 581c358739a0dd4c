"""What is installed: applications, middleware, templates."""

from __future__ import annotations

from portal.configuration.environment import BASE_DIR

INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "merchants.apps.MerchantsConfig",
    "wallet.apps.WalletConfig",
]

# For people with a browser. The signed calls of machines have processes and a row of their own: portal.machines.
MIDDLEWARE = [
    "portal.middleware.RequestId",
    "portal.health.Probes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.PagePolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "merchants.sign_in.session_age.SessionAge",
    "portal.middleware.History",
    "merchants.sign_in.profile.TimeZone",
    "merchants.sign_in.refused_pages.RefusedPages",
    "merchants.pages.error_pages.EmptyErrors",
    "merchants.pages.error_pages.UsedForms",
    "portal.middleware.RefuseNul",
    "merchants.staff_desk.StaffDesk",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "merchants.sign_in.gate.StaffGate",
    "portal.middleware.PageDeadline",
    "portal.middleware.PrivateFilesAway",
]

ROOT_URLCONF = "portal.urls"
STAFF_DESK_URLCONF = "portal.staff_desk_urls"
WSGI_APPLICATION = "portal.wsgi.people"
AUTH_USER_MODEL = "merchants.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
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
                "merchants.sign_in.appearance.admin_appearance",
                "merchants.kept_forms.kept_fields",
            ],
            "builtins": [f"portal.templatetags.{name}" for name in ("back_links", "cards", "desk", "moments", "parts")],
        },
    },
]
