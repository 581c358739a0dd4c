"""Rows 1 to 5 of the order of checks: headers, key, address, clock and signature."""

from __future__ import annotations

import re
from collections.abc import Buffer, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from uuid import UUID

from django.conf import settings

from merchants import crypto
from merchants.services import credentials
from merchants.services.allowlist import trial
from portal.lib import clock
from portal.lib.clientip import Address
from wallet import statuses
from wallet.ledger.ledger import Caller

HEADERS = ("x-api-key", "x-signature", "x-timestamp")
NO_SANDBOX = (
    "This test key has no sandbox yet. Create the sandbox on the merchant's page “Keys”. The key then works there."
)
UNOPENED = "The portal cannot read a secret of this key now. Nothing was done. Send the request again."
WHOLE_MILLISECONDS = re.compile(r"[0-9]{1,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Signed:
    """A call as it arrived, before anything is decoded or trusted.

    Its methods are the questions of rows 1 to 5. A call of the log answers them by what is stored.
    """

    headers: Mapping[str, str]  # lower-case names
    body: Buffer  # bytes, or a file that is read like them
    address: Address | None
    request_id: UUID

    def check_headers(self) -> None:
        """Refuse a call without its headers (row 1)."""
        require_headers(self.headers)

    def check_clock(self, now: datetime, window_ms: int) -> None:
        """Refuse a call whose `x-timestamp` differs by more than `window_ms` from the clock at its arrival (row 4)."""
        check_clock(self.headers["x-timestamp"], now_ms=now.timestamp() * 1000, window_ms=window_ms)

    def is_signed_with(self, secret: credentials.UsableSecret) -> bool:
        return crypto.verify(secret.value, self.body, self.headers["x-timestamp"], self.headers["x-signature"])

    def signature_refusal(self) -> statuses.CallRefused:
        """Return the refusal of a call that no usable secret signed (row 5)."""
        return statuses.SignatureNotMatch()


def judge_call(call: Signed, *, fresh: bool = False) -> Caller:
    """Return the caller. Raises the first refusal of rows 1 to 5, and never decides it by a cached credential."""
    return _by_access(_judge, call, fresh=fresh)


def check_caller(call: Signed) -> None:
    """Refuse a call by rows 1 to 4, before its body is read."""
    _by_access(_admitted, call)


def _by_access[Found](
    rule: Callable[[Signed, credentials.Credential | None, datetime], Found], call: Signed, *, fresh: bool = False
) -> Found:
    call.check_headers()
    now = clock.now()  # before the access is read, so that a trial kept in between is not taken for one that is over
    began = monotonic()
    found = credentials.load_credential(call.headers["x-api-key"], fresh=fresh)
    try:
        return rule(call, found, now)
    except statuses.CallRefused:
        if fresh or found is None or found.read_at >= began:  # just read: a second look would say the same
            raise
        return _by_access(rule, call, fresh=True)


def require_headers(headers: Mapping[str, str]) -> None:
    """Refuse a call without one of the three headers (row 1). A header with bytes above 127 arrives empty, not
    missing.
    """
    missing = [name for name in HEADERS if name not in headers]
    empty = [name for name in HEADERS if name in headers and not headers[name].strip()]
    if missing or empty:
        raise statuses.MissingHeaders(" ".join(_sentences(missing, empty)))


def _sentences(missing: list[str], empty: list[str]) -> Iterator[str]:
    if missing:
        yield f"Missing headers: {', '.join(missing)}."
    if empty:
        yield f"Empty headers, or headers with characters outside ASCII: {', '.join(empty)}."


type Admitted = tuple[credentials.Credential, list[credentials.UsableSecret], Address]


def usable_credential(
    credential: credentials.Credential | None, now: datetime
) -> tuple[credentials.Credential, list[credentials.UsableSecret]]:
    """Return the credential and the secrets that can sign (row 2).

    Refuses an unknown key, one without a usable secret, and a test key without a sandbox.
    """
    secrets = credential.usable_secrets(now) if credential else []
    if credential is None or not (secrets or credential.misses_a_secret(now)):
        raise statuses.InvalidApiKey
    if credential.needs_sandbox:
        raise statuses.InvalidApiKey(NO_SANDBOX)
    return credential, secrets


def _admitted(call: Signed, found: credentials.Credential | None, now: datetime) -> Admitted:
    credential, secrets = usable_credential(found, now)
    if call.address is None or not credential.allows_address(call.address, now):
        raise address_refusal(call.address)
    check_origin(call.headers, credential, now)
    call.check_clock(now, credential.window_ms)
    return credential, secrets, call.address


def find_caller(call: Signed, found: credentials.Credential | None, now: datetime) -> Caller:
    """Return the caller. Raises the first refusal of rows 2 to 5, and changes nothing.

    Live and logged calls are judged here, so an explanation cannot differ from the answer. Raises Undecided when a
    usable secret cannot be opened, because the signature may be correct.
    """
    credential, secrets, address = _admitted(call, found, now)
    for secret in secrets:
        if call.is_signed_with(secret):
            return Caller(credential.merchant_id, secret.id, credential.access_version, address, call.request_id)
    if credential.misses_a_secret(now):  # it may be right; a refusal would say that it is wrong
        raise statuses.Undecided(UNOPENED)
    raise call.signature_refusal()


def _judge(call: Signed, found: credentials.Credential | None, now: datetime) -> Caller:
    caller = find_caller(call, found, now)
    if found is not None:
        keep_lists_on_trial(found, caller.address, now)
    return caller


def keep_lists_on_trial(credential: credentials.Credential, address: Address, now: datetime) -> None:
    """Keep the lists on trial that allow this address, at the first request with a valid signature.

    After the deadline the previous list decides. Keeping a list makes this credential old, so the ledger has the call
    judged again. Raises IpRestriction when the previous list does not allow the address.
    """
    trials = credential.trials(address, now)
    if not trials or trial.keep_list(
        trials, merchant_id=credential.merchant_id, address=address, using=settings.WALLET_DATABASE
    ):
        return
    if not credential.after_trials().allows_address(address, now):
        raise address_refusal(address)


def address_refusal(address: Address | None) -> statuses.IpRestriction:
    """Return the refusal for an address (row 3)."""
    return statuses.IpRestriction(f"Requests are not accepted from {address or 'an unknown address'}.")


def check_origin(headers: Mapping[str, str], credential: credentials.Credential, now: datetime) -> None:
    """Refuse an `Origin` that is not on the domain allowlist, or that cannot be read (row 3). A call without it
    passes.
    """
    if "origin" in headers and not credential.allows_origin(origin_host(headers["origin"]), now):
        raise statuses.IpRestriction("Requests are not accepted from this origin.")


def check_clock(timestamp: str, *, now_ms: float, window_ms: int) -> None:
    """Refuse a timestamp that is not whole milliseconds, or further than `window_ms` from `now_ms` (row 4)."""
    if not WHOLE_MILLISECONDS.fullmatch(timestamp):
        raise statuses.SignatureExpired
    off_ms = now_ms - int(timestamp)
    if abs(off_ms) > window_ms:
        late = "old" if off_ms > 0 else "in the future"
        raise statuses.SignatureExpired(
            f"x-timestamp is {abs(off_ms) / 1000:.0f} s {late}; {window_ms // 1000} s are allowed."
        )


def origin_host(origin: str) -> str:
    """Return the host of an `Origin` header in lower case, without scheme, user and port."""
    return origin.lower().partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
