"""Players and games in a browser: somebody new to it blocks a player, from the first page on, and takes it back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, looks, picture, see
from tests.browser.keyboard import Keyboard
from tests.browser.test_operator import CODE, faults, owner
from tests.plugins.live import Live

__all__ = ["owner"]


def some_player(page: Page) -> str:
    """The id of one who is not blocked, as the operator's own system would know it."""
    page.goto(f"{page.url}players/")
    row = page.locator("tbody tr", has_text="active").first
    return str(row.get_by_role("link").get_attribute("title"))


def test_somebody_new_to_it_blocks_a_player_and_undoes_it(
    owner: Page, live: Live, keyboard: Keyboard, album: Path
) -> None:
    player = some_player(owner)
    owner.goto(f"{live.base_url}/operator/{CODE}/")
    keyboard.press(owner.get_by_role("link", name="Players", exact=True))
    keyboard.fill(owner.get_by_label("Any part of the player id"), player)
    owner.keyboard.press("Enter")
    keyboard.press(owner.locator(f'a[title="{player}"]'))
    keyboard.press(owner.get_by_role("link", name="Block player", exact=True))
    expect(owner.get_by_role("heading", name="Current activity")).to_be_visible()
    expect(owner.get_by_text("RS_ERROR_PLAYER_BLOCKED")).to_be_visible()
    picture(owner, album, "block")
    keyboard.fill(owner.get_by_label("Reason"), "Asked for a pause")
    keyboard.press(owner.get_by_role("button", name="Block player"))
    expect(owner.get_by_text(f"Player {player} is blocked.")).to_be_visible()
    expect(owner.get_by_text("Asked for a pause").first).to_be_visible()
    keyboard.press(owner.get_by_role("button", name="Undo change"))
    expect(owner.get_by_text("undone.")).to_be_visible()
    expect(owner.get_by_role("link", name="Block player", exact=True)).to_be_visible()


def test_games_are_switched_off_by_the_keyboard_and_undone(owner: Page, live: Live, keyboard: Keyboard) -> None:
    owner.goto(f"{live.base_url}/operator/{CODE}/games/")
    keyboard.check(owner.get_by_role("checkbox").first)
    keyboard.press(owner.get_by_role("button", name="Switch off games"))
    expect(owner.get_by_text("RS_ERROR_GAME_INACTIVE")).to_be_visible()
    keyboard.press(owner.get_by_role("button", name="Switch off games"))
    expect(owner.get_by_text("off for your players").first).to_be_visible()
    keyboard.press(owner.get_by_role("button", name="Undo change"))
    expect(owner.get_by_text("undone.")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_each_page_on_the_way_is_accessible_and_fits(
    owner: Page, live: Live, album: Path, size: dict[str, int]
) -> None:
    home = f"{live.base_url}/operator/{CODE}/"
    owner.goto(f"{home}games/")
    game = owner.get_by_role("checkbox").first.get_attribute("value")
    owner.goto(f"{home}players/")
    player = str(owner.locator("tbody a").first.get_attribute("href"))
    number = re.findall(r"\d+", player)[-1]
    verbs = ("", "block/", "limits/", "limits/?bets_per_minute=5&max_stake_by_currency=EUR+1.00")
    addresses = [f"players/{number}/{verb}" for verb in verbs]
    addresses += [
        "players/?q=nobody",
        f"games/off/?game={game}",
        "games/off/",
        "limits/set/?bets_per_minute=2&max_stake_by_currency=EUR+x&max_stake=0",
    ]
    found = {}
    for at, address in enumerate(addresses):
        scheme = "dark" if at % 2 else "light"
        see(owner, home + address, size=size, scheme=scheme, album=album, name=f"players-{at}")
        found[address] = faults(owner)
    assert {address: each for address, each in found.items() if each} == {}


@pytest.mark.parametrize(("size", "scheme"), looks())
def test_a_file_is_shown_before_it_is_taken_over(
    owner: Page, live: Live, album: Path, size: dict[str, int], scheme: str
) -> None:
    player = some_player(owner)
    see(owner, f"{live.base_url}/operator/{CODE}/players/import/", size=size, scheme=scheme, album=album, name="import")
    wrong, right = f"{player},maybe,,,", f"{player},yes,Closed,30,EUR 12.50"
    for lines, said in ((wrong, "must contain yes or no"), (right, "Current activity")):
        head = "playerId,blocked,reason,betsPerMinute,maxStakeByCurrency"
        owner.get_by_label("Or paste the lines").fill(f"{head}\n{lines}\n")
        owner.get_by_role("button", name="Preview changes").click()
        expect(owner.locator("main")).to_contain_text(said)
        owner.screenshot(path=album / f"import-{said[:2]}-{size['width']}-{scheme}.png")
        assert owner.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert faults(owner) == []
