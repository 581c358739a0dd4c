"""Addresses for integrators."""

from __future__ import annotations

from django.urls import path

from wallet.developers.views import developers_page

urlpatterns = [path("", developers_page, name="developers")]
