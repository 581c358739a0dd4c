"""Words that make no password: the product's, the person's address, and the names of the person's merchants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models import Merchant

PRODUCT = ("oppigames", "oppi", "games", "merchant", "portal", "casino", "wallet")
SHORTEST = 4  # letters of a word that counts
LEFT = 8  # characters that remain beside such words
SENTENCE = gettext_lazy(
    "This password is mostly the name of the product, of a merchant or of your email address. Use other words."
)
NO_LETTER = re.compile(r"[\W_]+")


class OwnWords:
    """Takes these words out of a password; what remains must be long enough to be one."""

    def validate(self, password: str, user: Any = None) -> None:
        left = NO_LETTER.sub("", password.casefold())
        for word in sorted(set(own_words(user)), key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < min(LEFT, len(NO_LETTER.sub("", password))):
            raise ValidationError(SENTENCE, code="password_of_own_words")

    def get_help_text(self) -> str:
        return _("The name of the product, of a merchant or of your email address is not enough for a password.")


def own_words(person: Any) -> Iterator[str]:
    yield from PRODUCT
    email = str(getattr(person, "email", "") or "")
    texts = [email.rpartition("@")[0], *email.rpartition("@")[2].split(".")[:-1], *merchant_names(person, email)]
    for text in texts:
        whole = NO_LETTER.sub("", text.casefold())
        for word in (whole, *NO_LETTER.split(text.casefold())):
            if len(word) >= SHORTEST:
                yield word


def merchant_names(person: Any, email: str) -> Iterator[str]:
    """Of the merchants that the person belongs to, or is invited by."""
    of = Q(invitations__email__iexact=email, invitations__accepted_at=None) if email else Q(pk=None)
    if getattr(person, "pk", None):
        of |= Q(memberships__person=person)
    for name, code in Merchant.objects.filter(of).values_list("name", "code").distinct():
        yield from (name, code)
