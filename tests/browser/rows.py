"""A merchant with a row for each page that needs one. Run by `manage.py shell` in the portal that a browser sees.

The rows are those of tests/merchants/pages/test_operator_doors.py.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from django.test import RequestFactory

from merchants.models import ApiKey, DisabledGame, Game, Merchant, Person, Player
from merchants.services import claim_links, email_links, flags, keys, limits, people, undo
from merchants.services.limits import Limits
from portal.machines import Machines
from tests import factories
from tests.conftest import Caller
from tests.merchants.pages import test_operator_doors as doors
from tests.people import give_totp
from wallet.models import SignedRequest
from wallet.reconciliation import report_opt_outs
from wallet.services.log import request_log

CODE, EMAIL = "meridian", "owner@meridian.example"


class Machine(RequestFactory):
    """Sends requests to the signed API in this process."""

    def generic(self, *call: Any, **how: Any) -> Any:
        return Machines().get_response(super().generic(*call, **how))


def numbers_of_flags(merchant: Merchant, game: Game) -> dict[str, int]:
    player = Player.objects.filter(merchant=merchant)[0]
    flags.block_player(player=player, reason="asked for it")
    flags.switch_game_for(game=game, merchant=merchant, on=False)
    limits.set_merchant_limits(merchant=merchant, limits=Limits(60, None), seen=Limits(None, None))
    things = {"players_undo": Player, "games_undo": DisabledGame, "limits_undo": Merchant}
    changes = {name: change.number for name, thing in things.items() if (change := undo.last_change(thing, merchant))}
    return dict.fromkeys(("player", "player_block", "player_unblock", "player_limits"), player.pk) | changes


def numbers_of_people(merchant: Merchant, owner: Person) -> dict[str, Any]:
    invitation = people.invite_person(merchant=merchant, email="new@meridian.example", role="viewer", by=owner)
    viewer = factories.member(merchant, "viewer", email="viewer@meridian.example")
    return {
        "withdraw": invitation.pk,
        "invitation": email_links.invitation_link(invitation.pk).rstrip("/").rpartition("/")[2],
        **dict.fromkeys(("member_role", "member_remove"), viewer.memberships.get().pk),
        **doors.numbers_of_requests(merchant, viewer),
    }


def write_facts() -> None:
    """Write the second factor of the owner, and what each address names, as JSON."""
    merchant = factories.merchant(CODE, name="Meridian Casino")
    owner = factories.member(merchant, "owner", email=EMAIL)
    game, factor = factories.game(name="Meridian Gold"), give_totp(owner)
    caller = Caller(merchant, factories.signer(merchant), game, client=Machine(SERVER_NAME="localhost"))  # type: ignore[arg-type]
    caller.deposit(1_000_000)
    caller.launch()
    key = ApiKey.objects.get(merchant=merchant)
    rounds = doors.numbers_of_rounds(merchant, caller, owner)
    request_log.drain_lines()
    numbers = (
        rounds
        | doors.numbers_of_lists(merchant)
        | numbers_of_flags(merchant, game)
        | doors.of_reconciliation(merchant)
        | doors.numbers_of_months(merchant, owner)
        | doors.numbers_of_integrations(merchant, owner)
        | numbers_of_people(merchant, owner)
        | {"key": key.pk, "call": SignedRequest.objects.filter(merchant=merchant)[0].request_id.int}
    )
    numbers["report_unsubscribe"] = report_opt_outs.opt_out_link(merchant, "a@acme.test").rstrip("/").split("/")[-2]
    issued = keys.rotate_secret(key=key)
    claim = claim_links.send_link(secret=issued.row, by=None)
    numbers["claim"] = email_links.claim_link(claim.pk).rstrip("/").rpartition("/")[2]
    sys.stdout.write("FACTS|" + json.dumps({"factor": factor, "numbers": numbers}, default=str) + "\n")
