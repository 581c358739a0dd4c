"""Things to test with, made through the services that the portal itself uses."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings

from merchants import crypto
from merchants.models import ApiKey, Game, Membership, Merchant, Person, Secret
from merchants.services import keys, sandboxes
from merchants.services.credentials import seal_context
from tests.plugins.database_role import unguarded
from tests.signing import Signer

PASSWORD = "correct horse battery staple"


def merchant(code: str = "", **fields: Any) -> Merchant:
    code = code or f"m-{uuid4().hex[:8]}"
    return Merchant.objects.create(code=code, name=fields.pop("name", code.title()), **fields)


def signer(of: Merchant, **fields: Any) -> Signer:
    """A new key of a merchant, ready to sign; a test key is one of its sandbox."""
    if fields.get("environment") == "test":
        sandbox(of)
    issued = keys.issue_key(merchant=of, **fields)
    return Signer(issued.key.auth_key, issued.secret)


def sandbox(of: Merchant) -> Merchant:
    """The merchant's twin, made when there is none."""
    if of.is_sandbox:
        return of
    return Merchant.objects.filter(sandbox_of=of).first() or sandboxes.create_sandbox(merchant=of)


def early_test_key(of: Merchant, label: str = "Staging") -> tuple[ApiKey, Signer]:
    """A test key of a live merchant, as there were before there were sandboxes: the database makes none any more."""
    auth_key, secret = crypto.new_auth_key("test"), crypto.new_secret("test")
    with unguarded():
        key = ApiKey.objects.create(merchant=of, environment="test", auth_key=auth_key, label=label)
    under, sealed = crypto.seal(secret, context=seal_context(key, 1), keys=settings.KEY_ENCRYPTION_KEYS)
    fingerprint = crypto.fingerprint(secret)
    Secret.objects.create(key=key, version=1, sealed=sealed, sealed_under=under, fingerprint=fingerprint)
    return key, Signer(auth_key, secret)


def game(game_id: str = "", **fields: Any) -> Game:
    game_id = game_id or f"G{uuid4().int % 10**13:013d}"
    return Game.objects.create(game_id=game_id, name=fields.pop("name", f"Game {game_id[-4:]}"), **fields)


def person(email: str = "", **fields: Any) -> Person:
    return Person.objects.create_user(email or f"{uuid4().hex[:8]}@example.test", PASSWORD, **fields)


def member(of: Merchant, role: str, **fields: Any) -> Person:
    somebody = person(**fields)
    Membership.objects.create(person=somebody, merchant=of, role=role)
    return somebody
