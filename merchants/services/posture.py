"""How a merchant stands: its keys with what can be used of each, and from where calls may come."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, OuterRef, Prefetch, Q, Subquery

from merchants.models import AllowlistEntry, ApiKey, Merchant, Secret, SeenAddress


def keys_of(merchant: Merchant, now: datetime) -> list[ApiKey]:
    """Those that can be used first; each with `live`, the secrets that sign, newest first."""
    seen = SeenAddress.objects.filter(key=OuterRef("pk")).order_by("-last_seen_at")
    live = Secret.objects.usable(at=now).defer("sealed", "fingerprint").order_by("-version")
    found = ApiKey.objects.filter(merchant=merchant).annotate(
        seen_address=Subquery(seen.values("address")[:1]), seen_moment=Subquery(seen.values("last_seen_at")[:1])
    )
    keys = list(found.prefetch_related(Prefetch("secrets", live, to_attr="live")).order_by("-id"))
    for key in keys:
        key.has_ended = key.expires_at is not None and key.expires_at <= now  # type: ignore[attr-defined]
    return sorted(keys, key=lambda key: not usable(key))


def usable(key: ApiKey) -> bool:
    return key.status != ApiKey.Status.REVOKED and not key.has_ended  # type: ignore[attr-defined]


def lists_in_words(merchant: Merchant, keys: list[ApiKey], now: datetime) -> list[str]:
    """What an address must be on; an entry that has ended lets nobody in, and a list of such refuses everybody."""
    entries = AllowlistEntry.objects.filter(merchant=merchant).values("key").annotate(
        standing=Count("pk", filter=Q(expires_at=None) | Q(expires_at__gt=now))
    )  # fmt: skip
    standing: dict[int | None, int] = {entry["key"]: entry["standing"] for entry in entries.order_by()}
    alive = [key for key in keys if usable(key)]
    own = [key for key in alive if key.pk in standing]
    said = [f"{plural(standing[None], 'network')} on the merchant’s list" if None in standing else "no merchant’s list"]
    if own:
        said.append(f"{plural(len(own), 'key')} with a list of {'its' if len(own) == 1 else 'their'} own")
    if None not in standing and len(alive) > len(own):
        said.append(f"{plural(len(alive) - len(own), 'key')} open to every address")
    closed = len(alive) if standing.get(None) == 0 else len([key for key in own if not standing[key.pk]])
    if closed:
        said.append(f"{plural(closed, 'key')} open to no address, since all entries of a list have ended")
    return said


def plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def with_secrets(key: ApiKey, now: datetime) -> ApiKey:
    """One key, as `keys_of` gives each."""
    key.live = list(  # type: ignore[attr-defined]
        Secret.objects.usable(at=now).filter(key=key).defer("sealed", "fingerprint").order_by("-version")
    )
    key.has_ended = key.expires_at is not None and key.expires_at <= now  # type: ignore[attr-defined]
    return key
