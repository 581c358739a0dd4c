"""Every signed endpoint, once: the door looks paths up here, and the schema is drawn from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.urls import path

from wallet.api import game_views, wallet_views
from wallet.api.endpoint import SignedView

BASES = ("/wallet/", "/game/", "/reconciliation/")
VIEWS: dict[str, type[SignedView]] = {
    "/wallet/balance": wallet_views.Balance,
    "/wallet/transaction/bet": wallet_views.Bet,
    "/wallet/transaction/payout": wallet_views.Payout,
    "/wallet/transaction/reward": wallet_views.Reward,
    "/wallet/transaction/rollback": wallet_views.Rollback,
    "/wallet/transaction/retry": wallet_views.Retry,
    "/wallet/transaction/settlement": wallet_views.Settlement,
    "/wallet/transaction/deposit": wallet_views.Deposit,
    "/wallet/transaction/withdraw": wallet_views.Withdraw,
    "/game/url": game_views.GameUrl,
    "/game/sessions": game_views.GameSessions,
    "/game/session": game_views.GameSession,
    "/game/list": game_views.GameList,
}


class Endpoint(NamedTuple):
    view: Callable[[Any], HttpResponse]
    methods: frozenset[str]
    body_limit: int


ENDPOINTS = {name: Endpoint(view.as_view(), frozenset({view.method}), view.body_limit) for name, view in VIEWS.items()}
urlpatterns = [path(name[1:], endpoint.view) for name, endpoint in ENDPOINTS.items()]
