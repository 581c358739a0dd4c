"""What can become of one round. A story is a generator: each step makes calls at the time that the clock shows, then
yields the seconds until its next step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wallet import statuses
from wallet.services.simulation.game_table import BET, PAYOUT, GameTable, new_id
from wallet.services.simulation.steps import Purpose, Scenario

Story = Iterator[float]
PAUSE, NETWORK_TIMEOUT = 4.0, 11.0
JACKPOT = 500


def plain_round(table: GameTable) -> Story:
    if bet := table.bet():
        yield PAUSE
        table.payout(bet, table.winnings(bet))


def free_spins(table: GameTable) -> Story:
    """One bet pays more than once."""
    if bet := table.bet():
        for _ in range(table.rng.randint(2, 4)):
            yield PAUSE
            table.payout(bet, bet["amount"] // 2, purpose=Purpose.FREE_SPIN)


def bonus(table: GameTable) -> Story:
    yield from plain_round(table)
    yield 1.0
    is_jackpot = table.rng.random() < 0.02  # noqa: PLR2004
    table.reward("jackpot" if is_jackpot else "bonus", table.money(JACKPOT if is_jackpot else 2))


def answer_lost(table: GameTable) -> Story:
    """The answer does not arrive, so the same bet is sent once more."""
    if bet := table.bet():
        yield NETWORK_TIMEOUT
        table.game_server.call(BET, bet, purpose=Purpose.BET_AGAIN)
        yield PAUSE
        table.payout(bet, table.winnings(bet))


def payout_repeated(table: GameTable) -> Story:
    """The answer to the payout does not arrive, so the same payout is sent once more."""
    if bet := table.bet():
        yield PAUSE
        payout = table.payout(bet, bet["amount"] * 2)
        yield NETWORK_TIMEOUT
        table.game_server.call(PAYOUT, payout, purpose=Purpose.PAYOUT_AGAIN)


def abandoned_bet(table: GameTable) -> Story:
    """The answer does not arrive, and the game server takes the bet back, at times twice."""
    if bet := table.bet():
        for number in range(2 if table.tells_all else table.rng.choice((1, 1, 2))):
            yield NETWORK_TIMEOUT
            table.rollback(bet["transactionId"], purpose=Purpose.ROLLBACK_AGAIN if number else Purpose.ROLLBACK)


def lost_bet(table: GameTable) -> Story:
    """The bet itself is lost on its way: its rollback comes first, and at times the bet after all."""
    lost = new_id()
    table.rollback(lost, purpose=Purpose.ROLLBACK_EARLY)
    if table.happens(0.5):
        yield NETWORK_TIMEOUT
        table.bet(
            transactionId=lost,
            purpose=Purpose.BET_AFTER_ROLLBACK,
            expected=statuses.TransactionDoesNotExist.key,
        )


def voided_round(table: GameTable) -> Story:
    """A round that was played and paid is taken back whole."""
    if bet := table.bet():
        yield PAUSE
        table.payout(bet, bet["amount"] // 2)
        yield 90.0
        table.rollback(bet["transactionId"], purpose=Purpose.ROLLBACK_PAID)


def broken_table(table: GameTable) -> Story:
    """A multiplayer game breaks down: its open bets come back in one batch."""
    round_id, bets = new_id(), []
    for _ in range(3):
        if bet := table.bet(roundId=round_id):
            bets.append(bet["transactionId"])
        yield 1.0
    if bets:
        table.rollback(*bets, purpose=Purpose.ROLLBACK_BATCH)


def late_payout(table: GameTable) -> Story:
    """The payout of a multiplayer round is sent again by `retry`, which knows the round and not the bet."""
    if bet := table.bet(roundId=new_id()):
        yield 60.0
        table.retry(bet, table.winnings(bet))


def undelivered_payout(table: GameTable) -> Story:
    """The payout is not delivered today: it waits for the night's settlement."""
    if bet := table.bet():
        amount = table.winnings(bet)
        item = table.call_fields(refTransactionId=bet["transactionId"], currency=table.currency, amount=amount)
        table.undelivered.append(item)
        yield PAUSE


ROUNDS: dict[Callable[[GameTable], Story], int] = {
    plain_round: 880,
    free_spins: 30,
    bonus: 20,
    answer_lost: 15,
    abandoned_bet: 12,
    lost_bet: 8,
    voided_round: 6,
    broken_table: 4,
    late_payout: 12,
    undelivered_payout: 13,
}
# What each scenario of a simulation plays.
STORIES: dict[str, Callable[[GameTable], Story]] = {
    Scenario.PLAIN_ROUND: plain_round,
    Scenario.ANSWER_LOST: answer_lost,
    Scenario.ABANDONED_BET: abandoned_bet,
    Scenario.LATE_PAYOUT: late_payout,
    Scenario.PAYOUT_REPEATED: payout_repeated,
    Scenario.LOST_BET: lost_bet,
    Scenario.VOIDED_ROUND: voided_round,
    Scenario.UNDELIVERED_PAYOUT: undelivered_payout,
    Scenario.FREE_SPINS: free_spins,
    Scenario.BONUS: bonus,
    Scenario.BROKEN_TABLE: broken_table,
}
