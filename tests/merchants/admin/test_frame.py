"""The frame around each page of the administration: landmarks for screen readers, and a link past the menu."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from merchants.models import Merchant, Person
from tests.pages import said
from tests.people import signed_in


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/", "/admin/merchants/merchant/", "/admin/merchants/merchant/add/"])
def test_it_has_one_main_part_and_a_link_to_it(client: Client, path: str) -> None:
    administrator = Person.objects.create_user("root@oppi.test", staff_role="administrator")
    page = signed_in(client, administrator).get(path).content.decode()
    assert len(re.findall(r"""role=["']main["']|<main\b""", page)) == 1
    [first] = re.findall(r"<body.*?(<a\b[^>]*>)", page, re.DOTALL)
    assert 'href="#content"' in first
    assert page.count('id="content"') == 1


@pytest.mark.parametrize("page", ["/admin/", "/admin/operations/acme/keys/", "/admin/merchants/merchant/"])
def test_menus_close_by_escape_on_every_page_of_staff(
    client: Client, support: Person, acme: Merchant, page: str
) -> None:
    assert said(signed_in(client, support).get(page)).count("merchants/menus.js") == 1
