"""Bets signed beforehand, as the bytes of whole HTTP requests: making them must not cost while the clock runs."""

from __future__ import annotations

import json
import random
import time
from typing import TYPE_CHECKING
from uuid import uuid4

from bench.cast import CURRENCY, GAME, PLAYERS
from bench.servers import HOST
from merchants.crypto import sign

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.cast import Cast

SEPARATOR = b"\x01"
BET = "/wallet/transaction/bet"


def bets(cast: Cast, count: int, *, hot: bool = False) -> Iterator[bytes]:
    """Valid for five minutes, each once; `hot` puts all of them on one player."""
    timestamp = str(int(time.time() * 1000))
    secret = cast.secret.encode()
    for _ in range(count):
        yield request(cast.auth_key, secret, timestamp, bet(1 if hot else random.randint(1, PLAYERS)))


def bet(player: int) -> bytes:
    fields = {
        "transactionId": str(uuid4()),
        "sessionId": f"session-player-{player}",
        "playerId": f"player-{player}",
        "gameId": GAME,
        "currency": CURRENCY,
        "amount": 100,
    }
    return json.dumps(fields, separators=(",", ":")).encode()


def request(auth_key: str, secret: bytes, timestamp: str, body: bytes, path: str = BET) -> bytes:
    head = (
        f"POST {path} HTTP/1.1",
        f"Host: {HOST}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"x-api-key: {auth_key}",
        f"x-timestamp: {timestamp}",
        f"x-signature: {sign(secret, body, timestamp)}",
    )
    return "\r\n".join((*head, "", "")).encode() + body


def write(requests: Iterator[bytes], prefix: Path, files: int) -> None:
    """Dealt out in turn to `<prefix>.0`, `<prefix>.1` …"""
    dealt: list[list[bytes]] = [[] for _ in range(files)]
    for number, one in enumerate(requests):
        dealt[number % files].append(one)
    for number, some in enumerate(dealt):
        prefix.with_name(f"{prefix.name}.{number}").write_bytes(SEPARATOR.join(some))
