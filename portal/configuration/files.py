"""Language, time, and files: static ones, exports, and private ones."""

from __future__ import annotations

from pathlib import Path

from portal.configuration.environment import BASE_DIR, PRODUCTION, VAR_DIR, refuse, setting
from portal.lib.private_storage import UnreadablePlace, storage_settings

LANGUAGE_CODE = "en"
USE_I18N = True  # English only for now; catalogues: .ci/messages
LOCALE_PATHS = [BASE_DIR / "portal" / "locale", BASE_DIR / "templates" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = "portal.formats"
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static" if PRODUCTION else None  # elsewhere the apps' own files are served
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # where they are collected
# What people export waits here for a day; web processes and workers share this folder, and nothing serves it.
EXPORT_FOLDER = Path(setting("EXPORT_FOLDER", default=str(VAR_DIR / "exports")))
PRIVATE_FILES: str = setting("PRIVATE_FILES", default=str(VAR_DIR / "private"))
try:
    private_place = storage_settings(PRIVATE_FILES)
except UnreadablePlace as unreadable:
    refuse(f"PRIVATE_FILES cannot be read: {unreadable}.")
except ImportError:
    refuse("PRIVATE_FILES is a bucket, and the client of S3 is not installed. Install requirements/s3.txt.")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": private_place,  # what only a view that has asked who reads may hand out
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
