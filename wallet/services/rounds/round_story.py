"""The story of a round: bet, payouts, rollbacks and repeats, each with its request and its answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models import Merchant
from portal.lib.texts import Text
from wallet import statuses
from wallet.models import PlayTransaction, SignedRequest, Transaction

MOST_STEPS = 300
LINES_OF_PLAYER = 2_000  # of the log, from the bet on, among which refused payouts are looked for
SOUGHT = format_lazy(
    gettext_lazy("Refused payouts are searched in the {requests} requests of the player after the bet."),
    requests=f"{LINES_OF_PLAYER:,}",
)
Kind = Transaction.Kind

TITLES: dict[str, Text] = {
    Kind.BET: gettext_lazy("Bet"),
    Kind.PAYOUT: gettext_lazy("Payout"),
    Kind.REWARD: gettext_lazy("Reward"),
    Kind.ROLLBACK: gettext_lazy("Rollback"),
    Kind.DEPOSIT: gettext_lazy("Deposit"),
    Kind.WITHDRAW: gettext_lazy("Withdrawal"),
    Kind.TOMBSTONE: gettext_lazy("Early rollback"),
    Kind.CORRECTION: gettext_lazy("Correction"),
}
TO_PLAYER = {Kind.PAYOUT, Kind.REWARD, Kind.DEPOSIT}
SAID_BY_STATE = {
    "open": gettext_lazy("Open: no payout has arrived yet. A payout of 0 settles the round as lost."),
    "won": gettext_lazy("Won: the round has a valid payout."),
    "lost": gettext_lazy("Lost: the round was settled with a payout of 0."),
    "rolled back": gettext_lazy("Rolled back: the stake was returned and every payout was reversed."),
    "refused": gettext_lazy("The bet was refused and moved no money. A repeat with the same id gets the same answer."),
    "closed": gettext_lazy(
        "A rollback for this id arrived before the transaction. The id is closed. A late transaction is "
        "answered RS_ERROR_TRANSACTION_DOES_NOT_EXIST and moves no money."
    ),
    "settled": gettext_lazy(
        "Two people of our support settled this transaction by a correction. A request with this id is "
        "answered RS_ERROR_DUPLICATE_TRANSACTION and moves no money."
    ),
    "valid": gettext_lazy("The transaction is valid. It was not rolled back."),
    "reversed": gettext_lazy("A rollback reversed this transaction."),
}
LEVELS = {"won": "good", "open": "warn", "valid": "good", "refused": "bad", "rolled back": "bad", "reversed": "bad"}
LATE_PAYOUT = gettext_lazy("The bet was rolled back before, so this payout moves no money.")
TWICE = gettext_lazy("The transaction was already rolled back. The answer is RS_OK, and no money moved.")
NOTHING_TO_TAKE = gettext_lazy(
    "The referenced transaction was refused and had moved no money. The answer is RS_OK, and no money moved."
)
NOTHING_YET = gettext_lazy("The referenced transaction had not arrived. Its id is closed, and no money moved.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryStep:
    """One request and its effect. `moved`: change of the player's balance. Amounts × 100000."""

    at: datetime
    title: str
    transaction_id: str
    status: str
    moved: int | None = None
    amount: int | None = None
    balance: int | None = None
    said: str = ""
    request_id: UUID | None = None
    address: str = ""
    endpoint: str = ""
    key: str = ""
    version: int | None = None
    is_repeat: bool = False

    @property
    def is_taken(self) -> bool:
        return self.status == statuses.OK


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    root: Transaction
    state: str
    steps: list[StoryStep]
    stake: int
    paid: int
    rewards: int
    cut: bool
    others: list[Transaction]

    @property
    def result(self) -> int:
        """Return the game's result (GGR): stake minus payouts; 0 for a round that was rolled back."""
        return self.stake - self.paid

    @property
    def level(self) -> str:
        return LEVELS.get(self.state, "")

    @property
    def is_game(self) -> bool:
        return self.root.kind in {Kind.BET, Kind.TOMBSTONE}

    @property
    def summary(self) -> str:
        return str(SAID_BY_STATE[self.state])


def round_story(root: Transaction) -> Round:
    """Return the story of the round that begins with this row."""
    rows = related_rows(root)
    reversed_ones = {row.reverses_id for row in rows if row.reverses_id}
    standing = [row for row in rows if row.debit_account_id and row.pk not in reversed_ones]
    sums = {
        kind: sum(row.amount or 0 for row in standing if row.kind == kind)
        for kind in (Kind.BET, Kind.PAYOUT, Kind.REWARD)
    }
    steps = sorted([*accepted_steps(rows), *repeated_steps(root, rows)], key=lambda step: step.at)
    return Round(
        root=root,
        state=round_state(root, standing),
        steps=steps[:MOST_STEPS],
        stake=sums[Kind.BET],
        paid=sums[Kind.PAYOUT],
        rewards=sums[Kind.REWARD],
        cut=len(rows) >= MOST_STEPS or len(steps) > MOST_STEPS,
        others=bets_of_round(root),
    )


def round_state(root: Transaction, standing: Iterable[Transaction]) -> str:
    """Return the state of the round: a key of the state texts."""
    if root.kind == Kind.TOMBSTONE:
        return "closed"
    if root.kind == Kind.CORRECTION and root.part == 0:
        return "settled"
    if root.debit_account_id is None:
        return "refused" if root.status != statuses.OK else "valid"
    stands = any(row.pk == root.pk for row in standing)
    if root.kind != Kind.BET:
        return "valid" if stands else "reversed"
    if not stands:
        return "rolled back"
    payouts = [row.amount or 0 for row in standing if row.kind == Kind.PAYOUT]
    return "open" if not payouts else "won" if sum(payouts) else "lost"


def related_rows(root: Transaction) -> list[Transaction]:
    """Return all rows of the round, in the order of the ledger."""
    own = Transaction.objects.filter(merchant=root.merchant_id)
    own = own.select_related("secret__key", "reverses", "debit_account").order_by("pk").defer("secret__sealed")
    first = list(own.filter(ref_transaction_id=root.transaction_id)[:MOST_STEPS])
    names = [row.transaction_id for row in first if row.kind in {Kind.PAYOUT, Kind.REWARD}]
    second = own.filter(ref_transaction_id__in=names)[:MOST_STEPS] if names else ()
    return sorted({row.pk: row for row in [*own.filter(pk=root.pk), *first, *second]}.values(), key=lambda row: row.pk)


def bets_of_round(root: Transaction) -> list[Transaction]:
    """Return other bets of the same round in the same session."""
    if root.kind != Kind.BET or root.round_id is None or root.session_id is None:
        return []
    own = Transaction.objects.filter(merchant=root.merchant_id, round_id=root.round_id, session=root.session_id)
    return list(own.filter(kind=Kind.BET).exclude(pk=root.pk).order_by("pk")[:20])


# --- What was taken ---------------------------------------------------------------------------------------------------
def accepted_steps(rows: list[Transaction]) -> Iterator[StoryStep]:
    """Yield the steps that wrote a ledger row."""
    calls = {row.request_id for row in rows if row.request_id}
    lines = {line.request_id: line for line in SignedRequest.objects.filter(request_id__in=calls).order_by("-pk")}
    named = {row.transaction_id: row for row in rows if row.part == 0}
    for row in rows:
        line = lines.get(row.request_id) if row.request_id else None
        yield StoryStep(
            at=row.created_at,
            title=row_title(row),
            transaction_id=row.transaction_id,
            status=row.status,
            moved=balance_change(row),
            amount=row.amount,
            balance=row.balance,
            said=row_remark(row, named.get(row.ref_transaction_id or "")),
            request_id=row.request_id,
            address=row.address or "",
            endpoint=line.endpoint if line else "",
            key=(row.secret.key.label or row.secret.key.auth_key) if row.secret else "",
            version=row.secret.version if row.secret else None,
        )


def row_title(row: Transaction) -> str:
    """Return the title of a ledger row."""
    if row.kind == Kind.ROLLBACK and row.reverses is not None:
        return _("Rollback of the %(kind)s") % {"kind": str(TITLES[row.reverses.kind]).lower()}
    return str(TITLES[row.kind])


def balance_change(row: Transaction) -> int | None:
    """Return the change of the player's balance; None when no money moved."""
    if row.debit_account is None or row.amount is None:
        return None
    if row.kind == Kind.CORRECTION:
        return row.amount if row.debit_account.player_id is None else -row.amount
    kind = row.reverses.kind if row.reverses is not None else row.kind
    return row.amount if (kind in TO_PLAYER) == (row.reverses is None) else -row.amount


def row_remark(row: Transaction, named: Transaction | None) -> str:
    """Return what title and amount do not show; "" for most rows."""
    if row.kind == Kind.CORRECTION and row.part == 0:
        return _("The correction of case %(case_id)s uses this id, so that the money does not move again.") % {
            "case_id": row.case_id
        }
    if row.kind == Kind.CORRECTION:
        return _(
            "Two people of our support posted this entry to settle case %(case_id)s. No request made this entry."
        ) % {"case_id": row.case_id}
    if row.status != statuses.OK and row.kind != Kind.TOMBSTONE:
        return SENTENCES.get(row.status, "")
    if row.kind != Kind.ROLLBACK or row.reverses_id is not None or named is None:
        return ""
    if named.kind == Kind.TOMBSTONE:
        return str(NOTHING_YET)
    return str(TWICE if named.debit_account_id else NOTHING_TO_TAKE)


SENTENCES = {each.key: each.sentence for each in statuses.CallRefused.__subclasses__()}


# --- What was asked again ---------------------------------------------------------------------------------------------
def repeated_steps(root: Transaction, rows: list[Transaction]) -> Iterator[StoryStep]:
    """Yield the requests with these transaction ids that wrote no row: repeats and refusals."""
    written = {row.request_id for row in rows}
    ids = {row.transaction_id for row in rows}
    named = SignedRequest.objects.filter(merchant=root.merchant_id, transaction_id__in=ids).order_by("pk")
    lines = {line.pk: line for line in [*named[:MOST_STEPS], *refused_requests(root)]}
    for line in lines.values():
        if line.request_id not in written:
            yield request_step(line, is_repeat=line.transaction_id in ids)


def refused_requests(root: Transaction) -> Iterable[SignedRequest]:
    """Return the refused requests that named the bet; the ledger has no row for them."""
    if root.request_id is None:
        return ()
    first = SignedRequest.objects.filter(request_id=root.request_id).order_by("pk").values_list("pk", flat=True).first()
    if first is None:
        return ()
    own = SignedRequest.objects.of_player(root.player.player_id, since=first)
    window = own.values_list("pk", "merchant_id", "ref_transaction_id", "status")[:LINES_OF_PLAYER]
    names = [
        pk
        for pk, merchant, ref, status in window
        if (merchant, ref) == (root.merchant_id, root.transaction_id) and status != statuses.OK
    ]
    return SignedRequest.objects.filter(pk__in=list(islice(names, MOST_STEPS))) if names else ()


def request_step(line: SignedRequest, *, is_repeat: bool) -> StoryStep:
    late = line.endpoint.rstrip("/").endswith("payout") and line.status == statuses.TransactionDoesNotExist.key
    return StoryStep(
        at=line.created_at,
        title=str(TITLES.get(line.endpoint.rstrip("/").rpartition("/")[2], _("Request"))),
        transaction_id=line.transaction_id or "",
        status=line.status,
        amount=line.amount,
        balance=line.balance,
        said=str(LATE_PAYOUT) if late else line.message,
        request_id=line.request_id,
        address=line.address or "",
        endpoint=line.endpoint,
        is_repeat=is_repeat,
    )


# --- Play money -------------------------------------------------------------------------------------------------------
def play_story(root: PlayTransaction) -> list[StoryStep]:
    own = PlayTransaction.objects.filter(session=root.session_id).order_by("pk")
    rows = [*own.filter(pk=root.pk), *own.filter(ref_transaction_id=root.transaction_id)[:MOST_STEPS]]
    return [
        StoryStep(
            at=row.created_at,
            title=str(TITLES.get(row.kind, row.kind)),
            transaction_id=row.transaction_id,
            status=row.status,
            amount=row.amount,
            balance=row.balance,
            said=_("Rolled back later.") if row.is_rolled_back else "",
        )
        for row in rows
    ]


def own_root_row(merchant: Merchant, number: int) -> Transaction | None:
    rows = Transaction.objects.filter(merchant=merchant, part__lte=0).select_related("player", "game", "session")
    return rows.filter(pk=number).first()
