"""What every page for people carries: a content policy, no place in a cache, cookies of this host alone."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, transaction
from django.test import Client, RequestFactory

from merchants import tasks
from merchants.models import Merchant, Person
from portal.lib import clock
from portal.lib.ends_with_parent import tethered_command
from portal.middleware import PageDeadline
from tests.pages import said
from tests.people import signed_in
from tests.plugins.live import CHECKOUT, Live
from tests.portal.test_settings import GOOD
from tests.wallet.admin.test_admin_exports import lists

PAGES = {
    "/": "stranger",
    "/account/login/": "stranger",
    "/account/password/reset/": "stranger",
    "/account/second-factor/": "support",
    "/account/sessions/": "support",
    "/admin/": "support",
    "/admin/nothing/": "support",
    "/admin/wallet/transaction/": "support",
    "/admin/merchants/person/": "support",
    "/api/docs": "stranger",
    "/api/docs?script=": "stranger",
    "/api/schema": "stranger",
    "/api/management/docs": "stranger",
    "/api/management/schema": "stranger",
    "/operator/acme/": "support",
    "/operator/nobody/": "support",
    "/nothing/": "stranger",
}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_carries_the_policy(client: Client, support: Person, acme: Merchant, page: str) -> None:
    if PAGES[page] == "support":
        signed_in(client, support)
    response = client.get(page)
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == "'none'"
    assert policy["frame-ancestors"] == ("'self'" if page.startswith("/admin/") else "'none'")
    assert "'unsafe-inline'" not in policy["script-src"]
    assert ("'unsafe-eval'" in policy["script-src"]) == page.startswith(("/admin/", "/account/"))
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    kind, _, charset = response["Content-Type"].partition("; charset=")
    assert charset == "utf-8" or kind in {"application/json", "application/javascript"}, "these are UTF-8 by themselves"
    assert not any(name.lower().startswith("access-control-") for name in response.headers)
    assert response["X-Frame-Options"] in {"DENY", "SAMEORIGIN" if page.startswith("/admin/") else "DENY"}


def test_an_operators_page_has_nothing_inline_at_all(client: Client, support: Person, acme: Merchant) -> None:
    policy = signed_in(client, support).get("/operator/acme/")["Content-Security-Policy"]
    assert "unsafe" not in policy


@pytest.mark.parametrize("environment", ["production", "demo"])
def test_cookies_are_of_the_host_where_there_is_tls(environment: str) -> None:
    cookies = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"]
    same = ["SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE"]
    same += ["SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY"]
    hsts = ["SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"]
    names = f"print({', '.join(f's.{name}' for name in cookies + same + hsts)})"
    done = subprocess.run(
        [sys.executable, "-c", f"from django.conf import settings as s; {names}"],
        cwd=CHECKOUT,
        env=GOOD | {"DJANGO_SETTINGS_MODULE": "portal.settings", "ENVIRONMENT": environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    told = {
        "production": "__Host-session __Host-csrf True True None Lax Lax True True 31536000 True True",
        "demo": "sessionid csrftoken False False None Lax Lax True True 0 False False",
    }
    assert done.stdout.strip() == told[environment]


# --- filters ----------------------------------------------------------------------------------------------------------
UNKNOWN = ["?nosuch=1", "?nosuch__exact=1", "?id__nosuch=1", "?pk__gt=0&nosuch__in=a"]


@pytest.mark.parametrize("query", UNKNOWN)
def test_a_filter_that_no_list_has_is_refused(client: Client, support: Person, query: str) -> None:
    signed_in(client, support)
    assert {path: client.get(path + query).status_code for path in lists()} == dict.fromkeys(lists(), 400)


@pytest.mark.parametrize("name", ["q", "merchant__id__exact", "status", "a\0b"])
def test_so_is_nul(client: Client, support: Person, name: str) -> None:
    signed_in(client, support)
    assert {client.get(path, {name: "a\0b"}).status_code for path in lists()} == {400}
    assert {client.get(f"{path}export/", {name: "a\0b"}).status_code for path in lists()} == {400}


ORACLES = [
    "merchants/person/?password__startswith=pbkdf2",
    "merchants/person/?email__startswith=a",
    "merchants/apikey/?label__regex=.",
    "merchants/apikey/?secrets__fingerprint__gt=0",
    "merchants/apikey/?secrets__sealed__startswith=0",
    "merchants/compromise/?secret__sealed__startswith=0",
    "wallet/signedrequest/?secret__sealed__startswith=0",
    "wallet/signedrequest/?auth_key__startswith=oppi",
    "wallet/signedrequest/?address__startswith=1",
]


@pytest.mark.parametrize("path", ORACLES)
def test_no_list_answers_what_it_does_not_offer(client: Client, administrator: Person, path: str) -> None:
    assert signed_in(client, administrator).get(f"/admin/{path}").status_code == 400


# --- a statement that takes too long ----------------------------------------------------------------------------------
def test_pages_have_a_deadline_in_the_database(live: Live) -> None:
    show = "import portal.wsgi; from django.db import connection as c; k = c.cursor(); "
    show += "k.execute('SHOW statement_timeout'); print(k.fetchone()[0])"
    done = subprocess.run(
        tethered_command([sys.executable, "-c", show]),
        env=live.environment | {"PAGE_STATEMENT_SECONDS": "7"},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert done.stdout.split()[-1] == "7s"


def test_a_page_that_took_too_long_says_what_to_do(db: None, rf: RequestFactory) -> None:
    with pytest.raises(OperationalError) as fault:
        be_cancelled()
    deadline = PageDeadline(lambda request: pytest.fail("not asked"))
    answer: Any = deadline.process_exception(rf.get("/admin/wallet/transaction/?q=x"), fault.value)
    assert answer.status_code == 503
    assert "The page took too long" in said(answer)
    assert deadline.process_exception(rf.get("/"), ValueError()) is None


@transaction.atomic
def be_cancelled() -> None:
    """As the database's clock does it, but without a clock, which could go off at another statement."""
    with connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'too slow' USING ERRCODE = 'query_canceled'; END $$")


# --- sessions ---------------------------------------------------------------------------------------------------------
def test_sessions_that_ended_are_deleted(client: Client, support: Person, viewer: Person) -> None:
    signed_in(client, support)
    ended = signed_in(Client(), viewer).session.session_key
    for person, key in ((support, client.session.session_key), (viewer, ended)):
        UserSession.objects.update_or_create(
            session_key=key, defaults={"user": person, "ip": "127.0.0.1", "user_agent": "x"}
        )
    Session.objects.filter(pk=ended).update(expire_date=clock.now() - timedelta(seconds=1))
    tasks.purge_old_sessions()
    assert [session.pk for session in Session.objects.all()] == [client.session.session_key]
    assert [known.user for known in UserSession.objects.all()] == [support]
