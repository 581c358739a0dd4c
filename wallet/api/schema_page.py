"""The schema as it is served. A process draws each format once: strangers may ask for it as often as they like."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

URLCONF = "wallet.api.urls"
READ = ["get", "head"]
_drawn: dict[str, bytes] = {}  # by media type


class SchemaPage(SpectacularAPIView):
    """Nothing of the query counts: neither `version` nor `lang` changes what is said here."""

    authentication_classes = []
    http_method_names = READ
    schema = None  # the description is no endpoint of its own

    def get(self, request: Any, *args: Any, **options: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        answer = HttpResponse(drawn_schema(renderer), content_type=f"{renderer.media_type}; charset=utf-8")
        answer["Content-Disposition"] = f'inline; filename="schema.{renderer.format}"'
        return answer


def drawn_schema(renderer: Any) -> bytes:
    """Return the schema in the format of one of the page's renderers."""
    if renderer.media_type not in _drawn:
        drawn = renderer.render(schema_document(), renderer.media_type, {})
        _drawn[renderer.media_type] = drawn if isinstance(drawn, bytes) else drawn.encode()
    return _drawn[renderer.media_type]


def schema_document() -> dict[str, Any]:
    """Return the OpenAPI document as Python objects, generated anew."""
    document: dict[str, Any] = SchemaGenerator(urlconf=URLCONF).get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return document


class DocsPage(SpectacularSwaggerSplitView):
    """The schema for people. Its script is served at the same address."""

    authentication_classes = []
    http_method_names = READ
    template_name = "developers/api_docs.html"
    url_name = "schema"
