"""How often somebody may ask what costs work or tells much: counted in the shared cache, for all processes together."""

from __future__ import annotations

import math

from django.core.cache import cache
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from merchants.errors import Refusal
from merchants.models import Merchant, Person
from portal.lib import clock


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
    """Without the cache nobody is answered."""
    now = clock.now().timestamp()
    counter = f"{what}:{merchant.pk}:{person.pk}:{now // 60:.0f}"
    try:
        cache.add(counter, 0, timeout=120)
        asked = cache.incr(counter)
    except RedisError as fault:
        raise NobodyCounts from fault
    if asked > most:
        raise TooManyQuestions(most, 60 - math.floor(now % 60))
