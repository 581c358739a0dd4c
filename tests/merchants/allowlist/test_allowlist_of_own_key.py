from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from merchants.models import AllowlistEntry, ApiKey, Merchant
from tests import factories


def test_an_entry_can_only_stand_on_a_key_of_its_own_merchant(acme: Merchant, rival: Merchant) -> None:
    key = ApiKey.objects.get(auth_key=factories.signer(acme).auth_key)
    with pytest.raises(IntegrityError, match="belongs to the merchant of its key"), transaction.atomic():
        AllowlistEntry.objects.create(merchant=rival, key=key, network="203.0.113.0/24")


def test_an_entry_never_moves_to_another_merchant(acme: Merchant, rival: Merchant) -> None:
    entry = AllowlistEntry.objects.create(merchant=acme, network="203.0.113.0/24")
    with pytest.raises(IntegrityError, match="for good"), transaction.atomic():
        AllowlistEntry.objects.filter(pk=entry.pk).update(merchant=rival)
