"""Things to test with, made through the services that the portal itself uses."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from merchants.models import Game, Membership, Merchant, Person
from merchants.services import keys
from tests.signing import Signer

PASSWORD = "correct horse battery staple"


def merchant(code: str = "", **fields: Any) -> Merchant:
    code = code or f"m-{uuid4().hex[:8]}"
    return Merchant.objects.create(code=code, name=fields.pop("name", code.title()), **fields)


def signer(of: Merchant, **fields: Any) -> Signer:
    """A new key of a merchant, ready to sign."""
    issued = keys.issue(merchant=of, **fields)
    return Signer(issued.key.auth_key, issued.secret)


def game(game_id: str = "", **fields: Any) -> Game:
    game_id = game_id or f"G{uuid4().int % 10**13:013d}"
    return Game.objects.create(game_id=game_id, name=fields.pop("name", f"Game {game_id[-4:]}"), **fields)


def person(email: str = "", **fields: Any) -> Person:
    return Person.objects.create_user(email or f"{uuid4().hex[:8]}@example.test", PASSWORD, **fields)


def member(of: Merchant, role: str, **fields: Any) -> Person:
    somebody = person(**fields)
    Membership.objects.create(person=somebody, merchant=of, role=role)
    return somebody
