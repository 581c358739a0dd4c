"""`/game`: launch, and read what was launched and played."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from merchants.models import Game
from portal.lib import clock
from wallet import statuses
from wallet.api import contracts
from wallet.api.endpoint import QueryView, SignedView
from wallet.ledger import ledger
from wallet.ledger.ledger import Caller
from wallet.models import Session, Transaction
from wallet.services.calls import sessions
from wallet.services.calls.sessions import Launch


class GameUrl(SignedView):
    """Launch a game: open a session for a player and return the address of the game."""

    takes, gives = contracts.LaunchCall, contracts.Launched
    kind = "launch"

    def serve(self, caller: Caller, asked: contracts.LaunchCall) -> contracts.Launched:
        session = sessions.launch_session(
            caller,
            Launch(asked.game_id, asked.player_id, asked.player_name, asked.balance, asked.currency),
        )
        return self.gives(status=statuses.OK, game_url=sessions.game_url(session), session_id=session.session_id)


class Listing(QueryView):
    """A page of rows, newest first."""

    def rows(self, caller: Caller, asked: Any) -> QuerySet[Any]:
        raise NotImplementedError

    def row(self, found: Any) -> Any:
        raise NotImplementedError

    def serve(self, caller: Caller, asked: contracts.PageQuery) -> Any:
        ledger.check_gate(caller, self.kind)
        rows = self.rows(caller, asked)
        count, start = rows.count(), (asked.page - 1) * asked.limit
        page = contracts.Page(
            total_pages=-(-count // asked.limit),
            current_page=asked.page,
            total_count=count,
            result=[self.row(found) for found in rows[start : start + asked.limit]] if start < count else [],
        )
        return self.gives(status=statuses.OK, data=page)  # type: ignore[call-arg]


def is_active(session: Session) -> int:
    return int(session.is_active and session.expires_at > clock.now())


class GameSessions(Listing):
    """List the sessions of the merchant, newest first."""

    takes, gives = contracts.SessionsQuery, contracts.SessionPage

    def rows(self, caller: Caller, asked: contracts.SessionsQuery) -> QuerySet[Session]:
        said = contracts.stated_fields(asked)
        wanted = {"player__player_id": said.get("player_id"), "game__game_id": said.get("game_id")}
        rows = (
            Session.objects.using(settings.WALLET_DATABASE)
            .for_merchant(caller.merchant_id)
            .select_related("player", "game")
        )
        return rows.filter(**{name: value for name, value in wanted.items() if value})

    def row(self, found: Session) -> contracts.SessionRow:
        return contracts.SessionRow(
            session_id=found.session_id,
            player_id=found.player.player_id,
            player_name=found.player.name,
            game_id=found.game.game_id,
            game_name=found.game.name,
            status=is_active(found),
            currency=found.currency,
            created_at=iso_moment(found.created_at),
        )


class GameSession(Listing):
    """List the rounds of one session: each bet with its payouts."""

    takes, gives = contracts.SessionQuery, contracts.RoundPage

    def rows(self, caller: Caller, asked: contracts.SessionQuery) -> QuerySet[Transaction]:
        using = settings.WALLET_DATABASE
        session = (
            Session.objects.using(using).for_merchant(caller.merchant_id).filter(session_id=asked.session_id).first()
        )
        if session is None:
            raise statuses.RecordNotFound("The session does not exist.")
        rounds = Transaction.objects.using(using).rounds().filter(session=session, player=session.player_id)
        return rounds.select_related("player", "game", "session")

    def row(self, found: Any) -> contracts.RoundRow:
        return contracts.RoundRow(
            transaction_id=found.transaction_id,
            session_id=found.session.session_id,
            player_id=found.player.player_id,
            player_name=found.player.name,
            bet_amount=found.amount,
            payout=found.payout,
            is_win=found.payout > 0,
            session_status=is_active(found.session),
            game_id=found.game.game_id,
            game_name=found.game.name,
            created_at=iso_moment(found.created_at),
        )


class GameList(Listing):
    """List the games that this merchant can launch."""

    takes, gives = contracts.PageQuery, contracts.GamePage

    def rows(self, caller: Caller, asked: contracts.PageQuery) -> QuerySet[Game]:
        return Game.objects.using(settings.WALLET_DATABASE).playable_by(caller.merchant_id).order_by("name", "pk")

    def row(self, found: Any) -> contracts.GameRow:
        return contracts.GameRow(game_id=found.game_id, game_name=found.name, active=found.active)


def iso_moment(moment: Any) -> str:
    """ISO-8601 in UTC with milliseconds and `Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
