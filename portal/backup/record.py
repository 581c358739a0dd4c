"""BACKUP_RECORD: when a backup was last finished, and when one was last restored and verified."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from django.conf import settings


def write(**moments: datetime) -> None:
    """Write moments over those that the record has under the same names; the others stay."""
    path = Path(settings.BACKUP_RECORD)
    try:
        told = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        told = {}
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(json.dumps(told | {name: moment.isoformat() for name, moment in moments.items()}) + "\n")
    draft.rename(path)
