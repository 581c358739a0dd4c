"""Every address of the administration × everybody who may knock: allowed, refused, or asked for something first.

An address that has no row fails the test. A row is `route: (the visitors, in the order of CAST)`; most routes are
covered by the kind of page that they are, the others stand in ROWS by their route, as the resolver names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver

from merchants.models import Merchant, OutgoingEmail, Person
from merchants.services import access_tokens
from portal.lib import clock
from tests.conftest import Caller
from tests.factories import person
from tests.pages import forms_without_token
from tests.people import signed_in
from tests.wallet import closing_months, reconciling
from wallet.models import Case, Reconciliation, ReportDelivery
from wallet.services.log import request_log

SIGN_IN, REFUSED, FACTOR, SET_UP = "sign-in", "refused", "second factor", "set-up"
ALLOWED = "allowed"  # a page, or a way on to one, or what is no page for anybody
CAST = ("stranger", "operator", "without factor", "auditor", "support", "administrator", "stale support")

# What the three roles, and support whose second factor is older than five minutes, get where a stranger is asked to
# sign in, an operator refused, and staff without a factor sent to set one up.
READ = (ALLOWED, ALLOWED, ALLOWED, ALLOWED)
TAKE = (ALLOWED, ALLOWED, ALLOWED, FACTOR)  # files
WORK = (REFUSED, ALLOWED, ALLOWED, ALLOWED)
STEP_UP = (REFUSED, ALLOWED, ALLOWED, FACTOR)
PEOPLE = (REFUSED, REFUSED, ALLOWED, REFUSED)
NOBODY = (REFUSED, REFUSED, REFUSED, REFUSED)

# By the end of the route, when all models are alike.
KINDS = {
    "": READ,
    "<path:object_id>/": READ,
    "<path:object_id>/change/": READ,
    "<path:object_id>/history/": READ,
    "<path:object_id>/delete/": NOBODY,  # money or a trace hangs on everything
    "add/": NOBODY,
    "export/": TAKE,
    "<path:object_id>/timeline/": READ,
}
ROWS = {
    "/admin/": READ,
    "/admin/autocomplete/": NOBODY,  # only with a field that is completed
    "/admin/jsi18n/": READ,
    "/admin/search/": READ,
    "/admin/audit/": READ,
    "/admin/audit/export/": TAKE,
    "/admin/hygiene/": READ,
    "/admin/find/": READ,
    "/admin/tokens/": READ,
    "/admin/health/": PEOPLE,
    "/admin/password_change/done/": READ,
    "/admin/r/<path:content_type_id>/<path:object_id>/": READ,
    "/admin/merchants/merchant/add/": WORK,
    "/admin/merchants/game/add/": WORK,
    "/admin/merchants/apikey/add/": STEP_UP,
    "/admin/merchants/person/add/": PEOPLE,
    "/admin/merchants/merchant/<path:object_id>/onboarding/": READ,
    "/admin/merchants/merchant/<path:object_id>/issue_key/": WORK,  # leads to the page before
    **{
        f"/admin/merchants/merchant/<path:object_id>/{verb}/": STEP_UP
        for verb in ("activate", "suspend", "close", "create_sandbox")
    },
    **{f"/admin/merchants/player/<path:object_id>/{verb}/": WORK for verb in ("block", "unblock")},
    **{f"/admin/merchants/game/<path:object_id>/{verb}/": WORK for verb in ("off", "on", "off_for", "on_for")},
    "/admin/merchants/compromise/exposure/": READ,
    **{f"/admin/merchants/compromise/exposure/{page}": TAKE for page in ("movements/", "summary/")},
    "/admin/merchants/compromise/<path:object_id>/close/": STEP_UP,
    "/admin/merchants/outgoingemail/<path:object_id>/send_again/": STEP_UP,
    "/admin/wallet/session/<path:object_id>/close/": WORK,
    **{
        f"/admin/wallet/case/<path:object_id>/{verb}/": WORK
        for verb in ("take", "assign", "wait", "decline", "decline_correction", "reopen", "remark")
    },
    **{f"/admin/wallet/case/<path:object_id>/{verb}_correction/": STEP_UP for verb in ("propose", "approve")},
    **{f"/admin/wallet/case/<path:object_id>/{verb}/": STEP_UP for verb in ("resolve", "write_off", "confirm")},
    **{f"/admin/wallet/case/many/{verb}/": WORK for verb in ("take", "assign", "wait")},
    **{f"/admin/wallet/case/many/{verb}/": STEP_UP for verb in ("resolve", "write_off")},
    **{f"/admin/merchants/approval/<path:object_id>/{verb}/": STEP_UP for verb in ("approve", "decline")},
    "/admin/wallet/reconciliation/<path:object_id>/again/": WORK,
    **{f"/admin/wallet/statement/{page}": WORK for page in ("upload/", "upload/<int:merchant>/<str:token>/")},
    "/admin/wallet/reconciliationplan/add/": STEP_UP,
    "/admin/wallet/currencyrate/add/": PEOPLE,
    **{f"/admin/wallet/reconciliationplan/<path:object_id>/{verb}/": STEP_UP for verb in ("source", "switch_source")},
    "/admin/wallet/reportdelivery/<path:object_id>/send_again/": STEP_UP,
    "/admin/wallet/settlement/prepare/": WORK,
    **{f"/admin/wallet/settlement/<path:object_id>/{verb}/": WORK for verb in ("withdraw", "upload_invoice")},
    "/admin/wallet/settlement/<path:object_id>/sign_off/": STEP_UP,
    **{
        f"/admin/wallet/settlement/<path:object_id>/{file}/": TAKE
        for file in ("pdf", "xlsx", "csv", "merchant_invoice", "provider_invoice")
    },
    "/admin/merchants/person/<path:object_id>/set_password/": PEOPLE,
    "/admin/merchants/person/<path:object_id>/reset_second_factor/": PEOPLE,
    "/admin/merchants/person/<path:object_id>/end_sessions/": PEOPLE,
    "/admin/merchants/person/<id>/password/": PEOPLE,
}
# A verb of a key or an approval asks for a fresh second factor, unless it stands in ROWS.
VERBS_OF_KEYS = "/admin/merchants/apikey/<path:object_id>/"
OPEN = {"/admin/login/", "/admin/logout/", "/admin/password_change/"}  # they lead out, to the pages of signing in
DRAFT = {"<int:merchant>": "1", "<str:token>": "none"}
MODELS = {f"/admin/{model._meta.app_label}/{model._meta.model_name}/": model for model in admin.site._registry}


def routes(found: list[Any], prefix: str = "/admin/") -> Iterator[str]:
    for route in found:
        if isinstance(route, URLResolver):
            yield from routes(route.url_patterns, prefix + str(route.pattern))
        elif isinstance(route, URLPattern) and "?P<" not in str(route.pattern):
            yield prefix + str(route.pattern)


ROUTES = sorted(set(routes(admin.site.urls[0])) - OPEN)


def row(route: str) -> tuple[str, ...] | None:
    if route in ROWS:
        return ROWS[route]
    kind = next((route.removeprefix(prefix) for prefix in MODELS if route.startswith(prefix)), None)
    if kind in KINDS:
        return KINDS[kind]
    return STEP_UP if route.startswith(VERBS_OF_KEYS) else None


@pytest.fixture(autouse=True)
def _no_locks() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _one_moment() -> Iterator[None]:
    """A second factor is fresh for five minutes, and there are many doors."""
    with clock.frozen_at(clock.now()):
        yield


@pytest.fixture
def world(caller: Caller) -> dict[str, str]:
    """One of everything that calls leave behind: the address of each list, with the key of a row of it."""
    caller.bet()
    caller.balance(playerId="nobody")
    request_log.drain_lines()
    reconciled(caller.merchant)
    month_closed(caller.merchant)
    newest = {
        prefix: model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
        for prefix, model in MODELS.items()
    }
    return {prefix: str(key) for prefix, key in newest.items() if key is not None}


def reconciled(merchant: Merchant) -> None:
    """A day that was compared, with a case, and its report on its way."""
    now, day = clock.now(), reconciling.DATE
    reconciling.plan(merchant)
    run = Reconciliation.objects.create(
        merchant=merchant, day=day, number=1, state="done", outcome="breaks", begun_at=now, done_at=now,
        statement=reconciling.state(merchant, []),
    )  # fmt: skip
    Case.objects.create(
        merchant=merchant, day=day, kind="amount", subject="tx", found_by=run, seen_by=run, opened_at=now
    )
    email = OutgoingEmail.objects.create(merchant=merchant, to="cfo@acme.test", template="reconciliation", due_at=now)
    OutgoingEmail.objects.filter(pk=email.pk).update(
        state=OutgoingEmail.State.GIVEN_UP, attempts=1, last_answer="550 no"
    )
    ReportDelivery.objects.create(reconciliation=run, to=email.to, email=email, created_at=now)


def month_closed(merchant: Merchant) -> None:
    """A statement that waits for its sign-off, and an invoice for it."""
    by = person("closing@oppi.test", staff_role="support")
    settlement = closing_months.prepared(merchant, closing_months.MARCH, by)
    closing_months.invoice(settlement, by)


@pytest.fixture
def cast(world: dict[str, str], owner: Person, auditor: Person, support: Person, administrator: Person) -> list[Client]:
    bare = Client()
    bare.force_login(person("bare@oppi.test", staff_role="administrator"))
    operator = Client()
    operator.force_login(owner)
    return [
        Client(),
        operator,
        bare,
        *(signed_in(Client(), somebody) for somebody in (auditor, support, administrator)),
        signed_in(Client(), support, proved_at=clock.now() - timedelta(seconds=301)),
    ]


def filled(route: str, world: dict[str, str]) -> str | None:
    """None when there is no row of its model to go to."""
    key = next((key for prefix, key in world.items() if route.startswith(prefix)), None)
    if "<" in route and key is None and any(route.startswith(prefix) for prefix in MODELS):
        return None
    about = str(ContentType.objects.get_for_model(Person).pk)
    known = DRAFT | {"<path:object_id>": key or "1", "<id>": key or "1", "<path:content_type_id>": about}
    for name, value in known.items():
        route = route.replace(name, value)
    return route


def answer(client: Client, path: str) -> str:
    return turned_away(client.get(path))


def turned_away(response: Any) -> str:
    way = response.get("location", "")
    if way.startswith("/account/login/"):
        return SIGN_IN
    if way.startswith("/account/second-factor/reauthenticate/"):
        return FACTOR
    if way == "/account/second-factor/":
        return SET_UP
    return REFUSED if response.status_code == 403 else ALLOWED


def test_every_address_has_a_row() -> None:
    assert [route for route in ROUTES if row(route) is None] == []
    assert [route for route in ROWS if route not in ROUTES] == []


def test_everybody_at_every_door(world: dict[str, str], cast: list[Client]) -> None:
    wrong = {}
    for route in ROUTES:
        path = filled(route, world)
        expected = (SIGN_IN, REFUSED, SET_UP, *(row(route) or ()))
        got = tuple(answer(client, path) for client in cast) if path else expected
        if got != expected:
            wrong[route] = dict(zip(CAST, zip(got, expected, strict=False), strict=False))
    assert wrong == {}


# Forms that carry no token of use, and why they may be sent twice.
REPEATABLE = {
    "/admin/find/": "changes nothing",
    "/admin/audit/": "changes nothing",
    "/admin/logout/": "changes nothing more",
    "": "chooses a filter or what is done with the chosen rows; that page has a token",
    "add/": "what has the same name, day or merchant is there once",
    "<path:object_id>/change/": "sets the same values again",
    "/admin/merchants/person/<id>/password/": "sets the same values again",
    "/admin/merchants/game/<path:object_id>/off_for/": "chooses a merchant",
    "/admin/wallet/statement/upload/": "leads to a preview, whose form has a token",
}


def test_each_form_that_changes_something_works_once(
    world: dict[str, str], cast: list[Client], administrator: Person
) -> None:
    access_tokens.create_token(person=administrator, merchant=None, name="shift", scopes=["keys:read"], days=1)
    lacking: dict[str, str] = {}
    for route in ROUTES:
        path = filled(route, world)
        if path:
            page = cast[CAST.index("administrator")].get(path)
            lacking |= dict.fromkeys(forms_without_token(path, page), route)
    assert {sent: route for sent, route in lacking.items() if not is_repeatable(sent, route)} == {}


def is_repeatable(sent: str, route: str) -> bool:
    """Whether the form of this page may be sent twice: by its address, its page, or the kind of its page."""
    kind = next((route.removeprefix(prefix) for prefix in MODELS if route.startswith(prefix)), None)
    return not {sent, route, kind}.isdisjoint(REPEATABLE)


def test_an_address_that_is_none_tells_a_stranger_nothing(client: Client, db: None) -> None:
    assert answer(client, "/admin/no/such/page/") == SIGN_IN


def test_nothing_that_is_sent_late_is_done(world: dict[str, str], cast: list[Client]) -> None:
    """What changes keys, lists or people asks first, also when the page was opened in time."""
    late = cast[CAST.index("stale support")]
    changes = [f"/admin/merchants/{model}/<path:object_id>/change/" for model in ("merchant", "apikey", "person")]
    changes.append("/admin/wallet/reconciliationplan/<path:object_id>/change/")
    for route in [*changes, *(route for route in ROUTES if row(route) == STEP_UP)]:
        path = filled(route, world)
        if path is not None:
            sent = late.post(path)
            assert "/reauthenticate/" in sent.get("location", ""), path


def test_no_other_method_opens_a_door(world: dict[str, str], cast: list[Client]) -> None:
    opened = {}
    for route in ROUTES:
        path = filled(route, world)
        for method, who in product(("POST", "OPTIONS"), range(3)) if path else ():
            sent = cast[who].generic(method, str(path), b"{}", content_type="application/json")
            if turned_away(sent) != (SIGN_IN, REFUSED, SET_UP)[who]:
                opened[f"{method} {path}"] = CAST[who]
    assert opened == {}


def test_an_auditor_sends_nothing_that_is_taken(world: dict[str, str], cast: list[Client]) -> None:
    auditor = cast[CAST.index("auditor")]
    taken = []
    for route in ROUTES:
        path = filled(route, world)
        is_form = route.endswith("/change/") or (row(route) or READ)[0] == REFUSED
        if path and is_form and auditor.post(path, {"post": "yes"}).status_code not in {403, 405}:
            taken.append(route)
    assert taken == []


def test_nothing_of_the_wallet_can_be_changed(world: dict[str, str], cast: list[Client]) -> None:
    chief = cast[CAST.index("administrator")]
    for prefix in (prefix for prefix in world if prefix.startswith("/admin/wallet/") and "plan" not in prefix):
        one = prefix + world[prefix]
        assert chief.post(f"{one}/change/", {"amount": "1"}).status_code == 403
        assert chief.post(f"{one}/delete/", {"post": "yes"}).status_code == 403
        assert chief.post(f"{prefix}add/", {}).status_code == 403


def test_the_menu_leads_to_every_list(client: Client, support: Person) -> None:
    page = signed_in(client, support).get("/admin/").content.decode()
    assert [prefix for prefix in MODELS if f'href="{prefix}"' not in page] == []
