from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from merchants.sign_in.views import start
from portal.health import healthz, reconciliation_health
from wallet.api.schema_page import DocsPage, SchemaPage
from wallet.management_api.schema_page import ManagementDocsPage, schema_json

handler400 = "merchants.pages.error_pages.bad_request"
handler403 = "merchants.pages.error_pages.permission_denied"
handler404 = "merchants.pages.error_pages.page_not_found"
handler500 = "merchants.pages.error_pages.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", start, name="start"),
    path("healthz", healthz, name="healthz"),
    path("healthz/reconciliation", reconciliation_health, name="reconciliation_health"),
    path("account/", include("merchants.sign_in.urls")),
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("operator/", include("wallet.pages.urls")),
    path("developers/", include("wallet.developers.urls")),
    path("api/schema", SchemaPage.as_view(), name="schema"),
    path("api/docs", DocsPage.as_view(), name="docs"),
    path("api/management/schema", schema_json, name="management_schema"),
    path("api/management/docs", ManagementDocsPage.as_view(), name="management_docs"),
    path("", include("wallet.management_api.urls")),
]
