"""The rows that a call names: as they are now, and as they were when the call was judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from merchants.models import (
    AllowedDomain,
    AllowlistEntry,
    ApiKey,
    DisabledGame,
    Game,
    ListTrial,
    Merchant,
    Player,
    Secret,
    SeenAddress,
)
from merchants.services import history, past_states
from merchants.services.past_states import Past
from portal.lib import clock
from wallet.models import RefusedCall, Session, SignedRequest, Transaction

MINUTE = timedelta(minutes=1)
MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    line: SignedRequest
    moment: datetime  # when the call was answered: whatever it was judged by was so by then
    kept: RefusedCall | None
    key: ApiKey | None
    merchant: Merchant | None
    player: Player | None = None
    game: Game | None = None
    session: Session | None = None
    first: Transaction | None = None  # what stands in the ledger under its transactionId
    reference: Any = None  # with `undone`: when it was rolled back
    bets: int | None = None  # of the player in the minute before it
    known_since: datetime | None = None  # the first rightly signed call of the key from its address
    merchant_then: Past | None = None
    key_then: Past | None = None
    player_then: Past | None = None
    game_then: Past | None = None
    secrets_then: Sequence[Past] = ()
    entries_then: Sequence[Past] = ()
    trials_then: Sequence[ListTrial] = ()  # that had begun, and neither been kept nor put back
    domains_then: Sequence[Past] = ()
    disabled_then: Sequence[Past] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    is_before_history: bool = False  # then all is told as it is today
    is_long_ago: bool = False  # so is it where too much was changed since

    @property
    def is_repeat(self) -> bool:
        """Return whether another call had used its transaction id before."""
        first = self.first
        return first is not None and first.request_id != self.line.request_id and first.created_at <= self.moment

    @property
    def had_no_sandbox(self) -> bool:
        """Return whether it was refused because its test key had no sandbox."""
        key, then = self.key, self.key_then
        if key is None or then is None or then["environment"] != ApiKey.Environment.TEST or self.line.secret_id:
            return False
        return key.needs_sandbox or then["merchant_id"] != key.merchant_id


def read_facts(line: SignedRequest) -> Facts:
    """Return what is stored of a call, in a fixed number of queries."""
    kept = RefusedCall.objects.filter(pk=line.request_id).first() if line.status != "RS_OK" else None
    key = ApiKey.objects.select_related("merchant").filter(auth_key=line.auth_key).first()
    moment = line.created_at + timedelta(microseconds=line.duration_us)
    base: dict[str, Any] = {
        "line": line,
        "moment": moment,
        "kept": kept,
        "headers": kept.headers if kept else {},
        "key": key,
    }
    if key is None:
        return Facts(**base, merchant=None)
    merchant = _merchant(line, key, moment)
    named = _named(line, merchant)
    then = _then(key, merchant, named["player"], named["game"], moment)
    return Facts(**base, merchant=merchant, **named, **then, **_ledger(line, key, merchant, named))


def _merchant(line: SignedRequest, key: ApiKey, moment: datetime) -> Merchant:
    """Whose call it was: a test key may have been moved to the sandbox since."""
    if not key.merchant.is_sandbox:
        return key.merchant
    history: Any = ApiKey.pgh_event_model  # type: ignore[attr-defined]
    live = key.merchant.live_merchant
    moves = history.objects.filter(pgh_obj=key, pgh_created_at__gt=moment, pgh_before__merchant_id=live.pk)
    return live if line.merchant_id == live.pk or moves.exists() else key.merchant


def _named(line: SignedRequest, merchant: Merchant) -> dict[str, Any]:
    """Whom and what it is about: what a line says, where it is this merchant's."""
    players, games = Player.objects.filter(merchant=merchant), Game.objects.all()
    session = (
        Session.objects.select_related("player", "game").filter(session_id=line.session_id, merchant=merchant).first()
        if line.session_id
        else None
    )
    return {
        "player": players.filter(player_id=line.player_id).first() if line.player_id else None,
        "game": games.filter(game_id=line.game_id).first() if line.game_id else None,
        "session": session,
    }


def _then(
    key: ApiKey, merchant: Merchant, player: Player | None, game: Game | None, moment: datetime
) -> dict[str, Any]:
    about: list[tuple[Any, str, dict[str, Any]]] = [
        (merchant, "Merchant", {}),
        (key, "ApiKey", {}),
        (key, "Secret", {}),
        (merchant, "AllowlistEntry", {"key": None}),
        (key, "AllowlistEntry", {}),
        (merchant, "AllowedDomain", {}),
    ]
    about += [(player, "Player", {})] if player else []
    about += [(game, "Game", {}), (merchant, "DisabledGame", {"game": game.pk})] if game else []
    found = history.events_since(moment, *about)
    events = found or []
    # Only what was sown with a moved clock called before its merchant was made; nothing of that time is known.
    is_before = past_states.state_at(merchant, moment, events).made_later
    at = clock.now() if is_before or found is None else moment
    entries = AllowlistEntry.objects.filter(Q(key=None) | Q(key=key), merchant=merchant)
    trials = list(
        ListTrial.objects.filter(Q(key=None) | Q(key=key), merchant=merchant, begun_at__lte=at).filter(
            Q(state=ListTrial.State.TRYING) | Q(ended_at__gt=at)
        )
    )
    disabled = DisabledGame.objects.filter(merchant=merchant, game=game) if game else []
    return {
        "is_before_history": is_before,
        "is_long_ago": found is None,
        "merchant_then": past_states.state_at(merchant, at, events),
        "key_then": past_states.state_at(key, at, events),
        "player_then": past_states.state_at(player, at, events) if player else None,
        "game_then": past_states.state_at(game, at, events) if game else None,
        "secrets_then": past_states.states_at("Secret", Secret.objects.filter(key=key), at, events),
        "entries_then": _judged_by(past_states.states_at("AllowlistEntry", entries, at, events), trials, at),
        "trials_then": trials,
        "domains_then": past_states.states_at(
            "AllowedDomain", AllowedDomain.objects.filter(merchant=merchant), at, events
        ),
        "disabled_then": past_states.states_at("DisabledGame", disabled, at, events),
    }


def _judged_by(entries: Sequence[Past], trials: Sequence[ListTrial], at: datetime) -> list[Past]:
    """From the deadline of a trial on, what was before it counts, whenever the table is put right (decision 0019)."""
    over = {trial.key_id: trial for trial in trials if trial.deadline <= at}
    kept = [entry for entry in entries if entry["key_id"] not in over]
    return kept + [Past(0, {**row, "key_id": key_id}, ()) for key_id, trial in over.items() for row in trial.before]


def _ledger(line: SignedRequest, key: ApiKey, merchant: Merchant, named: Mapping[str, Any]) -> dict[str, Any]:
    rows = Transaction.objects.filter(merchant=merchant, part=0)
    undone = Exists(Transaction.objects.filter(reverses=OuterRef("pk"), created_at__lte=line.created_at))
    first = rows.filter(transaction_id=line.transaction_id).first() if line.transaction_id else None
    reference = (
        rows.filter(transaction_id=line.ref_transaction_id).annotate(undone=undone).first()
        if line.ref_transaction_id
        else None
    )
    known = SeenAddress.objects.filter(key=key, address=line.address).values_list("first_seen_at", flat=True)
    return {
        "known_since": known.first(),
        "first": first,
        "reference": reference,
        "bets": _bets(line, named["player"], first),
    }


def _bets(line: SignedRequest, player: Player | None, own: Transaction | None) -> int | None:
    """In the minute before the call's own row, counted as the ledger counts."""
    if player is None or own is None or own.request_id != line.request_id or own.kind != "bet":
        return None
    earlier = Transaction.objects.filter(
        player=player, pk__lt=own.pk, kind="bet", created_at__gt=own.created_at - MINUTE
    )
    return earlier.exclude(status="RS_ERROR_LIMIT_REACHED").order_by("-created_at")[:MOST_COUNTED].count()
