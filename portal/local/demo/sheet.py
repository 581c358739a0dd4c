"""`demo.json`: all that a client needs for using the running demo, true at each start."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings

from merchants.models import Membership, Person
from portal.local.checkout_settings import write_private
from portal.local.demo import people
from portal.local.demo.house import Guest, House
from portal.local.demo.table import seat_guest
from wallet import statuses

PLAYERS_OF_A_MERCHANT = 5
WORTH_PLAYING = 100  # units


def sheet_path() -> Path:
    return Path(os.environ.get("DEMO_FILE") or settings.VAR_DIR / "demo.json")


def write_sheet(houses: list[House]) -> Path:
    merchants = [merchant_entry(house) for house in houses]
    passwords = known_passwords(merchants)
    everybody = [*people.create_staff(), *(membership.person for membership in people.memberships())]
    passwords |= people.give_passwords(person for person in everybody if person.email not in passwords)
    facts = {
        "base_url": settings.BASE_URL,
        "api_url": settings.API_URL,
        "mail_url": settings.MAIL_URL,
        "staff": [staff_entry(person, passwords) for person in people.create_staff()],
        "operators": [member_entry(membership, passwords) for membership in people.memberships()],
        "merchants": merchants,
    }
    sheet_path().parent.mkdir(parents=True, exist_ok=True)
    write_private(sheet_path(), json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
    return sheet_path()


def known_passwords(merchants: list[dict[str, Any]]) -> dict[str, str]:
    """Those of the sheet that is there, if it belongs to this database."""
    try:
        old = json.loads(sheet_path().read_text())
    except (OSError, ValueError):
        return {}
    if {row["auth_key"] for row in old["merchants"]} != {row["auth_key"] for row in merchants}:
        return {}
    return {person["email"]: person["password"] for person in (*old["staff"], *old["operators"])}


def person_entry(person: Person, passwords: dict[str, str], *, merchant: str | None, role: str) -> dict[str, Any]:
    return {
        "email": person.email,
        "password": passwords[person.email],
        "merchant": merchant,
        "role": role,
        "totp_secret": None,
    }


def staff_entry(person: Person, passwords: dict[str, str]) -> dict[str, Any]:
    facts = person_entry(person, passwords, merchant=None, role=person.staff_role)
    return facts | {"totp_secret": people.totp_secret(person)}


def member_entry(membership: Membership, passwords: dict[str, str]) -> dict[str, Any]:
    return person_entry(membership.person, passwords, merchant=membership.merchant.code, role=membership.role)


def merchant_entry(house: House) -> dict[str, Any]:
    house.merchant.refresh_from_db()
    machine = house.game_server
    return {
        "code": house.merchant.code,
        "auth_key": machine.auth_key,
        "secret_key": machine.secret,
        "status": house.merchant.status,
        "players": ready_players(replace(house, office=machine)),
        "games": [game.game_id for game in house.games],
    }


def ready_players(house: House) -> list[dict[str, str]]:
    """Some with money and a new session, so that a bet of theirs is taken right now; none when launches are refused."""
    free = [guest for guest in house.guests if guest.plays_freely][:PLAYERS_OF_A_MERCHANT]
    return [ready for guest in free if (ready := make_ready(house, guest))]


def make_ready(house: House, guest: Guest) -> dict[str, str] | None:
    table = seat_guest(house, guest, house.games[0], guest.currency)
    if table.launch() != statuses.OK:
        return None
    if table.balance() < table.money(WORTH_PLAYING):
        table.cashier("deposit", table.money(WORTH_PLAYING * 2))
    return {
        "playerId": guest.player_id,
        "currency": guest.currency,
        "sessionId": table.session,
        "gameId": table.game_id,
    }
