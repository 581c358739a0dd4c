"""What the API docs say of each endpoint: its name for client generators, a description, and one real exchange.

The examples are one story from a deposit to the breaks of a day; a test plays them against the server.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from wallet import statuses

PLAYER_ID = "18865671"
GAME_ID = "G1720767064793"
SESSION_ID = "f1dfc865-584c-4cba-a175-06172b2a41141731504451691"
ROUND_ID = "round-1001"
STATEMENT_ID = "5b0a3c1e-8f0d-4c62-9b1e-3d1f0a7c2e44"
DAY = "2026-01-31"
MOMENT = "2026-01-31T12:00:00.000Z"
REPEATS = "Safe to repeat: the same `transactionId` with the same content gets the first answer again."
MONEY = {"playerId": PLAYER_ID, "currency": "EUR"}
IN_GAME = {"sessionId": SESSION_ID, "playerId": PLAYER_ID, "gameId": GAME_ID}


class EndpointGuide(NamedTuple):
    """`operation_id` is a verb and an object. `request` is the body, or the query of a GET; `answer` is of HTTP 200."""

    operation_id: str
    description: str
    request: dict[str, Any]
    answer: dict[str, Any]


def ok_answer(**fields: Any) -> dict[str, Any]:
    return {"status": statuses.OK, **fields}


def rows_page(*rows: dict[str, Any]) -> dict[str, Any]:
    page = {"totalPages": 1, "currentPage": 1, "totalCount": len(rows), "result": list(rows)}
    return ok_answer(data=page)


GUIDES: dict[str, EndpointGuide] = {
    "/wallet/transaction/deposit": EndpointGuide(
        "depositMoney",
        f"No session is needed. The player is created if it is new. {REPEATS}",
        {"kind": "deposit", "transactionId": "deposit-1", **MONEY, "amount": 10_000_000},
        ok_answer(transactionId="deposit-1", balance=10_000_000),
    ),
    "/game/url": EndpointGuide(
        "launchGame",
        "Creates the player if it is new. The `balance` is stored on the session and never credits an account. "
        "Currency `XXX` opens a session with play money.",
        {"gameId": GAME_ID, "playerName": "Ada", "balance": 10_000_000, **MONEY},
        ok_answer(gameUrl=f"https://games.example/launch?sessionId={SESSION_ID}&mode=real", sessionId=SESSION_ID),
    ),
    "/wallet/balance": EndpointGuide(
        "getBalance",
        "Reads the balance of one player in one currency. It waits for no other request.",
        MONEY,
        ok_answer(**MONEY, balance=10_000_000),
    ),
    "/wallet/transaction/bet": EndpointGuide(
        "placeBet",
        f"The session must be active and belong to this player, game and currency. {REPEATS} "
        "A bet that was refused for its balance, limit, player or game stays refused under its id.",
        {"transactionId": "bet-1", **IN_GAME, "currency": "EUR", "amount": 500_000, "roundId": ROUND_ID},
        ok_answer(transactionId="bet-1", balance=9_500_000),
    ),
    "/wallet/transaction/payout": EndpointGuide(
        "payWinnings",
        "`refTransactionId` names the bet. A bet may have several payouts; an amount of 0 settles a lost bet. "
        f"{REPEATS}",
        {
            "transactionId": "payout-1", "refTransactionId": "bet-1", **IN_GAME,
            "currency": "EUR", "amount": 1_250_000, "isWin": True, "roundId": ROUND_ID,
        },
        ok_answer(transactionId="payout-1", balance=10_750_000),
    ),
    "/wallet/transaction/reward": EndpointGuide(
        "payReward",
        f"`refTransactionId` is the id of the bonus or jackpot. The session may have ended. {REPEATS}",
        {
            "transactionId": "reward-1", "refTransactionId": "bonus-1", **IN_GAME,
            "rewardType": "bonus", "rewardedAmount": 100_000,
        },
        ok_answer(transactionId="reward-1", balance=10_850_000),
    ),
    "/wallet/transaction/retry": EndpointGuide(
        "sendLatePayouts",
        "For multiplayer rounds: session, player and round name the bet. Each item has its own status.",
        {
            "transactions": [
                {"transactionId": "payout-2", **IN_GAME, "roundId": ROUND_ID, "currency": "EUR", "amount": 50_000}
            ]
        },
        ok_answer(
            data=[
                ok_answer(
                    transactionId="payout-2", sessionId=SESSION_ID, roundId=ROUND_ID, **MONEY, balance=10_900_000
                )
            ]
        ),
    ),
    "/wallet/transaction/settlement": EndpointGuide(
        "settlePayouts",
        "For payouts of the previous day: `refTransactionId` names the bet. Each item has its own status.",
        {
            "transactions": [
                {
                    "transactionId": "payout-3", "refTransactionId": "bet-1", **IN_GAME,
                    "currency": "EUR", "amount": 100_000,
                }
            ]
        },
        ok_answer(data=[ok_answer(transactionId="payout-3", sessionId=SESSION_ID, **MONEY, balance=11_000_000)]),
    ),
    "/wallet/transaction/rollback": EndpointGuide(
        "rollBackTransactions",
        "`refTransactionId` names a transaction of any type. A rollback of a bet returns the stake and takes back its "
        "payouts. A rollback that arrives before its bet is kept. Each item has its own status.",
        {"transactions": [{"transactionId": "rollback-1", "refTransactionId": "reward-1", **IN_GAME}]},
        ok_answer(data=[ok_answer(transactionId="rollback-1")]),
    ),
    "/wallet/transaction/withdraw": EndpointGuide(
        "withdrawMoney",
        f"No session is needed. {REPEATS} A withdrawal above the balance stays refused under its id.",
        {"kind": "withdraw", "transactionId": "withdraw-1", **MONEY, "amount": 900_000},
        ok_answer(transactionId="withdraw-1", balance=10_000_000),
    ),
    "/game/sessions": EndpointGuide(
        "listSessions",
        "Newest first. `playerId` and `gameId` narrow the list.",
        {"page": 1, "limit": 10, "playerId": PLAYER_ID},
        rows_page(
            {
                **IN_GAME, "playerName": "Ada", "gameName": "Live", "status": 1, "currency": "EUR",
                "createdAt": MOMENT,
            }
        ),
    ),
    "/game/session": EndpointGuide(
        "listRounds",
        "Each bet of the session with the sum of its payouts, newest first.",
        {"page": 1, "limit": 10, "sessionId": SESSION_ID},
        rows_page(
            {
                "transactionId": "bet-1", **IN_GAME, "playerName": "Ada", "betAmount": 500_000, "payout": 1_400_000,
                "isWin": True, "sessionStatus": 1, "gameName": "Live", "createdAt": MOMENT,
            }
        ),
    ),
    "/game/list": EndpointGuide(
        "listGames",
        "The games that are active everywhere and for this merchant, by name.",
        {"page": 1, "limit": 10},
        rows_page({"gameId": GAME_ID, "gameName": "Live", "active": True}),
    ),
    "/reconciliation/statements": EndpointGuide(
        "sendStatement",
        "A job reads the statement; ask for its state afterwards. The same bytes sent twice are one statement.",
        {
            "day": DAY,
            "transactions": [
                {
                    "transactionId": "bet-1", "kind": "bet", **MONEY, "amount": 500_000, "gameId": GAME_ID,
                    "createdAt": "2026-01-31T12:00:00Z",
                }
            ],
        },
        ok_answer(
            statementId=STATEMENT_ID, day=DAY, state="received", rows=0, totals=[], faults=[], faultCount=0,
            scope="", warnings=[], isCurrent=False, comparison=None,
        ),
    ),
    "/reconciliation/statements/{statementId}": EndpointGuide(
        "getStatement",
        "A statement that cannot be read is refused as a whole, with the reasons in `faults`.",
        {"statementId": STATEMENT_ID},
        ok_answer(
            statementId=STATEMENT_ID, day=DAY, state="received", rows=0, totals=[], faults=[], faultCount=0,
            scope="", warnings=[], isCurrent=False, comparison=None,
        ),
    ),
    "/reconciliation/days": EndpointGuide(
        "listReconciledDays",
        "Newest first, each with its newest reconciliation run.",
        {"page": 1, "limit": 10, "from": DAY, "to": DAY},
        rows_page(
            {
                "day": DAY, "number": 1, "outcome": "breaks", "comparedAt": MOMENT, "statementId": STATEMENT_ID,
                "matched": 0, "ourRows": 1, "theirRows": 1,
                "sides": [
                    {
                        "currency": "EUR", "kind": "bet", "ourRows": 1, "ourAmount": "500000",
                        "theirRows": 1, "theirAmount": "600000",
                    }
                ],
                "breaks": [
                    {
                        "kind": "amount", "name": "Amount mismatch", "currency": "EUR", "breaks": 1,
                        "difference": "-100000",
                    }
                ],
            }
        ),
    ),
    "/reconciliation/breaks": EndpointGuide(
        "listBreaks",
        "Highest severity first, with both sides and the state of the case.",
        {"page": 1, "limit": 10, "day": DAY},
        rows_page(
            {
                "breakId": 4711, "kind": "amount", "name": "Amount mismatch", "transactionId": "bet-1", **MONEY,
                "ours": {
                    "kind": "bet", "playerId": PLAYER_ID, "gameId": GAME_ID, "currency": "EUR", "amount": 500_000,
                    "state": "ok", "createdAt": MOMENT, "line": None, "rows": None,
                },
                "theirs": {
                    "kind": "bet", "playerId": PLAYER_ID, "gameId": GAME_ID, "currency": "EUR", "amount": 600_000,
                    "state": "ok", "createdAt": MOMENT, "line": 1, "rows": None,
                },
                "difference": 100_000, "severity": "medium", "state": "open", "resolution": None,
                "openedAt": MOMENT, "dueAt": None, "resolvedAt": None,
            }
        ),
    ),
}  # fmt: skip
