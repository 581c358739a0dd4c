"""Money as the wallet speaks of it; the arithmetic is in `portal.lib.money`, where merchants' limits need it too."""

from __future__ import annotations

from portal.lib.currencies import PLAY_MONEY
from portal.lib.money import MAX_WHOLE_NUMBER, SCALE, format_amount, format_with_code, parse_amount

__all__ = ["MAX_WHOLE_NUMBER", "PLAY_MONEY", "SCALE", "format_amount", "format_with_code", "parse_amount"]
