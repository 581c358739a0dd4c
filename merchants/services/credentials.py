"""The credential that a signed call is judged by: one merchant's secrets, allowlists and clock window, read together.

A process keeps it for a few seconds. An old copy does no harm: the ledger checks each accepted call again by
`access_version`, and a refusal is given only after `load_credential(fresh=True)`, which compares the version too. So a
call of a stranger costs one small statement, whether its key exists or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from ipaddress import ip_network
from time import monotonic
from typing import Any

import structlog
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connections
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from merchants import crypto
from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, ListTrial, Merchant, Secret
from portal.lib import clock
from portal.lib.clientip import Address, Network

CAPACITY = 1024
TRYING = ListTrial.State.TRYING
TRIAL = JSONObject(id="id", key="key_id", deadline="deadline", before="before", awaited="awaited", arrived="arrived")
# With the key's row, so that who is on no trial pays no round trip for it.
TRIALS_OF_A_KEY = ArraySubquery(
    ListTrial.objects.filter(Q(key=None) | Q(key=OuterRef("pk")), merchant=OuterRef("merchant"), state=TRYING)
    .order_by()
    .values(told=TRIAL)
)
# Every change of a key, its secrets, lists, trials or merchant makes the version higher, in the same transaction.
NEWEST = """
    SELECT k.merchant_id, m.access_version FROM merchants_apikey k JOIN merchants_merchant m ON m.id = k.merchant_id
     WHERE k.auth_key = %s AND k.status <> 'revoked'
"""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class UsableSecret:
    id: int
    version: int
    value: bytes = field(repr=False)
    usable_until: datetime | None

    def usable(self, at: datetime) -> bool:
        return self.usable_until is None or self.usable_until > at


Entries = tuple[tuple[Network, datetime | None], ...]
Domains = Mapping[str, datetime | None]  # each host, in lower case, with its end


def _stands(ends: datetime | None, at: datetime) -> bool:
    return ends is None or ends > at


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial of an allowlist: its deadline, and the list that applies afterwards unless a request keeps it (decision
    0019).
    """

    id: int
    deadline: datetime
    before: Entries
    missing: frozenset[str] | None = None  # awaited addresses that have not called; None: any address is awaited

    def awaits(self, address: Address) -> bool:
        return self.missing is None or str(address) in self.missing


@dataclass(frozen=True, slots=True)
class Allowlist:
    """Networks, each with its end. A list whose entries have all expired still restricts: it refuses every address."""

    entries: Entries = ()
    trial: Trial | None = None

    def counting(self, at: datetime) -> Entries:
        """Return the entries that the list is judged by; some may have expired."""
        return self.entries if self.trial is None or at < self.trial.deadline else self.trial.before

    def allows(self, address: Address, at: datetime) -> bool:
        entries = self.counting(at)
        return not entries or any(address in network and _stands(ends, at) for network, ends in entries)

    def standing(self, at: datetime) -> Entries:
        """Return the entries that allow requests at this moment."""
        return tuple((network, ends) for network, ends in self.counting(at) if _stands(ends, at))

    def refuses_everybody(self, at: datetime) -> bool:
        return bool(self.counting(at)) and not self.standing(at)

    def on_trial(self, at: datetime) -> Trial | None:
        """Return the running trial; None when there is none."""
        return self.trial if self.trial is not None and at < self.trial.deadline else None

    def stays_for(self, address: Address) -> bool:
        """Return whether the trial awaits this address, and the list still lets the address in at its deadline."""
        return (
            self.trial is not None
            and self.trial.awaits(address)
            and Allowlist(self.entries).allows(address, self.trial.deadline)
        )

    def after_trial(self) -> Allowlist:
        """Return the list as it is if the trial reverts."""
        return self if self.trial is None else Allowlist(self.trial.before)


def is_address_allowed(address: Address, at: datetime, *lists: Allowlist) -> bool:
    """Return whether each of these lists allows the address (row 3). Rehearsals ask this too."""
    return all(each.allows(address, at) for each in lists)


def is_origin_allowed(host: str, at: datetime, domains: Domains) -> bool:
    """Return whether the domain allowlist allows the host of an `Origin` (row 3).

    Domains that have all expired allow none.
    """
    return not domains or (host in domains and _stands(domains[host], at))


@dataclass(frozen=True, slots=True)
class Credential:
    merchant_id: int
    access_version: int
    window_ms: int
    key_id: int
    expires_at: datetime | None
    secrets: tuple[UsableSecret, ...]
    unopened: tuple[datetime | None, ...]  # when the versions end that cannot be opened here
    needs_sandbox: bool  # a test key without one: every call is refused
    merchant_list: Allowlist
    key_list: Allowlist
    domains: Domains
    read_at: float

    def usable_secrets(self, at: datetime) -> list[UsableSecret]:
        if self.expires_at is not None and self.expires_at <= at:
            return []
        return [secret for secret in self.secrets if secret.usable(at)]

    def misses_a_secret(self, at: datetime) -> bool:
        """Return whether a usable version cannot be opened by this process."""
        alive = self.expires_at is None or self.expires_at > at
        return alive and any(ends is None or ends > at for ends in self.unopened)

    def allows_address(self, address: Address, at: datetime) -> bool:
        return is_address_allowed(address, at, self.merchant_list, self.key_list)

    def trials(self, address: Address, at: datetime) -> list[int]:
        """Return the trials that await a request with a valid signature from this address."""
        found = (each.trial for each in (self.merchant_list, self.key_list) if each.stays_for(address))
        return [trial.id for trial in found if trial is not None and at < trial.deadline]

    def after_trials(self) -> Credential:
        return replace(self, merchant_list=self.merchant_list.after_trial(), key_list=self.key_list.after_trial())

    def allows_origin(self, host: str, at: datetime) -> bool:
        return is_origin_allowed(host, at, self.domains)


_cache: dict[str, Credential] = {}


def load_credential(auth_key: str, *, fresh: bool = False) -> Credential | None:
    """Return the credential of an auth key; None for a key that does not exist, is revoked or has expired.

    A copy of this process may be CREDENTIAL_CACHE_SECONDS old. With `fresh`, a copy is returned only if the database
    confirms that it is the newest.
    """
    known = _cache.get(auth_key)
    if known is not None and monotonic() - known.read_at >= settings.CREDENTIAL_CACHE_SECONDS:
        known = None
    if known is not None and not fresh:
        return known
    newest = _newest_version(auth_key)
    # A secret that could not be opened may have been sealed anew, which changes no version.
    if known is not None and newest == (known.merchant_id, known.access_version) and not known.unopened:
        return known
    found = _read(auth_key) if newest else None
    _cache.pop(auth_key, None)
    if found is not None:
        if len(_cache) >= CAPACITY:  # rare, and other threads read meanwhile: begin anew rather than pick one
            _cache.clear()
        _cache[auth_key] = found
    return found


def forget_credentials() -> None:
    """Drop all copies in this process."""
    _cache.clear()


def _newest_version(auth_key: str) -> tuple[int, int] | None:
    """Return the merchant of a key and its access version; None for an unknown or revoked key."""
    with connections[settings.WALLET_DATABASE].cursor() as cursor:
        cursor.execute(NEWEST, [auth_key])
        found: tuple[int, int] | None = cursor.fetchone()
    return found


def _read(auth_key: str) -> Credential | None:
    at, using = clock.now(), settings.WALLET_DATABASE
    keys = ApiKey.objects.using(using).usable(at=at).select_related("merchant").annotate(tried=TRIALS_OF_A_KEY)
    key: Any = keys.filter(auth_key=auth_key).first()
    if key is None:
        return None
    # The version was read first: whatever changes from here on makes it old, and the ledger will say so.
    entries = list(AllowlistEntry.objects.using(using).filter(Q(key=None, merchant=key.merchant_id) | Q(key=key)))
    secrets, unopened = _opened(Secret.objects.using(using).usable(at=at).filter(key=key).select_related("key"))
    return Credential(
        merchant_id=key.merchant_id,
        access_version=key.merchant.access_version,
        window_ms=key.merchant.timestamp_window_seconds * 1000,
        key_id=key.pk,
        expires_at=key.expires_at,
        secrets=secrets,
        unopened=unopened,
        needs_sandbox=key.needs_sandbox,
        merchant_list=_allowlist((entry for entry in entries if entry.key_id is None), key.tried, of=None),
        key_list=_allowlist((entry for entry in entries if entry.key_id is not None), key.tried, of=key.pk),
        domains=domain_allowlist(key.merchant_id, using=using),
        read_at=monotonic(),
    )


def _opened(secrets: Iterable[Secret]) -> tuple[tuple[UsableSecret, ...], tuple[datetime | None, ...]]:
    """One that cannot be opened takes no other along: it is told loudly, and left out."""
    opened, unopened = list[UsableSecret](), list[datetime | None]()
    for secret in secrets:
        try:
            clear = reveal_secret(secret)
        except (crypto.UnknownKeyEncryptionKey, crypto.SealBroken) as fault:
            log.error(  # noqa: TRY400 - where it happened says nothing
                "secret.cannot_be_opened",
                auth_key=secret.key.auth_key,
                version=secret.version,
                key_encryption_key=secret.sealed_under,
                fault=type(fault).__name__,
            )
            unopened.append(secret.usable_until)
        else:
            opened.append(UsableSecret(secret.pk, secret.version, clear.encode(), secret.usable_until))
    return tuple(opened), tuple(unopened)


def allowlists_by_key(merchant: Merchant) -> dict[int | None, Allowlist]:
    """Return the merchant's own list under None, and the lists of its keys that have one."""
    entries = list(AllowlistEntry.objects.filter(merchant=merchant))
    trials = list(ListTrial.objects.filter(merchant=merchant, state=TRYING).values_list(TRIAL, flat=True))
    owners = {None, *(entry.key_id for entry in entries), *(trial["key"] for trial in trials)}
    return {
        owner: _allowlist((entry for entry in entries if entry.key_id == owner), trials, of=owner) for owner in owners
    }


def domain_allowlist(merchant_id: int, *, using: str | None = None) -> Domains:
    """Return the merchant's domain allowlist."""
    found = AllowedDomain.objects.using(using).filter(merchant=merchant_id).values_list("domain", "expires_at")
    return {domain.lower(): ends for domain, ends in found}


def standing_domains(domains: Domains, at: datetime) -> Domains:
    """Return the domains that allow requests at this moment."""
    return {domain: ends for domain, ends in domains.items() if _stands(ends, at)}


def _allowlist(entries: Iterable[AllowlistEntry], trials: Iterable[dict[str, Any]], *, of: int | None) -> Allowlist:
    trial = next((_trial(trial) for trial in trials if trial["key"] == of), None)
    return Allowlist(tuple((entry.network, entry.expires_at) for entry in entries), trial)


def _trial(found: dict[str, Any]) -> Trial:
    before = tuple((ip_network(entry["network"]), _moment(entry["expires_at"])) for entry in found["before"])
    awaited = frozenset(found["awaited"])
    missing = awaited - frozenset(found["arrived"]) if awaited else None
    return Trial(found["id"], datetime.fromisoformat(found["deadline"]), before, missing)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def seal_context(key: ApiKey, version: int) -> str:
    """Return the text that ties a sealed secret to its row, so that it opens nowhere else."""
    return f"{key.merchant_id}:{key.pk}:{version}"


def reveal_secret(secret: Secret) -> str:
    """Return the secret in clear. For checking signatures only; people see a secret once, when it is issued."""
    return crypto.unseal(
        bytes(secret.sealed),
        key_id=secret.sealed_under,
        context=seal_context(secret.key, secret.version),
        keys=settings.KEY_ENCRYPTION_KEYS,
    )
