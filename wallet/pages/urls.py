"""All addresses of the operators' pages. Those that know nothing of money are in merchants.pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from merchants.pages import urls
from wallet.pages import home, keys, off
from wallet.pages.reconciliation import urls as reconciliation

app_name = "operator"
urlpatterns: list[URLPattern] = [
    path("<slug:code>/", home.home, name="home"),
    path("<slug:code>/keys/<int:number>/", keys.key, name="key"),
    *[path(f"<slug:code>/keys/<int:number>/{name}/", view, name=f"key_{name}") for name, view in off.OF_KEYS.items()],
    *reconciliation.urlpatterns,
    *urls.urlpatterns,
]
