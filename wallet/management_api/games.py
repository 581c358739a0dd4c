from __future__ import annotations

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access import Scope
from merchants.models import Game
from merchants.services import flags, history
from wallet.management_api import fields
from wallet.management_api.endpoint import ManagementView, page_of
from wallet.management_api.schema import describe


class GamesEndpoint(ManagementView):
    scopes = {"GET": Scope.GAMES_READ}

    @describe("list_games", "List games", parameters=[fields.CursorQuery], responses=fields.GamesAnswer)
    def get(self, request: Request, merchant: str) -> Response:
        rows = Game.objects.playable_by(self.visit(merchant).merchant.pk)
        found, cursor = page_of(rows, self.query(fields.CursorQuery))
        items = [
            {
                "game_id": game.game_id,
                "name": game.name,
                "is_active": game.active,
                "is_off_for_all": not game.is_active,
            }
            for game in found
        ]
        return Response({"items": items, "next": cursor})


class SwitchEndpoint(ManagementView):
    scopes = {"POST": Scope.GAMES_WRITE}

    @describe(
        "switch_games",
        "Switch games off or on",
        request=fields.SwitchRequest,
        responses=fields.SwitchResult,
    )
    def post(self, request: Request, merchant: str) -> Response:
        """The switch applies to the players of this merchant. Open rounds are still paid. A repeat changes nothing."""
        visit, wish = self.visit(merchant), self.body(fields.SwitchRequest)
        wanted = set(wish["game_ids"])
        games = list(Game.objects.filter(game_id__in=wanted))
        if len(games) != len(wanted):
            raise Http404
        with history.give_reason(wish["reason"]):
            changed = flags.switch_games_for(games=games, merchant=visit.merchant, on=wish["is_on"])
        return Response({"changed": changed})
