"""So that the pages of signing in look like the administration: what its own pages are given, for these too."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest


def admin_appearance(request: HttpRequest) -> dict[str, Any]:
    if not request.path.startswith("/account/"):
        return {}
    return admin.site.each_context(request) | {"has_company_sign_in": bool(settings.OIDC_PROVIDERS)}
