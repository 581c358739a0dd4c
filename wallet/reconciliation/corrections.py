"""Correcting entries: one person proposes an entry that settles a case, and another approves it; the ledger then gets a
row.

The ledger's function posts it, and refuses an entry of one person alone (`wallet_correct`). The signed API has no such
request. A run does not look for the row in a statement: it is listed separately.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from merchants.models import Merchant, Person, Player
from merchants.services import emails
from merchants.services.independence import check_second_person
from portal.lib import clock, money
from wallet import statuses
from wallet.ledger import ledger
from wallet.models import Account, Case, Correction
from wallet.models.transaction import Transaction
from wallet.reconciliation import cases, moved_again, refusals

SETTLED = Case.Resolution.SETTLED


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionEntry:
    """The entry of a correction: `amount` above 0, real amount × 100000; `is_credit`: to the player."""

    player: str
    currency: str
    amount: int
    is_credit: bool


# --- reads ------------------------------------------------------------------------------------------------------------
def suggested_entry(case: Case) -> CorrectionEntry:
    """Return the entry that makes our side equal to theirs. An earlier correction of the case is subtracted."""
    posted = corrections_of(case).filter(approved_at__isnull=False, currency=case.currency)
    left = case.difference + sum(correction.delta for correction in posted)
    amount = abs(left) if case.difference else cases.amount_at_stake(case)
    return CorrectionEntry(player=case.player_id, currency=case.currency, amount=amount, is_credit=left <= 0)


def proposed_correction(case: Case) -> Correction | None:
    """Return the proposal that waits for a second approver; None without one."""
    if case.write_off_asked_by_id is None or case.asked_resolution != SETTLED:
        return None
    waiting = corrections_of(case).filter(approved_at=None, declined_at=None, asked_by=case.write_off_asked_by_id)
    return waiting.first()


def corrections_of(case: Case) -> QuerySet[Correction]:
    found = Correction.objects.filter(case=case)
    return found.select_related("player", "asked_by", "approved_by", "declined_by", "transaction")


def balance_of(correction: Correction) -> int:
    """Return the player's current balance, before the correction, × 100000."""
    found = Account.objects.filter(player=correction.player_id, currency=correction.currency, kind="player")
    return found.values_list("balance", flat=True).first() or 0


# --- the verbs --------------------------------------------------------------------------------------------------------
@transaction.atomic
def propose_correction(*, case: Case, entry: CorrectionEntry, text: str, by: Person) -> Correction:
    """Propose a correction, and email the approvers. No money moves, and the case stays open, until another person
    approves.

    Refuses a person who does not work on cases, a resolved case, a case whose closing is already requested, a debit of
    a player who is owed money (OwedIsCredited), an amount that is not above 0, an unknown player or currency, and a
    note that `cases.add_note` refuses.
    """
    cases.check_worker(by)
    case = cases.lock_unresolved(case)
    if case.write_off_asked_by_id:
        raise refusals.WriteOffAsked
    if case.kind == Case.Kind.OWED and not entry.is_credit:
        raise refusals.OwedIsCredited
    player = _checked_player(case.merchant, entry)
    cases.add_note(case=case, text=text, by=by)
    now = clock.now()
    left = Correction.objects.filter(case=case, approved_at=None, declined_at=None)
    left.update(declined_at=now)  # a comparison took its request away
    proposed = Correction.objects.create(
        merchant=case.merchant, case=case, player=player, currency=entry.currency, amount=entry.amount,
        is_credit=entry.is_credit, asked_by=by, asked_at=now,
    )  # fmt: skip
    cases.save_fields(case, write_off_asked_by=by, asked_resolution=SETTLED)
    _ask_second(proposed, text)
    return proposed


@transaction.atomic
def approve_correction(*, case: Case, correction: int, difference: int, by: Person) -> Correction:
    """Approve a correction: the row is posted and the case resolved in one transaction. It cannot be undone.

    `correction` and `difference`: as the person saw them. Refuses a person who does not work on cases, a resolved case,
    a case without a proposal (CorrectionNotAsked), the person who proposed it (OwnWriteOff), a proposal or difference
    that has changed, people who are not independent, a second factor that is newer than the proposal, a transaction
    that has arrived meanwhile (ArrivedMeanwhile), and a balance that would be too large (NotRepresentable).
    """
    proposed = _proposed(case, by)
    if proposed.asked_by_id == by.pk:
        raise refusals.OwnWriteOff
    if proposed.pk != correction:
        raise refusals.CorrectionChanged
    if proposed.case.difference != difference:
        raise refusals.CaseChanged
    check_second_person(proposed.asked_by, by, case.merchant, proposed.asked_at)
    answer = ledger.post_correction(proposed.pk, by.pk)
    if answer.status == statuses.DuplicateTransaction.key:
        raise refusals.ArrivedMeanwhile
    if answer.status != statuses.OK:
        raise refusals.NotRepresentable
    cases.save_fields(
        proposed.case, state=Case.State.RESOLVED, resolution=SETTLED, resolved_at=clock.now(), resolved_by=by
    )
    proposed.refresh_from_db()
    return proposed


@transaction.atomic
def decline_correction(*, case: Case, text: str, by: Person) -> Correction:
    """Decline a correction; no money moves. The person who proposed it may withdraw it this way.

    Refuses a person who does not work on cases, a resolved case, and a case without a proposal.
    """
    proposed = _proposed(case, by)
    cases.add_note(case=proposed.case, text=text, by=by)
    Correction.objects.filter(pk=proposed.pk).update(declined_by=by, declined_at=clock.now())
    cases.save_fields(proposed.case, write_off_asked_by=None, asked_resolution="")
    proposed.refresh_from_db()
    return proposed


def _proposed(case: Case, by: Person) -> Correction:
    """Return the proposal under the lock of its case."""
    cases.check_worker(by)
    case = cases.lock_unresolved(case)
    proposed = proposed_correction(case)
    if proposed is None:
        raise refusals.CorrectionNotAsked
    proposed.case = case
    return proposed


def _checked_player(merchant: Merchant, entry: CorrectionEntry) -> Player:
    if entry.amount <= 0:
        raise refusals.AmountNotAboveZero
    if not Account.objects.filter(merchant=merchant, currency=entry.currency).exists():
        raise refusals.NoSuchCurrency(entry.currency)
    player = Player.objects.filter(merchant=merchant, player_id=entry.player).first()
    if player is None:
        raise refusals.NoSuchPlayer(entry.player)
    return player


def _ask_second(proposed: Correction, text: str) -> None:
    others = Person.objects.filter(is_active=True, staff_role__in=cases.WORKERS).exclude(pk=proposed.asked_by_id)
    context: dict[str, Any] = {
        "merchant": proposed.merchant.name,
        "asked_by": str(proposed.asked_by),
        "amount": money.format_with_code(proposed.amount, proposed.currency),
        "direction": _("to the player") if proposed.is_credit else _("from the player"),
        "reason": text,
        "warnings": moved_again.warnings(proposed.case),
        "page": f"/admin/wallet/case/{proposed.case_id}/change/",
    }
    emails.write_each(others.values_list("email", flat=True), proposed.merchant, "correction_waiting", context)


def entry_of(row: Transaction) -> Correction | None:
    """Return the correction that a ledger row was posted for."""
    found = Correction.objects.filter(transaction=row.pk)
    return found.select_related("case__merchant", "asked_by", "approved_by", "player").first()
