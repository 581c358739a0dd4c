"""Opens an operator's pages as a member would; run inside Django's shell. Standard output has the slowest."""

from __future__ import annotations

import json
import secrets
import statistics
import sys
import time
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from django.urls import reverse

from bench.page import signed_in
from merchants.models import ApiKey, Membership, Merchant, Person, Player
from portal.lib import clock
from wallet.models import SignedRequest, Transaction
from wallet.services.usage import usage_rollup

WARM, TIMES = 3, 60
EMAIL = "owner@bench.invalid"
NOWHERE = "not-there"
LISTED = (
    "home", "keys", "people", "timeline", "requests", "rounds", "open_rounds", "players", "games", "limits", "lists",
)  # fmt: skip
Pages = dict[str, str]


def main() -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    for source in usage_rollup.TABLES:
        usage_rollup.sum_up(source)  # as the job does every minute
    merchant = Merchant.objects.get(code="bench")
    client = signed_in(owner(merchant))
    took = measured(client, pages(merchant))
    slowest = max(took, key=lambda page: took[page][1])
    for page, (p50, p95) in sorted(took.items(), key=lambda each: -each[1][1]):
        print(f"{p50:8.1f} ms p50 {p95:8.1f} ms p95  {page}", file=sys.stderr)
    json.dump({"p50 ms": took[slowest][0], "p95 ms": took[slowest][1], "statuses": [HTTPStatus.OK]}, sys.stdout)


def owner(merchant: Merchant) -> Person:
    person = Person.objects.filter(email=EMAIL).first() or Person.objects.create_user(EMAIL, secrets.token_urlsafe())
    Membership.objects.get_or_create(merchant=merchant, person=person, defaults={"role": Membership.Role.OWNER})
    return person


def pages(merchant: Merchant) -> Pages:
    """Each page, the lists with each filter of theirs, and searches that find nothing: those look longest."""
    found = {name: reverse(f"operator:{name}", args=[merchant.code]) for name in LISTED}
    key, player = ApiKey.objects.get(merchant=merchant), Player.objects.filter(merchant=merchant)[0]
    bet = Transaction.objects.filter(merchant=merchant, kind="bet").order_by("-pk")[1000]
    call = SignedRequest.objects.filter(merchant=merchant).exclude(status="RS_OK").order_by("-pk")[1000]
    found |= {
        "key": reverse("operator:key", args=[merchant.code, key.pk]),
        "call": reverse("operator:call", args=[merchant.code, call.request_id]),
        "round": reverse("operator:round", args=[merchant.code, bet.pk]),
        "player": reverse("operator:player", args=[merchant.code, player.pk]),
        "home of 7 days": f"{found['home']}?span=7d",
    }
    yesterday = (clock.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")
    searches: list[tuple[str, dict[str, object]]] = [
        ("requests", {"status": "refused"}),
        ("requests", {"status": "RS_ERROR_PLAYER_BLOCKED"}),
        ("requests", {"endpoint": "/wallet/balance"}),
        ("requests", {"endpoint": "/game/list"}),
        ("requests", {"address": "10.0.0.3"}),
        ("requests", {"address": "203.0.113.9"}),
        ("requests", {"address": "203.0.113.0/24"}),
        ("requests", {"player": player.player_id}),
        ("requests", {"player": NOWHERE}),
        ("requests", {"transaction": NOWHERE}),
        ("requests", {"key": key.pk}),
        ("requests", {"until": yesterday}),
        ("requests", {"status": "refused", "address": "203.0.113.9", "endpoint": "/game/list"}),
        ("rounds", {"q": bet.transaction_id}),
        ("rounds", {"q": bet.round_id}),
        ("rounds", {"q": NOWHERE}),
        ("rounds", {"state": "open"}),
        ("rounds", {"state": "won"}),
        ("rounds", {"state": "rolled_back"}),
        ("rounds", {"player": player.player_id}),
        ("rounds", {"player": NOWHERE}),
        ("rounds", {"currency": "USD"}),
        ("rounds", {"least": "1000000"}),
        ("players", {"q": "player-49"}),
        ("players", {"only": "blocked"}),
    ]
    return found | {f"{name} {urlencode(asked)}": f"{found[name]}?{urlencode(asked)}" for name, asked in searches}


def measured(client: Client, wanted: Pages) -> dict[str, tuple[float, float]]:
    """Milliseconds, median and p95 of each page; page by page in turn, so that a disturbance meets all."""
    took: dict[str, list[float]] = {page: [] for page in wanted}
    for number in range(WARM + TIMES):
        for page, address in wanted.items():
            begun = time.perf_counter()
            response = client.get(address, secure=True)
            if response.status_code == HTTPStatus.FOUND:  # the one round that was found
                response = client.get(response["location"], secure=True)
            if response.status_code != HTTPStatus.OK:
                raise ValueError(f"{address}: {response.status_code}")
            if number >= WARM:
                took[page].append((time.perf_counter() - begun) * 1000)
    cuts = {page: statistics.quantiles(times, n=100, method="inclusive") for page, times in took.items()}
    return {page: (cut[49], cut[94]) for page, cut in cuts.items()}
