"""Every signed endpoint, once: the door looks paths up here, and the schema is drawn from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.urls import path

from wallet.api import break_views, game_views, reconciliation_views, wallet_views
from wallet.api.endpoint import SignedView

BASES = ("/wallet/", "/game/", "/reconciliation/")
VIEWS: dict[str, type[SignedView]] = {
    "/wallet/balance": wallet_views.Balance,
    "/wallet/transaction/bet": wallet_views.Bet,
    "/wallet/transaction/payout": wallet_views.Payout,
    "/wallet/transaction/reward": wallet_views.Reward,
    "/wallet/transaction/rollback": wallet_views.Rollback,
    "/wallet/transaction/retry": wallet_views.Retry,
    "/wallet/transaction/settlement": wallet_views.SettlementCall,
    "/wallet/transaction/deposit": wallet_views.Deposit,
    "/wallet/transaction/withdraw": wallet_views.Withdraw,
    "/game/url": game_views.GameUrl,
    "/game/sessions": game_views.GameSessions,
    "/game/session": game_views.GameSession,
    "/game/list": game_views.GameList,
    "/reconciliation/statements": reconciliation_views.SendStatement,
    "/reconciliation/statements/{statementId}": reconciliation_views.GetStatement,
    "/reconciliation/days": break_views.ReconciledDays,
    "/reconciliation/breaks": break_views.Breaks,
}
ONE_STATEMENT = "/reconciliation/statements/"


class Endpoint(NamedTuple):
    view: Callable[[Any], HttpResponse]  # as Django's paths have it
    answer: Callable[[Any], HttpResponse]  # the same, without what pages need around it
    methods: frozenset[str]
    body_limit: int
    media_types: tuple[str, ...]
    takes_files: bool


ENDPOINTS = {
    name: Endpoint(
        view.as_view(), view().dispatch, frozenset({view.method}), view.body_limit, view.media_types, view.takes_files
    )
    for name, view in VIEWS.items()
}
urlpatterns = [path(re.sub(r"{(\w+)}", r"<str:\1>", name[1:]), endpoint.view) for name, endpoint in ENDPOINTS.items()]


def name_of(path_info: str) -> str:
    """Under which name of VIEWS a path is looked up."""
    name = path_info.rstrip("/")
    is_one = name.startswith(ONE_STATEMENT) and "/" not in name.removeprefix(ONE_STATEMENT)
    return f"{ONE_STATEMENT}{{statementId}}" if is_one else name


def endpoint_of(path_info: str) -> Endpoint | None:
    return ENDPOINTS.get(name_of(path_info))
