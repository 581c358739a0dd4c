"""Sign a call as a merchant does, send it, and show both ways what went over the wire."""

from __future__ import annotations

import json
import sys
from argparse import BooleanOptionalAction
from string import punctuation
from typing import IO, Any, NoReturn, cast
from urllib.parse import quote

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.json import JSON

from merchants.models import ApiKey, Merchant, Secret
from merchants.services import credentials
from portal.lib import clock
from wallet import statuses
from wallet.services.calls import http_client, outgoing_request
from wallet.services.calls.http_client import HttpAnswer
from wallet.services.calls.outgoing_request import Outgoing

BODY_HELP = """JSON, such as '{"playerId": "AP-1", "currency": "EUR"}'; a deposit or withdrawal names its kind:
'{"kind": "deposit", "transactionId": "D-1", "playerId": "AP-1", "currency": "EUR", "amount": 100000}'"""
REFUSED, NOT_REACHED = 1, 2


class Command(BaseCommand):
    help = "Sign and send one request of the API. Exit code: 0 accepted, 1 refused, 2 no answer."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("merchant", help="the merchant's code")
        parser.add_argument("path", help="such as /wallet/balance or '/game/sessions?limit=5'")
        parser.add_argument("body", nargs="?", help=BODY_HELP)
        parser.add_argument("--method", help="GET without a body, else POST")
        parser.add_argument("--key", metavar="AUTH_KEY", help="sign with this key; default: the newest active key")
        parser.add_argument("--base-url", default=settings.API_URL, help="default: %(default)s")
        parser.add_argument("--pretty", action=BooleanOptionalAction, default=True, help="indent the answer's JSON")

    def handle(self, *, merchant: str, path: str, body: str | None, **options: Any) -> None:
        console = Console(file=cast("IO[str]", self.stdout), soft_wrap=True, highlight=False)
        secret = find_secret(find_merchant(merchant), options["key"])
        call = outgoing_request.sign_request(
            auth_key=secret.key.auth_key,
            secret=credentials.reveal_secret(secret),
            method=options["method"] or ("GET" if body is None else "POST"),
            target=escaped_text(path),
            body=b"" if body is None else checked_body(body),
            at=clock.now(),
        )
        show_call(console, call, options["base_url"])
        answer = send_or_leave(console, call, options["base_url"])
        show_answer(console, answer, pretty=options["pretty"])
        if answer.status != statuses.OK:
            sys.exit(REFUSED)


def find_merchant(code: str) -> Merchant:
    try:
        return Merchant.objects.get(code=code)
    except Merchant.DoesNotExist:
        known = ", ".join(Merchant.objects.values_list("code", flat=True)[:20]) or "none at all"
        raise CommandError(f"There is no merchant with the code {code!r}. Known codes: {known}.") from None


def find_secret(merchant: Merchant, auth_key: str | None) -> Secret:
    """Of the key that was named, whatever its state; else of the newest one that may do everything."""
    now = clock.now()
    keys = ApiKey.objects.filter(merchant=merchant)
    if auth_key is None:
        keys = keys.usable(at=now).with_a_home().filter(status=ApiKey.Status.ACTIVE)
    else:
        keys = keys.filter(auth_key=auth_key)
    secrets = Secret.objects.filter(key__in=keys).select_related("key")
    if auth_key is None:
        secrets = secrets.usable(at=now)
    found = secrets.order_by("-key_id", "-version").first()
    if found is None:
        raise CommandError(
            f"{merchant.code} has no active key. Issue a key in the administration."
            if auth_key is None
            else f"{merchant.code} has no key {auth_key}."
        )
    return found


def checked_body(text: str) -> bytes:
    """The very bytes that were given: what is signed is what is sent."""
    try:
        json.loads(text)
    except ValueError as fault:
        raise CommandError(f"The body is not JSON: {fault}.") from None
    return text.encode()


def escaped_text(path: str) -> str:
    if not path.startswith("/"):
        raise CommandError(f"The path starts with a slash, such as /wallet/balance, not {path!r}.")
    return quote(path, safe=punctuation)


def show_call(console: Console, call: Outgoing, base_url: str) -> None:
    console.print(f"{call.method} {base_url}{call.target}", style="bold", markup=False)
    for name, value in call.headers.items():
        console.print(f"{name}: {value}", markup=False)
    console.print("\nSigned, byte for byte:", style="dim")
    console.print(call.text_signed.decode(), markup=False)


def send_or_leave(console: Console, call: Outgoing, base_url: str) -> HttpAnswer:
    try:
        return http_client.send(call, base_url)
    except http_client.BadAddress:
        raise CommandError(f"--base-url must look like http://127.0.0.1:8001, not {base_url!r}.") from None
    except http_client.NoAnswer as fault:
        stop_with(
            console,
            (f"No answer from {base_url}: {str(fault) or type(fault).__name__}. Start the portal and try again."),
        )


def stop_with(console: Console, sentence: str) -> NoReturn:
    console.print(f"\n{sentence}", style="red", markup=False)
    sys.exit(NOT_REACHED)


def show_answer(console: Console, answer: HttpAnswer, *, pretty: bool) -> None:
    style = "green" if answer.status == statuses.OK else "red"
    console.print(f"\nHTTP {answer.http_status} {answer.reason} in {answer.milliseconds:.1f} ms", style=style)
    console.print(f"x-request-id: {answer.request_id}", markup=False)
    if answer.status and pretty:
        console.print(JSON(answer.body, ensure_ascii=False))
    else:
        console.print(answer.body, markup=False)
