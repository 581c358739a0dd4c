"""What `manage.py check --database default`, and so every `migrate`, says about what is sealed at rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Error, Tags
from django.db import DatabaseError

from merchants.services import sealing


def register() -> None:
    checks.register(sealed_values_can_be_opened, Tags.database)


def sealed_values_can_be_opened(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    if not {"default", "owner"} & {*(databases or ())}:
        return []
    try:
        lost = sealing.lost_keys()
    except DatabaseError:  # not migrated yet
        return []
    return [
        Error(
            f"{number} {kind} are sealed under the key-encryption key {key_id!r}, which is missing.",
            hint="Add it to KEY_ENCRYPTION_KEYS again, after the current key. Then run manage.py rewrap_secrets.",
            id="merchants.E001",
        )
        for kind, key_id, number in lost
    ]
