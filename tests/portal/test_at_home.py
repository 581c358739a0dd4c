"""The guard that no request goes out is itself tried."""

from __future__ import annotations

import socket

import pytest
from django.core import mail
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from tests.plugins import at_home


def out(request: HttpRequest) -> HttpResponse:
    with socket.socket() as wire:
        wire.settimeout(1)
        wire.connect_ex(("127.0.0.1", 9))
    return HttpResponse()


def asks(request: HttpRequest) -> HttpResponse:
    socket.getaddrinfo("127.0.0.1", 9)
    return HttpResponse()


def mails(request: HttpRequest) -> HttpResponse:
    mail.EmailMessage("Hello", "Text", to=["ada@acme.test"]).send()
    return HttpResponse()


def counts(request: HttpRequest) -> HttpResponse:
    cache.get("anything")
    return HttpResponse()


urlpatterns = [path("out", out), path("asks", asks), path("mails", mails), path("counts", counts)]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("door", ["out", "asks", "mails"])
def test_a_request_that_goes_out_is_met(client: Client, door: str) -> None:
    client.get(f"/{door}")
    assert len(at_home.met) == 1
    at_home.met.clear()


@pytest.mark.urls(__name__)
def test_a_page_may_count_in_the_cache(client: Client) -> None:
    client.get("/counts")
    assert at_home.met == []


def test_a_signed_call_may_not(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wallet.api.middleware.endpoint_of", lambda path: cache.get("anything"))
    assert client.post("/wallet/balance").status_code == 404
    assert at_home.met
    at_home.met.clear()


def test_what_is_no_request_may_go_out() -> None:
    out(HttpRequest())
    assert at_home.met == []
