"""Section 8: the signature covers the body and not the path, so no body is right at two endpoints."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import combinations
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merchants.models import Game, Merchant, Player
from portal.lib import clock
from tests.conftest import Caller
from tests.signing import Answer, encoded
from wallet import statuses
from wallet.api import contracts, decoding
from wallet.api.contracts import Contract
from wallet.api.endpoint import SignedView
from wallet.api.request import SignedHttpRequest
from wallet.api.urls import VIEWS
from wallet.api.wallet_views import Batch
from wallet.models import Account, PlayTransaction, RefusedPayout, Session, Statement, Transaction
from wallet.services.log.request_log import LogLine

MONEY = "/wallet/transaction/"
PUSH = "/reconciliation/statements"
BREAKS, COMPARED = "/reconciliation/breaks", "2026-01-31"
POSTED = {path: view for path, view in VIEWS.items() if view.method == "POST"}

# --- the table --------------------------------------------------------------------------------------------------------
REFUSES = {
    "/wallet/balance": "transactionId amount kind transactions gameId sessionId playerName balance",
    f"{MONEY}bet": "refTransactionId isWin rewardType rewardedAmount kind transactions",
    f"{MONEY}payout": "rewardType rewardedAmount kind transactions",
    f"{MONEY}reward": "amount isWin kind transactions",
    f"{MONEY}deposit": "sessionId gameId roundId refTransactionId isWin rewardType rewardedAmount transactions",
    f"{MONEY}withdraw": "sessionId gameId roundId refTransactionId isWin rewardType rewardedAmount transactions",
    f"{MONEY}rollback": "amount currency roundId isWin rewardType rewardedAmount",
    f"{MONEY}retry": "refTransactionId isWin rewardType rewardedAmount",
    f"{MONEY}settlement": "isWin rewardType rewardedAmount",
    "/game/url": "transactionId amount kind transactions",
    PUSH: "",
}


@pytest.mark.parametrize("path", POSTED)
def test_each_endpoint_refuses_what_the_contract_says(path: str) -> None:
    assert set(POSTED[path].takes.refuses) == set(REFUSES[path].split())
    assert set(contracts.BatchCall.refuses) == {"day", "kind"}


def asked_around(view: type[SignedView]) -> type[Contract]:
    return contracts.BatchCall if view.is_batch else view.takes


def needed(contract: type[Contract]) -> dict[str, str | None]:
    """The fields without which there is no call, each with the one text that it may be."""
    return {rule.name: rule.only for rule in decoding._rules(contract) if rule.required}


def are_told_apart(one: type[Contract], other: type[Contract]) -> bool:
    needs, wants = needed(one), needed(other)
    has_another_text = any(needs[name] != wants[name] for name in needs.keys() & wants.keys())
    return bool(needs.keys() & set(other.refuses) or wants.keys() & set(one.refuses) or has_another_text)


@pytest.mark.parametrize(("one", "other"), list(combinations(POSTED, 2)))
def test_a_field_that_one_needs_tells_it_from_each_other(one: str, other: str) -> None:
    """It can't be left out or null where it is needed, so whoever refuses it never accepts that body."""
    views = POSTED[one], POSTED[other]
    in_batches = all(view.is_batch for view in views)
    assert are_told_apart(*(view.takes if in_batches else asked_around(view) for view in views))


# --- whatever hypothesis can think of ---------------------------------------------------------------------------------
VALUES: dict[str, list[Any]] = {
    "transactionId": ["t-1"],
    "refTransactionId": ["t-0"],
    "sessionId": ["s-1"],
    "playerId": ["p-1"],
    "playerName": ["Ada"],
    "gameId": ["G-1"],
    "roundId": ["r-1"],
    "currency": ["EUR", "XXX"],
    "amount": [0, 5],
    "rewardedAmount": [5],
    "balance": [5],
    "isWin": [True],
    "rewardType": ["bonus"],
    "kind": ["deposit", "withdraw", "bet", ""],
    "day": ["2026-01-31"],
}
FIELDS = {name: st.sampled_from([*values, None]) for name, values in VALUES.items()}


@st.composite
def objects(draw: st.DrawFn, within: st.SearchStrategy[Any] | None = None) -> dict[str, Any]:
    """A right call of some kind, with fields of other kinds, each of which may be null, and with one left out."""
    contract = POSTED[draw(st.sampled_from(sorted(POSTED)))].takes
    right = {name: only or VALUES.get(name, [None])[-1] for name, only in needed(contract).items()}
    more = draw(st.fixed_dictionaries({}, optional=FIELDS))
    found = more | right if draw(st.booleans()) else right | more
    found.pop(draw(st.sampled_from(["", *FIELDS])), None)
    return found if within is None else found | draw(st.fixed_dictionaries({}, optional={"transactions": within}))


def accepts(view: SignedView, body: bytes) -> bool:
    """Is there anything in the body that this endpoint would do?"""
    request = SignedHttpRequest()
    request.raw, request.upload = body, None
    request.line = LogLine(uuid4(), clock.now(), None, "", view.method, "")
    try:
        understood = view.read(request)
    except statuses.CallRefused:
        return False
    if isinstance(view, Batch):
        return any(not isinstance(view.checked(item), statuses.CallRefused) for item in understood)
    return True


@settings(max_examples=300, deadline=None, database=None)
@given(objects(within=st.lists(objects(), max_size=1) | st.none()))
def test_no_body_is_right_at_two_endpoints(body: dict[str, Any]) -> None:
    """A GET accepts no body at all."""
    raw = json.dumps(body).encode()
    found = [path for path, kind in VIEWS.items() if accepts(kind(), raw)]
    assert len(found) <= 1, found


# --- every ordered pair of endpoints ----------------------------------------------------------------------------------
class Trouble(NamedTuple):
    """For what a call is refused at first, and how that ends."""

    begin: Callable[[Caller], Any]
    end: Callable[[Caller], Any]


def nothing(caller: Caller) -> None: ...


def of_merchants(**fields: Any) -> Callable[[Caller], Any]:
    return lambda caller: Merchant.objects.update(**fields)


CLOSED = Trouble(of_merchants(status="closed"), of_merchants(status="active"))
STAKE = "the-stake"


def stake(caller: Caller) -> None:
    assert caller.bet(100, transactionId=STAKE, roundId="round-1").status == "RS_OK"


def switched(model: Any, **fields: bool) -> Trouble:
    """Something is off, and on again."""
    off = {name: not is_on for name, is_on in fields.items()}
    return Trouble(lambda caller: model.objects.update(**off), lambda caller: model.objects.update(**fields))


def opened(*, days_ago: int) -> Callable[[Caller], Any]:
    return lambda caller: Merchant.objects.update(created_at=clock.now() - timedelta(days=days_ago))


OF_ITS_OWN: dict[str, Trouble] = {
    f"{MONEY}bet": switched(Session, is_active=True),
    f"{MONEY}payout": Trouble(nothing, stake),
    f"{MONEY}settlement": Trouble(nothing, stake),
    f"{MONEY}retry": Trouble(nothing, stake),
    f"{MONEY}deposit": Trouble(of_merchants(status="suspended"), of_merchants(status="active")),
    f"{MONEY}withdraw": Trouble(lambda caller: caller.withdraw(1_000_000), lambda caller: caller.deposit(1_000_000)),
    "/game/url": switched(Game, is_active=True),
    PUSH: Trouble(opened(days_ago=0), opened(days_ago=10)),
}


def yesterday() -> str:
    return (clock.now() - timedelta(days=2)).date().isoformat()


ROW = {"transactionId": "t-1", "kind": "bet", "playerId": "p-1", "currency": "EUR", "amount": 100}
BODIES: dict[str, Callable[[Caller], Any]] = {
    "/wallet/balance": lambda caller: {"playerId": caller.player, "currency": "EUR"},
    f"{MONEY}bet": lambda caller: caller.in_session(currency="EUR", amount=100, roundId="round-2"),
    f"{MONEY}payout": lambda caller: caller.in_session(
        currency="EUR", amount=50, refTransactionId=STAKE, isWin=True, roundId="round-1"
    ),
    f"{MONEY}reward": lambda caller: caller.in_session(
        refTransactionId="bonus", rewardType="bonus", rewardedAmount=5, currency="EUR"
    ),
    f"{MONEY}deposit": lambda caller: caller.cashier("deposit", 700),
    f"{MONEY}withdraw": lambda caller: caller.cashier("withdraw", 700),
    f"{MONEY}rollback": lambda caller: {"transactions": [caller.rollback_item(STAKE)]},
    f"{MONEY}retry": lambda caller: {
        "transactions": [caller.in_session(currency="EUR", amount=50, roundId="round-1")]
    },
    f"{MONEY}settlement": lambda caller: {
        "transactions": [caller.in_session(currency="EUR", amount=50, roundId="round-1", refTransactionId=STAKE)]
    },
    "/game/url": lambda caller: {
        "gameId": caller.game.game_id, "playerId": caller.player, "playerName": "Ada", "balance": 0, "currency": "EUR"
    },
    PUSH: lambda caller: {"day": yesterday(), "transactions": [ROW]},
    f"{PUSH} in CSV": lambda caller: f"#day={yesterday()}\n{','.join(ROW)}\nt-1,bet,p-1,EUR,100\n".encode(),
}  # fmt: skip
QUERIES = {"/game/session": "?sessionId={session}", "/game/sessions": "?limit=100", BREAKS: f"?day={COMPARED}"}
ENDPOINTS = [*BODIES, *(path for path, view in VIEWS.items() if view.method == "GET")]


@pytest.fixture
def machine(caller: Caller) -> Caller:
    Merchant.objects.update(created_at=clock.now() - timedelta(days=10))
    return caller


class Signed(NamedTuple):
    """A call with its headers, as somebody on the way has seen it."""

    caller: Caller
    endpoint: str
    body: bytes
    headers: dict[str, str]
    statement: str

    def send(self, endpoint: str) -> Answer:
        name = endpoint.partition(" ")[0]
        path = name.replace("{statementId}", self.statement)
        query = QUERIES.get(name, "").format(session=self.caller.session)
        answer = self.caller.client.generic(
            VIEWS[name].method, path + query, self.body, content_type="application/json", headers=self.headers
        )
        return Answer(answer.status_code, dict(answer.headers), json.loads(answer.content))


def signed(caller: Caller, endpoint: str) -> Signed:
    """There is something to be read and to be undone."""
    sent = caller.call(PUSH, {"day": yesterday(), "transactions": []})
    body = encoded(BODIES[endpoint](caller)) if endpoint in BODIES else b""
    return Signed(caller, endpoint, body, caller.signer.sign(body), sent["statementId"])


WORLD = (Transaction, Account, Session, Player, Statement, PlayTransaction, RefusedPayout, Merchant)


def world() -> list[Any]:
    return [list(model._default_manager.order_by("pk").values()) for model in WORLD]


def done(answer: Answer) -> list[str]:
    """The statuses of all that a call asked for."""
    items = answer.body.get("data")
    return [item["status"] for item in items] if isinstance(items, list) else [answer["status"]]


def test_all_endpoints_are_here() -> None:
    assert {endpoint.partition(" ")[0] for endpoint in ENDPOINTS} == set(VIEWS)


def refused_first(call: Signed) -> None:
    trouble = OF_ITS_OWN.get(call.endpoint.partition(" ")[0], CLOSED)
    trouble.begin(call.caller)
    assert "RS_OK" not in done(call.send(call.endpoint))
    trouble.end(call.caller)


def withheld(call: Signed) -> None:
    stake(call.caller)


def taken(call: Signed) -> None:
    stake(call.caller)
    assert set(done(call.send(call.endpoint))) == {"RS_OK"}


@pytest.mark.parametrize("first", [refused_first, withheld, taken])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_call_signed_for_one_endpoint_does_nothing_at_another(
    machine: Caller, endpoint: str, first: Callable[[Signed], None]
) -> None:
    """Nothing moves and nothing is read. A GET's signature opens the other GETs: that is the scheme's own limit."""
    call = signed(machine, endpoint)
    first(call)
    before = world()
    for other in ENDPOINTS:
        if other.partition(" ")[0] == endpoint.partition(" ")[0] or (is_get(endpoint) and is_get(other)):
            continue
        answer = call.send(other)
        assert answer.http_status == 200, other
        assert "RS_OK" not in done(answer) or done(answer) == [], other
        for told in answer.body["data"] if isinstance(answer.body.get("data"), list) else [answer.body]:
            assert told.keys() <= {"status", "message", "transactionId"}, other
        assert world() == before, other
    if first is withheld:
        assert set(done(call.send(endpoint))) == {"RS_OK"}


def is_get(endpoint: str) -> bool:
    return endpoint not in BODIES


def test_a_get_may_be_sent_to_another_get(machine: Caller) -> None:
    """The limit of the scheme, as docs/security.md says it."""
    call = signed(machine, "/game/list")
    assert call.send("/game/sessions").status == "RS_OK"


# --- what is said ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", [path for path in POSTED if REFUSES[path]])
def test_the_message_names_the_field_and_never_its_content(machine: Caller, path: str) -> None:
    stake(machine)
    right = BODIES[path](machine)
    for field in POSTED[path].takes.refuses:
        wrong = {field: "my-private-word"}
        body = {"transactions": [right["transactions"][0] | wrong]} if POSTED[path].is_batch else right | wrong
        answer = machine.call(path, body)
        [told] = answer.body["data"] if POSTED[path].is_batch else [answer.body]
        assert told["status"] == "RS_ERROR_INCORRECT_DATA"
        assert told["message"].startswith(f"{field} ")
        assert "private" not in told["message"]


@pytest.mark.parametrize("name", ["rollback", "retry", "settlement"])
@pytest.mark.parametrize("field", ["day", "kind"])
def test_a_batch_refuses_what_belongs_to_others_around_its_items(machine: Caller, name: str, field: str) -> None:
    answer = machine.call(f"{MONEY}{name}", BODIES[f"{MONEY}{name}"](machine) | {field: "private"})
    assert (answer.status, answer["message"].split()[0]) == ("INCORRECT_DATA", field)


KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "missing": ({}, "FIELD_REQUIRED_OR_INVALID"),
    "empty": ({"kind": ""}, "FIELD_REQUIRED_OR_INVALID"),
    "null": ({"kind": None}, "INCORRECT_DATA"),
    "of another type": ({"kind": 1}, "INCORRECT_DATA"),
    "the other's": ({"kind": "{other}"}, "INCORRECT_DATA"),
    "with a blank": ({"kind": "{own} "}, "INCORRECT_DATA"),
    "nobody's": ({"kind": "private"}, "INCORRECT_DATA"),
}


@pytest.mark.parametrize("said", KINDS)
@pytest.mark.parametrize(("own", "other"), [("deposit", "withdraw"), ("withdraw", "deposit")])
def test_a_cashiers_call_says_its_kind(machine: Caller, own: str, other: str, said: str) -> None:
    fields, status = KINDS[said]
    body = machine.cashier(own, 5)
    del body["kind"]
    named = {
        name: text.format(own=own, other=other) if isinstance(text, str) else text for name, text in fields.items()
    }
    answer = machine.call(f"{MONEY}{own}", body | named)
    assert (answer.status, "kind" in answer["message"]) == (status, True)
    assert "private" not in answer["message"]
    assert machine.balance()["balance"] == 1_000_000


@pytest.mark.parametrize("body", [b"{}", b'""', b" ", b"\n"])
def test_a_get_has_no_body(machine: Caller, body: bytes) -> None:
    for path in (
        "/game/list",
        "/game/sessions",
        f"/game/session?sessionId={machine.session}",
        f"{PUSH}/nothing",
        "/reconciliation/days",
        f"{BREAKS}?day={COMPARED}",
    ):
        assert machine.call(path, body, method="GET").status == "INCORRECT_DATA"


def test_a_statement_has_transactions(machine: Caller) -> None:
    """Else a balance's fields beside a day were right twice."""
    body = {"day": yesterday(), "playerId": machine.player, "currency": "EUR"}
    assert machine.call(PUSH, body).status == "FIELD_REQUIRED_OR_INVALID"
    assert machine.call("/wallet/balance", body).status == "RS_OK"
