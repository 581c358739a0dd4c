"""Fill the database with the demo, once; at each start write `demo.json` anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.db.models import Max

from merchants.crypto import SealBroken, UnknownKeyEncryptionKey
from merchants.services import history
from portal.lib import clock
from portal.local.demo import books, catalogue, ending, people, progress, sheet, traffic
from portal.local.demo.cast import DAYS
from portal.local.demo.house import House, open_houses
from portal.local.demo.wire import Wire, quiet_logs
from wallet.models import SignedRequest
from wallet.services.log import request_log

DOOR = "manage.py seed"
CALLS = 8_000
UNTIL_BEFORE_NOW = timedelta(minutes=10)
LINES_HELD = 2_000


class Command(BaseCommand):
    help = (
        "Fill the database with the demo: merchants, players, two weeks of requests. A second run "
        "only renews demo.json."
    )

    requires_system_checks: list[str] = []  # `migrate` has just made them; each start waits for this

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--calls", type=int, default=CALLS, help="approximate number of signed requests (default %(default)s)"
        )

    def handle(self, *, calls: int, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo is not for production. Nothing was changed.")
        try:
            with quiet_logs():
                self.fill(calls)
        except (UnknownKeyEncryptionKey, SealBroken) as fault:
            raise CommandError(
                "KEY_ENCRYPTION_KEYS does not contain the key of this database. Add it and run seed again."
            ) from fault

    def fill(self, calls: int) -> None:
        do_not_wait_for_disk()
        wire, rng, now = Wire(), Random(20), clock.now()  # noqa: S311 - a believable past, no secret
        if not catalogue.catalogue_exists():
            with history.act_as(door=DOOR):
                catalogue.create_catalogue(rng, now=now)
        houses = open_houses(wire, rng)
        if not people.people_exist():
            self.play(houses, wire, calls, now=now)
            with history.act_as(door=DOOR):
                books.send_statements(houses, now=now)
                books.check()
                people.create_people()
        with history.act_as(door=DOOR):
            written = sheet.write_sheet(houses)
        self.stdout.write(f"Wrote {written}.")
        request_log.drain_lines()

    def play(self, houses: list[House], wire: Wire, calls: int, *, now: datetime) -> None:
        """From the demo's last call: a run that was stopped in the middle goes on from there."""
        start, until = now - timedelta(days=DAYS), now - UNTIL_BEFORE_NOW
        lines = SignedRequest.objects.filter(merchant__in=[house.merchant for house in houses])
        since = max(lines.aggregate(last=Max("created_at"))["last"] or start, start)
        wanted = int(calls * (until - since) / (until - start))
        try:
            with progress.progress_display(self.stdout, since=since, until=until) as tell:
                for moment in traffic.run_traffic(houses, calls=wanted, since=since, until=until):
                    tell(moment, wire.calls)
                    if wire.calls % LINES_HELD == 0:
                        request_log.drain_lines()
            ending.play_ending(houses)
        finally:
            request_log.drain_lines()
        self.stdout.write(f"{wire.calls:,} requests, {len(wire.answers)} kinds of answers.")


def do_not_wait_for_disk() -> None:
    """A crash while seeding may cost its last moment; the next run goes on from there."""
    for alias in {"default", settings.WALLET_DATABASE}:
        with connections[alias].cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
