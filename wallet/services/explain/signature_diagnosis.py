"""Diagnosis of a refused signature: which common mistakes explain it.

The search tries common mistakes, at most two at once, on the bytes that arrived. Nobody can use it to sign: its input
is the id of a request and no text, and its answer has no signature and no secret. Its time does not depend on the
result, and a person may ask a few times per minute only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, product
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext

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
        super().__init__(
            gettext("No request of this merchant has this request id. New requests appear within a few seconds.")
        )


class NothingToDiagnose(Refusal):
    def __init__(self, status: str) -> None:
        super().__init__(
            gettext("This request was answered %(status)s, so it was not refused because of its signature.")
            % {"status": status}
        )


class NotKept(Refusal):
    def __init__(self) -> None:
        super().__init__(
            gettext(
                "The headers and body of this request are not stored. Send the request again, and check that request."
            )
        )


@dataclass(frozen=True, slots=True)
class SignatureFinding:
    """One mistake: its name, its texts, a line of code that avoids it, and a detail such as the secret version."""

    name: str
    title: str
    fix: str
    snippet: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    request_id: UUID
    status: str
    findings: tuple[SignatureFinding, ...]  # empty: none of the known mistakes explains the signature
    notes: tuple[str, ...]  # parts of the request that could not be checked
    snippets: tuple[signature_mistakes.Snippet, ...]
    clock_off_ms: int | None  # our clock minus x-timestamp; None if that is not in milliseconds
    tried: int


def diagnose_signature(*, merchant: Merchant, person: Person, request_id: UUID) -> Diagnosis:
    """Return the mistakes that explain a signature. Raises NoSuchCall for a request of another merchant.

    Raises TooManyQuestions above the rate limit, and the refusal of a request that has nothing to diagnose.
    """
    rate_limit.count_question("signature", merchant=merchant, person=person, most=ASKED_A_MINUTE)
    line = own_request(merchant, request_id)
    if line.status not in KNOWN:
        raise NothingToDiagnose(line.status)
    kept = RefusedCall.objects.filter(pk=request_id).first()
    signature = kept_signature(kept) if kept else None
    if kept is None or kept.is_cut or signature is None:
        raise NotKept
    return _diagnosis(line, kept, signature)


def own_request(merchant: Merchant, request_id: UUID) -> SignedRequest:
    """Return a request that the merchant signed, or that was refused under one of its keys. Raises NoSuchCall."""
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
        notes.append(
            gettext("One secret of this merchant could not be opened, so a request signed with it is not recognised.")
        )
    found, tried = search_mistakes(arrived, timestamp, signature, keyring)
    if tried.cut_short:
        notes.append(gettext("The body is long, so only the most likely mistakes were checked."))
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
        yield gettext(
            "The body contained a secret key. The secret key was removed before the request was stored, so the signed "
            "bytes are not known. Rotate the secret, and never send one."
        )
    if not headers.get("x-signature") or not headers.get("x-timestamp"):
        yield gettext("The request had too many headers, so not all of them were stored.")


def _finding(name: str, keyring: Keyring) -> SignatureFinding:
    word, _, number = name.partition("#")
    return _described(word, keyring.named[int(number)] if number else "")


def _described(name: str, detail: str = "") -> SignatureFinding:
    mistake = signature_mistakes.MISTAKES[name]
    return SignatureFinding(name, str(mistake.title), str(mistake.fix), mistake.snippet, detail)


# --- x-timestamp ------------------------------------------------------------------------------------------------------
OTHER_UNITS = {10, 16, 19}  # digits: seconds, microseconds, nanoseconds
ZONE_MS, ZONE_SLACK_MS, FARTHEST_ZONE_MS = 30 * 60_000, 60_000, 14 * 3_600_000


def _off_ms(line: SignedRequest, timestamp: str) -> int | None:
    if not (WHOLE_MILLISECONDS.fullmatch(timestamp) and len(timestamp) == signed_texts.MILLISECOND_DIGITS):
        return None
    return round(line.created_at.timestamp() * 1000) - int(timestamp)


def _of_clock(line: SignedRequest, timestamp: str) -> list[SignatureFinding]:
    off = _off_ms(line, timestamp)
    if off is None:
        return [_described(_stamp_mistake(timestamp))]
    text = gettext("x-timestamp was %(time)s behind our clock.")
    if off < 0:
        text = gettext("x-timestamp was %(time)s ahead of our clock.")
    return [_described(_drift_mistake(off), text % {"time": _spoken_ms(abs(off))})]


def _stamp_mistake(timestamp: str) -> str:
    text = timestamp.strip()
    is_whole = text.isascii() and text.isdecimal() and len(text) in OTHER_UNITS
    return "timestamp_unit" if is_whole else "timestamp_not_whole"


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
    """The secrets that may have signed the call, correctly or by mistake. `named`: what each is, by number."""

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
    """Return, for example, `Version 2 of auth_… (live), ended at 30 Nov 2026, 14:05 UTC.`"""
    text = gettext("Version %(version)s of %(auth_key)s (%(environment)s).")
    ends = row.revoked_at or row.usable_until
    if ends is not None and ends > clock.now():
        text = gettext("Version %(version)s of %(auth_key)s (%(environment)s), ends at %(at)s.")
    elif row.revoked_at:
        text = gettext("Version %(version)s of %(auth_key)s (%(environment)s), revoked at %(at)s.")
    elif ends is not None:
        text = gettext("Version %(version)s of %(auth_key)s (%(environment)s), ended at %(at)s.")
    return text % {
        "version": row.version,
        "auth_key": row.key.auth_key,
        "environment": row.key.environment,
        "at": moment_text(ends) if ends else "",
    }


SECRET_NAMES = (b"SECRET=", b"SECRET_KEY=", b"OPPI_SECRET=", b"OPPI_SECRET_KEY=", b"secret=")
BLANKS = (b"\n", b"\r\n", b"\r", b" ", b"\t", "\N{NO-BREAK SPACE}".encode(), signed_texts.BYTE_ORDER_MARK)


def _twisted(secret: bytes, auth_key: str) -> Iterator[Signable]:
    """Yield the right secret as it is used wrongly."""
    name, end = auth_key.encode(), signed_texts.BYTE_ORDER_MARK
    for mistake, usual, rare in (
        ("secret_whitespace", [secret + blank for blank in BLANKS[:5]], [secret + blank for blank in BLANKS[5:]]),
        ("secret_whitespace", [b" " + secret, end + secret], [blank + secret for blank in BLANKS if blank != b" "]),
        ("secret_quoted", [b'"' + secret + b'"', b"'" + secret + b"'"], [each + secret for each in SECRET_NAMES]),
        ("secret_changed", _changed(secret), []),
        ("auth_key_as_secret", [name, name + secret, name + b":" + secret], []),
        ("secret_empty", [b""], []),
    ):
        yield from (Signable(value, (mistake,)) for value in usual)
        yield from (Signable(value, (mistake,), in_bulk=True) for value in rare)


def _changed(secret: bytes) -> list[bytes]:
    """Return it in part, hashed, encoded, and in the other case."""
    return [
        secret.rpartition(b"_")[2],
        secret.partition(b"_")[2],
        hashlib.sha256(secret).digest(),
        hashlib.sha256(secret).hexdigest().encode(),
        base64.b64encode(secret),
        secret.hex().encode(),
        secret.decode().encode("utf-16-le"),
        secret.lower(),
        secret.upper(),
    ]


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


UNUSUAL: tuple[tuple[str, Hash], ...] = (
    ("hash_function", _hmac("sha3_256")),
    ("hmac_use", lambda key, text: hashlib.sha256(key + text).digest()),
    ("hmac_use", lambda key, text: hashlib.sha256(text + key).digest()),
    ("hmac_use", lambda key, text: hashlib.sha256(text + b"|" + key).digest()),
    ("hmac_use", lambda _, text: hashlib.sha256(text).digest()),
    ("hmac_use", lambda key, text: hmac.digest(text, key, "sha256")),
    ("hmac_use", lambda key, text: hmac.digest(key, hashlib.sha256(text).digest(), "sha256")),
    ("hmac_use", lambda key, text: hmac.digest(key, hashlib.sha256(text).hexdigest().encode(), "sha256")),
)


def search_mistakes(
    arrived: Arrived, timestamp: str, wanted: KeptSignature, keyring: Keyring
) -> tuple[tuple[str, ...], Tried]:
    """Return the fewest mistakes that explain the signature; empty when none do. Every guess takes the same time."""
    tried = Tried()
    best: tuple[str, ...] | None = None
    for mistaken, digest in _attempts(arrived, timestamp, keyring, _hash_of(wanted), tried):
        if wanted.stands_for(digest) and (best is None or len(mistaken) < len(best)):
            best = mistaken
    if best is None:
        return (), tried
    return tuple(dict.fromkeys([*best, *["signature_format" for _ in wanted.mistakes]])), tried


def _hash_of(wanted: KeptSignature) -> tuple[str, tuple[str, ...]]:
    name = HASHES.get(wanted.size)
    return (name, ("hash_function",)) if name else ("sha256", ())


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
UNUSUAL_WAYS: list[Way] = [((name,), hashing) for name, hashing in UNUSUAL]
Suspicion = tuple[Signable, Signable, Layout, Way]


def _suspicions(arrived: Arrived, timestamp: str, keyring: Keyring) -> Iterator[Suspicion]:
    """Yield key, body, layout and hash: what has one mistake in front of what has two, and the usual in front."""
    right, once, twice = _by_count(signed_texts.bodies(arrived))
    usual, bulk = _split(once)
    usual_wrong, _ = _split(keyring.wrong)
    around = signed_texts.layouts(arrived, timestamp, keyring.auth_key)
    near = [Layout(b"", b"|" + text.encode(), (name,)) for text, name in signed_texts.near_stamps(timestamp)]
    plain, others = around[:1], around[1:]
    anyhow = keyring.right or keyring.wrong[:1]
    return chain(
        product(keyring.right, right, around, [PLAIN]),
        product(keyring.right, usual, plain, [PLAIN]),
        product(keyring.wrong, right, plain, [PLAIN]),
        product(anyhow, right, plain, UNUSUAL_WAYS),
        product(keyring.right, bulk, plain, [PLAIN]),
        product(keyring.right, right, near, [PLAIN]),
        product(usual_wrong, right, others, [PLAIN]),
        product(usual_wrong, usual, plain, [PLAIN]),
        product(anyhow, right, others, UNUSUAL_WAYS),
        product(anyhow, usual, plain, UNUSUAL_WAYS),
        product(keyring.right, usual, others, [PLAIN]),
        product(keyring.right, twice, plain, [PLAIN]),
    )


def _by_count(bodies: list[Signable]) -> list[list[Signable]]:
    """Return those without a mistake, with one and with two."""
    return [[body for body in bodies if len(body.mistakes) == count] for count in range(signed_texts.MOST + 1)]


def _split(signables: list[Signable]) -> tuple[list[Signable], list[Signable]]:
    """Return the usual ones, and those of which there are dozens."""
    return [each for each in signables if not each.in_bulk], [each for each in signables if each.in_bulk]
