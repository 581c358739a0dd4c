"""Every address of the operators' pages × everybody who may knock. An address that has no row fails the test."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pghistory.models
import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, resolve

from merchants.models import (
    AllowlistEntry,
    ApiKey,
    DisabledGame,
    EgressProof,
    Game,
    Membership,
    Merchant,
    OutgoingEmail,
    Person,
    Player,
    StaffVisit,
)
from merchants.services import (
    access_tokens,
    allowlist,
    approvals,
    event_endpoints,
    event_outbox,
    flags,
    history,
    limits,
    owner_questions,
    people,
    undo,
)
from merchants.services.allowlist import earlier, egress
from merchants.services.limits import Limits
from portal.lib import clock
from portal.lib.clientip import parse_networks
from tests import factories
from tests.conftest import Caller
from tests.pages import forms_without_token
from tests.people import colleague, give_totp, signed_in
from tests.wallet import closing_months, reconciling
from tests.wallet.reconciliation.test_cases import DAY, found
from wallet.models import PlayTransaction, SignedRequest, Transaction
from wallet.models.case import FoldedRow
from wallet.models.reconciliation import Reconciliation, ReportDelivery
from wallet.models.reconciliation_plan import ReportRecipient, StatementSource
from wallet.pages.urls import urlpatterns
from wallet.reconciliation import report_files
from wallet.services.log import request_log
from wallet.services.rounds import exports
from wallet.services.rounds.round_list import RoundFilter

CAST = ("stranger", "nobody", "rival", "viewer", "manager", "owner", "support")
SIGN_IN, NOTHING, REFUSED, ALLOWED = "sign-in", "404", "403", "allowed"
NOT_HERS = (SIGN_IN, NOTHING, NOTHING)
READ = (*NOT_HERS, ALLOWED, ALLOWED, ALLOWED, ALLOWED)
OWNERS = (*NOT_HERS, REFUSED, REFUSED, ALLOWED, REFUSED)
MANAGERS = (*NOT_HERS, REFUSED, ALLOWED, ALLOWED, REFUSED)
OWN = (SIGN_IN, *(ALLOWED for _ in CAST[1:]))
ROWS = {
    "merchants": OWN,
    "home": READ,
    **dict.fromkeys(("ggr", "ggr_csv", "ggr_players_csv"), READ),
    "keys": READ,
    "key": READ,
    **{
        f"key_{verb}": OWNERS
        for verb in (
            "rotate", "extend", "end", "quiet", "quarantine", "revoke", "leak", "approve", "decline",
        )
    },
    **dict.fromkeys(("lists", "list_key", "list_csv", "list_ask", "list_suggest", "list_earlier"), READ),
    **{
        f"list_{verb}": MANAGERS
        for verb in (
            "add", "paste", "domains", "entry", "remove", "proposal", "domains_proposal", "egress", "proof", "proved",
            "keep", "back", "restore", "restore_domains",
        )
    },
    "sandbox_create": OWNERS,
    "approval": READ,
    **dict.fromkeys(("approval_approve", "approval_decline", "claim", "staff_sees_secrets", "question"), OWNERS),
    "people": READ,
    "leave": (*NOT_HERS, ALLOWED, ALLOWED, ALLOWED, REFUSED),
    "invite": OWNERS,
    "second_factor": OWNERS,
    "withdraw": OWNERS,
    "member_role": OWNERS,
    "member_remove": OWNERS,
    **dict.fromkeys(("rounds", "round", "play_round", "open_rounds", "exports", "export_file"), READ),
    "export_new": (*NOT_HERS, ALLOWED, ALLOWED, ALLOWED, REFUSED),
    **dict.fromkeys(("export_cancel", "export_again"), MANAGERS),  # of an export that the owner waits for
    "timeline": READ,
    **dict.fromkeys(("integrations", "endpoint"), READ),
    **dict.fromkeys(("token_create", "token_revoke"), OWNERS),
    **dict.fromkeys(
        (
            "endpoint_add", "endpoint_test", "endpoint_types", "endpoint_rotate", "endpoint_switch", "endpoint_remove",
            "event_resend",
        ),
        MANAGERS,
    ),
    "simulations": READ,
    "simulation": (SIGN_IN, *(NOTHING for _ in CAST[1:])),  # a live merchant has none
    "simulation_new": (*NOT_HERS, REFUSED, REFUSED, REFUSED, REFUSED),
    **dict.fromkeys(("requests", "requests_csv", "call"), READ),
    **dict.fromkeys(("games", "games_export", "players", "player", "players_export", "limits"), READ),
    **dict.fromkeys(
        (
            "games_off", "games_on", "games_undo", "games_import", "player_block", "player_unblock", "player_limits",
            "players_undo", "players_import", "limits_set", "limits_undo",
        ),
        MANAGERS,
    ),
    **dict.fromkeys(
        (
            "reconciliation", "reconciliation_day", "reconciliation_csv", "reconciliation_xlsx", "report_file",
            "statement", "cases", "case", "case_rows_csv", "reconciliation_plan", "reports", "settlements",
            "settlement", "settlement_pdf", "settlement_xlsx", "settlement_csv", "invoice_file",
        ),
        READ,
    ),
    **dict.fromkeys(
        (
            "reconciliation_compare", "statement_new", "statement_draft", "case_comment", "report_again",
            "settlement_confirm", "invoice_new",
        ),
        MANAGERS,
    ),
    **dict.fromkeys(
        ("reconciliation_plan_change", "recipient_add", "recipient_remove", "source_set", "source_switch"), OWNERS
    ),
}  # fmt: skip
WORK_AT_THE_DESK = ("list_", "games_", "player_", "players_", "limits_")
# Another's draft or claim link is as one that is over.
NOTHING_YET = {"reconciliation_csv", "reconciliation_xlsx", "statement_draft", "claim"}
# By a signed link; for nobody.
OPEN = {"invitation", "report_unsubscribe", "nothing"}
PATTERNS: dict[str, URLPattern] = {str(pattern.name): pattern for pattern in urlpatterns}


@pytest.fixture
def cast(acme: Merchant, rival: Merchant, owner: Person, viewer: Person, support: Person) -> dict[str, Any]:
    cache.clear()
    return {
        "stranger": AnonymousUser(),
        "nobody": factories.person("nobody@else.test"),
        "rival": factories.member(rival, "owner", email="owner@rival.test"),
        "viewer": viewer,
        "manager": factories.member(acme, "manager", email="manager@acme.test"),
        "owner": owner,
        "support": support,
    }


@pytest.fixture
def numbers(acme: Merchant, caller: Caller, owner: Person, viewer: Person) -> dict[str, Any]:
    """What an address names: an own key, an own member, an own invitation."""
    invitation = people.invite_person(merchant=acme, email="new@acme.test", role="viewer", by=owner)
    membership = viewer.memberships.get().pk
    key = ApiKey.objects.get(merchant=acme).pk
    request_log.drain_lines()
    return (
        numbers_of_rounds(acme, caller, owner)
        | numbers_of_lists(acme)
        | numbers_of_flags(acme)
        | of_reconciliation(acme)
        | numbers_of_months(acme, owner)
        | numbers_of_requests(acme, viewer)
        | numbers_of_integrations(acme, owner)
        | {
            "call": SignedRequest.objects.filter(merchant=acme)[0].request_id.int,
            "withdraw": invitation.pk,
            "member_role": membership,
            "member_remove": membership,
            "key": key,
        }
    )


def numbers_of_requests(acme: Merchant, by: Person) -> dict[str, int]:
    """What waits for a second person, and what our staff ask an owner."""
    request = approvals.ask_to_revoke(key=ApiKey.objects.get(merchant=acme), by=by, reason="not needed")
    question = owner_questions.ask_owners(merchant=acme, kind="names_players", by=by)
    of_request = dict.fromkeys(("approval", "approval_approve", "approval_decline"), request.pk)
    return of_request | {"question": question.pk}


def numbers_of_integrations(acme: Merchant, owner: Person) -> dict[str, int]:
    """A token, an endpoint, and an event that was sent to it."""
    if not owner.has_second_factor:
        give_totp(owner)
    token = access_tokens.create_token(person=owner, merchant=acme, name="shop", scopes=["keys:read"], days=30)
    endpoint = event_endpoints.add_endpoint(
        merchant=acme, kind="slack", url="https://hooks.slack.com/services/T/B/x", event_types=["key.rotated"], by=owner
    ).row
    delivery = event_outbox.send_test_event(endpoint=endpoint)
    pages = [name for name in PATTERNS if name.startswith("endpoint") and name != "endpoint_add"]
    return dict.fromkeys(pages, endpoint.pk) | {"token_revoke": token.row.pk, "event_resend": delivery.pk}


def numbers_of_flags(acme: Merchant) -> dict[str, int]:
    """A player, and what was changed about players, games and limits."""
    player, game = acme.players.get(), Game.objects.get()
    flags.block_player(player=player, reason="asked for it")
    flags.switch_game_for(game=game, merchant=acme, on=False)
    limits.set_merchant_limits(merchant=acme, limits=Limits(60, None), seen=Limits(None, None))
    things = {"players_undo": Player, "games_undo": DisabledGame, "limits_undo": Merchant}
    changes = {name: change.number for name, thing in things.items() if (change := undo.last_change(thing, acme))}
    pages = ("player", "player_block", "player_unblock", "player_limits")
    return dict.fromkeys(pages, player.pk) | changes


def numbers_of_lists(acme: Merchant) -> dict[str, int]:
    """An entry, an address that was proved, and a key's list on trial."""
    key, now = ApiKey.objects.get(merchant=acme), clock.now()
    entry = AllowlistEntry.objects.create(merchant=acme, network="203.0.113.0/24")
    proof = egress.begin_proof(key=key, by=None)
    EgressProof.objects.filter(pk=proof.pk).update(address="198.51.100.7", proved_at=now)
    wish = allowlist.Proposal(acme, (allowlist.EntryPlan(parse_networks(["198.51.100.7"])[0]),), key)
    tried = allowlist.save_networks(proposal=wish, by=None, confirmed_code=acme.code, on_trial=True).trial
    assert tried is not None
    allowlist.save_domains(merchant=acme, lines=[allowlist.DomainLine("casino.example")])
    by_name = {"list_entry": entry, "list_remove": entry, "list_proof": proof, "list_proved": proof}
    back = {
        "list_restore": earlier.earlier_networks(acme, None)[0].number,
        "list_restore_domains": earlier.earlier_domains(acme)[0].number,
    }
    return back | {name: row.pk for name, row in by_name.items()} | {"list_keep": tried.pk, "list_back": tried.pk}


def numbers_of_rounds(acme: Merchant, caller: Caller, owner: Person) -> dict[str, int]:
    bet = Transaction.objects.get(merchant=acme, transaction_id=caller.bet().body["transactionId"])
    caller.launch(currency="XXX", balance=1_000)
    caller.bet(currency="XXX")
    export = exports.request_export(merchant=acme, by=owner, what="rounds", form="csv", wish=RoundFilter())
    own = dict.fromkeys(("export_file", "export_cancel", "export_again"), export.pk)
    return own | {"round": bet.pk, "play_round": PlayTransaction.objects.get(session__merchant=acme).pk}


def of_reconciliation(acme: Merchant) -> dict[str, Any]:
    """A day that was compared, with a statement, two cases, one of them with folded rows, and a report."""
    done = {"state": "done", "outcome": "breaks", "begun_at": clock.now(), "done_at": clock.now()}
    run = Reconciliation.objects.create(merchant=acme, day=DAY, number=1, **done)
    case, folded = found(run), found(run, "all|EUR", kind="missing_here")
    FoldedRow.objects.create(case=folded, number=1, subject="tx-2", currency="EUR", net=-1)
    [delivery] = [
        ReportDelivery.objects.create(
            reconciliation=run, to="a@acme.test", email=OutgoingEmail.objects.create(to="a@acme.test", template="x"),
            created_at=clock.now(),
        )
    ]  # fmt: skip
    recipient = ReportRecipient.objects.create(merchant=acme, email="a@acme.test")
    StatementSource.objects.create(merchant=acme, kind="url", address="https://files.example.com/{day}.csv")
    return {
        "reports": run.pk,
        "case": case.pk,
        "case_comment": case.pk,
        "case_rows_csv": folded.pk,
        "report_again": delivery.pk,
        "recipient_remove": recipient.pk,
        "statement": reconciling.state(acme, [], DAY).number,
        "report_file": report_files.file_link(run, "csv").rsplit("/", 2)[1],
    }


def numbers_of_months(acme: Merchant, owner: Person) -> dict[str, int]:
    """A month that is closed, and an invoice for it."""
    people = [colleague(f"{name}@oppi.test") for name in ("first", "second")]
    settlement = closing_months.closed(acme, closing_months.MARCH, *people)
    pages = [name for name in PATTERNS if name.startswith("settlement_")]
    of_settlement = dict.fromkeys(["settlement", "invoice_new", *pages], settlement.pk)
    return of_settlement | {"invoice_file": closing_months.invoice(settlement, owner).pk}


def address(name: str, code: str, numbers: dict[str, Any]) -> str:
    number = numbers.get(name, numbers["key"])
    path = str(PATTERNS[name].pattern).replace("<slug:code>", code).replace("<day:day>", str(DAY))
    path = path.replace("<uuid:request_id>", str(UUID(int=number)) if isinstance(number, int) else "")
    path = re.sub("<(int|uuid):number>|<str:token>", str(number), path)
    assert "<" not in path
    return f"/operator/{path}"


def told(response: Any) -> str:
    """Where somebody gets, in a word. A redirect within the merchant's pages is an answer of that page."""
    location = response.get("location", "")
    if response.status_code == 302 and location.startswith("/account/login"):
        return SIGN_IN
    return {404: NOTHING, 403: REFUSED, 200: ALLOWED, 302: ALLOWED}[response.status_code]


def test_every_address_has_a_row() -> None:
    assert set(PATTERNS) - OPEN == set(ROWS)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", CAST)
def test_each_page_is_open_to_whom_it_is_meant_for(
    client: Client, cast: dict[str, Any], numbers: dict[str, Any], who: str, method: str
) -> None:
    if who != "stranger":
        signed_in(client, cast[who])
    answers = {name: told(getattr(client, method)(address(name, "acme", numbers))) for name in ROWS}
    assert answers == {name: row[CAST.index(who)] for name, row in ROWS.items()}


# Forms that carry no token of use, and why they may be sent twice.
SEARCHES = {"rounds", "requests", "games", "players", "find", "logout"}  # change nothing
FIRST_STEPS = {  # lead to a preview, whose form has a token
    "list_add", "list_paste", "list_domains", "list_entry", "list_egress", "games_import", "players_import",
    "statement_new",
}  # fmt: skip
REPEATABLE = {"games_undo", "players_undo", "limits_undo", "export_cancel"}  # the second finds nothing left to do


@pytest.mark.parametrize("who", ["owner", "support"])
def test_each_form_that_changes_something_works_once(
    client: Client, cast: dict[str, Any], numbers: dict[str, Any], who: str
) -> None:
    signed_in(client, cast[who])
    pages = {name: address(name, "acme", numbers) for name in ROWS}
    if who == "support":
        pages = {name: path.replace("/operator/", "/admin/operations/", 1) for name, path in pages.items()}
    lacking: dict[str, str] = {}
    for name, path in pages.items():
        for sent in forms_without_token(path, client.get(path)):
            lacking[str(resolve(sent.replace("/admin/operations/", "/operator/", 1)).url_name)] = name
    others = SEARCHES | FIRST_STEPS | REPEATABLE
    assert {name: page for name, page in lacking.items() if name not in others} == {}


def test_to_look_at_a_page_changes_nothing(client: Client, cast: dict[str, Any], numbers: dict[str, Any]) -> None:
    """So a picture or a link on another page does nothing in a person's name. A file that is taken is noted."""
    signed_in(client, cast["owner"])
    before = events()
    for name in ROWS:
        client.get(address(name, "acme", numbers))
    assert events() == before


def events() -> dict[str, int]:
    models = [each for each in apps.get_models() if issubclass(each, pghistory.models.Event)]
    assert len(models) > 20
    return {each.__name__: each.objects.count() for each in models if each.__name__ != "DownloadEvent"}


@pytest.mark.parametrize("method", ["get", "post"])
def test_at_their_desk_support_changes_lists_players_games_and_limits(
    client: Client, cast: dict[str, Any], numbers: dict[str, Any], method: str
) -> None:
    signed_in(client, cast["support"])
    work = tuple(name for name, row in ROWS.items() if row == MANAGERS and name.startswith(WORK_AT_THE_DESK))
    expected = {name: ALLOWED if name in work else row[CAST.index("support")] for name, row in ROWS.items()}
    paths = {name: address(name, "acme", numbers).replace("/operator/", "/admin/operations/", 1) for name in ROWS}
    assert {name: told(getattr(client, method)(path)) for name, path in paths.items()} == expected


@pytest.mark.parametrize("name", sorted(name for name in ROWS if name != "merchants"))
def test_a_number_of_another_merchant_is_not_there(
    client: Client, cast: dict[str, Any], numbers: dict[str, Any], name: str
) -> None:
    """The address of one's own merchant with what belongs to another."""
    signed_in(client, cast["rival"])
    response = client.get(address(name, "rival", numbers))
    named = re.search("<(int|uuid):", str(PATTERNS[name].pattern)) or name in {"report_file", "source_switch"}
    allowed = 403 if name == "simulation_new" else 302 if name in NOTHING_YET else 200
    assert response.status_code == (404 if named else allowed)


@pytest.mark.parametrize("path", ["", "acme/", "acme/keys/", "other/", "acme/nothing/here/", "~/invitation/x/"])
def test_nothing_inline_and_no_other_host_whatever_the_answer(client: Client, cast: dict[str, Any], path: str) -> None:
    response = signed_in(client, cast["viewer"]).get(f"/operator/{path}")
    policy = response["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    body = response.content.decode()
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]* src=)|https?://", body)


def test_the_administration_has_a_policy_of_its_own(client: Client, support: Person) -> None:
    """Its pages may be shown in its own frames, and evaluate; they run no script that stands in them either."""
    policy = signed_in(client, support).get("/admin/")["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self' 'unsafe-eval';" in policy
    assert "frame-ancestors 'self'" in policy
    assert "frame-ancestors 'none'" in client.get("/operator/")["content-security-policy"]


def test_pages_are_kept_by_no_cache(client: Client, owner: Person) -> None:
    assert "no-store" in signed_in(client, owner).get("/operator/acme/")["cache-control"]


def test_the_only_merchant_opens_by_itself_and_several_are_listed(
    client: Client, owner: Person, rival: Merchant
) -> None:
    signed_in(client, owner)
    assert client.get("/operator/")["location"] == "/operator/acme/"
    Membership.objects.create(merchant=rival, person=owner, role="viewer")
    listed = client.get("/operator/").content.decode()
    assert "/operator/acme/" in listed
    assert "/operator/rival/" in listed
    assert "/operator/rival/" in client.get("/operator/acme/").content.decode()  # to switch


def test_who_has_signed_in_lands_where_they_work(client: Client, owner: Person, support: Person) -> None:
    assert signed_in(client, owner).get("/")["location"] == "/operator/"
    assert signed_in(Client(), support).get("/")["location"] == "/admin/"


def test_our_staff_look_and_the_merchant_sees_it_once_an_hour(client: Client, acme: Merchant, support: Person) -> None:
    with clock.frozen_at(clock.now().replace(minute=30)):  # else the hour may end in between
        signed_in(client, support)
        for path in ("", "keys/", "people/", ""):
            assert "You cannot change anything here" in client.get(f"/operator/acme/{path}").content.decode()
    assert StaffVisit.objects.filter(merchant=acme, person=support).count() == 1
    titles = [entry.title for entry in history.timeline(acme)]
    assert titles.count("support@oppi.test opened the merchant’s pages") == 1


def test_a_staff_role_counts_before_a_membership(client: Client, acme: Merchant, owner: Person) -> None:
    """Whatever door it was given by."""
    Person.objects.filter(pk=owner.pk).update(staff_role="auditor")
    owner.refresh_from_db()
    signed_in(client, owner)
    assert "You cannot change anything here" in client.get("/operator/acme/").content.decode()
    assert client.get("/operator/acme/people/invite/").status_code == 403
    assert StaffVisit.objects.filter(merchant=acme, person=owner).exists()
    assert "owner</span>" not in client.get("/operator/").content.decode()


def test_our_staff_need_their_second_factor_here_too(client: Client, acme: Merchant, support: Person) -> None:
    client.force_login(support)
    assert client.get("/operator/acme/")["location"] == "/account/second-factor/"


def test_a_merchant_that_asks_for_a_second_factor_gets_it(client: Client, acme: Merchant, viewer: Person) -> None:
    client.force_login(viewer)
    assert client.get("/operator/acme/").status_code == 200
    people.require_second_factor(merchant=acme, required=True)
    assert client.get("/operator/acme/")["location"] == "/account/second-factor/"
    assert signed_in(Client(), viewer).get("/operator/acme/").status_code == 200
