"""How long a guesser waits, in words. The counting is allauth's, in the shared cache."""

from __future__ import annotations

import math
import time

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest

APP, ACTION = "allauth.account", "login_failed"


def seconds_locked(request: HttpRequest, key: str) -> float:
    """Until the oldest of the tries that count is forgotten."""
    waits = [0.0]
    for rate in ratelimit.get_rates(app=APP, action=ACTION):
        tries = cache.get(ratelimit.get_cache_key(request, app=APP, action=ACTION, rate=rate, key=key), [])
        if len(tries) >= rate.amount:
            waits.append(tries[rate.amount - 1] + rate.duration - time.time())
    return max(waits)


def too_many(what: str, seconds: float) -> ValidationError:
    minutes = max(1, math.ceil(seconds / 60))
    spoken = "a minute" if minutes == 1 else f"{minutes} minutes"
    return ValidationError(f"Too many {what}. Try again in {spoken}; until then the right one is refused as well.")
