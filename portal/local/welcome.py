"""What a person sees once the portal answers: where it is, how to sign in, and a call to try."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from rich.panel import Panel
from rich.table import Column, Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rich.console import Console

ANSWER_SECONDS = 60


class NoAnswer(Exception):
    """A web server did not answer with 200 in time."""


async def await_answer(url: str) -> None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while not await asyncio.to_thread(is_answering, url):
        if time.monotonic() > deadline:
            raise NoAnswer
        await asyncio.sleep(0.1)


def is_answering(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)  # noqa: PLR2004
    except (OSError, urllib.error.URLError):
        return False


def welcome(console: Console, environment: Mapping[str, str], demo: Path) -> None:
    facts: dict[str, Any] = json.loads(demo.read_text()) if demo.exists() else {}
    console.print(Panel(addresses(environment), title="The portal is running. Ctrl-C stops it.", expand=False))
    if people := [*facts.get("staff", []), *facts.get("operators", [])]:
        console.print(sign_ins(people))
    if staff := facts.get("staff"):
        console.print("Staff also need a code. This command prints the current code; each code works once:\n")
        console.print(f"  .venv/bin/python manage.py totp {staff[0]['email']}\n", soft_wrap=True, highlight=False)
    if call := signed_call(facts.get("merchants", [])):
        console.print("To send a signed call, run this in another shell:\n")
        # Printed as it is, unwrapped and unstyled, so that it can be pasted.
        console.print(f"  {call}\n", soft_wrap=True, highlight=False, markup=False)


def addresses(environment: Mapping[str, str]) -> Table:
    table, pages = Table.grid(padding=(0, 2)), environment["BASE_URL"]
    rows = {
        "admin": f"{pages}/admin/",
        "operators": f"{pages}/operator/",
        "API documentation": f"{pages}/api/docs",
        "Developers": f"{pages}/developers/",
        "signed calls": environment["API_URL"],
        "mail": environment.get("MAIL_URL", ""),
        "metrics": f"http://127.0.0.1:{environment['METRICS_PORT']}/metrics" if "METRICS_PORT" in environment else "",
    }
    for name, address in rows.items():
        if address:
            table.add_row(name, address)
    return table


def sign_ins(people: list[dict[str, str]]) -> Table:
    columns = [Column(name, overflow="fold") for name in ("email", "password", "merchant", "role")]
    table = Table(*columns, title="Sign-ins", title_justify="left", box=None, pad_edge=False)
    for person in people:
        table.add_row(*(str(person.get(key) or "") for key in ("email", "password", "merchant", "role")))
    return table


def signed_call(merchants: list[dict[str, Any]]) -> str | None:
    """For the first active merchant that has a player."""
    for merchant in merchants:
        if merchant["status"] == "active" and merchant["players"]:
            player = merchant["players"][0]
            body = json.dumps({"playerId": player["playerId"], "currency": player["currency"]})
            return f".venv/bin/python manage.py call {merchant['code']} /wallet/balance '{body}'"
    return None
