"""What support finds on its desk today: a charge-back, a leaked key, and a player of a suspended merchant."""

from __future__ import annotations

from merchants.models import ApiKey
from merchants.services import keys
from portal.local.demo import catalogue
from portal.local.demo.house import House
from portal.local.demo.table import DemoTable, seat_guest

CHARGED_BACK = 120  # units


def play_ending(houses: list[House]) -> None:
    overdraw(houses[1])  # it is not reconciled: no day of it would be all clear any more
    for house in houses:
        if house.casino.suspended:
            seat_last(house).launch()
    quarantine_cashier(houses[1])


def seat_last(house: House) -> DemoTable:
    """The one who came least often."""
    guest = [guest for guest in house.guests if guest.plays_freely][-1]
    return seat_guest(house, guest, house.games[0], guest.currency)


def overdraw(house: House) -> None:
    """The money is gone when its deposit is taken back."""
    table = seat_last(house)
    deposit = table.cashier("deposit", table.money(CHARGED_BACK))
    table.cashier("withdraw", table.balance())
    house.office.call(
        "/wallet/transaction/rollback",
        {
            "transactions": [
                {
                    "transactionId": f"chargeback-{deposit}",
                    "refTransactionId": deposit,
                    "playerId": table.guest.player_id,
                }
            ]
        },
    )


def quarantine_cashier(house: House) -> None:
    keys.quarantine_key(key=ApiKey.objects.get(merchant=house.merchant, label=catalogue.OFFICE_LABEL))
