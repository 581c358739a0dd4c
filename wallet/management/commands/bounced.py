"""Takes an email that came back (a delivery status notification) on its standard input, as a mail server hands it on.

In /etc/aliases: `portal-bounces: "|/srv/portal/.venv/bin/python /srv/portal/manage.py bounced"`
"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from merchants.services import history
from wallet.reconciliation import deliveries


class Command(BaseCommand):
    help = "Mark a report as bounced. The command reads the delivery status notification from standard input."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        """Exit code 0 in any case: a mail server would send back what it is told that it could not hand on."""
        with history.act_as(door="manage.py bounced"):
            marked = deliveries.record_bounce(sys.stdin.buffer)
        for delivery in marked:
            self.stdout.write(f"Bounced: {delivery.to}: {delivery.bounce}")
        if not marked:
            self.stdout.write("The notification does not concern a report.")
