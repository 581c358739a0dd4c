"""Players' settings and games as CSV: exported safely for spreadsheets, imported with each invalid line named.

An export can be imported unchanged. A file is first read as a plan, which states the changes. The plan is saved only
if the file gives the same plan again and each row is still as the plan found it.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from merchants import errors
from merchants.models import DisabledGame, Game, Merchant, Player
from merchants.services import flags
from merchants.services.flags import Setting
from merchants.services.limits import MOST_BETS
from merchants.services.typed_text import check_no_secret
from portal.lib import money, tables

MOST_LINES = 10_000
MOST_BYTES = 5_000_000
LONGEST_REASON = 200
LONGEST_SHOWN = 80
PLAYERS = ("playerId", "blocked", "reason", "betsPerMinute", "maxStake", "maxStakeByCurrency")
GAMES = ("gameId", "active")
SAID = {"yes": True, "no": False}
WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class BadCatalogueLine:
    number: int
    text: str
    reason: str


class BadCatalogueLines(errors.Refusal):
    def __init__(self, lines: list[BadCatalogueLine]) -> None:
        self.lines = lines
        sentence = ngettext(
            "Nothing was saved. %(number)s line is invalid.",
            "Nothing was saved. %(number)s lines are invalid.",
            len(lines),
        )
        super().__init__(sentence % {"number": f"{len(lines):,}"})


class NotSo(Exception):
    """The reason why a line is invalid."""


Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PlayersPlan:
    """The players that change, with their current and new settings."""

    lines: int
    changes: Sequence[tuple[Player, Setting]]

    @property
    def blocked(self) -> list[Player]:
        return [player for player, wanted in self.changes if wanted.is_blocked and not player.is_blocked]

    @property
    def unblocked(self) -> list[Player]:
        return [player for player, wanted in self.changes if player.is_blocked and not wanted.is_blocked]

    @property
    def limited(self) -> list[Player]:
        return [player for player, wanted in self.changes if flags.setting(player)[2:] != wanted[2:]]

    @property
    def reworded(self) -> list[Player]:
        """Return the players that stay blocked with another reason."""
        both = [each for each in self.changes if each[0].is_blocked and each[1].is_blocked]
        return [player for player, wanted in both if player.blocked_reason != wanted.blocked_reason]

    @property
    def digest(self) -> str:
        return _digest((player.pk, *flags.setting(player), *wanted) for player, wanted in self.changes)


@dataclass(frozen=True, slots=True)
class GamesPlan:
    lines: int
    on: Sequence[Game]
    off: Sequence[Game]

    @property
    def digest(self) -> str:
        return _digest([[game.pk for game in self.on], [game.pk for game in self.off]])


def _digest(rows: Iterable[Any]) -> str:
    return hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()


# --- Out --------------------------------------------------------------------------------------------------------------
def players_csv(rows: Iterable[Player]) -> Iterator[str]:
    """Yield the lines of a CSV of players' settings."""
    return tables.csv_lines(_with_head(PLAYERS, (_of_player(each) for each in rows)))


def games_csv(rows: Iterable[tuple[str, bool]]) -> Iterator[str]:
    """Yield the lines of a CSV of games. `rows`: game id, and whether the game is on for this merchant."""
    return tables.csv_lines(_with_head(GAMES, ((tables.escaped_text(game_id), on) for game_id, on in rows)))


def _with_head(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    yield head
    yield from rows


def _of_player(player: Player) -> Sequence[Any]:
    stake = "" if player.max_stake is None else money.plain_amount(player.max_stake)
    reason = tables.escaped_text(player.blocked_reason)
    by_currency = money.plain_amounts(player.max_stake_by_currency).replace("\n", "; ")
    return tables.escaped_text(player.player_id), player.is_blocked, reason, player.bets_per_minute, stake, by_currency


# --- In ---------------------------------------------------------------------------------------------------------------
def read_players(*, merchant: Merchant, text: str) -> PlayersPlan:
    """Return the plan of a file. Raises BadLines with each invalid line."""
    rows = _rows(text, PLAYERS)
    known = _players(merchant, [tables.unescaped_text(row["playerId"]) for _, row in rows])
    good: list[tuple[Player, Setting]] = []
    seen: dict[str, int] = {}
    bad = []
    for number, row in rows:
        try:
            name = _once(tables.unescaped_text(row["playerId"]), number, seen)
            player = _known(known, name, _("You have no player with this id. Ids are case-sensitive."))
            good.append((player, _wanted(player, row)))
        except (NotSo, errors.Refusal) as wrong:
            bad.append(BadCatalogueLine(number, row["playerId"][:LONGEST_SHOWN], str(wrong)))
    if bad:
        raise BadCatalogueLines(bad)
    return PlayersPlan(len(rows), [each for each in good if flags.setting(each[0]) != each[1]])


def read_games(*, merchant: Merchant, text: str) -> GamesPlan:
    """Return the plan of a file. Raises BadLines with each invalid line."""
    rows = _rows(text, GAMES)
    known = {game.game_id: game for game in Game.objects.all()}
    off = set(DisabledGame.objects.filter(merchant=merchant).values_list("game_id", flat=True))
    wanted: list[tuple[Game, bool]] = []
    seen: dict[str, int] = {}
    bad = []
    for number, row in rows:
        try:
            name = _once(tables.unescaped_text(row["gameId"]), number, seen)
            game = _known(known, name, _("There is no game with this id."))
            wanted.append((game, _yes_or_no(row.get("active", ""), "active")))
        except NotSo as wrong:
            bad.append(BadCatalogueLine(number, row["gameId"][:LONGEST_SHOWN], str(wrong)))
    if bad:
        raise BadCatalogueLines(bad)
    on = [game for game, active in wanted if active and game.pk in off]
    return GamesPlan(len(rows), on, [game for game, active in wanted if not active and game.pk not in off])


def _known[T](known: Mapping[str, T], name: str, otherwise: str) -> T:
    if name not in known:
        raise NotSo(otherwise)
    return known[name]


def _players(merchant: Merchant, names: list[str]) -> dict[str, Player]:
    """Yield the players in the order of their rows, as the ledger locks them."""
    plain = [name for name in names if "\x00" not in name]
    found = Player.objects.filter(merchant=merchant, player_id__in=plain).order_by("pk")
    return {player.player_id: player for player in found}


def _rows(text: str, columns: Sequence[str]) -> list[tuple[int, Row]]:
    """Each line with its number in the file; empty ones are left out. Raises BadLines."""
    text = text.removeprefix(tables.BYTE_ORDER_MARK)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)  # spreadsheets write each of them, by country
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, Row]] = []
    bad: list[BadCatalogueLine] = []
    try:
        head = _head(next(reader, []), columns)
        for cells in reader:
            if any(cells):
                _add(found, bad, reader.line_num, head, cells)
    except csv.Error as fault:
        bad.append(
            BadCatalogueLine(reader.line_num, "", _("This is not a valid CSV file: %(fault)s.") % {"fault": fault})
        )
    if bad:
        raise BadCatalogueLines(bad)
    return found


def _head(cells: Sequence[str], columns: Sequence[str]) -> list[str]:
    names = [name.strip() for name in cells]
    if columns[0] not in names or set(names) - set(columns) or len(set(names)) < len(names):
        raise BadCatalogueLines(
            [
                BadCatalogueLine(
                    1,
                    ", ".join(names)[:LONGEST_SHOWN],
                    _("The first line must contain these names: %(columns)s.") % {"columns": ", ".join(columns)},
                )
            ]
        )
    return names


def _add(
    found: list[tuple[int, Row]], bad: list[BadCatalogueLine], number: int, head: list[str], cells: list[str]
) -> None:
    if len(found) + len(bad) == MOST_LINES:
        raise BadCatalogueLines(
            [
                BadCatalogueLine(
                    number,
                    "",
                    _("A file can have at most %(most_lines)s lines. Split the file.")
                    % {"most_lines": f"{MOST_LINES:,}"},
                )
            ]
        )
    if len(cells) != len(head):
        reason = _("The line has %(cells)s cells instead of %(head)s.") % {"cells": len(cells), "head": len(head)}
        bad.append(BadCatalogueLine(number, cells[0][:LONGEST_SHOWN], reason))
    else:
        found.append((number, dict(zip(head, cells, strict=True))))


def _once(name: str, number: int, seen: dict[str, int]) -> str:
    if not name:
        raise NotSo(_("The id is missing. Enter an id."))
    if name in seen:
        raise NotSo(_("Line %(line)s has the same id. Remove one of the two lines.") % {"line": seen[name]})
    seen[name] = number
    return name


def _wanted(player: Player, row: Row) -> Setting:
    """Return the new settings. A column that the file does not have keeps its value."""
    standing = flags.setting(player)
    blocked = _yes_or_no(row["blocked"], "blocked") if "blocked" in row else player.is_blocked
    reason = tables.unescaped_text(row["reason"]) if "reason" in row else player.blocked_reason * blocked
    bets = _bets(row["betsPerMinute"], player.bets_per_minute) if "betsPerMinute" in row else player.bets_per_minute
    stake = _stake(row["maxStake"], player.max_stake) if "maxStake" in row else player.max_stake
    wanted = Setting(blocked, reason, bets, stake, _stakes(row, player.max_stake_by_currency))
    if wanted[:2] != standing[:2]:
        _check_reason(wanted)
    return wanted


def _check_reason(wanted: Setting) -> None:
    reason = wanted.blocked_reason
    if wanted.is_blocked and not reason.strip():
        raise NotSo(_("A block needs a reason. Enter a reason."))
    if reason and not wanted.is_blocked:
        raise NotSo(
            _("Only a blocked player has a reason. Leave the reason empty, or write yes in the column blocked.")
        )
    if len(reason) > LONGEST_REASON or CONTROL.search(reason):
        raise NotSo(
            _("A reason can have at most %(longest_reason)s characters, without line breaks or control characters.")
            % {"longest_reason": LONGEST_REASON}
        )
    check_no_secret(reason)


def _yes_or_no(text: str, column: str) -> bool:
    try:
        return SAID[text.strip().lower()]
    except KeyError:
        raise NotSo(
            _("The column %(column)s must contain yes or no, not “%(text)s”.")
            % {"column": column, "text": text[:LONGEST_SHOWN]}
        ) from None


def _bets(text: str, standing: int | None) -> int | None:
    """Return the limit of bets. A current limit above the maximum may stay."""
    text = text.strip()
    if not text:
        return None
    number = int(text) if WHOLE.fullmatch(text) else 0
    if number != standing and not 1 <= number <= MOST_BETS:
        raise NotSo(
            _("Bets per minute must be a whole number from 1 to %(most_bets)s, or empty.")
            % {"most_bets": f"{MOST_BETS:,}"}
        )
    return number


def _stake(text: str, standing: int | None) -> int | None:
    """Return the stake of currencies without an amount of their own: none, or 0. An older amount may stay."""
    units = _read(money.parse_amount, text) if text.strip() else None
    if units and units != standing:
        raise NotSo(
            _("A maximum stake needs a currency. Write it in the column maxStakeByCurrency, such as EUR 50.00.")
        )
    return units


def _stakes(row: Row, standing: dict[str, int] | None) -> dict[str, int] | None:
    if "maxStakeByCurrency" not in row:
        return standing
    return _read(money.parse_amounts, tables.unescaped_text(row["maxStakeByCurrency"])) or None


def _read[T](parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text)
    except money.UnclearAmount as fault:
        raise NotSo(str(fault)) from fault


# --- Apply ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def apply_players(*, merchant: Merchant, text: str, digest: str) -> PlayersPlan:
    """Save the plan as a whole. Raises BadLines, and ChangedSince when the result would differ from the preview."""
    plan = read_players(merchant=merchant, text=text)
    changes = ((player.pk, flags.setting(player), wanted) for player, wanted in plan.changes)
    if plan.digest != digest or flags.write_settings(changes):
        raise errors.ChangedSince(_("One of these players"))
    return plan


@transaction.atomic
def apply_games(*, merchant: Merchant, text: str, digest: str) -> GamesPlan:
    """Save the plan as a whole. Raises BadLines, and ChangedSince when the result would differ from the preview."""
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    plan = read_games(merchant=merchant, text=text)
    if plan.digest != digest:
        raise errors.ChangedSince(_("One of these games"))
    flags.switch_games_for(games=plan.on, merchant=merchant, on=True)
    flags.switch_games_for(games=plan.off, merchant=merchant, on=False)
    return plan
