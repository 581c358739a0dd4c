"""A merchant's rounds: the bets that match a filter, newest first, each with its outcome.

The list reads one index: a player's rows, open rounds, or bets by time. Filters that the index does not cover are
checked on a bounded number of bets. Then the answer says how far back the search went, and the next one continues
there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple, Self

from django.db.models import Exists, OuterRef, Q, QuerySet

from merchants.models import Game, Merchant, Player
from portal.lib import paging
from wallet import statuses
from wallet.models import Session, Transaction
from wallet.services.rounds import open_rounds

SCANNED = 20_000
SCANNED_FOR_OUTCOME = 2_000  # an outcome is two or three looks into the ledger for each bet
STATES = ("open", "won", "lost", "rolled back", "refused")
MOMENTS = ("since", "until")
Rows = QuerySet[Transaction]


class ListPlace(NamedTuple):
    """The place of a bet in the order of the list."""

    at: datetime
    pk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFilter:
    """A filter. `least`: the minimum stake, real amount × 100000."""

    since: datetime | None = None
    until: datetime | None = None
    player: str = ""
    session: str = ""
    game: str = ""
    currency: str = ""
    state: str = ""
    least: int | None = None

    def stored_values(self) -> dict[str, Any]:
        """Return the set filters as JSON values."""
        said = {name: value for name, value in asdict(self).items() if value not in {None, ""}}
        return said | {name: said[name].isoformat() for name in MOMENTS if name in said}

    @classmethod
    def build(cls, kept: Mapping[str, Any]) -> Self:
        return cls(**{**kept, **{name: datetime.fromisoformat(kept[name]) for name in MOMENTS if name in kept}})

    @property
    def is_empty(self) -> bool:
        return not self.stored_values()

    @property
    def of_player(self) -> bool:
        return bool(self.player or self.session)


@dataclass(frozen=True, slots=True)
class RoundListPage:
    """A page of rounds. `older`: where the next page begins. `looked_to`: where the search stopped before the last
    round.
    """

    bets: list[Transaction] = field(default_factory=list)
    older: ListPlace | None = None
    looked_to: datetime | None = None


# --- What matches -----------------------------------------------------------------------------------------------------
def matching_rounds(merchant: Merchant, wish: RoundFilter) -> Rows:
    """Return all matching bets with their outcome, newest first."""
    return ordered_rows(judged_rows(indexed_filter(merchant, wish), wish), wish)


def indexed_filter(merchant: Merchant, wish: RoundFilter) -> Rows:
    """Return the bets by the filters that indexes cover: player, session, game and time."""
    rows = within_period(Transaction.objects.filter(merchant=merchant, kind="bet"), wish)
    return player_filter(rows, merchant, wish)


def within_period(rows: Rows, wish: RoundFilter) -> Rows:
    rows = rows.filter(created_at__gte=wish.since) if wish.since else rows
    return rows.filter(created_at__lt=wish.until) if wish.until else rows


def player_filter(rows: Rows, merchant: Merchant, wish: RoundFilter) -> Rows:
    """Return the bets of a player or session. Their numbers are looked up first, so that an index finds them."""
    if wish.session:
        session = Session.objects.for_merchant(merchant.pk).filter(session_id=wish.session).first()
        rows = rows.filter(player=session.player_id, session=session) if session else rows.none()
    if wish.player:
        player = Player.objects.filter(merchant=merchant, player_id=wish.player).first()
        rows = rows.filter(player=player) if player else rows.none()
    return rows


def judged_rows(rows: Rows, wish: RoundFilter) -> Rows:
    return outcome_annotation(outcome_filter(game_filter(rows, wish), wish.state))


def game_filter(rows: Rows, wish: RoundFilter) -> Rows:
    if wish.game:
        game = Game.objects.filter(game_id=wish.game).first()
        rows = rows.filter(game=game) if game else rows.none()
    rows = rows.filter(currency=wish.currency) if wish.currency else rows
    return rows if wish.least is None else rows.filter(amount__gte=wish.least)


def outcome_filter(rows: Rows, state: str) -> Rows:
    if state not in STATES:
        return rows
    if state == "refused":
        return rows.exclude(status=statuses.OK)
    taken, gone = rows.filter(debit_account__isnull=False), Exists(reversal_rows())
    conditions = {
        "rolled back": Q(gone),
        "open": ~Q(gone) & ~Q(Exists(payout_rows())),
        "won": Q(Exists(payout_rows().filter(amount__gt=0))),
        "lost": Q(Exists(payout_rows())) & ~Q(Exists(payout_rows().filter(amount__gt=0))),
    }
    return taken.filter(conditions[state])


def outcome_annotation(rows: Rows) -> Rows:
    return rows.annotate(paid=Transaction.objects.paid_for(), is_gone=Exists(reversal_rows()))


def reversal_rows() -> Rows:
    return Transaction.objects.filter(reverses_id=OuterRef("pk"))


def payout_rows() -> Rows:
    own = {"merchant_id": OuterRef("merchant_id"), "ref_transaction_id": OuterRef("transaction_id")}
    return Transaction.objects.standing().filter(kind="payout", **own)


def outcome(bet: Any) -> str:
    """Return the outcome of a bet, or of its plain values with `paid` and `is_gone`: one of STATES."""
    if bet.debit_account_id is None:
        return "refused"
    if bet.is_gone:
        return "rolled back"
    return "open" if bet.paid is None else "won" if bet.paid else "lost"


# --- One look ---------------------------------------------------------------------------------------------------------
def search_rounds(
    merchant: Merchant, wish: RoundFilter, *, before: ListPlace | None = None, limit: int
) -> RoundListPage:
    """Return a page of at most `limit` rounds, newest first."""
    if wish.state == "open" and not wish.of_player:
        return search_open_rounds(merchant, wish, before, limit)
    rows = indexed_filter(merchant, wish)
    rows = rows_below(rows, wish, before) if before else rows
    end = search_end(rows, wish)
    rows = rows_above(rows, wish, end) if end else rows
    found = ordered_rows(judged_rows(rows, wish), wish).select_related("player", "game")
    bets, last = paging.first_page(found, limit)
    if last:
        return RoundListPage(bets, place(last))
    return RoundListPage(bets, end, end.at if end else None)


def search_open_rounds(merchant: Merchant, wish: RoundFilter, before: ListPlace | None, limit: int) -> RoundListPage:
    """Return a page of open rounds from the summary, which has each open bet."""
    ids = open_rounds.newest_bets(merchant, wish.stored_values(), before=before, limit=limit + 1)
    bets = list(
        ordered_rows(judged_rows(Transaction.objects.filter(pk__in=ids), wish), wish).select_related("player", "game")
    )
    return RoundListPage(bets[:limit], place(bets[:limit][-1]) if len(ids) > limit and bets else None)


def oldest_open(
    merchant: Merchant, wish: RoundFilter, *, after: ListPlace | None, limit: int
) -> tuple[list[Transaction], ListPlace | None]:
    """Return the oldest open rounds, and where the next page begins if there are more."""
    ids = open_rounds.oldest_bets(merchant, wish.stored_values(), after=after, limit=limit + 1)
    rows = outcome_filter(outcome_annotation(Transaction.objects.filter(pk__in=ids[:limit])), "open")
    bets = list(rows.order_by("created_at", "pk").select_related("player", "game"))
    return bets, place(bets[-1]) if len(ids) > limit and bets else None


def search_end(rows: Rows, wish: RoundFilter) -> ListPlace | None:
    """Return the first place that a search leaves out; None when it reaches the end."""
    if not wish.of_player and not needs_judging(wish):
        return None
    most = SCANNED_FOR_OUTCOME if wish.state in STATES else SCANNED
    found = ordered_rows(rows, wish).values_list("created_at", "pk")[most : most + 1].first()
    return ListPlace(*found) if found else None


def needs_judging(wish: RoundFilter) -> bool:
    return not replace(wish, since=None, until=None, player="", session="").is_empty


def ordered_rows(rows: Rows, wish: RoundFilter) -> Rows:
    return rows.order_by("-pk") if wish.of_player else rows.order_by("-created_at", "-pk")


def rows_below(rows: Rows, wish: RoundFilter, edge: ListPlace) -> Rows:
    if wish.of_player:
        return rows.filter(pk__lt=edge.pk)
    return rows.filter(created_at__lte=edge.at).exclude(created_at=edge.at, pk__gte=edge.pk)


def rows_above(rows: Rows, wish: RoundFilter, edge: ListPlace) -> Rows:
    """Return the rows before the edge. The edge is the first row of the next search."""
    if wish.of_player:
        return rows.filter(pk__gte=edge.pk)
    return rows.filter(created_at__gte=edge.at).exclude(created_at=edge.at, pk__lt=edge.pk)


def place(bet: Transaction) -> ListPlace:
    return ListPlace(bet.created_at, bet.pk)


# --- Movements --------------------------------------------------------------------------------------------------------
def movement_rows(merchant: Merchant, wish: RoundFilter) -> Rows:
    """Return every row that moved money. Filters by outcome do not apply."""
    rows = within_period(Transaction.objects.movements().filter(merchant=merchant), wish)
    return game_filter(player_filter(rows, merchant, wish), wish).order_by("-pk")
