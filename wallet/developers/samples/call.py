"""Sign and send a POST with a body, then a GET without one."""

import hashlib
import hmac
import json
import os
import time
import urllib.request
from typing import Any


def send(method: str, path: str, fields: dict[str, Any] | None = None) -> str:
    body = b"" if fields is None else json.dumps(fields).encode()  # serialise once
    timestamp = str(time.time_ns() // 1_000_000)  # milliseconds
    secret_key = os.environ["SECRET_KEY"].encode()
    signature = hmac.new(secret_key, body + b"|" + timestamp.encode(), hashlib.sha256)
    headers = {
        "content-type": "application/json",
        "x-api-key": os.environ["AUTH_KEY"],
        "x-timestamp": timestamp,
        "x-signature": signature.hexdigest(),
    }
    url = os.environ["BASE_URL"] + path
    request = urllib.request.Request(url, body or None, headers, method=method)  # noqa: S310
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
        return str(answer.read().decode())


print(send("POST", "/wallet/balance", {"playerId": os.environ["PLAYER_ID"], "currency": "EUR"}))
print(send("GET", "/game/list?page=1"))
