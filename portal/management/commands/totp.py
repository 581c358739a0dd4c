"""The second factor of the demo's staff, as a telephone would show it."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.local.demo import sheet


class Command(BaseCommand):
    help = "Print the current sign-in code of a member of the demo's staff. Each code works once, for about a minute."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="such as support@oppi.example")

    def handle(self, *, email: str, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("This command works in a demo only.")
        counters = list(yield_hotp_counters_from_time())
        now = counters[len(counters) // 2]  # between those that are taken as well
        self.stdout.write(format_hotp_value(hotp_value(secret_of(email), now)))


def secret_of(email: str) -> str:
    try:
        staff = json.loads(sheet.sheet_path().read_text())["staff"]
    except OSError as missing:
        raise CommandError(f"{sheet.sheet_path()} does not exist. Start the demo first, with make up.") from missing
    secrets = {person["email"]: person["totp_secret"] for person in staff}
    if email not in secrets:
        raise CommandError(f"The demo's staff are {', '.join(secrets)}.")
    return str(secrets[email])
