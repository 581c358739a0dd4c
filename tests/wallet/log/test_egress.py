"""Prove your egress: the address that we see, proved by one signed call, also where a list refuses it."""

from __future__ import annotations

import json
import shlex
from datetime import timedelta
from typing import Any

import pytest

from merchants.models import AllowlistEntry, ApiKey, EgressProof, Person
from merchants.services.allowlist import egress as proofs
from merchants.services.allowlist import parse_network
from portal.lib import clock
from tests.conftest import Caller
from wallet.services.log import egress_proofs, request_log

HERE = "198.51.100.7"


@pytest.fixture
def proof(caller: Caller, owner: Person) -> EgressProof:
    return proofs.begin_proof(key=ApiKey.objects.get(auth_key=caller.signer.auth_key), by=owner)


@pytest.fixture
def listed(caller: Caller) -> AllowlistEntry:
    return AllowlistEntry.objects.create(merchant=caller.merchant, network="203.0.113.1")


def say(caller: Caller, proof: EgressProof, address: str = HERE, **headers: Any) -> str:
    raw = proofs.proof_body(proof).encode()
    answer = caller.call(proofs.PATH, raw, meta={"REMOTE_ADDR": address}, **headers)
    request_log.drain_lines()
    return answer.status


def test_a_signed_call_proves_its_address(caller: Caller, proof: EgressProof) -> None:
    assert say(caller, proof) == "RECORD_NOT_FOUND"
    proved = egress_proofs.check_proof(proof).proof
    line = proofs.proved_entry(proved)
    assert line is not None
    assert line.network == parse_network(HERE)
    assert "Proved by a signed request" in line.note


def test_an_address_that_the_list_refuses_is_answered_as_ever_and_proved(
    caller: Caller, proof: EgressProof, listed: AllowlistEntry
) -> None:
    assert say(caller, proof) == "IP_RESTRICTION"
    assert egress_proofs.check_proof(proof).proof.address == HERE


WRONG: list[dict[str, str]] = [{"x_signature": "0" * 64}, {"timestamp": "1000"}, {"x_timestamp": "1000"}]


@pytest.mark.parametrize("headers", WRONG, ids=str)
@pytest.mark.parametrize("refused_before", [True, False])
def test_what_is_not_rightly_signed_proves_nothing(
    caller: Caller, proof: EgressProof, headers: dict[str, str], refused_before: bool
) -> None:
    if refused_before:
        AllowlistEntry.objects.create(merchant=caller.merchant, network="203.0.113.1")
    status = say(caller, proof, **headers)
    looked = egress_proofs.check_proof(proof)
    assert proofs.proved_entry(looked.proof) is None
    assert looked.arrived is not None
    assert looked.arrived.status == f"RS_ERROR_{status}"


@pytest.mark.parametrize("refused_before", [True, False])
def test_another_merchants_signature_proves_nothing(
    caller: Caller, rival_caller: Caller, proof: EgressProof, refused_before: bool
) -> None:
    if refused_before:
        AllowlistEntry.objects.create(merchant=rival_caller.merchant, network="203.0.113.1")
    say(rival_caller, proof)
    assert egress_proofs.check_proof(proof).proof.address is None


def test_the_first_address_stays(caller: Caller, proof: EgressProof) -> None:
    say(caller, proof)
    egress_proofs.check_proof(proof)
    say(caller, proof, "198.51.100.8")
    assert egress_proofs.check_proof(proof).proof.address == HERE


def test_nothing_has_arrived_yet(proof: EgressProof) -> None:
    looked = egress_proofs.check_proof(proof)
    assert (looked.proof.address, looked.arrived) == (None, None)


def test_a_word_that_is_over_proves_nothing(caller: Caller, proof: EgressProof) -> None:
    with clock.frozen_at(proof.until + timedelta(seconds=1)):
        say(caller, proof, timestamp=str(int(clock.now().timestamp() * 1000)))
    assert egress_proofs.check_proof(proof).proof.address is None


def test_the_one_liner_says_the_word_and_no_secret(caller: Caller, proof: EgressProof) -> None:
    line = proofs.shell_command(proof, base_url="https://portal.example")
    words = shlex.split(line)
    assert f"B={json.dumps({'playerId': proof.word, 'currency': 'EUR'}, separators=(',', ':'))};" in words
    assert "https://portal.example/wallet/balance" in words
    assert f"x-api-key: {caller.signer.auth_key}" in words
    assert caller.signer.secret not in line
