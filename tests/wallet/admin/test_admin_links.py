"""No link of the administration is dead: all kinds are followed from the first page on, by two roles."""

from __future__ import annotations

import re
from collections import deque
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import NoReverseMatch, Resolver404, resolve

from merchants.models import ApiKey, Merchant, Person
from merchants.services import approvals, compromise, flags, keys
from portal.lib import clock
from tests.conftest import Caller
from tests.people import signed_in
from wallet.services.log import request_log

LINK = re.compile(r'<(?:a|form|link|script)\b[^>]*?\b(?:href|action|src)="([^"]*)"')
STAYS_OUT = re.compile(r"^/(account/logout|admin/logout|static)/")
MOST = 600  # pages; the kinds of address are far fewer


@pytest.fixture
def house(caller: Caller, acme: Merchant, support: Person) -> Caller:
    """A little of everything that a page can link to."""
    bet = caller.bet().body["transactionId"]
    caller.payout(bet)
    caller.rollback(caller.bet().body["transactionId"])
    caller.withdraw(10**14)
    request_log.drain_lines()
    keys.rotate_secret(key=ApiKey.objects.get())
    leaked = keys.issue_key(merchant=acme, label="lost").key
    compromise.declare_compromise(key=leaked, response="revoke", reason="seen", exposed_since=clock.now(), by=support)
    approvals.ask_to_revoke(key=leaked, by=support, reason="to be safe")
    flags.block_player(player=acme.players.get(), reason="asked for it")
    return caller


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_no_link_of_the_administration_is_dead(
    role: str, client: Client, house: Caller, request: pytest.FixtureRequest
) -> None:
    client = signed_in(client, request.getfixturevalue(role))
    dead, seen, waiting = [], {"/admin/"}, deque([("/admin/", "")])
    kinds: dict[str, int] = {}
    while waiting:
        path, page = waiting.popleft()
        answer = client.get(path)
        if answer.status_code in {404, 500} or (answer.status_code == 403 and role == "administrator"):
            dead.append(f"{answer.status_code} {path} on {page}")
        if answer.streaming or "html" not in answer.get("Content-Type", ""):
            continue
        for link in links(answer.content.decode(), path):
            kind = kind_of(link)
            if kind is None:
                dead.append(f"leads nowhere: {link} on {path}")
            elif link not in seen and kinds.get(kind, 0) < 4:
                kinds[kind] = kinds.get(kind, 0) + 1
                seen.add(link)
                waiting.append((link, path))
    assert not dead
    assert 50 < len(seen) < MOST


def links(page: str, base: str) -> list[str]:
    """Addresses of this house, without what follows a hash."""
    found = [
        urlsplit(urljoin(base, unescape(link))) for link in LINK.findall(page) if not link.startswith("javascript:")
    ]
    inner = [each for each in found if not each.netloc and each.scheme in {"", "http"} and each.path]
    return [each._replace(fragment="").geturl() for each in inner if not STAYS_OUT.match(each.path)]


def kind_of(link: str) -> str | None:
    """The route, with what is asked of it but not for which thing: of each kind a few are enough."""
    address = urlsplit(link)
    try:
        match: Any = resolve(address.path)
    except (Resolver404, NoReverseMatch):
        return None
    return f"{match.route}?{'&'.join(sorted(each.partition('=')[0] for each in address.query.split('&')))}"
