"""The tables on our staff's page of a merchant: words and badges, and no column that is empty."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from merchants.models import AllowlistEntry, Contact, Merchant, Person
from merchants.services import keys
from portal.lib import clock
from tests import factories
from tests.pages import said
from tests.people import give_totp, signed_in


@pytest.fixture
def filled(acme: Merchant, owner: Person) -> Merchant:
    give_totp(owner)
    factories.member(acme, "viewer", email="reader@acme.test")
    idle = factories.member(acme, "manager", email="idle@acme.test")
    Person.objects.filter(pk=idle.pk).update(is_active=False)
    Contact.objects.create(merchant=acme, email="ops@acme.test")
    Contact.objects.create(merchant=acme, email="cto@acme.test", note="on call")
    AllowlistEntry.objects.create(merchant=acme, network="203.0.113.0/24")
    AllowlistEntry.objects.create(
        merchant=acme, network="198.51.100.7/32", note="Riga", expires_at=clock.now() + timedelta(days=2)
    )
    return acme


def page_of(client: Client, person: Person, page: str) -> str:
    cache.clear()
    answer: Any = signed_in(client, person).get(f"/admin/merchants/{page}/change/")
    assert answer.status_code == 200
    return said(answer)


@pytest.mark.parametrize("who", ["support", "auditor"])
def test_members_and_contacts_are_words_and_badges(
    client: Client, filled: Merchant, who: str, request: pytest.FixtureRequest
) -> None:
    text = page_of(client, request.getfixturevalue(who), f"merchant/{filled.pk}")
    for words in ("second factor", "password only", "inactive", "ops@acme.test", "on call", "Riga", "203.0.113.0/24"):
        assert words in text, words
    for table in ("memberships-group", "contacts-group", "allowlist_entries-group", "keys-group"):
        start = text.index(f'id="{table}"') if f'id="{table}"' in text else 0
        end = text.find("</fieldset>", start)
        assert not start or ">–<" not in text[start:end], table


def test_secret_versions_have_one_state(client: Client, support: Person, acme: Merchant) -> None:
    key = keys.issue_key(merchant=acme).key
    keys.rotate_secret(key=key, overlap=timedelta(hours=24))
    text = page_of(client, support, f"apikey/{key.pk}")
    assert "works until" in text
    assert "Usable until" not in text
