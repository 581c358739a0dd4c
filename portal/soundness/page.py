"""The page "Installation health", for administrators: the list of `manage.py doctor`."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.generic import View

from portal.soundness import doctor


class HealthPage(PermissionRequiredMixin, View):
    permission_required = "merchants.change_person"  # administrators
    raise_exception = True
    admin_site: Any = None

    def get(self, request: HttpRequest) -> HttpResponse:
        """Run the checks but those that ask other hosts: no page waits for a stranger's host."""
        lines = list(doctor.examine(reach_out=False))
        context = self.admin_site.each_context(request) | {
            "title": "Installation health",
            "lines": sorted(lines, key=lambda line: -line.finding.level),
            "worst": doctor.worst(lines).word,
        }
        return TemplateResponse(request, "admin/health.html", context)
