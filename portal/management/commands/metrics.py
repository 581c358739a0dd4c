"""Serve metrics for Prometheus."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.database import start
from portal.metrics import exporter


class Command(BaseCommand):
    help = (
        "Serve metrics of this installation and of the web processes of this machine for Prometheus, until stopped."
        " Web processes count only where METRICS_FOLDER is set."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--address", default=settings.METRICS_ADDRESS, help="METRICS_ADDRESS by default")
        parser.add_argument("--port", type=int, default=settings.METRICS_PORT, help="METRICS_PORT by default")

    def handle(self, *, address: str, port: int, **options: Any) -> None:
        start.guard_start()
        try:
            server, thread = exporter.serve(address, port)
        except OSError as fault:
            raise CommandError(f"Port {port} on {address} cannot be used: {fault.strerror}.") from fault
        self.stdout.write(f"Metrics are at http://{address}:{server.server_port}/metrics.")
        self.stdout.flush()
        try:
            thread.join()
        except KeyboardInterrupt:
            server.shutdown()
