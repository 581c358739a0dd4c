"""Signatures with known inputs, for the tests of a client. The secret is of no key."""

from __future__ import annotations

from typing import NamedTuple

SECRET_KEY = "test_secret_key"  # noqa: S105 - no key has it
TIMESTAMP = "1742893648478"


class SignatureVector(NamedTuple):
    """The body of a request, and the signature of that body with SECRET_KEY and TIMESTAMP."""

    name: str
    method: str
    path: str
    body: str
    signature: str

    @property
    def endpoint(self) -> str:
        return self.path.partition("?")[0]

    @property
    def signed_text(self) -> str:
        return f"{self.body}|{TIMESTAMP}"


VECTORS = (
    SignatureVector(
        "launch",
        "POST",
        "/game/url",
        '{"playerId":"18865671","playerName":"XYZ_player","balance":50000000000,"gameId":"G1737434469573",'
        '"currency":"USD"}',
        "51bead6b85d7c5be4272e6ba0d5cebe30a60b54cc759751e51bf7ef1e5cb8e75",
    ),
    SignatureVector(
        "unicode",
        "POST",
        "/wallet/balance",
        '{"playerId":"Zoë-7","currency":"EUR"}',
        "e6a440783a50db94b1c3deb0d61ffbd3dd04878ad731414fd6b5949f88bcfb4f",
    ),
    SignatureVector(
        "get",
        "GET",
        "/game/list?page=1",
        "",
        "e08ea49115196f7b9cf28fbf80e5255f057755511e7343f883d17909390fc2d4",
    ),
)
