"""Mails that must go out. They are written down in the transaction of what they tell and sent by a job afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from merchants.models import ApiKey, Contact, Letter, Membership, Merchant


def contacts(merchant: Merchant) -> list[str]:
    """Who is told of what happens to a merchant's keys: its owners and managers, and the addresses that it named."""
    people = Membership.objects.filter(
        merchant=merchant, role__in=[Membership.Role.OWNER, Membership.Role.MANAGER], person__is_active=True
    ).values_list("person__email", flat=True)
    named = Contact.objects.filter(merchant=merchant).values_list("email", flat=True)
    return list({email.lower(): email for email in [*people, *named]}.values())


def write(merchant: Merchant, template: str, context: dict[str, Any], *, once: str = "") -> None:
    """One letter to each contact. Of two with the same `once` to the same address, one goes."""
    letters = [
        Letter(merchant=merchant, to=to, template=template, context=context, once=f"{once}:{to}" if once else None)
        for to in contacts(merchant)
    ]
    Letter.objects.bulk_create(letters, ignore_conflicts=bool(once))


def tell_contacts(key: ApiKey, what: str, *, ends: datetime | None = None) -> None:
    """What happened to a key, in words that go on from its name. Never a secret."""
    context = {
        "merchant": key.merchant.name,
        "auth_key": key.auth_key,
        "label": key.label,
        "what": what,
        "ends": ends.isoformat() if ends else None,
    }
    write(key.merchant, "key_changed", context)
