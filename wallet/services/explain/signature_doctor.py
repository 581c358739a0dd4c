"""The signature doctor: what was wrong with the signature of a call that we refused?

It tries the usual mistakes, at most two at once, on the bytes that really arrived. It can't be used to sign: it takes
the id of a call that was made and no text, tells no signature and no secret, always does the whole of its work whatever
it finds, and is asked a few times a minute only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, product
from uuid import UUID

from django.db.models import Q

from merchants import crypto
from merchants.errors import Refusal, moment_text
from merchants.models import ApiKey, Merchant, Person, Secret
from merchants.services.credentials import reveal_secret
from portal.lib import clock
from wallet import statuses
from wallet.models import RefusedCall, SignedRequest
from wallet.services.calls.signed import WHOLE_MILLISECONDS
from wallet.services.calls.stored_signature import KeptSignature, kept_signature
from wallet.services.explain import rate_limit, signature_mistakes, signed_texts
from wallet.services.explain.signed_texts import Arrived, Layout, Signable

ASKED_A_MINUTE = 20  # by one person about one merchant
MOST_SECRETS = 24  # the newest of a merchant, after those of the key itself
# What one question may cost: a hash costs as much as about so many bytes of its text.
HASH_BYTES, WORK_BYTES = 3_000, 60_000_000
KNOWN = {statuses.SignatureNotMatch.key, statuses.SignatureExpired.key}


class NoSuchCall(Refusal):
    def __init__(self) -> None:
        super().__init__("No call of this merchant has this request id. The newest appear within a few seconds.")


class NothingToDiagnose(Refusal):
    def __init__(self, status: str) -> None:
        super().__init__(f"This call was answered {status}: its signature was not what it was refused for.")


class NotKept(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "The headers and body of this request are not stored. Send the request again, and check that one."
        )


@dataclass(frozen=True, slots=True)
class SignatureFinding:
    """One mistake: its name, what it is, what we know more of it, and how to mend it."""

    name: str
    title: str
    mend: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    request_id: UUID
    status: str
    findings: tuple[SignatureFinding, ...]  # none: it is none of the mistakes that we know
    notes: tuple[str, ...]  # what could not be looked at
    snippets: tuple[signature_mistakes.Snippet, ...]
    clock_off_ms: int | None  # of a timestamp in milliseconds: above 0 it lay in the past
    tried: int

    @property
    def is_found(self) -> bool:
        return bool(self.findings)


def diagnose_signature(*, merchant: Merchant, person: Person, request_id: UUID) -> Diagnosis:
    """Which mistakes it was. Raises NoSuchCall for a call of anybody else, and the other refusals of this file."""
    rate_limit.count_question("doctor", merchant=merchant, person=person, most=ASKED_A_MINUTE)
    line = own_request(merchant, request_id)
    if line.status not in KNOWN:
        raise NothingToDiagnose(line.status)
    kept = RefusedCall.objects.filter(pk=request_id).first()
    signature = kept_signature(kept) if kept else None
    if kept is None or kept.is_cut or signature is None:
        raise NotKept
    return _diagnosis(line, kept, signature)


def own_request(merchant: Merchant, request_id: UUID) -> SignedRequest:
    """A line of the log that is the merchant's: signed by it, or refused under the name of one of its keys."""
    line = SignedRequest.objects.filter(request_id=request_id).first()
    if line is not None and line.merchant_id == merchant.pk:
        return line
    if line is not None and line.merchant_id is None and merchant.keys.filter(auth_key=line.auth_key).exists():
        return line
    raise NoSuchCall


def _diagnosis(line: SignedRequest, kept: RefusedCall, signature: KeptSignature) -> Diagnosis:
    headers: Mapping[str, str] = kept.headers
    timestamp, body = headers.get("x-timestamp", ""), bytes(kept.body)
    arrived = Arrived(line.method, line.endpoint, kept.query, headers.get("host", ""), body)
    notes = list(_unseen(headers, body))
    keyring = _keyring(line)
    if keyring.unopened:
        notes.append("A secret of this merchant could not be opened; calls signed with it can't be told.")
    found, tried = search_mistakes(arrived, timestamp, signature, keyring)
    if tried.cut_short:
        notes.append("The body is long: only the likeliest mistakes were tried on it.")
    clock_mistakes = _of_clock(line, timestamp) if line.status == statuses.SignatureExpired.key else []
    return Diagnosis(
        request_id=line.request_id,
        status=line.status,
        findings=(*clock_mistakes, *(_finding(name, keyring) for name in found)),
        notes=tuple(notes),
        snippets=signature_mistakes.snippets(has_body=bool(body)),
        clock_off_ms=_off_ms(line, timestamp),
        tried=tried.hashes,
    )


def _unseen(headers: Mapping[str, str], body: bytes) -> Iterator[str]:
    length = headers.get("content-length", "")
    is_other_length = length.isascii() and length.isdecimal() and int(length[:9]) != len(body)
    if is_other_length or signed_texts.is_masked(body):
        yield (
            "The body contained a secret key, which was removed before the request was stored, so the "
            "bytes that were signed "
            "are not known. Have that secret replaced, and never send one."
        )
    if not headers.get("x-signature") or not headers.get("x-timestamp"):
        yield "Not all headers were kept: the call had too many."


def _finding(name: str, keyring: Keyring) -> SignatureFinding:
    word, _, number = name.partition("#")
    title, mend = signature_mistakes.MISTAKES[word]
    return SignatureFinding(word, title, mend, keyring.named[int(number)] if number else "")


# --- x-timestamp ------------------------------------------------------------------------------------------------------
UNITS = {10: "stamp_seconds", 16: "stamp_microseconds", 19: "stamp_nanoseconds"}
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?", re.ASCII)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[A-Z][a-z]{2}, ", re.ASCII)
ZONE_MS, ZONE_SLACK_MS, FARTHEST_ZONE_MS = 30 * 60_000, 60_000, 14 * 3_600_000


def _off_ms(line: SignedRequest, timestamp: str) -> int | None:
    if not (WHOLE_MILLISECONDS.fullmatch(timestamp) and len(timestamp) == signed_texts.MILLISECOND_DIGITS):
        return None
    return round(line.created_at.timestamp() * 1000) - int(timestamp)


def _of_clock(line: SignedRequest, timestamp: str) -> list[SignatureFinding]:
    off = _off_ms(line, timestamp)
    name = _stamp_mistake(timestamp) if off is None else _drift_mistake(off)
    detail = "" if off is None else f"It was {_spoken_ms(abs(off))} {'behind' if off > 0 else 'ahead of'} our clock."
    return [SignatureFinding(name, *signature_mistakes.MISTAKES[name], detail)]


def _stamp_mistake(timestamp: str) -> str:
    text = timestamp.strip()
    if text.isascii() and text.isdecimal():
        return UNITS.get(len(text), "stamp_other")
    if NUMBER.fullmatch(text):
        return "stamp_fraction"
    return "stamp_date" if DATE.match(text) else "stamp_other"


def _drift_mistake(off: int) -> str:
    """Whole half hours and no more than zones are apart, nearly to the minute: a zone; else the clock or a wait."""
    from_zone = abs(off) % ZONE_MS
    if min(from_zone, ZONE_MS - from_zone) < ZONE_SLACK_MS and ZONE_MS - ZONE_SLACK_MS < abs(off) <= FARTHEST_ZONE_MS:
        return "clock_zone"
    return "clock_behind" if off > 0 else "clock_ahead"


def _spoken_ms(milliseconds: int) -> str:
    if milliseconds < ZONE_SLACK_MS:
        return f"{milliseconds / 1000} s"
    return f"{timedelta(seconds=milliseconds // 1000)} (h:mm:ss)"


# --- secrets ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys that the call may have been signed with: rightly, and by mistake. `named` says which they are, by number."""

    right: list[Signable]
    wrong: list[Signable]
    named: Mapping[int, str]
    auth_key: str
    unopened: bool


def _keyring(line: SignedRequest) -> Keyring:
    key = ApiKey.objects.filter(auth_key=line.auth_key).first()
    rows = _secrets_of(key) if key else []
    opened = [(row, value) for row in rows if (value := _opened(row)) is not None]
    right = [Signable(value) for row, value in opened if key and row.key_id == key.pk and _usable(row, line.created_at)]
    wrong = [
        Signable(value, (f"{_whose(row, key)}#{row.pk}",))
        for row, value in opened
        if key and not (row.key_id == key.pk and _usable(row, line.created_at))
    ]
    base = [value for row, value in opened if key and row.key_id == key.pk][: max(len(right), 1)]
    twisted = [signable for value in base for signable in _twisted(value, line.auth_key)]
    return Keyring(
        right=right,
        wrong=wrong + twisted,
        named={row.pk: _named(row) for row, _ in opened},
        auth_key=line.auth_key,
        unopened=len(opened) < len(rows),
    )


def _secrets_of(key: ApiKey) -> list[Secret]:
    """All of this key, newest first, then the newest of the merchant's other keys and of its sandbox's."""
    merchant = key.merchant_id
    twins = Q(key__merchant__sandbox_of=merchant) | Q(key__merchant__sandbox=merchant)
    secrets = Secret.objects.select_related("key").filter(Q(key__merchant=merchant) | twins)
    own = secrets.filter(key=key).order_by("-version")[:MOST_SECRETS]
    return [*own, *secrets.exclude(key=key).order_by("-id")[:MOST_SECRETS]]


def _opened(row: Secret) -> bytes | None:
    try:
        return reveal_secret(row).encode()
    except (crypto.UnknownKeyEncryptionKey, crypto.SealBroken):
        return None


def _usable(row: Secret, at: datetime) -> bool:
    ends = [end for end in (row.usable_until, row.revoked_at) if end is not None]
    return not ends or min(ends) > at


def _whose(row: Secret, key: ApiKey) -> str:
    if row.key_id == key.pk:
        return "secret_other_version"
    return "secret_other_key" if row.key.environment == key.environment else "secret_other_environment"


def _named(row: Secret) -> str:
    told = f"Version {row.version} of {row.key.auth_key} ({row.key.environment})"
    ends = row.revoked_at or row.usable_until
    if ends is None:
        return f"{told}."
    verb = "ends" if ends > clock.now() else "revoked" if row.revoked_at else "ended"
    return f"{told}, {verb} at {moment_text(ends)}."


def _twisted(secret: bytes, auth_key: str) -> Iterator[Signable]:
    """The right secret, used wrongly."""
    _, _, random = secret.rpartition(b"_")
    name = auth_key.encode()
    for value, mistake in (
        (secret + b"\n", "secret_blanks"),
        (secret + b"\r\n", "secret_blanks"),
        (secret + b" ", "secret_blanks"),
        (b" " + secret, "secret_blanks"),
        (b'"' + secret + b'"', "secret_quoted"),
        (b"'" + secret + b"'", "secret_quoted"),
        (random, "secret_without_prefix"),
        (secret.partition(b"_")[2], "secret_without_prefix"),
        (hashlib.sha256(secret).digest(), "secret_decoded"),
        (hashlib.sha256(secret).hexdigest().encode(), "secret_decoded"),
        (base64.b64encode(secret), "secret_encoded"),
        (secret.hex().encode(), "secret_encoded"),
        (secret.decode().encode("utf-16-le"), "secret_encoded"),
        (secret.lower(), "secret_case"),
        (secret.upper(), "secret_case"),
        (name + secret, "secret_joined"),
        (name + b":" + secret, "secret_joined"),
        (name, "auth_key_as_secret"),
        (b"", "secret_empty"),
    ):
        yield Signable(value, (mistake,))


# --- the search -------------------------------------------------------------------------------------------------------
HASHES = {16: "md5", 20: "sha1", 28: "sha224", 48: "sha384", 64: "sha512"}  # by bytes


@dataclass(slots=True)
class Tried:
    hashes: int = 0
    bytes: int = 0
    cut_short: bool = False


Hash = Callable[[bytes, bytes], bytes]


def _hmac(name: str) -> Hash:
    return lambda key, text: hmac.digest(key, text, name)


UNUSUAL: dict[str, tuple[Hash, ...]] = {
    "hash_sha3_256": (_hmac("sha3_256"),),
    "hash_without_hmac": (
        lambda key, text: hashlib.sha256(key + text).digest(),
        lambda key, text: hashlib.sha256(text + key).digest(),
        lambda key, text: hashlib.sha256(text + b"|" + key).digest(),
    ),
    "hash_without_secret": (lambda _, text: hashlib.sha256(text).digest(),),
    "hash_swapped": (lambda key, text: hmac.digest(text, key, "sha256"),),
    "hash_text_first": (
        lambda key, text: hmac.digest(key, hashlib.sha256(text).digest(), "sha256"),
        lambda key, text: hmac.digest(key, hashlib.sha256(text).hexdigest().encode(), "sha256"),
    ),
}


def search_mistakes(
    arrived: Arrived, timestamp: str, wanted: KeptSignature, keyring: Keyring
) -> tuple[tuple[str, ...], Tried]:
    """The fewest mistakes that explain the signature; none when nothing does. It never ends early."""
    tried = Tried()
    best: tuple[str, ...] | None = None
    for mistaken, digest in _attempts(arrived, timestamp, keyring, _hash_of(wanted), tried):
        if wanted.stands_for(digest) and (best is None or len(mistaken) < len(best)):
            best = mistaken
    return (() if best is None else (*best, *wanted.mistakes)), tried


def _hash_of(wanted: KeptSignature) -> tuple[str, tuple[str, ...]]:
    name = HASHES.get(wanted.size)
    return (name, (f"hash_{name}",)) if name else ("sha256", ())


def _attempts(
    arrived: Arrived, timestamp: str, keyring: Keyring, hashed: tuple[str, tuple[str, ...]], tried: Tried
) -> Iterator[tuple[tuple[str, ...], bytes]]:
    """Each suspicion with its digest, the likeliest first, until the work that one question may cost is done."""
    name, by_hash = hashed
    usual = _hmac(name)
    for key, body, layout, way in _suspicions(arrived, timestamp, keyring):
        mistaken = (*by_hash, *way[0], *key.mistakes, *body.mistakes, *layout.mistakes)
        if len(mistaken) > signed_texts.MOST:
            continue
        cost = HASH_BYTES + len(body.text)
        if tried.bytes + cost > WORK_BYTES:
            tried.cut_short = True
            return
        tried.hashes, tried.bytes = tried.hashes + 1, tried.bytes + cost
        yield mistaken, (way[1] or usual)(key.text, layout.wrap(body.text))


Way = tuple[tuple[str, ...], Hash | None]
PLAIN: Way = ((), None)
UNUSUAL_WAYS: list[Way] = [((name,), hashing) for name, hashes in UNUSUAL.items() for hashing in hashes]
Suspicion = tuple[Signable, Signable, Layout, Way]


def _suspicions(arrived: Arrived, timestamp: str, keyring: Keyring) -> Iterator[Suspicion]:
    """Key, body, layout and hash: what has one mistake in front of what has two."""
    by_count: list[list[Signable]] = [[], [], []]
    for body in signed_texts.bodies(arrived):
        by_count[len(body.mistakes)].append(body)
    right, once, twice = by_count
    around = signed_texts.layouts(timestamp, keyring.auth_key)
    near = [Layout(b"", b"|" + text.encode(), (name,)) for text, name in signed_texts.near_stamps(timestamp)]
    plain, others = around[:1], around[1:]
    anyhow = keyring.right or keyring.wrong[:1]
    usual = [body for body in once if body.mistakes != signed_texts.SHUFFLED]  # of other orders there are hundreds
    return chain(
        product(keyring.right, right, around, [PLAIN]),
        product(keyring.right, once, plain, [PLAIN]),
        product(keyring.wrong, right, plain, [PLAIN]),
        product(anyhow, right, plain, UNUSUAL_WAYS),
        product(keyring.right, right, near, [PLAIN]),
        product(keyring.wrong, right, others, [PLAIN]),
        product(keyring.wrong, usual, plain, [PLAIN]),
        product(anyhow, right, others, UNUSUAL_WAYS),
        product(anyhow, usual, plain, UNUSUAL_WAYS),
        product(keyring.right, usual, others, [PLAIN]),
        product(keyring.right, twice, plain, [PLAIN]),
    )
