"""No page is asked for the character NUL, which the database cannot hold."""

from __future__ import annotations

import pytest
from django.test import Client

from merchants.models import Person
from tests.pages import said
from tests.people import signed_in

PAGES = ["/operator/acme/", "/operator/acme/requests/?player=", "/operator/acme/rounds/?q=", "/account/login/?next="]
PAGES += ["/admin/merchants/merchant/?q=", "/admin/wallet/transaction/?currency=", "/admin/find/?q=a"]


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_an_address_with_nul_is_refused_with_a_sentence(client: Client, administrator: Person, page: str) -> None:
    signed_in(client, administrator)
    refused = client.get(f"{page}{'' if '?' in page else '?x='}%00")
    assert refused.status_code == 400
    assert "holds a character that no page can read" in said(refused)
    assert "no-store" in refused["Cache-Control"]
