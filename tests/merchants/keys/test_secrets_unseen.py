"""A secret stands in no text that is made in passing: error reports and debuggers print what a value calls itself."""

from __future__ import annotations

from merchants.models import Merchant
from merchants.services import credentials, keys


def test_neither_a_new_key_nor_a_cached_one_prints_its_secret(acme: Merchant) -> None:
    issued = keys.issue_key(merchant=acme)
    credential = credentials.load_credential(issued.key.auth_key)
    assert credential is not None
    assert credential.secrets[0].value.decode() == issued.secret
    assert issued.secret not in f"{issued!r} {credential!r}"
