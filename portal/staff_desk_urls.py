"""Addresses as the pages at the desk of our staff see them: those of the portal, with `operator:` below /admin/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from portal import urls

handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/operations/", include("wallet.pages.urls")),
    *(each for each in urls.urlpatterns if str(each.pattern) != "operator/"),
]
