"""The 18 checks as text: for each, the values that it compared, as they were when the call was judged, and who set
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from merchants.errors import moment_text
from merchants.services.past_states import Past, SetBy
from portal.lib.clientip import parse_address
from portal.lib.texts import Text
from wallet import money, statuses
from wallet.services.calls import signed
from wallet.services.explain.facts import MOST_COUNTED, Facts

SHOWN = 10  # entries of a list


def _on_off(flag: bool) -> str:  # noqa: FBT001 - the word for it
    return _("on") if flag else _("off")


def _yes_no(flag: bool) -> str:  # noqa: FBT001 - the word for it
    return _("yes") if flag else _("no")


@dataclass(frozen=True, slots=True)
class Value:
    label: str
    text: str
    set_by: SetBy | None = None


Values = Iterator[Value]


# --- rows 1 to 5 ------------------------------------------------------------------------------------------------------
def headers(facts: Facts) -> Values:
    for name in signed.HEADERS:
        there = _("present") if facts.headers.get(name, "").strip() else _("missing or empty")
        yield Value(name, there if facts.kept else _as_answered(facts, statuses.MissingHeaders, _("present")))


def _as_answered(facts: Facts, refusal: type[statuses.CallRefused], passed: str) -> str:
    """Of a call that is not kept, the answer says enough."""
    return facts.line.message if facts.line.status == refusal.key else passed


def key(facts: Facts) -> Values:
    if facts.key is None or facts.key_then is None:
        yield Value(_("Auth key"), _("%(auth_key)s (unknown)") % {"auth_key": facts.line.auth_key})
        return
    then = facts.key_then
    yield Value(_("Auth key"), f"{facts.key.auth_key} ({then['environment']})")
    if facts.had_no_sandbox:
        yield Value(_("Sandbox"), _("not created: test keys are refused until the merchant has a sandbox"))
    yield Value(_("Status"), str(then["status"]), then.set_by("status"))
    if then["status"] == "quarantined":
        known = facts.known_since
        began = then.moment("quarantined_at")
        was_known = known is not None and began is not None and known < began
        yield Value(_("Address used before the quarantine"), _yes_no(was_known))
    ends = then.moment("expires_at")
    if ends is not None:
        yield Value(_("Expires"), _ending(ends, facts.moment), then.set_by("expires_at"))
    for secret in sorted(facts.secrets_then, key=lambda secret: -int(secret["version"])):
        text = _secret(secret, facts.moment)
        yield Value(
            _("Version %(version)s") % {"version": secret["version"]}, text, secret.set_by("usable_until", "revoked_at")
        )


def _secret(secret: Past, at: datetime) -> str:
    revoked, until = secret.moment("revoked_at"), secret.moment("usable_until")
    if revoked is not None:
        return _("revoked on %(revoked)s") % {"revoked": moment_text(revoked)}
    if until is None:
        return _("active")
    return (
        _("works until %(until)s") % {"until": moment_text(until)}
        if until > at
        else _("expired on %(until)s") % {"until": moment_text(until)}
    )


def _ending(ends: datetime, at: datetime) -> str:
    return _("%(ends)s (expired)") % {"ends": moment_text(ends)} if ends <= at else moment_text(ends)


def address(facts: Facts) -> Values:
    yield Value(_("Address"), f"{facts.line.address or _('unknown')} ({facts.line.address_source})")
    for label, entries in (
        (_("IP allowlist of the merchant"), [entry for entry in facts.entries_then if entry["key_id"] is None]),
        (_("IP allowlist of the key"), [entry for entry in facts.entries_then if entry["key_id"] is not None]),
    ):
        yield from _list(facts, label, entries)
    for trial in facts.trials_then:
        deadline = moment_text(trial.deadline)
        text = (
            _("reverted on %(deadline)s") % {"deadline": deadline}
            if trial.deadline <= facts.moment
            else _("on trial until %(deadline)s") % {"deadline": deadline}
        )
        label = _("Trial of the key’s allowlist") if trial.key_id else _("Trial of the merchant’s allowlist")
        yield Value(label, text)
    origin = facts.headers.get("origin")
    if origin is not None:
        yield Value("Origin", origin or _("empty, or with characters outside ASCII"))
        host = signed.origin_host(origin)
        holding = [domain for domain in facts.domains_then if str(domain["domain"]).lower() == host]
        for domain in (holding or facts.domains_then)[:SHOWN]:
            yield Value(
                _("Allowed domain"), _entry(domain, "domain", facts.moment), domain.set_by("domain", "expires_at")
            )


def _list(facts: Facts, label: str, entries: Sequence[Past]) -> Values:
    if not entries:
        yield Value(label, _("empty: every address is accepted"))
        return
    caller = parse_address(facts.line.address or "")
    holding = [entry for entry in entries if caller is not None and caller in ip_network(str(entry["network"]))]
    count = ngettext("%(number)s entry", "%(number)s entries", len(entries)) % {"number": len(entries)}
    matches = _("%(holding)s with this address") % {"holding": len(holding)} if holding else _("none with this address")
    yield Value(label, f"{count}, {matches}")
    shown = holding or sorted(entries, key=lambda entry: str(entry["network"]))
    for entry in shown[:SHOWN]:
        yield Value(_("Entry"), _entry(entry, "network", facts.moment), entry.set_by("network", "expires_at"))


def _entry(entry: Past, column: str, at: datetime) -> str:
    ends, note = entry.moment("expires_at"), f" “{entry['note']}”" if entry["note"] else ""
    if ends is None:
        return f"{entry[column]}{note}"
    over = (
        _("expired on %(ends)s") % {"ends": moment_text(ends)}
        if ends <= at
        else _("expires on %(ends)s") % {"ends": moment_text(ends)}
    )
    return f"{entry[column]}{note}, {over}"


def timestamp(facts: Facts) -> Values:
    text = facts.headers.get("x-timestamp", "")
    yield Value(
        "x-timestamp",
        text if facts.kept else _as_answered(facts, statuses.SignatureExpired, _("within the allowed time")),
    )
    yield Value(_("Our clock"), f"{facts.line.created_at.timestamp() * 1000:.0f}")
    if signed.WHOLE_MILLISECONDS.fullmatch(text):
        off = round(facts.line.created_at.timestamp() * 1000) - int(text)
        yield Value(
            _("Difference"),
            _("%(seconds)s s ahead of our clock") % {"seconds": abs(off) / 1000}
            if off < 0
            else _("%(seconds)s s behind our clock") % {"seconds": abs(off) / 1000},
        )
    if facts.merchant_then is not None:
        window = facts.merchant_then
        seconds = window["timestamp_window_seconds"]
        yield Value(
            _("Allowed"),
            _("%(seconds)s s before or after our clock") % {"seconds": seconds},
            window.set_by("timestamp_window_seconds"),
        )


def signature(facts: Facts) -> Values:
    secret_id = facts.line.secret_id
    if secret_id is None:
        yield Value(_("Valid with"), _("no active secret version"))
        return
    for secret in facts.secrets_then:
        if secret.pk == secret_id:
            yield Value(_("Valid with"), _("version %(version)s") % {"version": secret["version"]}, secret.set_by())


# --- rows 6 to 10 -----------------------------------------------------------------------------------------------------
def state_values(facts: Facts) -> Values:
    if facts.merchant_then is not None:
        yield Value(_("Merchant"), str(facts.merchant_then["status"]), facts.merchant_then.set_by("status"))


def body(facts: Facts) -> Values:
    if facts.line.status in {
        statuses.IncorrectData.key,
        statuses.FieldRequiredOrInvalid.key,
        statuses.InvalidNumber.key,
    }:
        yield Value(_("Found"), facts.line.message)
    elif facts.kept is None:
        yield Value(_("Body"), _("valid; the body of an accepted request is not stored"))
    else:
        yield Value(_("Body"), _("%(body)s bytes") % {"body": len(bytes(facts.kept.body))})


def amount(facts: Facts) -> Values:
    yield Value(_("Amount"), _money(facts.line.amount, facts.line.currency))


def _money(units: int | None, currency: str | None) -> str:
    return _("not sent") if units is None else money.format_with_code(units, currency or "")


# --- rows 11 to 18 ----------------------------------------------------------------------------------------------------
def transaction_id(facts: Facts) -> Values:
    yield Value("transactionId", facts.line.transaction_id or _("not sent"))
    first = facts.first
    if first is None or not facts.is_repeat:
        yield Value(_("Sent before"), _("no"))
        return
    if first.kind == "correct":
        yield Value(
            _("Settled"),
            _("%(created_at)s, by the correction of case %(case_id)s")
            % {"created_at": moment_text(first.created_at), "case_id": first.case_id},
        )
        return
    yield Value(
        _("Sent before"),
        _("%(created_at)s, as a %(kind)s of %(amount)s")
        % {
            "created_at": moment_text(first.created_at),
            "kind": first.kind,
            "amount": _money(first.amount, first.currency),
        },
    )
    yield Value(_("First answer"), first.status)


def records(facts: Facts) -> Values:
    line = facts.line
    missed = line.status == statuses.RecordNotFound.key
    if line.player_id is not None:
        known = facts.player is not None and not (missed and facts.player.created_at > facts.moment)
        yield Value(
            _("Player"), line.player_id if known else _("%(player_id)s (unknown)") % {"player_id": line.player_id}
        )
    if line.game_id is not None:
        then, found = facts.game_then, facts.game
        known = then is not None and not (missed and then.made_later)
        yield Value(
            _("Game"),
            f"{found.name} ({line.game_id})"
            if known and found
            else _("%(game_id)s (unknown)") % {"game_id": line.game_id},
        )


def session(facts: Facts) -> Values:
    found = facts.session
    yield Value(_("Session"), facts.line.session_id or _("not sent"))
    if found is None:
        yield Value(_("Known"), _("no session of this merchant"))
        return
    yield Value(_("Expires"), _ending(found.expires_at, facts.moment))
    yield Value(_("Closed"), _("no") if found.is_active else _("yes (the time is not stored)"))
    yield Value(_("Player"), found.player.player_id)
    yield Value(_("Game"), found.game.game_id)
    yield Value(_("Currency"), found.currency)


def game(facts: Facts) -> Values:
    if facts.game_then is None:
        return
    then = facts.game_then
    yield Value(_("For all merchants"), _on_off(bool(then["is_active"])), then.set_by("is_active"))
    off = facts.disabled_then
    yield Value(_("For this merchant"), _on_off(not off), off[0].set_by() if off else None)


def player(facts: Facts) -> Values:
    then = facts.player_then
    if then is None:
        return
    yield Value(_("Blocked"), _yes_no(bool(then["is_blocked"])), then.set_by("is_blocked"))
    if then["is_blocked"] and then["blocked_reason"]:
        yield Value(_("Reason"), str(then["blocked_reason"]), then.set_by("blocked_reason"))


def reference(facts: Facts) -> Values:
    yield Value("refTransactionId", facts.line.ref_transaction_id or _("not sent: found by its round"))
    found = facts.reference
    if found is None or found.created_at > facts.moment:
        if facts.line.ref_transaction_id:
            yield Value(
                _("Known"),
                _("no")
                if found is None
                else _("no (received on %(created_at)s)") % {"created_at": moment_text(found.created_at)},
            )
        return
    yield Value(
        _("Transaction"), f"{found.kind} of {_money(found.amount, found.currency)}, {moment_text(found.created_at)}"
    )
    yield Value(_("Answer"), found.status)
    yield Value(_("Rolled back"), _yes_no(bool(found.undone)))


def limits(facts: Facts) -> Values:
    both = [(whose, then) for whose, then in _both_then(facts) if then is not None]
    stakes = (found for whose, then in both for found in _stakes(whose, then, facts.line.currency or ""))
    yield next(stakes, Value(_("Maximum stake"), _("no limit")))
    bets = (found for whose, then in both for found in _bets(whose, then))
    yield next(bets, Value(_("Bets per minute"), _("no limit")))
    if facts.bets is not None:
        more = _(" or more") if facts.bets == MOST_COUNTED else ""
        yield Value(_("Bets in the last minute"), f"{facts.bets}{more}")


def _both_then(facts: Facts) -> tuple[tuple[str, Past | None], ...]:
    return (_("player"), facts.player_then), (_("merchant"), facts.merchant_then)


def _stakes(whose: str, then: Past, currency: str) -> Values:
    """The limit of the currency, then that of currencies without one, as the ledger looks for them (wallet_bet)."""
    by_currency = then.row.get("max_stake_by_currency") or {}
    if currency in by_currency:
        limit = money.format_with_code(by_currency[currency], currency)
        yield Value(_("Maximum stake"), f"{limit} ({whose})", then.set_by("max_stake_by_currency"))
    if then["max_stake"] is not None:
        limit = money.format_with_code(then["max_stake"], currency)
        yield Value(_("Maximum stake"), f"{limit} ({whose})", then.set_by("max_stake"))


def _bets(whose: str, then: Past) -> Values:
    if then["bets_per_minute"] is not None:
        yield Value(_("Bets per minute"), f"{then['bets_per_minute']} ({whose})", then.set_by("bets_per_minute"))


def balance(facts: Facts) -> Values:
    line, own = facts.line, facts.first
    is_own = own is not None and own.request_id == line.request_id
    known = own.balance if own is not None and is_own else line.balance
    took = is_own and line.status == statuses.OK and own is not None and own.amount is not None
    before = known + own.amount if took and own and known is not None and own.amount is not None else known
    yield Value(_("Balance"), _("not stored") if before is None else _money(before, line.currency))
    yield Value(_("Requested amount"), _money(line.amount, line.currency))


# --- all --------------------------------------------------------------------------------------------------------------
class CheckRow(NamedTuple):
    name: Text
    status: str  # that it is answered with
    kinds: frozenset[str] | None  # of calls that it is asked of; None is all
    values: Callable[[Facts], Values]


def _of(*kinds: str) -> frozenset[str]:
    return frozenset(kinds)


MONEY = _of("bet", "payout", "reward", "deposit", "withdraw")
ROWS: dict[int, CheckRow] = {
    1: CheckRow(gettext_lazy("The headers are present"), statuses.MissingHeaders.key, None, headers),
    2: CheckRow(gettext_lazy("The key is valid"), statuses.InvalidApiKey.key, None, key),
    3: CheckRow(gettext_lazy("The address is allowed"), statuses.IpRestriction.key, None, address),
    4: CheckRow(gettext_lazy("The timestamp is current"), statuses.SignatureExpired.key, None, timestamp),
    5: CheckRow(gettext_lazy("The signature is valid"), statuses.SignatureNotMatch.key, None, signature),
    6: CheckRow(
        gettext_lazy("The state of the merchant allows the request"), statuses.MerchantNotActive.key, None, state_values
    ),
    7: CheckRow(gettext_lazy("The body has the correct structure"), statuses.IncorrectData.key, None, body),
    8: CheckRow(gettext_lazy("All required fields are present"), statuses.FieldRequiredOrInvalid.key, None, body),
    9: CheckRow(gettext_lazy("The numbers are in range"), statuses.InvalidNumber.key, None, body),
    10: CheckRow(gettext_lazy("The amount is allowed"), statuses.InvalidAmount.key, MONEY, amount),
    11: CheckRow(gettext_lazy("The transactionId is new"), statuses.DuplicateTransaction.key, MONEY, transaction_id),
    12: CheckRow(
        gettext_lazy("The player and the game exist"),
        statuses.RecordNotFound.key,
        _of("bet", "payout", "reward", "withdraw", "balance", "launch", "read"),
        records,
    ),
    13: CheckRow(
        gettext_lazy("The session is open and belongs to this round"),
        statuses.SessionRequiredOrInvalid.key,
        _of("bet", "reward"),
        session,
    ),
    14: CheckRow(gettext_lazy("The game is on"), statuses.GameInactive.key, _of("bet", "launch"), game),
    15: CheckRow(gettext_lazy("The player is not blocked"), statuses.PlayerBlocked.key, _of("bet", "launch"), player),
    16: CheckRow(
        gettext_lazy("The referenced transaction is valid"),
        statuses.TransactionDoesNotExist.key,
        _of("payout"),
        reference,
    ),
    17: CheckRow(gettext_lazy("The limits are respected"), statuses.LimitReached.key, _of("bet"), limits),
    18: CheckRow(
        gettext_lazy("The balance is sufficient"), statuses.NotEnoughMoney.key, _of("bet", "withdraw"), balance
    ),
}
OF_ITEMS = frozenset(range(10, 19))  # asked of each item of a batch
