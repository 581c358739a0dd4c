"""Print the Postman collection of the signed API."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from wallet.developers.postman_collection import postman_collection


class Command(BaseCommand):
    help = "Print the Postman collection of the signed API, as the Developers page offers it."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(postman_collection(), indent=2))
