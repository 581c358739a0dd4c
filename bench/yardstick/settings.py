"""A wallet as one would write it on a free afternoon, to compare with: no more in the row than it needs."""

from __future__ import annotations

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["rest_framework", "bench.yardstick"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.yardstick.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
USE_I18N = False

database = env.db_url("DATABASE_URL")
if not database:
    raise ImproperlyConfigured("DATABASE_URL is missing.")
database["HOST"] = database["HOST"].replace("%2F", "/")
DATABASES = {"default": database | {"CONN_MAX_AGE": 600}}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["bench.yardstick.authentication.SignatureAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}
