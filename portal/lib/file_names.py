"""Names of downloaded files: merchant, content, moment."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

STRANGE = re.compile(r"[^A-Za-z0-9_.]+")


def file_name(*about: str, at: date, form: str, is_month: bool = False) -> str:
    """Return `merchant-what-20261128-140500.csv`; for a day `merchant-what-20261128.csv`, for a month `…-202611.csv`.

    Moments are in UTC.
    """
    of_day = f"{at:%Y%m}" if is_month else f"{at:%Y%m%d}"
    moment = f"{at.astimezone(UTC):%Y%m%d-%H%M%S}" if isinstance(at, datetime) else of_day
    words = (STRANGE.sub("-", word).strip("-").lower() for word in about)
    return f"{'-'.join((*filter(None, words), moment))}.{form}"
