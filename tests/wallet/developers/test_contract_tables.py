"""Statuses, checks, limits and fields in docs/signed-api.md, and so on the Developers page, are those of the code."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest
from django.conf import settings
from msgspec import Meta

from tests.wallet.calls.test_order_of_checks import BET, PAYOUT
from tests.wallet.developers.contract_tables import table
from wallet import statuses
from wallet.api import contracts
from wallet.api.urls import VIEWS
from wallet.money import MAX_WHOLE_NUMBER

KIB, MIB = 1024, 1024 * 1024


def test_statuses() -> None:
    guides = [[f"`{guide.key}`", guide.meaning, guide.advice] for guide in statuses.status_guides()]
    assert table(9) == guides


def test_every_status_says_what_its_caller_does() -> None:
    advice = [kind.advice for kind in statuses.BY_KEY.values()]
    assert len(set(advice)) >= len(advice) - 2  # a blocked player, a limit: the same is done


def test_checks() -> None:
    expected = {row: wrong.status for row, wrong in (BET | PAYOUT).items()}
    assert {int(row): status.strip("`") for row, _, status in table(3)} == expected


def test_endpoints() -> None:
    named = set()
    for cell, _, _ in table(1):
        first, *others = re.findall(r"`([^`]+)`", cell)
        base = first.rsplit("/", 1)[0]
        named |= {first.replace("<id>", "{statementId}")}
        named |= {other if other.startswith(("/game/", "/reconciliation/")) else base + other for other in others}
    assert named == set(VIEWS)


def test_limits() -> None:
    expected = {
        "body of a request": f"{settings.MAX_BODY_BYTES // KIB} KiB",
        "body of a batch": f"{settings.MAX_BATCH_BODY_BYTES // MIB} MiB",
        "body of a statement": f"{settings.MAX_STATEMENT_BODY_BYTES // MIB} MiB",
    }
    expected["items of a batch"] = f"{contracts.MAX_BATCH_ITEMS:,}"
    expected["whole number"] = f"±{MAX_WHOLE_NUMBER:,} (2^53 − 1)"
    said = {name: value for name, value, _ in table(12)}
    assert expected.items() <= said.items()
    assert MAX_WHOLE_NUMBER == 2**53 - 1
    assert said["requests of one address that fail rows 1 to 5"].startswith(f"{settings.REFUSED_CALLS_A_MINUTE} per")


LENGTHS: dict[str, Any] = {
    "transactionId": contracts.TransactionId,
    "refTransactionId": contracts.BetId,
    "playerId": contracts.PlayerId,
    "roundId": contracts.RoundId,
    "sessionId": contracts.SessionId,
    "gameId": contracts.GameId,
}


@pytest.mark.parametrize("name", LENGTHS)
def test_lengths(name: str) -> None:
    (said,) = [value for cell, value, _ in table(12) if f"`{name}`" in cell]
    (meta,) = [each for each in get_args(LENGTHS[name]) if isinstance(each, Meta)]
    assert said == f"{meta.max_length} characters"


REFUSING: dict[str, Any] = {
    "balance": contracts.BalanceCall,
    "bet": contracts.BetCall,
    "payout": contracts.PayoutCall,
    "reward": contracts.RewardCall,
    "deposit, withdraw": contracts.CashierCall,
    "rollback item": contracts.RollbackItem,
    "retry item": contracts.RetryItem,
    "settlement item": contracts.SettlementItem,
    "a batch, around its items": contracts.BatchCall,
    "launch": contracts.LaunchCall,
}


@pytest.mark.parametrize("endpoint", REFUSING)
def test_refused_fields(endpoint: str) -> None:
    (said,) = [refused for name, _, refused in table(8) if name == endpoint]
    assert re.findall(r"`(\w+)`", said) == list(REFUSING[endpoint].refuses)
