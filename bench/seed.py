"""Seats the cast in the portal's database; run inside Django's shell, says on standard output who may sign."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from django.db import connection

from bench.cast import CURRENCY, GAME, OPENING_BALANCE, PLAYERS, SETTLE, Cast
from merchants.models import Game, Merchant, Secret
from merchants.services import keys

DEPOSITS = """
    SELECT count(*) FROM generate_series(1, %(players)s) n, LATERAL wallet_post(
        ROW(%(merchant)s::bigint, %(secret)s::bigint, %(version)s::bigint, '127.0.0.1'::inet, gen_random_uuid(), NULL),
        ROW('deposit', 'opening-' || n, NULL, NULL, NULL, 'player-' || n, NULL, %(currency)s::text, %(amount)s::bigint,
            NULL, NULL)) answer
     WHERE answer.status = 'RS_OK'
"""
SESSIONS = """
    INSERT INTO wallet_session (session_id, merchant_id, player_id, game_id, account_id, currency, pushed_balance,
                                is_active, expires_at)
    SELECT 'session-' || p.player_id, a.merchant_id, p.id, g.id, a.id, a.currency, 0, true, now() + interval '1 day'
      FROM wallet_account a JOIN merchants_player p ON p.id = a.player_id, merchants_game g
"""


class DepositRefused(Exception):
    """The ledger did not take the players' first deposits."""


def main(players: int = PLAYERS) -> None:
    cast = open_merchant()
    seat_players(cast, players)
    json.dump(asdict(cast), sys.stdout)


def open_merchant() -> Cast:
    merchant = Merchant.objects.create(code="bench", name="Bench")
    Game.objects.create(game_id=GAME, name="Bench")
    issued = keys.issue_key(merchant=merchant)
    merchant.refresh_from_db()
    secret = Secret.objects.get(key=issued.key)
    return Cast(merchant.pk, secret.pk, merchant.access_version, issued.key.auth_key, issued.secret)


def seat_players(cast: Cast, players: int) -> None:
    values: dict[str, int | str] = {
        "players": players,
        "merchant": cast.merchant_id,
        "secret": cast.secret_id,
        "version": cast.access_version,
        "currency": CURRENCY,
        "amount": OPENING_BALANCE,
    }
    with connection.cursor() as cursor:
        cursor.execute(DEPOSITS, values)
        if cursor.fetchone() != (players,):
            raise DepositRefused
        for statement in (SESSIONS, *SETTLE):
            cursor.execute(statement)
