"""A session moves the money of its own player, whoever writes its row."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from merchants.models import Merchant, Player
from tests.conftest import Caller
from wallet.ledger import ledger
from wallet.models import Session

pytestmark = pytest.mark.django_db


def copied(session: str, **changed: object) -> None:
    row = Session.objects.get(session_id=session)
    row.pk, row.session_id = None, "copied"
    for name, value in changed.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError, match="a session has the account of its player"), transaction.atomic():
        row.save(force_insert=True)


def test_a_session_has_the_account_of_its_player(caller: Caller, rival: Merchant) -> None:
    assert caller.deposit(1_000).status == "RS_OK"
    caller.launch()
    other = Player.objects.create(merchant=caller.merchant, player_id="other")
    stranger = Player.objects.create(merchant=rival, player_id="player-1")
    copied(caller.session, account_id=ledger.open_account(caller.merchant.pk, other.pk, "EUR"))
    copied(caller.session, player=other)
    copied(caller.session, account_id=ledger.open_account(rival.pk, stranger.pk, "EUR"))
    copied(caller.session, player=stranger)
    copied(caller.session, currency="USD")
    assert caller.bet(100).status == "RS_OK"
