"""The Developers page: public, without a session, and the same for every reader."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wallet.api.urls import VIEWS
from wallet.developers.client_samples import client_samples
from wallet.developers.contract_sections import contract_sections
from wallet.developers.postman_collection import postman_collection
from wallet.developers.signature_vectors import SECRET_KEY, TIMESTAMP, VECTORS

# In the order in which an integrator needs them.
SECTIONS = (1, 2, 9, 3, 10, 5, 11, 4, 6, 7, 12, 8, 13)
CHANGES = 14


@require_safe
def developers_page(request: HttpRequest) -> HttpResponse:
    sections = contract_sections()
    context: dict[str, Any] = {
        "title": _("Developers"),
        "base_url": settings.API_URL,
        "samples": client_samples(),
        "vectors": VECTORS,
        "secret_key": SECRET_KEY,
        "timestamp": TIMESTAMP,
        "endpoints": [(view.method, path) for path, view in VIEWS.items()],
        "sections": [sections[number] for number in SECTIONS],
        "changes": sections[CHANGES],
    }
    return render(request, "developers/index.html", context)


@require_safe
def postman_file(request: HttpRequest) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="oppi-games.postman_collection.json"'}
    return JsonResponse(postman_collection(), headers=headers)
