"""A client generated from the OpenAPI document, with an authentication that signs.

pip install openapi-python-client
openapi-python-client generate --path openapi.json --meta none --output-path oppi_games
"""

import hashlib
import hmac
import json
import os
import time
from collections.abc import Generator
from typing import Any

import httpx
from oppi_games import Client
from oppi_games.api.game import list_games
from oppi_games.api.wallet import get_balance
from oppi_games.models import BalanceRequest


class Signature(httpx.Auth):
    requires_request_body = True

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        timestamp = str(time.time_ns() // 1_000_000)  # milliseconds
        secret_key = os.environ["SECRET_KEY"].encode()
        text = request.content + b"|" + timestamp.encode()  # the bytes that are sent
        request.headers["x-api-key"] = os.environ["AUTH_KEY"]
        request.headers["x-timestamp"] = timestamp
        request.headers["x-signature"] = hmac.new(secret_key, text, hashlib.sha256).hexdigest()
        yield request


client = Client(base_url=os.environ["BASE_URL"], httpx_args={"auth": Signature()})
balance: Any = get_balance.sync(client=client, body=BalanceRequest(os.environ["PLAYER_ID"], "EUR"))
print(json.dumps(balance.to_dict()))
games: Any = list_games.sync(client=client, page=1)
print(json.dumps(games.to_dict()))
