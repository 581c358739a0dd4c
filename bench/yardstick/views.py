from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.yardstick.models import Account, Merchant, Session, Transaction
from bench.yardstick.serializers import AnswerSerializer, BetSerializer


class Bet(APIView):
    def post(self, request: Request) -> Response:
        asked = BetSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        balance = take(request.user, asked.validated_data)
        answer = {"status": "RS_OK", "transaction_id": asked.validated_data["transactionId"], "balance": balance}
        return Response(AnswerSerializer(answer).data)


@transaction.atomic
def take(merchant: Merchant, bet: dict[str, Any]) -> int:
    """The stake is taken under the account's lock; the answer of a repeat is the first one's."""
    session = playable_session(merchant, bet)
    account = Account.objects.select_for_update().get(player=session.player, currency=bet["currency"])
    seen = Transaction.objects.filter(merchant=merchant, transaction_id=bet["transactionId"]).first()
    if seen is not None:
        return seen.balance
    if account.balance < bet["amount"]:
        raise ValidationError("not enough money")
    account.balance -= bet["amount"]
    account.save(update_fields=["balance"])
    Transaction.objects.create(
        merchant=merchant,
        transaction_id=bet["transactionId"],
        account=account,
        session=session,
        kind="bet",
        amount=bet["amount"],
        balance=account.balance,
    )
    return account.balance


def playable_session(merchant: Merchant, bet: dict[str, Any]) -> Session:
    sessions = Session.objects.select_related("player", "game")
    session = sessions.filter(session_id=bet["sessionId"], player__merchant=merchant, is_active=True).first()
    if session is None or session.expires_at <= timezone.now():
        raise ValidationError("session unknown or over")
    if session.player.player_id != bet["playerId"] or session.game.game_id != bet["gameId"]:
        raise ValidationError("session of somebody else")
    if session.player.is_blocked or not session.game.is_active:
        raise ValidationError("player blocked or game inactive")
    return session


def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("yes")
