"""Whoever is asked for a fresh proof reads which step it is for, at every address that asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern

from merchants.admin.access_tokens import StaffTokensPage
from merchants.admin.audit import AuditExport
from merchants.admin.step_up import step_title
from merchants.models import Merchant, Person
from merchants.pages.steps import STEPS
from merchants.sign_in.step_names import ACCOUNT_STEPS
from portal.lib import clock
from tests.pages import said
from tests.people import signed_in
from tests.portal.test_account_doors import ROWS
from wallet.pages.urls import urlpatterns

IN_A_PAGE = {"list_proposal", "list_domains_proposal"}  # they ask when a proposal is saved


def asking() -> Iterator[URLPattern]:
    yield from (route for route in urlpatterns if getattr(route.callback, "asks_for_proof", False))


def test_each_operator_page_that_asks_names_its_step() -> None:
    assert {str(route.name) for route in asking()} | IN_A_PAGE == set(STEPS)


def test_each_account_page_that_asks_names_its_step() -> None:
    asks = {name for name, row in ROWS.items() if {"second factor", "password"} & set(row)}
    assert asks - set(ACCOUNT_STEPS) == {"account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}


def staff_steps() -> Iterator[tuple[Any, str, Any]]:
    """Yield each view of the administration that asks for a proof."""
    pages: list[Any] = [*admin.site._registry.values(), StaffTokensPage(), AuditExport()]
    for page in pages:
        for name in dir(type(page)):
            view = getattr(type(page), name, None)
            while view is not None and not getattr(view, "asks_for_proof", False):
                view = getattr(view, "__wrapped__", None)
            if view is not None:
                yield page, name, view


def test_each_staff_page_that_asks_names_its_step() -> None:
    found = {(type(page).__name__, name): step_title(page, view) for page, name, view in staff_steps()}
    assert found["MerchantPage", "suspend"] == "Suspend merchant"
    assert found["MerchantPage", "change_view"] == "Change merchant"
    assert [where for where, title in found.items() if not title] == []


def test_a_step_that_was_left_is_not_named_for_another(client: Client, owner: Person, acme: Merchant) -> None:
    cache.clear()
    signed_in(client, owner)
    with clock.frozen_at(clock.now() + timedelta(minutes=20)):
        asked = client.get("/operator/acme/reconciliation/plan/recipients/add/", follow=True)
        assert "step: <strong>Add recipient</strong>" in said(asked)
        other = asked.redirect_chain[-1][0].partition("?")[0]
        codes = client.get(f"{other}?{urlencode({'next': '/account/second-factor/totp/deactivate/'})}")
        assert "step: <strong>Remove authenticator app</strong>" in said(codes)
        assert "for this step" not in said(client.get(other))
