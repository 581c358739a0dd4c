"""A player's visit from launch to leaving, and what else happens in a house."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from django.db import transaction

from merchants.models import Merchant, Player
from portal.local.demo.house import House
from portal.local.demo.mishaps import MISHAPS, Mishap, blocked_player, over_the_limit
from portal.local.demo.table import DemoTable, seat_guest
from wallet import statuses
from wallet.money import PLAY_MONEY
from wallet.services.simulation.game_table import send_settlement
from wallet.services.simulation.round_stories import (
    NETWORK_TIMEOUT,
    ROUNDS,
    Story,
    abandoned_bet,
    lost_bet,
    plain_round,
)

PLAY_MONEY_SHARE = 0.04
ROUNDS_BETWEEN_MISHAPS = 16
DAY_SECONDS = 86_400.0
MANY_STAKES = 40


def mishaps() -> Iterator[Mishap | None]:
    """One now and then, all kinds in turn."""
    for mishap in cycle(MISHAPS):
        for _ in range(ROUNDS_BETWEEN_MISHAPS):
            yield None
        yield mishap


def seat(house: House) -> DemoTable:
    guest = house.guest()
    is_demo = house.rng.random() < PLAY_MONEY_SHARE
    return seat_guest(house, guest, house.game(), PLAY_MONEY if is_demo else guest.currency)


def visit(house: House, trouble: Iterator[Mishap | None]) -> Story:
    table = seat(house)
    look_up_balance(table)
    if table.launch() != statuses.OK:
        return
    yield house.rng.uniform(2, 9)
    top_up(table)
    for _ in range(int(house.rng.expovariate(1 / 14)) + 1):
        yield house.rng.uniform(3, 25)
        yield from play(table)
        if not table.is_play_money and (mishap := next(trouble)):
            yield 2.0
            mishap(table)
        if table.refused and not another_try(table):
            return
    yield 30.0
    leave(table)


def play(table: DemoTable) -> Story:
    if table.is_play_money:
        return plain_round(table)
    story = table.rng.choices(list(ROUNDS), weights=list(ROUNDS.values()))[0]
    return story(table)


def look_up_balance(table: DemoTable) -> None:
    """Operators' servers read now and then what they could remember."""
    if table.rng.random() < 0.1:  # noqa: PLR2004
        table.office.call("/game/list?limit=100")


def top_up(table: DemoTable) -> None:
    if table.is_play_money or table.balance() > table.usual_stake * MANY_STAKES // 2:
        return
    table.cashier("deposit", max(table.usual_stake * MANY_STAKES, table.money(10)))


def another_try(table: DemoTable) -> bool:
    """A player without money pays in, or goes home; one who has met a limit goes home."""
    if table.refused != statuses.NotEnoughMoney.key or table.rng.random() < 0.5:  # noqa: PLR2004
        return False
    top_up(table)
    return True


def leave(table: DemoTable) -> None:
    if table.rng.random() < 0.2:  # noqa: PLR2004
        table.office.call(f"/game/session?sessionId={table.session}")
    if table.is_play_money or table.rng.random() < 0.6:  # noqa: PLR2004
        return
    if (amount := table.balance() // 2) > table.money(1):
        table.cashier("withdraw", amount)


# --- Beside the visits ----------------------------------------------------------------------------------------------
def nightly_settlement(house: House) -> Story:
    while True:
        send_settlement(house.game_server, house.undelivered)
        yield DAY_SECONDS


def suspension(house: House) -> Story:
    """Support suspends the merchant; its players still come, and are told so."""
    house.merchant.status = Merchant.Status.SUSPENDED
    house.merchant.save(update_fields=["status"])
    yield from ()


def high_roller(house: House) -> Story:
    """In a house that has a highest stake, somebody wants more than that."""
    table = seat_of_a_free_guest(house)
    over_the_limit(table)
    yield from ()


def blocked_visit(house: House) -> Story:
    """Somebody who is blocked comes all the same."""
    blocked_player(seat_of_a_free_guest(house))
    yield from ()


def bad_line(house: House) -> Story:
    """The answer to a bet is lost, then a bet itself: both are taken back."""
    table = seat_of_a_free_guest(house)
    top_up(table)
    yield from abandoned_bet(table)
    yield from lost_bet(table)


def seat_of_a_free_guest(house: House) -> DemoTable:
    guest = next(guest for guest in house.guests if guest.plays_freely)
    table = seat_guest(house, guest, house.game(), guest.currency)
    table.launch()
    return table


def busy_moment(house: House) -> Story:
    """Something else holds a player's row, so that a bet waits in vain; the same bet is taken a little later."""
    table = seat_of_a_free_guest(house)
    guest = table.guest
    top_up(table)
    bet = table.call_fields(currency=table.currency, amount=guest.stake)
    with transaction.atomic():
        Player.objects.select_for_update().get(pk=guest.player.pk)
        table.bet(**bet)
    yield NETWORK_TIMEOUT
    table.bet(**bet)
