"""People at the door: signed in with a second factor, as staff are."""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
import struct
import time
from datetime import UTC, datetime
from typing import Any

import redis
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from celery import current_app
from django.test import Client

from merchants.models import Person
from portal.celery import register_former_names
from portal.lib import clock
from tests import factories


def new_totp_secret() -> str:
    return base64.b32encode(secrets.token_bytes(20)).decode()


def give_totp(person: Person) -> str:
    """A second factor; returns what the telephone keeps."""
    secret = new_totp_secret()
    TOTP.activate(person, secret)
    return secret


def colleague(email: str) -> Person:
    """Another support agent, whose second factor is older than any request of a test: may be a second person."""
    person = factories.person(email, staff_role="support")
    give_old_factor(person)
    return person


def give_old_factor(person: Person) -> None:
    give_totp(person)
    date_factors(person, datetime(2020, 1, 1, tzinfo=UTC))


def date_factors(person: Person, moment: datetime) -> None:
    Authenticator.objects.filter(user=person).update(created_at=moment)


def code_of(secret: str, *, steps: int = 0) -> str:
    """As the telephone shows it now, or some half minutes later (RFC 6238)."""
    counter = int(time.time()) // 30 + steps
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", counter), "sha1")
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def wrong_code(secret: str) -> str:
    """None that is right now, or in the minutes around."""
    right = {code_of(secret, steps=steps) for steps in range(-2, 3)}
    return next(text for text in ("000000", "111111", "222222", "333333", "444444", "555555") if text not in right)


def signed_in(client: Client, person: Person, *, proved_at: datetime | None = None) -> Client:
    """In one step, for tests of what comes after; the second factor was right now, or at `proved_at`."""
    if not Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists():
        give_totp(person)
    client.force_login(person)
    session = client.session
    at = (proved_at or clock.now()).timestamp()
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "type": "totp", "at": at}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


def ask_for_new_password(client: Client, email: str, **headers: str) -> Any:
    """The job that the page asks for is taken from the broker and done, as a worker does it."""
    with redis.Redis.from_url(os.environ["BROKER_URL"]) as broker:
        broker.delete("celery")
        answer = client.post("/account/password/reset/", {"email": email}, headers=headers)
        jobs = [json.loads(message) for message in broker.lrange("celery", 0, -1)]
        broker.delete("celery")
    current_app.loader.import_default_modules()
    register_former_names()
    for job in jobs:
        arguments, *_ = json.loads(base64.b64decode(job["body"]))
        current_app.tasks[job["headers"]["task"]](*arguments)
    return answer
