"""The sandbox of a merchant: a separate merchant, created once, to which the test keys belong (decision 0042)."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from merchants import crypto, errors
from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, EgressProof, Merchant, Secret
from merchants.services.allowlist import trial
from merchants.services.credentials import reveal_secret, seal_context

SUFFIX = "-sandbox"
CODE_LENGTH, NAME_LENGTH = 40, 120
# What a sandbox begins with. From then on both have their own.
SHARED = (
    "time_zone", "timestamp_window_seconds", "bets_per_minute", "max_stake", "max_stake_by_currency",
    "staff_sees_secrets",
)  # fmt: skip


@transaction.atomic
def create_sandbox(*, merchant: Merchant) -> Merchant:
    """Create the sandbox of a live merchant with a copy of its allowlists, and move its test keys there.

    Ledger rows of test keys stay with the live merchant, because they moved live money. Raises SandboxOfSandbox,
    SandboxExists, MerchantClosed, ListOnTrial and SealedSecret.
    """
    check_no_sandbox(merchant)
    keys = _locked_test_keys(merchant)  # before the merchant, as each verb of a key does
    live = Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    check_no_sandbox(live)
    sandbox = Merchant.objects.create(
        code=_free_code(live.code),
        name=f"{live.name[: NAME_LENGTH - 8]} Sandbox",
        sandbox_of=live,
        **{name: getattr(live, name) for name in SHARED},
    )
    _copy_lists(live, sandbox)
    for key in keys:
        _move(key, live, sandbox)
    return sandbox


def check_no_sandbox(merchant: Merchant) -> None:
    """Refuse a merchant that cannot have a sandbox. Raises SandboxOfSandbox, MerchantClosed and SandboxExists."""
    if merchant.is_sandbox:
        raise errors.SandboxOfSandbox
    if merchant.status == Merchant.Status.CLOSED:
        raise errors.MerchantClosed
    there: Merchant | None = getattr(merchant, "sandbox", None)
    if there is not None:
        raise errors.SandboxExists(there.code)


def can_have_sandbox(merchant: Merchant) -> bool:
    """Return whether `create_sandbox` would create one."""
    try:
        check_no_sandbox(merchant)
    except errors.Refusal:
        return False
    return True


def merchant_for_key(*, merchant: Merchant, environment: str) -> Merchant:
    """Return the merchant that a new key of this environment belongs to. Raises NoSandbox and LiveKeyInSandbox."""
    if environment == ApiKey.Environment.LIVE:
        if merchant.is_sandbox:
            raise errors.LiveKeyInSandbox(merchant.live_merchant.name)
        return merchant
    found = merchant if merchant.is_sandbox else Merchant.objects.filter(sandbox_of=merchant).first()
    if found is None:
        raise errors.NoSandbox(merchant.name)
    return found


def _locked_test_keys(merchant: Merchant) -> list[ApiKey]:
    keys = ApiKey.objects.select_for_update(no_key=True).filter(merchant=merchant, environment="test")
    return list(keys.order_by("pk"))


def _free_code(code: str) -> str:
    """As “acme-sandbox”; where somebody has this code, “acme-sandbox-2” and so on."""
    taken = set(Merchant.objects.filter(code__contains=SUFFIX).values_list("code", flat=True))
    number, found = 1, f"{code[: CODE_LENGTH - len(SUFFIX)]}{SUFFIX}"
    while found in taken:
        number += 1
        ending = f"{SUFFIX}-{number}"
        found = f"{code[: CODE_LENGTH - len(ending)]}{ending}"
    return found


def _copy_lists(live: Merchant, sandbox: Merchant) -> None:
    """Copy the allowlists: an empty list would let every address in, and nobody gains access by the move."""
    trial.revert_if_ended(merchant=live, key=None)
    tried = trial.current_trial(live, None)
    if tried is not None:
        raise errors.ListOnTrial(tried.deadline)
    networks = AllowlistEntry.objects.filter(merchant=live, key=None)
    AllowlistEntry.objects.bulk_create(
        AllowlistEntry(
            merchant=sandbox,
            network=entry.network,
            note=entry.note,
            owner_id=entry.owner_id,
            expires_at=entry.expires_at,
        )
        for entry in networks
    )
    AllowedDomain.objects.bulk_create(
        AllowedDomain(
            merchant=sandbox,
            domain=domain.domain,
            note=domain.note,
            owner_id=domain.owner_id,
            expires_at=domain.expires_at,
        )
        for domain in AllowedDomain.objects.filter(merchant=live)
    )


def _move(key: ApiKey, live: Merchant, sandbox: Merchant) -> None:
    """Move a test key. The row keeps its number, versions, list and history. Each secret is sealed again, because it is
    bound to its merchant.
    """
    trial.revert_if_ended(merchant=live, key=key)
    tried = trial.current_trial(live, key)
    if tried is not None:
        if live.two_person:  # a list that two people approved is taken back by two, or by its deadline
            raise errors.ListOnTrial(tried.deadline)
        trial.revert_trial(trial=tried)
    secrets = [(secret, _opened(secret)) for secret in Secret.objects.filter(key=key).select_related("key__merchant")]
    key.merchant = sandbox
    key.save(update_fields=["merchant"])
    for secret, clear in secrets:
        secret.sealed_under, secret.sealed = crypto.seal(
            clear, context=seal_context(key, secret.version), keys=settings.KEY_ENCRYPTION_KEYS
        )
        secret.save(update_fields=["sealed", "sealed_under"])
    AllowlistEntry.objects.filter(key=key).update(merchant=sandbox)
    EgressProof.objects.filter(key=key).update(merchant=sandbox)


def _opened(secret: Secret) -> str:
    try:
        return reveal_secret(secret)
    except (crypto.UnknownKeyEncryptionKey, crypto.SealBroken) as fault:
        raise errors.SealedSecret(secret.key.auth_key, secret.version) from fault
