"""The OpenAPI document as it is served: as JSON, drawn once by each process, and as a page for people."""

from __future__ import annotations

import json
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularSwaggerSplitView

from wallet.management_api.schema import TITLE, management_schema


@cache
def drawn_document() -> bytes:
    return json.dumps(management_schema(), default=str).encode()


@require_safe
def schema_json(request: HttpRequest) -> HttpResponse:
    return HttpResponse(drawn_document(), content_type="application/vnd.oai.openapi+json; charset=utf-8")


class ManagementDocsPage(SpectacularSwaggerSplitView):
    """The document for people. Its script is served at the same address."""

    authentication_classes = []
    http_method_names = ["get", "head"]
    template_name = "developers/management_docs.html"
    title = TITLE
    url_name = "management_schema"
