"""A list on trial in front of the running portal: two processes with copies of their own, no worker, no job."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.wallet.conftest import LiveCaller, Stage

SECONDS = 3.0
HERE, ELSEWHERE = "127.0.0.0/8", "203.0.113.0/24"


def try_out(stage: Stage, new: str, before: str) -> None:
    """As the service does, in one transaction."""
    image = json.dumps([{"network": before, "note": "", "owner": None, "expires_at": None}])
    stage.sql("BEGIN")
    stage.sql(
        "INSERT INTO merchants_allowlistentry (merchant_id, network, note) VALUES (%s, %s, '')", stage.merchant_id, new
    )
    stage.sql(
        """INSERT INTO merchants_listtrial (merchant_id, before, begun_at, deadline, state)
           VALUES (%s, %s, now(), now() + %s * interval '1 second', 'trying')""",
        stage.merchant_id,
        image,
        SECONDS,
    )
    stage.sql("COMMIT")


def bets(caller: LiveCaller) -> set[str]:
    """Enough calls for both processes to have had some."""
    return {caller.bet(1).status for _ in range(8)}


def state(stage: Stage) -> Any:
    return stage.sql("SELECT state FROM merchants_listtrial WHERE merchant_id = %s", stage.merchant_id)[0][0]


def test_it_goes_back_by_itself(stage: Stage) -> None:
    caller = stage.caller()
    assert bets(caller) == {"RS_OK"}
    try_out(stage, ELSEWHERE, before=HERE)
    assert bets(caller) == {"IP_RESTRICTION"}
    time.sleep(SECONDS)
    assert bets(caller) == {"RS_OK"}
    assert state(stage) == "trying", "nobody has tidied up"


@pytest.mark.parametrize("at_once_calls", [1, 16])
def test_it_stays_from_its_first_call_on(
    stage: Stage, at_once: Callable[[Sequence[Callable[[], Any]]], list[Any]], at_once_calls: int
) -> None:
    caller = stage.caller()
    try_out(stage, HERE, before=ELSEWHERE)
    answers = at_once([lambda: caller.bet(1).status] * at_once_calls)
    assert set(answers) == {"RS_OK"}
    assert state(stage) == "kept"
    time.sleep(SECONDS)
    assert bets(caller) == {"RS_OK"}


def test_without_a_call_the_address_of_the_new_list_is_refused_again(stage: Stage) -> None:
    caller = stage.caller()
    try_out(stage, HERE, before=ELSEWHERE)
    time.sleep(SECONDS)
    assert bets(caller) == {"IP_RESTRICTION"}
