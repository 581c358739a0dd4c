"""Addresses for integrators."""

from __future__ import annotations

from django.urls import path

from wallet.developers.views import developers_page, postman_file

urlpatterns = [
    path("", developers_page, name="developers"),
    path("postman.json", postman_file, name="postman"),
]
