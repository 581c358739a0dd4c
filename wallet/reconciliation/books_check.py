"""Nightly verification of our own ledger, apart from the runs. A finding stays until a verification no longer finds it.

New rows of all merchants are verified once, in the order of their ids. Then each merchant's balances are compared, and
one slice of its players is read again from the first row, with every player who has a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import transaction

from merchants.models import Merchant, Player
from portal.lib import clock
from wallet.ledger import verification, verified_sums
from wallet.ledger.verification import BalanceDifference, Breach, LedgerVerdict
from wallet.models import BookFinding, BooksSlice, Case, Transaction

OVERDUE = timedelta(hours=36)
Kind, Origin = Case.Kind, BookFinding.Origin


class BooksResult(NamedTuple):
    """A finding before it is stored."""

    merchant_id: int
    kind: str
    subject: str
    ours: dict[str, Any]
    difference: int
    player_key: int | None = None
    player_id: str = ""
    currency: str = ""


# --- the checks -------------------------------------------------------------------------------------------------------
def check_new_rows() -> LedgerVerdict:
    """Verify the rows written since the last time, then all balances; return the findings of all merchants."""
    verdicts, settled = list[LedgerVerdict](), verified_sums.new_rows_settled()
    while (verdict := _check_next(settled)) is not None:
        verdicts.append(verdict)
    return verification.merge_verdicts([*verdicts, _check_balances()])


@transaction.atomic
def _check_next(settled: int) -> LedgerVerdict | None:
    verdict = verified_sums.verify_next_rows(settled)
    if verdict is not None:
        _store(Origin.ROWS, _found_in(verdict))
    return verdict


@transaction.atomic
def _check_balances() -> LedgerVerdict:
    verdict = verified_sums.verify_balances()
    BookFinding.objects.filter(origin=Origin.BALANCES).delete()
    _store(Origin.BALANCES, _found_in(verdict))
    return verdict


@transaction.atomic
def check_slice(merchant: Merchant) -> LedgerVerdict:
    """Verify the next slice of a merchant's players, and those with findings, from their first rows on."""
    BooksSlice.objects.get_or_create(merchant=merchant)
    state = BooksSlice.objects.select_for_update().get(merchant=merchant)
    known = BookFinding.objects.filter(merchant=merchant).values_list("player_key", flat=True)
    players = list({*verified_sums.next_players(state), *(key for key in known if key is not None)})
    verdict = verified_sums.verify_players(merchant, players)
    BookFinding.objects.filter(merchant=merchant, origin=Origin.ROWS, player_key__in=players).delete()
    _store(Origin.ROWS, _found_in(verdict))
    verified_sums.end_slice(state)
    return verdict


def merchants_overdue() -> int:
    """Return how many merchants had no slice verified for OVERDUE, including those that never had one."""
    since = clock.now() - OVERDUE
    checked = BooksSlice.objects.filter(checked_at__gte=since).values("merchant")
    return Merchant.objects.filter(created_at__lt=since).exclude(pk__in=checked).count()


# --- the findings -----------------------------------------------------------------------------------------------------
def _store(origin: str, findings: Iterable[BooksResult]) -> None:
    rows = [BookFinding(origin=origin, **found._asdict()) for found in findings]
    BookFinding.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["merchant", "origin", "kind", "subject"],
        update_fields=["ours", "difference", "player_key", "player_id", "currency"],
    )


def _found_in(verdict: LedgerVerdict) -> list[BooksResult]:
    """Return each subject once; of several rules that a row breaks, the last. A row of a merchant that does not exist
    is in the verdict alone: no merchant has a page for it.
    """
    merchants = dict(Merchant.objects.values_list("code", "pk"))
    keys = verified_sums.player_keys(verdict)
    found = [
        *_of_differences(verdict.differences, merchants, keys),
        *_of_gaps(verdict),
        *(each for breach in verdict.breaches for each in _of_breach(breach)),
    ]
    there = set(merchants.values())
    once = {(each.merchant_id, each.kind, each.subject): each for each in found if each.merchant_id in there}
    return list(once.values())


def _of_differences(
    differences: Iterable[BalanceDifference], merchants: Mapping[str, int], keys: Mapping[int, int]
) -> Iterator[BooksResult]:
    for each in differences:
        if each.merchant is None:
            continue
        yield BooksResult(
            merchants[each.merchant],
            Kind.BALANCE,
            f"{each.player}|{each.currency}" if each.player else f"account {each.account}",
            {"account": each.account, "balance": _text(each.balance), "rows": _text(each.rows)},
            (each.balance or 0) - each.rows,
            keys.get(each.account),
            each.player or "",
            each.currency or "",
        )


def _of_gaps(verdict: LedgerVerdict) -> Iterator[BooksResult]:
    rows = Transaction.objects.in_bulk([gap.row for gap in verdict.gaps])
    for gap in verdict.gaps:
        ours = {"account": gap.account, "row": gap.row, "balance": str(gap.balance), "expected": str(gap.expected)}
        row = rows[gap.row]
        yield BooksResult(
            row.merchant_id,
            Kind.BALANCE,
            f"row {gap.row}",
            ours,
            gap.balance - gap.expected,
            row.player_id,
            gap.player or "",
            gap.currency,
        )


def _of_breach(breach: Breach) -> Iterator[BooksResult]:
    """Its player may not exist, and is looked up apart."""
    rows = Transaction.objects.filter(pk__in=breach.ids)
    players = dict(Player.objects.filter(pk__in=[row.player_id for row in rows]).values_list("pk", "player_id"))
    for row in rows:
        is_paid = breach.rule == verification.PAID_ON_ROLLED_BACK
        yield BooksResult(
            row.merchant_id,
            Kind.PAID_ON_ROLLED_BACK if is_paid else Kind.BALANCE,
            row.transaction_id if is_paid else f"row {row.pk}",
            {"kind": row.kind, "amount": _text(row.amount), "rule": breach.rule, "row": row.pk},
            row.amount or 0 if is_paid else 0,
            row.player_id,
            players.get(row.player_id, "") if is_paid else "",
            row.currency or "",
        )


def _text(amount: int | None) -> str | None:
    return None if amount is None else str(amount)
