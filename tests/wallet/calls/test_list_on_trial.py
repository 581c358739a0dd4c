"""Lists in front of the running portal: two processes with copies of their own, no worker, no job; and two managers."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from typing import Any

import pytest

from tests.plugins.live import Live
from tests.signing import new_id
from tests.wallet.conftest import LiveCaller, Stage, until

SECONDS = 8.0  # in which a loaded machine answers eight calls
TRIES = 5
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


def patient_bet(caller: LiveCaller) -> str:
    """Under 503 it asks again with the same id, as callers are told to."""
    bet = partial(caller.bet, 1, transactionId=new_id())
    answers = (bet() for _ in range(TRIES))
    return next((each.status for each in answers if each.http_status != HTTPStatus.SERVICE_UNAVAILABLE), "busy")


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
    answers = at_once([partial(patient_bet, caller)] * at_once_calls)
    assert set(answers) == {"RS_OK"}
    assert state(stage) == "kept"
    time.sleep(SECONDS)
    assert bets(caller) == {"RS_OK"}


def test_without_a_call_the_address_of_the_new_list_is_refused_again(stage: Stage) -> None:
    caller = stage.caller()
    try_out(stage, HERE, before=ELSEWHERE)
    time.sleep(SECONDS)
    assert bets(caller) == {"IP_RESTRICTION"}


BEGIN = """
from merchants.models import ApiKey
from merchants.services.allowlist import egress
key = ApiKey.objects.select_related("merchant").get(auth_key="{key}")
print(egress.shell_command(egress.begin_proof(key=key, by=None), base_url="{base_url}"))
"""
LOOK = """
from merchants.models import EgressProof
from merchants.services.allowlist import egress as proofs
from wallet.services.log import egress_proofs
print(proofs.proved_entry(egress_proofs.check_proof(EgressProof.objects.latest("pk")).proof).network)
"""
SAVE = """
from ipaddress import ip_network
from merchants import errors
from merchants.models import Merchant
from merchants.services import allowlist
merchant = Merchant.objects.get(pk={merchant})
wish = allowlist.Proposal(merchant, (allowlist.EntryPlan(ip_network("198.51.100.{last}")),))
try:
    allowlist.save_networks(proposal=wish, by=None, expected=0, confirmed_code=merchant.code)
    print("saved")
except errors.ListChanged as refused:
    print(refused)
"""


def test_of_two_managers_who_save_at_once_the_second_is_told(stage: Stage, live: Live) -> None:
    def save(last: int) -> str:
        code = SAVE.format(merchant=stage.merchant_id, last=last)
        return live.manage("shell", "--no-imports", "-c", code).stdout

    with ThreadPoolExecutor() as pool:
        said = sorted(pool.map(save, (1, 2, 3)), key=len)
    assert said[0].strip() == "saved"
    assert all("The allowlist has changed since you opened this page: 198.51.100." in told for told in said[1:])
    listed = "SELECT count(*) FROM merchants_allowlistentry WHERE merchant_id = %s"
    assert stage.sql(listed, stage.merchant_id) == [(1,)]


def test_the_one_liner_proves_the_address_that_it_comes_from(stage: Stage, live: Live) -> None:
    """As it stands, in a shell."""
    begun = live.manage("shell", "--no-imports", "-c", BEGIN.format(key=stage.signer.auth_key, base_url=live.api_url))
    command = ["sh", "-c", begun.stdout.strip()]
    answer = subprocess.run(
        command, env=os.environ | {"SECRET_KEY": stage.signer.secret}, capture_output=True, text=True, check=False
    )
    assert "RS_ERROR_RECORD_NOT_FOUND" in answer.stdout, answer.stderr
    logged = "SELECT count(*) FROM wallet_signedrequest WHERE auth_key = %s"
    until(lambda: stage.sql(logged, stage.signer.auth_key) == [(1,)])
    assert live.manage("shell", "--no-imports", "-c", LOOK).stdout.strip() == "127.0.0.1/32"
