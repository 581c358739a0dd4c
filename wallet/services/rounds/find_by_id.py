"""Finds the round of any id: of a transaction, a round, a session, a player or a request.

Complete ids are case-sensitive, and each is found by an index that begins with the merchant or the id. Where none is
exactly that, the newest bets and requests and the first players are searched for ids that contain it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from merchants.models import Merchant, Player
from wallet.models import PlayTransaction, Session, SignedRequest, Transaction
from wallet.models.transaction import TransactionQuerySet

LONGEST = 512  # a session's id
MOST = 20  # hits of one kind
SCANNED = 20_000  # rows of one kind that are searched for a part of an id
SHORTEST_PART = 3
STEPS_TO_ROOT = 3  # the part of a rollback, the payout that it took back, the bet
OF_ONE_CALL = timedelta(seconds=10)  # from the line of a call to the rows that it wrote
LOOKED_FOR = ("transaction id", "reference", "round id", "session id", "player id", "request id")


@dataclass(frozen=True, slots=True)
class IdMatch:
    """The matches of an id. `rounds`: the first row of each round; `calls`: refused requests, which the ledger does not
    have.
    """

    rounds: list[Transaction]
    played: list[PlayTransaction]
    players: list[Player]
    sessions: list[Session]
    calls: list[SignedRequest]
    is_part: bool = False  # the ids only contain the text

    @property
    def is_empty(self) -> bool:
        return not (self.rounds or self.played or self.players or self.sessions or self.calls)


def find_id(merchant: Merchant, text: str) -> IdMatch:
    """Return the matches of an id among the merchant's data: of the complete id, else of ids that contain it."""
    found = find_whole_id(merchant, text)
    return find_part(merchant, text) if found.is_empty and len(text) >= SHORTEST_PART else found


def find_part(merchant: Merchant, text: str) -> IdMatch:
    """Return what has an id that contains the text, among SCANNED rows of each kind."""
    bets = (
        Transaction.objects.filter(merchant=merchant, kind="bet").order_by("-created_at", "-id").values("pk")[:SCANNED]
    )
    has_text = Q(transaction_id__contains=text) | Q(round_id__contains=text)
    rows = Transaction.objects.filter(pk__in=bets).filter(has_text).order_by("-pk")[:MOST]
    lines = SignedRequest.objects.of_merchant(merchant.pk).values("pk")[:SCANNED]
    named = Q(transaction_id__contains=text) | Q(request_text__contains=text)
    requests = SignedRequest.objects.filter(pk__in=lines).annotate(request_text=Cast("request_id", TextField()))
    found = list(requests.filter(named).order_by("-pk")[:MOST])
    in_ledger = [row for line in found for row in ledger_rows(merchant, line.transaction_id or "", [line])]
    known = {row.request_id for row in in_ledger}
    return IdMatch(
        rounds=root_transactions(merchant, [*rows, *in_ledger]),
        played=[],
        players=list(players_with_part(merchant, text).order_by("player_id")[:MOST]),
        sessions=[],
        calls=[line for line in found if line.request_id not in known and line.status != "RS_OK"],
        is_part=True,
    )


def players_with_part(merchant: Merchant, text: str) -> QuerySet[Player]:
    """Return the players whose id contains the text, among the first SCANNED of the merchant."""
    first = Player.objects.filter(merchant=merchant).order_by("player_id").values("pk")[:SCANNED]
    return Player.objects.filter(pk__in=first, player_id__contains=text)


def find_whole_id(merchant: Merchant, text: str) -> IdMatch:
    """Return the matches of a complete id."""
    lines = requests_of(merchant, text)
    sessions = list(Session.objects.for_merchant(merchant.pk).filter(session_id=text).select_related("player", "game"))
    rows = ledger_rows(merchant, text, lines)
    known = {row.request_id for row in rows}
    return IdMatch(
        rounds=root_transactions(merchant, rows),
        played=list(play_transactions(merchant, text, sessions, lines)),
        players=list(Player.objects.filter(merchant=merchant, player_id=text)),
        sessions=sessions,
        calls=[line for line in lines if line.request_id not in known and line.status != "RS_OK"],
    )


def requests_of(merchant: Merchant, text: str) -> list[SignedRequest]:
    """Return the requests with this transaction id or request id."""
    own = SignedRequest.objects.filter(merchant=merchant).order_by()
    request_id = parse_uuid(text)
    by_call = own.filter(request_id=request_id)[:MOST] if request_id else ()
    found = {line.pk: line for line in [*by_call, *own.filter(transaction_id=text)[:MOST]]}
    return sorted(found.values(), key=lambda line: -line.pk)


def ledger_rows(merchant: Merchant, text: str, lines: Iterable[SignedRequest]) -> list[Transaction]:
    """Return the ledger rows with this id, or of these requests."""
    own = Transaction.objects.filter(merchant=merchant).order_by()
    found = [*own.filter(transaction_id=text, part=0), *own.filter(ref_transaction_id=text)[:MOST]]
    found += own.filter(round_id=text)[:MOST]
    if parse_uuid(text) is not None:
        for line in lines:
            found += rows_of_request(own, line)
    return found


def rows_of_request(own: TransactionQuerySet, line: SignedRequest) -> Iterable[Transaction]:
    """Return the ledger rows of a request. A batch names no transaction; its rows have its request id and its
    moment.
    """
    if line.transaction_id:
        return own.filter(transaction_id=line.transaction_id, part=0)
    between = (line.created_at - OF_ONE_CALL, line.created_at + OF_ONE_CALL)
    return own.filter(created_at__range=between, request_id=line.request_id, part=0)[:MOST]


def root_transactions(merchant: Merchant, rows: Iterable[Transaction]) -> list[Transaction]:
    """Return the transaction that each row goes back to, without repeats: the bet of a payout, the deposit of a
    rollback, or the row itself.
    """
    standing = {row.pk: row for row in rows}
    for _ in range(STEPS_TO_ROOT):
        names = {row.ref_transaction_id for row in standing.values() if row.ref_transaction_id}
        above = Transaction.objects.filter(merchant=merchant, transaction_id__in=names, part=0) if names else ()
        parents = {row.transaction_id: row for row in above}
        climbed = [parents.get(row.ref_transaction_id or "", row) for row in standing.values()]
        standing = {row.pk: row for row in climbed}
    known = Transaction.objects.select_related("player", "game", "session").in_bulk(list(standing))
    return sorted(known.values(), key=lambda row: -row.pk)[:MOST]


def play_transactions(
    merchant: Merchant, text: str, sessions: Iterable[Session], lines: Iterable[SignedRequest]
) -> Iterator[PlayTransaction]:
    """Yield the play-money transactions with this id, found by the session in the log."""
    own = PlayTransaction.objects.filter(session__merchant=merchant).select_related("session__player", "session__game")
    for line in lines:
        if line.transaction_id and line.session_id:
            yield from own.filter(session__session_id=line.session_id, transaction_id=line.transaction_id)
    for session in sessions:
        if session.is_demo:
            yield from own.filter(session=session, kind="bet")[:MOST]


def clean_id(text: str) -> str:
    """Return the id without NUL and surrounding spaces, cut to LONGEST characters."""
    return text.replace("\0", "").strip()[:LONGEST]


def parse_uuid(text: str) -> UUID | None:
    """Return the UUID; None for other text."""
    try:
        return UUID(text)
    except ValueError:
        return None
