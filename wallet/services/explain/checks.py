"""The 18 checks in words: of each, what it looked at, as that stood when the call was judged, and who had set it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from typing import NamedTuple

from merchants.errors import moment_text
from merchants.services.past_states import Past, SetBy
from portal.lib.clientip import parse_address
from wallet import money, statuses
from wallet.services.calls import signed
from wallet.services.explain.facts import MOST_COUNTED, Facts

SHOWN = 10  # entries of a list
ON_OFF = {True: "on", False: "off"}
YES_NO = {True: "yes", False: "no"}
NOT_KEPT = "not kept"


@dataclass(frozen=True, slots=True)
class Value:
    label: str
    text: str
    set_by: SetBy | None = None


Values = Iterator[Value]


# --- rows 1 to 5 ------------------------------------------------------------------------------------------------------
def headers(facts: Facts) -> Values:
    for name in signed.HEADERS:
        there = "there" if facts.headers.get(name, "").strip() else "missing or empty"
        yield Value(name, there if facts.kept else _as_answered(facts, statuses.MissingHeaders, "there"))


def _as_answered(facts: Facts, refusal: type[statuses.CallRefused], passed: str) -> str:
    """Of a call that is not kept, the answer says enough."""
    return facts.line.message if facts.line.status == refusal.key else passed


def key(facts: Facts) -> Values:
    if facts.key is None or facts.key_then is None:
        yield Value("Auth Key", f"{facts.line.auth_key} (unknown)")
        return
    then = facts.key_then
    yield Value("Auth Key", f"{facts.key.auth_key} ({then['environment']})")
    if facts.had_no_sandbox:
        yield Value("Sandbox", "not created: a test key is refused until its merchant has a sandbox")
    yield Value("Status", str(then["status"]), then.set_by("status"))
    if then["status"] == "quarantined":
        known = facts.known_since
        began = then.moment("quarantined_at")
        was_known = known is not None and began is not None and known < began
        yield Value("Its address had signed before the quarantine", YES_NO[was_known])
    ends = then.moment("expires_at")
    if ends is not None:
        yield Value("Ends", _ending(ends, facts.moment), then.set_by("expires_at"))
    for secret in sorted(facts.secrets_then, key=lambda secret: -int(secret["version"])):
        text = _secret(secret, facts.moment)
        yield Value(f"Version {secret['version']}", text, secret.set_by("usable_until", "revoked_at"))


def _secret(secret: Past, at: datetime) -> str:
    revoked, until = secret.moment("revoked_at"), secret.moment("usable_until")
    if revoked is not None:
        return f"revoked at {moment_text(revoked)}"
    return (
        "usable"
        if until is None
        else f"usable until {moment_text(until)}"
        if until > at
        else f"ended at {moment_text(until)}"
    )


def _ending(ends: datetime, at: datetime) -> str:
    return f"{moment_text(ends)}{' (over)' if ends <= at else ''}"


def address(facts: Facts) -> Values:
    yield Value("Address", f"{facts.line.address or 'unknown'} ({facts.line.address_source})")
    for label, entries in (
        ("The merchant’s list", [entry for entry in facts.entries_then if entry["key_id"] is None]),
        ("The key’s list", [entry for entry in facts.entries_then if entry["key_id"] is not None]),
    ):
        yield from _list(facts, label, entries)
    for trial in facts.trials_then:
        verb = "gone back to what was before its trial" if trial.deadline <= facts.moment else "on trial"
        yield Value(
            "Key’s list" if trial.key_id else "Merchant’s list", f"{verb}, deadline {moment_text(trial.deadline)}"
        )
    origin = facts.headers.get("origin")
    if origin is not None:
        yield Value("Origin", origin or "empty, or with characters outside ASCII")
        host = signed.origin_host(origin)
        holding = [domain for domain in facts.domains_then if str(domain["domain"]).lower() == host]
        for domain in (holding or facts.domains_then)[:SHOWN]:
            yield Value("Allowed domain", _entry(domain, "domain", facts.moment), domain.set_by("domain", "expires_at"))


def _list(facts: Facts, label: str, entries: Sequence[Past]) -> Values:
    if not entries:
        yield Value(label, "empty: every address is allowed")
        return
    caller = parse_address(facts.line.address or "")
    holding = [entry for entry in entries if caller is not None and caller in ip_network(str(entry["network"]))]
    count = "1 entry" if len(entries) == 1 else f"{len(entries)} entries"
    yield Value(label, f"{count}, {len(holding) or 'none'} with this address")
    shown = holding or sorted(entries, key=lambda entry: str(entry["network"]))
    for entry in shown[:SHOWN]:
        yield Value("Entry", _entry(entry, "network", facts.moment), entry.set_by("network", "expires_at"))


def _entry(entry: Past, column: str, at: datetime) -> str:
    ends, note = entry.moment("expires_at"), f" “{entry['note']}”" if entry["note"] else ""
    over = "" if ends is None else f", {'ended' if ends <= at else 'ends'} at {moment_text(ends)}"
    return f"{entry[column]}{note}{over}"


def timestamp(facts: Facts) -> Values:
    text = facts.headers.get("x-timestamp", "")
    yield Value("x-timestamp", text if facts.kept else _as_answered(facts, statuses.SignatureExpired, "in time"))
    yield Value("Our clock", f"{facts.line.created_at.timestamp() * 1000:.0f}")
    if signed.WHOLE_MILLISECONDS.fullmatch(text):
        off = round(facts.line.created_at.timestamp() * 1000) - int(text)
        yield Value("Difference", f"{abs(off) / 1000} s {'ahead of' if off < 0 else 'behind'} our clock")
    if facts.merchant_then is not None:
        window = facts.merchant_then
        seconds = window["timestamp_window_seconds"]
        yield Value("Allowed", f"{seconds} s either way", window.set_by("timestamp_window_seconds"))


def signature(facts: Facts) -> Values:
    secret_id = facts.line.secret_id
    if secret_id is None:
        yield Value("Right under", "no version that could be used")
        return
    for secret in facts.secrets_then:
        if secret.pk == secret_id:
            yield Value("Right under", f"version {secret['version']}", secret.set_by())


# --- rows 6 to 10 -----------------------------------------------------------------------------------------------------
def state_values(facts: Facts) -> Values:
    if facts.merchant_then is not None:
        yield Value("Merchant", str(facts.merchant_then["status"]), facts.merchant_then.set_by("status"))


def body(facts: Facts) -> Values:
    if facts.line.status in {
        statuses.IncorrectData.key,
        statuses.FieldRequiredOrInvalid.key,
        statuses.InvalidNumber.key,
    }:
        yield Value("Found", facts.line.message)
    elif facts.kept is None:
        yield Value("Body", "read; the body of an accepted request is not stored")
    else:
        yield Value("Body", f"{len(bytes(facts.kept.body))} bytes")


def amount(facts: Facts) -> Values:
    yield Value("Amount", _money(facts.line.amount, facts.line.currency))


def _money(units: int | None, currency: str | None) -> str:
    return "not said" if units is None else f"{money.format_amount(units)} {currency or ''}".rstrip()


# --- rows 11 to 18 ----------------------------------------------------------------------------------------------------
def transaction_id(facts: Facts) -> Values:
    yield Value("transactionId", facts.line.transaction_id or "not said")
    first = facts.first
    if first is None or not facts.is_repeat:
        yield Value("Seen before", "no")
        return
    if first.kind == "correct":
        yield Value("Settled", f"{moment_text(first.created_at)}, by the correction of case {first.case_id}")
        return
    yield Value(
        "Seen before", f"{moment_text(first.created_at)}, as a {first.kind} of {_money(first.amount, first.currency)}"
    )
    yield Value("First answer", first.status)


def records(facts: Facts) -> Values:
    line = facts.line
    missed = line.status == statuses.RecordNotFound.key
    if line.player_id is not None:
        known = facts.player is not None and not (missed and facts.player.created_at > facts.moment)
        yield Value("Player", line.player_id if known else f"{line.player_id} (unknown)")
    if line.game_id is not None:
        then, found = facts.game_then, facts.game
        known = then is not None and not (missed and then.made_later)
        yield Value("Game", f"{found.name} ({line.game_id})" if known and found else f"{line.game_id} (unknown)")


def session(facts: Facts) -> Values:
    found = facts.session
    yield Value("Session", facts.line.session_id or "not said")
    if found is None:
        yield Value("Known", "no session of this merchant")
        return
    yield Value("Ends", _ending(found.expires_at, facts.moment))
    yield Value("Closed", "not yet" if found.is_active else "yes (when is not kept)")
    yield Value("Player", found.player.player_id)
    yield Value("Game", found.game.game_id)
    yield Value("Currency", found.currency)


def game(facts: Facts) -> Values:
    if facts.game_then is None:
        return
    then = facts.game_then
    yield Value("For everybody", ON_OFF[bool(then["is_active"])], then.set_by("is_active"))
    off = facts.disabled_then
    yield Value("For this merchant", ON_OFF[not off], off[0].set_by() if off else None)


def player(facts: Facts) -> Values:
    then = facts.player_then
    if then is None:
        return
    yield Value("Blocked", YES_NO[bool(then["is_blocked"])], then.set_by("is_blocked"))
    if then["is_blocked"] and then["blocked_reason"]:
        yield Value("Reason", str(then["blocked_reason"]), then.set_by("blocked_reason"))


def reference(facts: Facts) -> Values:
    yield Value("refTransactionId", facts.line.ref_transaction_id or "not said: found by its round")
    found = facts.reference
    if found is None or found.created_at > facts.moment:
        if facts.line.ref_transaction_id:
            yield Value("Known", "no" if found is None else f"no (it came at {moment_text(found.created_at)})")
        return
    yield Value("It is", f"a {found.kind} of {_money(found.amount, found.currency)} at {moment_text(found.created_at)}")
    yield Value("It was answered", found.status)
    yield Value("Rolled back", YES_NO[bool(found.undone)])


def limits(facts: Facts) -> Values:
    both = [(whose, then) for whose, then in _both_then(facts) if then is not None]
    stakes = (found for whose, then in both for found in _stakes(whose, then, facts.line.currency or ""))
    yield next(stakes, Value("Largest stake", "no limit"))
    bets = (found for whose, then in both for found in _bets(whose, then))
    yield next(bets, Value("Bets a minute", "no limit"))
    if facts.bets is not None:
        more = " or more" if facts.bets == MOST_COUNTED else ""
        yield Value("Bets in the minute before", f"{facts.bets}{more}")


def _both_then(facts: Facts) -> tuple[tuple[str, Past | None], ...]:
    return ("player", facts.player_then), ("merchant", facts.merchant_then)


def _stakes(whose: str, then: Past, currency: str) -> Values:
    """The limit of the currency, then that of any, as the ledger looks for them (wallet_bet)."""
    by_currency = then.row.get("max_stake_by_currency") or {}
    if currency in by_currency:
        limit = money.format_with_code(by_currency[currency], currency)
        yield Value("Largest stake", f"{limit} ({whose})", then.set_by("max_stake_by_currency"))
    if then["max_stake"] is not None:
        yield Value("Largest stake", f"{_money(then['max_stake'], None)} ({whose})", then.set_by("max_stake"))


def _bets(whose: str, then: Past) -> Values:
    if then["bets_per_minute"] is not None:
        yield Value("Bets a minute", f"{then['bets_per_minute']} ({whose})", then.set_by("bets_per_minute"))


def balance(facts: Facts) -> Values:
    line, own = facts.line, facts.first
    is_own = own is not None and own.request_id == line.request_id
    known = own.balance if own is not None and is_own else line.balance
    took = is_own and line.status == statuses.OK and own is not None and own.amount is not None
    before = known + own.amount if took and own and known is not None and own.amount is not None else known
    yield Value("Balance", NOT_KEPT if before is None else _money(before, line.currency))
    yield Value("Asked for", _money(line.amount, line.currency))


# --- all --------------------------------------------------------------------------------------------------------------
class CheckRow(NamedTuple):
    name: str
    status: str  # that it is answered with
    kinds: frozenset[str] | None  # of calls that it is asked of; None is all
    values: Callable[[Facts], Values]


def _of(*kinds: str) -> frozenset[str]:
    return frozenset(kinds)


MONEY = _of("bet", "payout", "reward", "deposit", "withdraw")
ROWS: dict[int, CheckRow] = {
    1: CheckRow("Headers are there", statuses.MissingHeaders.key, None, headers),
    2: CheckRow("The key can be used", statuses.InvalidApiKey.key, None, key),
    3: CheckRow("The address is allowed", statuses.IpRestriction.key, None, address),
    4: CheckRow("The timestamp is of now", statuses.SignatureExpired.key, None, timestamp),
    5: CheckRow("The signature is right", statuses.SignatureNotMatch.key, None, signature),
    6: CheckRow("The merchant may do this", statuses.MerchantNotActive.key, None, state_values),
    7: CheckRow("The body is an object of the right types, for this endpoint", statuses.IncorrectData.key, None, body),
    8: CheckRow("The fields are there", statuses.FieldRequiredOrInvalid.key, None, body),
    9: CheckRow("The numbers are in range", statuses.InvalidNumber.key, None, body),
    10: CheckRow("The amount is not below what may be", statuses.InvalidAmount.key, MONEY, amount),
    11: CheckRow("The transactionId is new", statuses.DuplicateTransaction.key, MONEY, transaction_id),
    12: CheckRow(
        "Player and game exist",
        statuses.RecordNotFound.key,
        _of("bet", "payout", "reward", "withdraw", "balance", "launch", "read"),
        records,
    ),
    13: CheckRow(
        "The session is open and of this round", statuses.SessionRequiredOrInvalid.key, _of("bet", "reward"), session
    ),
    14: CheckRow("The game is on", statuses.GameInactive.key, _of("bet", "launch"), game),
    15: CheckRow("The player is not blocked", statuses.PlayerBlocked.key, _of("bet", "launch"), player),
    16: CheckRow("What it refers to stands", statuses.TransactionDoesNotExist.key, _of("payout"), reference),
    17: CheckRow("The limits are kept", statuses.LimitReached.key, _of("bet"), limits),
    18: CheckRow("The balance suffices", statuses.NotEnoughMoney.key, _of("bet", "withdraw"), balance),
}
OF_ITEMS = frozenset(range(10, 19))  # asked of each item of a batch
