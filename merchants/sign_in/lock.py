"""Who guesses too often waits. The counting is allauth's, in the shared cache.

By account: allauth's own limit, which a right password or code of that account clears. By address: a limit of ours,
which a right one does not clear, since a guesser may own an account that signs in from the same address.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import ngettext

APP, ACTION = "allauth.account", "login_failed"
OURS, GUESS = "merchants.sign_in", "guess"


def count_guess(request: HttpRequest) -> ratelimit.RateLimitUsage | None:
    """Count an attempt against its address. None when the address is locked; what turns out right is taken back."""
    return ratelimit.consume(request, app=OURS, action=GUESS, config=settings.SIGN_IN_RATE_LIMITS)


def seconds_locked(request: HttpRequest, key: str) -> float:
    """Until the oldest of the tries that count is forgotten."""
    waits = [0.0]
    for app, action, rate in _rates():
        tries = cache.get(ratelimit.get_cache_key(request, app=app, action=action, rate=rate, key=key), [])
        if len(tries) >= rate.amount:
            waits.append(tries[rate.amount - 1] + rate.duration - time.time())
    return max(waits)


def _rates() -> Iterator[tuple[str, str, ratelimit.Rate]]:
    for rate in ratelimit.get_rates(app=APP, action=ACTION):
        yield APP, ACTION, rate
    for rate in ratelimit.get_rates(app=OURS, action=GUESS, config=settings.SIGN_IN_RATE_LIMITS):
        yield OURS, GUESS, rate


def too_many_passwords(seconds: float) -> ValidationError:
    minutes = minutes_of(seconds)
    sentence = ngettext(
        "Too many wrong passwords. Try again in %(minutes)d minute. Until then, the correct password is refused, too.",
        "Too many wrong passwords. Try again in %(minutes)d minutes. Until then, the correct password is refused, too.",
        minutes,
    )
    return ValidationError(sentence % {"minutes": minutes})


def too_many_codes(seconds: float) -> ValidationError:
    minutes = minutes_of(seconds)
    sentence = ngettext(
        "Too many wrong codes. Try again in %(minutes)d minute. Until then, the correct code is refused, too.",
        "Too many wrong codes. Try again in %(minutes)d minutes. Until then, the correct code is refused, too.",
        minutes,
    )
    return ValidationError(sentence % {"minutes": minutes})


def minutes_of(seconds: float) -> int:
    return max(1, math.ceil(seconds / 60))
