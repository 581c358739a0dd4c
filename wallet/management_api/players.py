from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access import Scope, Visit
from merchants.models import Player
from merchants.services import flags, history, limits
from merchants.services.limits import Limits
from wallet.management_api import fields
from wallet.management_api.endpoint import ManagementView, page_of
from wallet.management_api.schema import describe


def player_fields(player: Player) -> dict[str, Any]:
    return {
        "id": player.pk,
        "player_id": player.player_id,
        "is_blocked": player.is_blocked,
        "blocked_reason": player.blocked_reason,
        **limits.player_limits(player)._asdict(),
    }


def own_player(visit: Visit, number: int) -> Player:
    player = Player.objects.select_related("merchant").filter(merchant=visit.merchant, pk=number).first()
    if player is None:
        raise Http404
    return player


class PlayersEndpoint(ManagementView):
    scopes = {"GET": Scope.PLAYERS_READ}

    @describe(
        "list_players",
        "List players",
        parameters=[fields.PlayerQuery],
        responses=fields.PlayerList,
    )
    def get(self, request: Request, merchant: str) -> Response:
        visit, asked = self.visit(merchant), self.query(fields.PlayerQuery)
        rows = Player.objects.filter(merchant=visit.merchant)
        if "player_id" in asked:
            rows = rows.filter(player_id=asked["player_id"])
        if asked["is_blocked"] is not None:
            rows = rows.filter(is_blocked=asked["is_blocked"])
        found, cursor = page_of(rows, asked)
        return Response({"items": [player_fields(player) for player in found], "next": cursor})


class PlayerEndpoint(ManagementView):
    scopes = {"GET": Scope.PLAYERS_READ}

    @describe("get_player", "Read a player", responses=fields.PlayerFields)
    def get(self, request: Request, merchant: str, number: int) -> Response:
        return Response(player_fields(own_player(self.visit(merchant), number)))


class BlockEndpoint(ManagementView):
    scopes = {"POST": Scope.PLAYERS_WRITE}

    @describe(
        "block_player",
        "Block a player",
        request=fields.BlockRequest,
        responses=fields.PlayerFields,
    )
    def post(self, request: Request, merchant: str, number: int) -> Response:
        """The player cannot start new bets or sessions. Open rounds are still paid."""
        player, wish = own_player(self.visit(merchant), number), self.body(fields.BlockRequest)
        with history.give_reason(wish["reason"]):
            return Response(player_fields(flags.block_player(player=player, reason=wish["reason"])))


class UnblockEndpoint(ManagementView):
    scopes = {"POST": Scope.PLAYERS_WRITE}

    @describe(
        "unblock_player",
        "Unblock a player",
        request=fields.ReasonRequest,
        responses=fields.PlayerFields,
    )
    def post(self, request: Request, merchant: str, number: int) -> Response:
        player, wish = own_player(self.visit(merchant), number), self.body(fields.ReasonRequest)
        with history.give_reason(wish["reason"]):
            return Response(player_fields(flags.unblock_player(player=player)))


class LimitsEndpoint(ManagementView):
    scopes = {"PUT": Scope.PLAYERS_WRITE}

    @describe(
        "set_player_limits",
        "Set the limits of a player",
        request=fields.LimitsRequest,
        responses=fields.PlayerFields,
    )
    def put(self, request: Request, merchant: str, number: int) -> Response:
        """With null, the merchant’s limit for all players applies."""
        player, wish = own_player(self.visit(merchant), number), self.body(fields.LimitsRequest)
        saved = limits.set_player_limits(
            player=player, limits=Limits(**wish["limits"]), seen=Limits(**wish["expected"])
        )
        return Response(player_fields(saved))
