"""The verbs from a shell."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from merchants import crypto
from merchants.models import ApiKey, Approval, Compromise, Merchant, Person, Secret, SecretClaim
from merchants.services import approvals, keys
from portal.lib import clock
from tests import factories


def key_command(*words: str) -> tuple[str, str]:
    """What it says on standard output, and beside it."""
    out, beside = StringIO(), StringIO()
    call_command("key", *words, stdout=out, stderr=beside)
    return out.getvalue().strip(), beside.getvalue().strip()


@pytest.fixture
def key(acme: Merchant) -> ApiKey:
    return keys.issue_key(merchant=acme).key


def version_of(secret: str) -> int:
    return Secret.objects.get(fingerprint=crypto.fingerprint(secret)).version


def test_the_new_secret_is_all_that_standard_output_says(acme: Merchant) -> None:
    secret, beside = key_command("issue", "acme", "--label", "cashier")
    assert crypto.looks_like_secret(secret)
    assert secret not in beside
    assert ApiKey.objects.get().label == "cashier"


def test_a_test_key_is_issued_for_the_sandbox(acme: Merchant) -> None:
    with pytest.raises(CommandError, match="Acme Casino has no sandbox yet"):
        key_command("issue", "acme", "--environment", "test")
    sandbox = factories.sandbox(acme)
    for code in (acme.code, sandbox.code):
        secret, _ = key_command("issue", code, "--environment", "test")
        assert Secret.objects.get(fingerprint=crypto.fingerprint(secret)).key.merchant == sandbox
    with pytest.raises(CommandError, match="A sandbox has test keys only"):
        key_command("issue", sandbox.code)


def test_rotate_extend_and_end(key: ApiKey) -> None:
    secret, _ = key_command("rotate", key.auth_key, "--overlap", "90m", "--quiet-hours", "6")
    assert version_of(secret) == 2
    old = Secret.objects.get(version=1)
    assert old.usable_until is not None
    assert old.superseded_at is not None
    assert (old.usable_until - old.superseded_at, old.quiet_hours) == (timedelta(minutes=90), 6)
    until = (clock.now() + timedelta(days=2)).replace(microsecond=0)
    key_command("extend", key.auth_key, "--until", f"{until:%Y-%m-%dT%H:%M:%S}")
    assert Secret.objects.get(version=1).usable_until == until
    key_command("end", key.auth_key)
    with pytest.raises(CommandError, match="No old secret version of this key"):
        key_command("end", key.auth_key)


def test_a_leak_is_declared_by_somebody(key: ApiKey, support: Person) -> None:
    since = f"{clock.now() - timedelta(hours=1):%Y-%m-%dT%H:%M:%S}"
    words = ["--by", support.email, "--reason", "found by a scan", "leak", key.auth_key]
    secret, _ = key_command(*words, "--response", "revoke", "--since", since)
    assert version_of(secret) == 2
    assert Compromise.objects.get().declared_by == support


@pytest.mark.parametrize("verb", ["quarantine", "revoke"])
def test_a_key_is_put_out_of_use(key: ApiKey, verb: str) -> None:
    key_command(verb, key.auth_key)
    assert ApiKey.objects.get().status.startswith(verb)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["rotate", "oppi_pub_nobody"], "The key oppi_pub_nobody does not exist."),
        (["issue", "nobody"], "No open merchant has the code nobody."),
        (["--by", "no@body.test", "revoke", "x"], "No person has the address"),
        (["rotate", "x", "--overlap", "a week"], "invalid duration value"),
        (["extend", "x", "--until", "tomorrow"], "invalid moment value"),
        (["leak", "x", "--response", "revoke", "--since", "2026-01-01T00:00"], "Add the cause"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_cannot_be_is_said_in_a_sentence(db: None, words: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        key_command(*words)


def test_eight_days_change_nothing(key: ApiKey) -> None:
    with pytest.raises(CommandError, match=r"at most 7 days.* Nothing was changed\."):
        key_command("rotate", key.auth_key, "--overlap", "8d")
    assert Secret.objects.count() == 1


def test_the_two_person_rule_holds_in_a_shell_too(key: ApiKey) -> None:
    Merchant.objects.update(two_person=True)
    with pytest.raises(CommandError, match="a command cannot confirm your identity"):
        key_command("revoke", key.auth_key)
    assert ApiKey.objects.get().status == "active"


@pytest.mark.parametrize("words", [["issue", "acme"], ["rotate", "{key}"], ["revoke", "{key}"]], ids=lambda w: w[0])
def test_with_two_persons_a_shell_is_no_way_to_a_secret(key: ApiKey, support: Person, words: list[str]) -> None:
    Merchant.objects.update(two_person=True)
    with pytest.raises(CommandError, match="Sign in to the administration"):
        key_command("--by", support.email, *[word.format(key=key.auth_key) for word in words])
    for verb in ("ask-to-rotate", "ask-to-revoke", "approve"):
        with pytest.raises(CommandError, match="invalid choice"):
            key_command("--by", support.email, "--reason", "x", verb, key.auth_key)
    assert Secret.objects.count() == 1


def test_with_two_persons_a_leak_in_a_shell_refuses_at_once_and_prints_nothing(key: ApiKey, support: Person) -> None:
    Merchant.objects.update(two_person=True)
    said = ["--by", support.email, "--reason", "found", "leak", key.auth_key, "--since", "2026-01-01T00:00"]
    out, told = key_command(*said, "--response", "revoke")
    assert not out
    assert "The new secret needs an approval" in told
    assert not Secret.objects.filter(revoked_at=None).exists()
    assert not Approval.objects.exists()


def test_a_shell_can_send_the_secret_to_the_owners(key: ApiKey, owner: Person) -> None:
    out, _ = key_command("--to-owners", "rotate", key.auth_key)
    assert not out
    assert SecretClaim.objects.get().version == 2
    Merchant.objects.update(staff_sees_secrets=False)
    with pytest.raises(CommandError, match="--to-owners"):
        key_command("issue", "acme")
    assert ApiKey.objects.count() == 1


def test_an_overlap_ends_when_quiet_and_a_key_at_its_end(key: ApiKey) -> None:
    keys.rotate_secret(key=key)
    key_command("end-when-quiet", key.auth_key, "--hours", "5")
    assert Secret.objects.get(version=1).quiet_hours == 5
    key_command("expire", key.auth_key, "--at", f"{clock.now() + timedelta(days=90):%Y-%m-%dT%H:%M:%S}")
    assert ApiKey.objects.get().expires_at is not None


@pytest.mark.parametrize(
    ("verb", "wish"),
    [
        ("rotate", ["--overlap", "0s"]),
        ("extend", ["--until", "2030-01-01T00:00"]),
        ("end", []),
        ("end-when-quiet", ["--hours", "5"]),
    ],
)
def test_who_says_which_version_was_seen_touches_no_other(key: ApiKey, verb: str, wish: list[str]) -> None:
    keys.rotate_secret(key=key)
    before = list(Secret.objects.order_by("version").values_list("usable_until", "quiet_hours"))
    with pytest.raises(CommandError, match=r"Version 2 is now the current version.* Nothing was changed\."):
        key_command(verb, key.auth_key, *wish, "--seen", "1")
    assert list(Secret.objects.order_by("version").values_list("usable_until", "quiet_hours")) == before


def test_a_leak_of_a_version_that_was_replaced_meanwhile_replaces_no_later_one(key: ApiKey, support: Person) -> None:
    keys.replace_secrets(key=key)
    words = ["--by", support.email, "--reason", "found by a scan", "leak", key.auth_key, "--since", "2026-01-01T00:00"]
    with pytest.raises(CommandError, match="Version 2 is now the current version"):
        key_command(*words, "--response", "revoke", "--seen", "1")
    assert Secret.objects.filter(revoked_at=None).count() == 1
    assert not Compromise.objects.exists()


def test_who_declines_a_rotation_in_a_shell_declines_no_revocation(
    key: ApiKey, support: Person, administrator: Person
) -> None:
    approvals.ask_to_revoke(key=key, by=support, reason="over")
    with pytest.raises(CommandError, match="This request has already been decided"):
        key_command("--by", administrator.email, "decline", key.auth_key, "--wish", "rotate")
    assert Approval.objects.get().state == "waiting"
    key_command("--by", administrator.email, "decline", key.auth_key, "--wish", "revoke")
    assert Approval.objects.get().state != "waiting"
