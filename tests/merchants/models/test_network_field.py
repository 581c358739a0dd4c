from __future__ import annotations

from ipaddress import ip_network

import pytest

from merchants.models import AllowlistEntry, Merchant
from tests.conftest import Caller


def test_a_network_comes_back_from_the_database_as_a_network(acme: Merchant) -> None:
    entry = AllowlistEntry.objects.create(merchant=acme, network="203.0.113.77/24")
    entry.refresh_from_db()
    assert entry.network == ip_network("203.0.113.0/24")


@pytest.mark.parametrize(
    ("network", "status"),
    [
        pytest.param("127.0.0.0/8", "RS_OK", id="the caller's own"),
        pytest.param("203.0.113.0/24", "RS_ERROR_IP_RESTRICTION", id="another's"),
        pytest.param("2001:db8::/32", "RS_ERROR_IP_RESTRICTION", id="another's, of IPv6"),
    ],
)
def test_calls_are_taken_from_a_listed_network_only(caller: Caller, network: str, status: str) -> None:
    AllowlistEntry.objects.create(merchant=caller.merchant, network=network)
    assert caller.balance()["status"] == status
