"""A change of state holds from its commit, whatever the two processes of the running portal have in their caches."""

from __future__ import annotations

import pytest

from tests.wallet.conftest import LiveCaller, Stage

ENTRY = """
    INSERT INTO merchants_allowlistentry (merchant_id, key_id, network, note)
    SELECT m.id, k.id, '203.0.113.0/24', '' FROM merchants_merchant m
      LEFT JOIN merchants_apikey k ON {join} WHERE m.id = %s
"""
CHANGES: dict[str, tuple[str, str, str]] = {
    # what is done, what is answered to a bet, how it is taken back
    "merchant suspended": (
        "UPDATE merchants_merchant SET status = 'suspended' WHERE id = %s",
        "MERCHANT_NOT_ACTIVE",
        "UPDATE merchants_merchant SET status = 'active' WHERE id = %s",
    ),
    "merchant closed": (
        "UPDATE merchants_merchant SET status = 'closed' WHERE id = %s",
        "MERCHANT_NOT_ACTIVE",
        "UPDATE merchants_merchant SET status = 'active' WHERE id = %s",
    ),
    "allowlist of the merchant": (
        ENTRY.format(join="false"),
        "IP_RESTRICTION",
        "DELETE FROM merchants_allowlistentry WHERE merchant_id = %s",
    ),
    "allowlist of the key": (
        ENTRY.format(join="k.merchant_id = m.id"),
        "IP_RESTRICTION",
        "DELETE FROM merchants_allowlistentry WHERE merchant_id = %s",
    ),
    "key quarantined": (
        "UPDATE merchants_apikey SET status = 'quarantined', quarantined_at = now() WHERE merchant_id = %s",
        "INVALID_APIKEY",
        "UPDATE merchants_apikey SET status = 'active' WHERE merchant_id = %s",
    ),
    "key expired": (
        "UPDATE merchants_apikey SET expires_at = now() WHERE merchant_id = %s",
        "INVALID_APIKEY",
        "UPDATE merchants_apikey SET expires_at = NULL WHERE merchant_id = %s",
    ),
    "player blocked": (
        "UPDATE merchants_player SET is_blocked = true WHERE merchant_id = %s",
        "PLAYER_BLOCKED",
        "UPDATE merchants_player SET is_blocked = false WHERE merchant_id = %s",
    ),
    "stake limited": (
        "UPDATE merchants_merchant SET max_stake = 0 WHERE id = %s",
        "LIMIT_REACHED",
        "UPDATE merchants_merchant SET max_stake = NULL WHERE id = %s",
    ),
}


def bets(caller: LiveCaller) -> set[str]:
    """Enough calls for both processes to have had some."""
    return {caller.bet(1).status for _ in range(8)}


@pytest.mark.parametrize("change", CHANGES)
def test_it_holds_from_its_commit_in_both_directions(stage: Stage, change: str) -> None:
    done, status, undone = CHANGES[change]
    caller = stage.caller()
    assert bets(caller) == {"RS_OK"}
    stage.sql(done, stage.merchant_id)
    assert bets(caller) == {status}
    stage.sql(undone, stage.merchant_id)
    assert bets(caller) == {"RS_OK"}


def test_a_secret_is_revoked(stage: Stage) -> None:
    caller = stage.caller()
    assert bets(caller) == {"RS_OK"}
    stage.sql(
        """UPDATE merchants_secret s SET revoked_at = now()
             FROM merchants_apikey k WHERE k.id = s.key_id AND k.merchant_id = %s""",
        stage.merchant_id,
    )
    assert bets(caller) == {"INVALID_APIKEY"}


def test_a_domain_is_listed(stage: Stage) -> None:
    caller = stage.caller()
    assert {caller.balance().status for _ in range(8)} == {"RS_OK"}
    stage.sql(
        "INSERT INTO merchants_alloweddomain (merchant_id, domain, note) VALUES (%s, 'casino.example', '')",
        stage.merchant_id,
    )
    caller.signer.headers["origin"] = "https://elsewhere.example"
    assert bets(caller) == {"IP_RESTRICTION"}
    caller.signer.headers["origin"] = "https://casino.example:8443"
    assert bets(caller) == {"RS_OK"}
