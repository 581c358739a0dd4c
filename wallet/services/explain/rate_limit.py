"""Rate limit for requests of people that cost work or reveal much, counted in the shared cache for all processes."""

from __future__ import annotations

import math

from django.utils.translation import gettext as _

from merchants.errors import Refusal
from merchants.models import Merchant, Person
from portal.lib import clock, rate_limit


class TooManyQuestions(Refusal):
    def __init__(self, most: int, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(
            _("You can examine at most %(most)s requests per minute. Try again in %(seconds)s s.")
            % {"most": most, "seconds": seconds}
        )


class NobodyCounts(Refusal):
    def __init__(self) -> None:
        super().__init__(_("The request cannot be examined at the moment. Try again in a minute."))


def count_question(what: str, *, merchant: Merchant, person: Person, most: int) -> None:
    """Count one request of this person about this merchant. Raises TooManyQuestions above `most` per minute.

    Raises NobodyCounts when the cache does not answer.
    """
    now = clock.now().timestamp()
    try:
        asked = rate_limit.count_attempt(f"{what}:{merchant.pk}:{person.pk}:{now // 60:.0f}", keep_seconds=120)
    except rate_limit.CounterAway as fault:
        raise NobodyCounts from fault
    if asked > most:
        raise TooManyQuestions(most, 60 - math.floor(now % 60))
