"""What a simulation plays, in order: access, deposit, rounds, refused calls, settlement, and the balance at the end."""

from __future__ import annotations

from random import Random
from typing import Any

from merchants.models import Game, Merchant
from wallet import statuses
from wallet.models import Simulation
from wallet.services.simulation import cast, refused_calls
from wallet.services.simulation.cast import SimulatedCast
from wallet.services.simulation.game_server import RunStopped, SimulatedServer
from wallet.services.simulation.game_table import BET, GameTable, send_settlement
from wallet.services.simulation.refused_calls import send_wrong_call
from wallet.services.simulation.round_stories import STORIES
from wallet.services.simulation.steps import Purpose, Scenario

StopReason = Simulation.StopReason
STAKES_PAID_IN = 100


def play_script(server: SimulatedServer) -> None:
    """Play the simulation of a server. Raises RunStopped."""
    simulation = server.simulation
    sandbox = simulation.merchant
    if server.call("/game/list?page=1&limit=1", purpose=Purpose.CHECK_ACCESS)["status"] != statuses.OK:
        raise RunStopped(StopReason.NO_ACCESS)
    games: list[Any] = list(Game.objects.playable_by(sandbox.pk).order_by("pk"))
    playable = next((game for game in games if game.active), None)
    if playable is None:
        raise RunStopped(StopReason.NO_GAME)
    players = cast.prepare_cast(sandbox, simulation.currency)
    table = GameTable(
        game_server=server,
        office=server,
        rng=Random(simulation.pk),  # noqa: S311 - luck of a game, no secret
        player_id=players.playing.player_id,
        player_name=players.playing.name,
        game_id=playable.game_id,
        currency=simulation.currency,
        usual_stake=cast.stake_limit(simulation.currency),
        unit=cast.UNITS[simulation.currency],
        tells_all=True,
    )
    open_session(server, table)
    play_rounds(server, table)
    if simulation.with_refusals:
        server.round, server.scenario = 0, Scenario.REFUSALS
        off = next((game for game in games if not game.active), None)
        play_refusals(table, players, sandbox, off)
    close_run(server, table)


def open_session(server: SimulatedServer, table: GameTable) -> None:
    if table.launch() != statuses.OK:
        raise RunStopped(StopReason.NO_SESSION)
    server.books.opening = table.balance()
    table.cashier("deposit", table.usual_stake * STAKES_PAID_IN)


def play_rounds(server: SimulatedServer, table: GameTable) -> None:
    """Each scenario in turn, so that eleven rounds show them all."""
    stories = list(STORIES.items())
    for number in range(server.simulation.rounds):
        scenario, story = stories[number % len(stories)]
        server.round, server.scenario = number + 1, scenario
        for _pause in story(table):
            pass  # a game server would wait here


def play_refusals(table: GameTable, players: SimulatedCast, sandbox: Merchant, off: Game | None) -> None:
    for refused in refused_calls.REFUSED_CALLS:
        refused(table)
    if sandbox.domains.exists():
        refused_calls.origin_foreign(table)
    if off is not None:
        table.launch(gameId=off.game_id, purpose=Purpose.GAME_OFF, expected=statuses.GameInactive.key)
    table.launch(
        playerId=players.blocked.player_id,
        playerName=players.blocked.name,
        purpose=Purpose.PLAYER_BLOCKED,
        expected=statuses.PlayerBlocked.key,
    )
    send_wrong_call(
        table,
        BET,
        amount=table.balance() + table.usual_stake,
        purpose=Purpose.BET_TOO_HIGH,
        expected=statuses.NotEnoughMoney,
    )
    session = table.session
    table.launch(playerId=players.limited.player_id, playerName=players.limited.name)
    send_wrong_call(
        table,
        BET,
        playerId=players.limited.player_id,
        amount=2 * cast.stake_limit(table.currency),
        purpose=Purpose.STAKE_TOO_HIGH,
        expected=statuses.LimitReached,
    )
    table.session = session


def close_run(server: SimulatedServer, table: GameTable) -> None:
    """The settlement of what was not delivered, and the balance that the books are compared with."""
    server.round, server.scenario = 0, Scenario.END
    send_settlement(server, table.undelivered)
    actual = table.balance()
    server.simulation.books = server.books.summary() | {"actual": actual}
