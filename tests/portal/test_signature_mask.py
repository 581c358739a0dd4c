from __future__ import annotations

import base64
import json
import timeit
from functools import partial
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib import signature_mask
from wallet.services.calls import stored_signature

DIGEST = bytes(range(200, 232))
MAC = DIGEST.hex()
BASE64 = base64.b64encode(DIGEST).decode()
PLACES = {
    "alone": MAC,
    "upper case": MAC.upper(),
    "in a query": f"a=b&sig={MAC}&c=d",
    "in a query, escaped": urlencode({"q": f"sha256={MAC}"}),
    "behind 0x": f"0x{MAC}",
    "in a sentence": f"signed {MAC}, sent",
    "in JSON": json.dumps({"x": MAC}),
    "base64": BASE64,
    "base64 for URLs": base64.urlsafe_b64encode(DIGEST).decode().rstrip("="),
    "base64 in a query": f"mac={quote(BASE64, safe='')}",
    "base64 as PHP writes": json.dumps({"x": BASE64}).replace("/", "\\/"),
    "a named query": "signature=something-else-that-is-long-enough",
    "a named field": '{"x-signature": "something-else-that-is-long-enough"}',
}
UNTOUCHED = [
    "oppi_pub_live_0123456789ABCDEFGHIJ",
    "d98045b1-5cc4-462f-b4ea-2c8e31b3ee4e",
    "d98045b15cc4462fb4ea2c8e31b3ee4e",
    "playerId=player-1&currency=EUR",
    '{"transactionId": "5c0f7ab9-98ba-4e39-bfd5-4f9f2a1f9c11", "amount": 100}',
]


@pytest.mark.parametrize("place", PLACES)
def test_a_signature_is_cut_wherever_it_stands(place: str) -> None:
    shown = signature_mask.cut_signatures(PLACES[place])
    assert "… (" in shown
    for whole in (MAC, MAC.upper(), BASE64, BASE64.rstrip("="), "something-else-that"):
        assert whole not in shown
        assert whole[10:40] not in shown


@pytest.mark.parametrize("text", UNTOUCHED)
def test_other_texts_stay(text: str) -> None:
    assert signature_mask.cut_signatures(text) == text


@given(st.text(max_size=120))
def test_a_cut_signature_stays_as_it_is(text: str) -> None:
    once = signature_mask.cut_signature(text)
    assert signature_mask.cut_signature(once) == once
    assert len(once.partition("…")[0]) <= signature_mask.SHOWN or once == text


@pytest.mark.parametrize("name", ["x-signature", "X-Hub-Signature-256", "x-hmac", "digest", "x-sign"])
def test_a_header_is_known_by_its_name(name: str) -> None:
    assert signature_mask.cut_header(name, "1234567890") == "12345678… (10 characters)"
    assert signature_mask.cut_header("accept", "1234567890") == "1234567890"


@pytest.mark.parametrize("unit", ["sign", '"sign', "'sign\"", "&sign=", '"sign" ', "0x", "%2B", "f"])
def test_a_long_text_of_a_stranger_takes_no_time(unit: str) -> None:
    """A search that takes time squared by the length would hold a whole process: 50 s for the first of these."""
    assert min(timeit.repeat(partial(signature_mask.cut_signatures, unit * 40_000), number=1, repeat=3)) < 5
    assert min(timeit.repeat(partial(stored_signature.given_signature, unit * 40_000), number=1, repeat=3)) < 5
