"""So that the pages of signing in look like the administration: what its own pages are given, for these too."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


def admin_appearance(request: HttpRequest) -> dict[str, Any]:
    return admin.site.each_context(request) if request.path.startswith("/account/") else {}
