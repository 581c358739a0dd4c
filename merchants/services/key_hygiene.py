"""The keys and allowlists of a merchant at a glance: usable secrets, and where calls may come from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import OuterRef, Prefetch, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from merchants.models import ApiKey, Merchant, Secret, SeenAddress
from merchants.services.credentials import Allowlist


def keys_by_use(merchant: Merchant, now: datetime) -> list[ApiKey]:
    """Return the keys, usable ones first. `live`: the usable secrets of each key, newest first."""
    seen = SeenAddress.objects.filter(key=OuterRef("pk")).order_by("-last_seen_at")
    live = Secret.objects.usable(at=now).defer("sealed", "fingerprint").order_by("-version")
    found = ApiKey.objects.filter(merchant=merchant).annotate(
        seen_address=Subquery(seen.values("address")[:1]), seen_moment=Subquery(seen.values("last_seen_at")[:1])
    )
    keys = list(found.prefetch_related(Prefetch("secrets", live, to_attr="live")).order_by("-id"))
    for key in keys:
        key.merchant = merchant
        key.has_ended = key.expires_at is not None and key.expires_at <= now  # type: ignore[attr-defined]
    return sorted(keys, key=lambda key: not is_usable(key))


def is_usable(key: ApiKey) -> bool:
    """Return whether the key is neither revoked nor expired."""
    return key.status != ApiKey.Status.REVOKED and not key.has_ended  # type: ignore[attr-defined]


def restricting_lists(
    lists: Mapping[int | None, Allowlist], keys: list[ApiKey], now: datetime
) -> dict[ApiKey | None, Allowlist]:
    """Return the allowlists that judge requests: the list of the merchant (key None) and those of usable keys."""
    owners = [(None, None), *((key.pk, key) for key in keys if is_usable(key))]
    return {owner: lists[number] for number, owner in owners if number in lists and lists[number].counting(now)}


def list_texts(lists: Mapping[int | None, Allowlist], keys: list[ApiKey], now: datetime) -> list[str]:
    """Return the allowlists as sentences. Expired entries allow no address; a list of only such entries refuses all."""
    standing = {owner: len(each.standing(now)) for owner, each in restricting_lists(lists, keys, now).items()}
    alive = [key for key in keys if is_usable(key)]
    own = [key for key in alive if key in standing]
    said = [merchants_list(standing.get(None))]
    if own:
        said.append(
            ngettext("%(number)s key with its own allowlist", "%(number)s keys with their own allowlists", len(own))
            % {"number": len(own)}
        )
    if None not in standing and len(alive) > len(own):
        free = len(alive) - len(own)
        said.append(
            ngettext("%(number)s key accepts every address", "%(number)s keys accept every address", free)
            % {"number": free}
        )
    closed = len(alive) if standing.get(None) == 0 else len([key for key in own if not standing[key]])
    if closed:
        said.append(
            ngettext(
                "%(number)s key accepts no address, because all entries of an allowlist have expired",
                "%(number)s keys accept no address, because all entries of an allowlist have expired",
                closed,
            )
            % {"number": closed}
        )
    return said


def merchants_list(entries: int | None) -> str:
    """Return the merchant's allowlist as text; `entries` None: no list."""
    if entries is None:
        return _("no IP allowlist for the merchant")
    sentence = ngettext(
        "%(number)s entry on the merchant’s allowlist", "%(number)s entries on the merchant’s allowlist", entries
    )
    return sentence % {"number": f"{entries:,}"}


def plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def key_with_secrets(key: ApiKey, now: datetime) -> ApiKey:
    """Return one key as `keys_by_use` returns each."""
    key.live = list(  # type: ignore[attr-defined]
        Secret.objects.usable(at=now).filter(key=key).defer("sealed", "fingerprint").order_by("-version")
    )
    key.has_ended = key.expires_at is not None and key.expires_at <= now  # type: ignore[attr-defined]
    return key
