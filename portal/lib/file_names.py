"""Names of the files that people download: whose, what, of when."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

STRANGE = re.compile(r"[^A-Za-z0-9_.]+")


def file_name(*about: str, at: date, form: str) -> str:
    """Return `merchant-what-20261128-140500.csv`, or `merchant-what-20261128.csv` for a day; moments in UTC."""
    moment = f"{at.astimezone(UTC):%Y%m%d-%H%M%S}" if isinstance(at, datetime) else f"{at:%Y%m%d}"
    words = (STRANGE.sub("-", word).strip("-").lower() for word in about)
    return f"{'-'.join((*filter(None, words), moment))}.{form}"
