"""Every kind of secret that the portal issues, made by the code that issues it, at every place that knows secrets."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re
from collections.abc import Callable

import pytest
from django.apps import apps
from django.contrib.auth.tokens import default_token_generator
from django.db import IntegrityError, connection, transaction

from merchants import crypto, errors, kept_forms
from merchants.models import Merchant, Person
from merchants.services import email_links, event_endpoints, keys, scan
from merchants.services.typed_text import check_no_secret
from portal.lib import logs, masking, secret_kinds
from wallet import statuses
from wallet.api import decoding

ISSUED: dict[str, Callable[[], str]] = {
    "live": lambda: crypto.new_secret("live"),
    "test": lambda: crypto.new_secret("test"),
    "mgmt": crypto.new_access_token,
    "whsec": event_endpoints.new_secret,
}
LINKS: dict[str, Callable[[], str]] = {
    "/~/invitation/": lambda: email_links.invitation_link(7),
    "/keys/claim/": lambda: f"https://portal.test/operator/acme/keys/claim/{hashlib.sha256(b'7').hexdigest()}/",
    "/password/reset/key/": lambda: (
        f"https://portal.test/account/password/reset/key/2s-{default_token_generator.make_token(Person(pk=7))}/"
    ),
}


def test_each_kind_of_the_list_is_issued_here() -> None:
    assert [kind.name for kind in secret_kinds.KINDS] == list(ISSUED)
    assert list(secret_kinds.LINKS) == list(LINKS)


@pytest.mark.parametrize("name", ISSUED)
def test_a_secret_of_each_kind_is_masked_and_refused(name: str) -> None:
    kind = next(kind for kind in secret_kinds.KINDS if kind.name == name)
    for _ in range(50):  # base64 has signs that a URL and JSON write otherwise
        secret = ISSUED[name]()
        rest = secret.removeprefix(kind.prefix)
        assert re.fullmatch(f"{kind.pattern}=?", secret)
        assert masking.mask_secrets(f"a {secret} b") == f"a {kind.prefix}… b"
        assert rest not in masking.mask_bytes(f'{{"a": "{secret}"}}'.encode()).decode()
        assert rest[:40].encode("utf-16-le") not in masking.mask_bytes(f"a {secret} b".encode("utf-16-le"))
        url = "".join(f"%{ord(sign):02X}" for sign in secret)
        assert masking.mask_secrets(f"?a={url}&b") == f"?a={kind.prefix}…&b"
        slashed = json.dumps(secret).replace("/", r"\/")
        assert masking.mask_secrets(slashed) == f'"{kind.prefix}…"'
        assert kept_forms.is_secret("note", secret)
        with pytest.raises(errors.SecretInText):
            check_no_secret(f"note {secret}")
        with pytest.raises(statuses.CallRefused, match="secret key"):
            decoding.parse_object(json.dumps({"playerId": secret}).encode())
        found = list(scan.sightings(io.BytesIO(f"x\ny {secret}".encode() + secret.encode("utf-16-le"))))
        assert [(each.line, each.kind) for each in found] == [(2, kind), (2, kind)]


@pytest.mark.parametrize("name", ISSUED)
def test_no_line_of_the_log_holds_one(name: str) -> None:
    secret = ISSUED[name]()
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "Fault: %s", (secret,), None)
    assert secret[-30:].rstrip("=") not in logs.formatter().format(record)


@pytest.mark.parametrize("name", LINKS)
def test_a_link_with_a_token_is_masked_and_refused(name: str) -> None:
    link = LINKS[name]()
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in masking.mask_links(f"Not Found: {link}")
    with pytest.raises(errors.SecretInText):
        check_no_secret(f"see {link}", many_lines=True)
    assert kept_forms.is_secret("note", link)
    check_no_secret(f"see https://portal.test{name}")  # the address without a token


def test_what_is_no_secret_stays() -> None:
    for text in ["oppi_mgmt_short", "whsec_", "https://x.test/claim/7/", "bonus/claim/7", "oppi_pub_live_3fK9sLq0Vb7X"]:
        check_no_secret(text)
        assert masking.mask_secrets(text) == text


@pytest.mark.parametrize("name", ISSUED)
def test_each_constraint_of_the_database_knows_each_kind(acme: Merchant, name: str) -> None:
    """All are made of one pattern; one of them is tried, by SQL."""
    of_all = {
        each.name: str(vars(each)["condition"])
        for model in apps.get_models()
        for each in model._meta.constraints
        if each.name.endswith("_without_secret")
    }
    assert {name for name, condition in of_all.items() if secret_kinds.IN_TEXT not in condition} == set()
    key = keys.issue_key(merchant=acme).key
    with (
        pytest.raises(IntegrityError, match="api_key_label_without_secret"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE merchants_apikey SET label = %s WHERE id = %s", [f"of {ISSUED[name]()}", key.pk])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE convalidated AND pg_get_constraintdef(oid) LIKE %s)"
            " FROM pg_constraint WHERE conname LIKE %s",
            ["%oppi_mgmt_%whsec_%", "%\\_without\\_secret"],
        )
        assert cursor.fetchone() == (len(of_all), len(of_all))
