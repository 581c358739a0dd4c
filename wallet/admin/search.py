"""Searches that go through an index, whatever the size of the table: whole ids, upper and lower case apart. Where no id
is exactly that, the newest rows are searched for ids that contain the text.

Most indexes begin with the merchant. A search over all merchants names them all, which is one index scan each.
"""

from __future__ import annotations

from typing import cast

from django.db.models import Max, QuerySet

from merchants.admin.id_parts import with_part
from merchants.admin.players import all_merchants
from merchants.models import Player
from portal.lib.clientip import Address, parse_address
from wallet.models import Account, Session, SignedRequest, Transaction
from wallet.models.request_log import SignedRequestQuerySet
from wallet.services.log.log_search import parse_uuid

ADDRESS_CALLS = 500_000  # the newest calls in which an address is looked for: it has no index of its own


def players(text: str) -> list[int]:
    return list(Player.objects.filter(merchant__in=all_merchants(), player_id=text).values_list("pk", flat=True))


def transactions_called(text: str) -> list[int]:
    """The rows with this id, and all that refer to it."""
    rows = Transaction.objects.order_by().filter(merchant__in=all_merchants()).values_list("pk", flat=True)
    return [*rows.filter(transaction_id=text), *rows.filter(ref_transaction_id=text)]


def transactions(found: QuerySet[Transaction], text: str) -> QuerySet[Transaction]:
    """A transaction's id with all that refers to it, or else a player's."""
    if keys := transactions_called(text):
        return found.filter(pk__in=keys)
    if of_players := players(text):
        return found.filter(player__in=of_players)
    return with_part(found, text, "transaction_id", "round_id")


def accounts(found: QuerySet[Account], text: str) -> QuerySet[Account]:
    of_players = players(text)
    return found.filter(player__in=of_players) if of_players else with_part(found, text, "player__player_id")


def sessions(found: QuerySet[Session], text: str) -> QuerySet[Session]:
    session = found.filter(session_id=text)
    if session.exists():
        return session
    if of_players := players(text):
        return found.filter(player__in=of_players)
    return with_part(found, text, "session_id")


def requests(found: QuerySet[SignedRequest], text: str) -> QuerySet[SignedRequest]:
    """By request id or address when the text is one; else by transaction id, player id, or a part of an id."""
    request_id, address = parse_uuid(text), parse_address(text)
    if request_id is not None:
        by_request = found.filter(request_id=request_id)
        if by_request.exists():
            return by_request
    if address is not None:
        return requests_from_address(found, address)
    calls = cast("SignedRequestQuerySet", found)
    for whole in (calls.filter(transaction_id=text), calls.of_player(text)):
        if whole.exists():
            return whole
    return with_part(found, text, "request_id", "transaction_id", "player_id")


def requests_from_address(found: QuerySet[SignedRequest], address: Address) -> QuerySet[SignedRequest]:
    newest = SignedRequest.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return found.filter(pk__gt=newest - ADDRESS_CALLS, address=str(address))
