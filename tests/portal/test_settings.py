"""A start with a bad setting stops with one sentence that names the variable."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
KEY = base64.b64encode(b"k" * 32).decode()
GOOD = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "r4nd0m-" * 10,
    "KEY_ENCRYPTION_KEYS": f"2026:{KEY}",
    "DATABASE_URL": "postgres://portal:pass@127.0.0.1:1/portal",
    "BROKER_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp+tls://portal:pass@127.0.0.1:587",
    "ALLOWED_HOSTS": "portal.example",
    "BASE_URL": "https://portal.example",
    "DEFAULT_FROM_EMAIL": "Oppi Games portal <portal@portal.example>",
    "SUPPORT_EMAIL": "support@portal.example",
    "LEDGER_ALARM_TO": "ledger@portal.example,cfo@portal.example",
    "GAME_LAUNCH_URL": "https://games.example/launch",
}


def start(**changes: str | None) -> subprocess.CompletedProcess[str]:
    """`manage.py check` with exactly these settings; None leaves one out."""
    told = {name: value for name, value in (GOOD | changes).items() if value is not None}
    environment = {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error", **told}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_good_start() -> None:
    done = start()
    assert done.returncode == 0, done.stderr


BAD: dict[str, tuple[str, str | None]] = {
    "a backup key that is too short": ("BACKUP_KEYS", "2026:c2hvcnQ="),
    "backups of no day": ("BACKUP_DAYS", "0"),
    "emails that are deleted early": ("EMAIL_DAYS", "90"),
    "visits that are deleted early": ("STAFF_VISIT_DAYS", "30"),
    "exports for ever": ("EXPORT_HOURS", "169"),
    "statements that are read each day": ("STATEMENT_TABLE_DAYS", "3"),
    "traces to no address": ("TRACES_URL", "collector:4318"),
    "traces of more than all": ("TRACES_SHARE", "1.5"),
    "a session of two days": ("SESSION_HOURS", "48"),
    "another kind of installation": ("ENVIRONMENT", "staging"),
    "debug": ("DEBUG", "true"),
    "no secret": ("SECRET_KEY", None),
    "an empty secret": ("SECRET_KEY", ""),
    "a short secret": ("SECRET_KEY", "short"),
    "Django's default secret": ("SECRET_KEY", "django-insecure-" + "x" * 60),
    "one letter for a secret": ("SECRET_KEY", "x" * 60),
    "no key-encryption key": ("KEY_ENCRYPTION_KEYS", None),
    "an empty key-encryption key": ("KEY_ENCRYPTION_KEYS", ""),
    "a short key-encryption key": ("KEY_ENCRYPTION_KEYS", "a:" + base64.b64encode(b"k" * 16).decode()),
    "a key-encryption key without an id": ("KEY_ENCRYPTION_KEYS", KEY),
    "a key-encryption key that is no base64": ("KEY_ENCRYPTION_KEYS", "a:!!!"),
    "an id twice": ("KEY_ENCRYPTION_KEYS", f"a:{KEY},a:{KEY}"),
    "no database": ("DATABASE_URL", None),
    "a deadline that comes after the caller gave up": ("ANSWER_WITHIN_MS", "1000"),
    "a deadline that nothing keeps": ("ANSWER_WITHIN_MS", "10"),
    "an empty database": ("DATABASE_URL", ""),
    "another database": ("DATABASE_URL", "sqlite:///portal.db"),
    "a port that is no number": ("DATABASE_URL", "postgres://portal@host:many/portal"),
    "a database that is no address": ("DATABASE_URL", "portal"),
    "an owner that is no database": ("OWNER_DATABASE_URL", "portal_owner"),
    "a wallet that is no database": ("WALLET_DATABASE_URL", "portal_wallet"),
    "no role of its own for the wallet": ("WALLET_DATABASE_URL", "postgres://portal:pass@127.0.0.1:1/portal"),
    "a file of a secret that is not there": ("SECRET_KEY_FILE", "/nowhere/secret_key"),
    "one role for both": ("OWNER_DATABASE_URL", "postgres://portal:pass@127.0.0.1:1/portal"),
    "no broker": ("BROKER_URL", None),
    "no mail": ("EMAIL_URL", None),
    "mail of an unknown kind": ("EMAIL_URL", "pigeon://loft"),
    "a proxy that is no network": ("TRUSTED_PROXIES", "10.0.0.1/8"),
    "no address of the portal": ("BASE_URL", None),
    "an address of the portal without TLS": ("BASE_URL", "http://portal.example"),
    "an address of the portal without a host": ("BASE_URL", "https:///"),
    "a placeholder for the portal": ("BASE_URL", "https://portal.invalid"),
    "no launch address": ("GAME_LAUNCH_URL", None),
    "a launch address without TLS": ("GAME_LAUNCH_URL", "http://games.example/launch"),
    "a placeholder to launch at": ("GAME_LAUNCH_URL", "https://games.oppi.invalid/launch"),
    "nobody to alarm": ("LEDGER_ALARM_TO", None),
    "an empty list to alarm": ("LEDGER_ALARM_TO", ""),
    "a placeholder among those to alarm": ("LEDGER_ALARM_TO", "cfo@portal.example,ledger@oppi.INVALID"),
    "an empty list for reports": ("RECONCILIATION_ALARM_TO", ""),
    "a placeholder for reports": ("RECONCILIATION_ALARM_TO", "day@oppi.invalid"),
    "an empty list for traffic": ("TRAFFIC_ALARM_TO", ""),
    "no sender": ("DEFAULT_FROM_EMAIL", None),
    "a placeholder as sender": ("DEFAULT_FROM_EMAIL", "Portal <portal@oppi.invalid>"),
    "no support address": ("SUPPORT_EMAIL", None),
    "a placeholder for support": ("SUPPORT_EMAIL", "support@oppi.invalid"),
    "everybody as a proxy": ("TRUSTED_PROXIES", "0.0.0.0/0"),
    "everybody as a proxy, in two pieces": ("TRUSTED_PROXIES", "0.0.0.0/1,128.0.0.0/1"),
    "everybody of IPv6 as a proxy": ("TRUSTED_PROXIES", "10.0.0.0/8,::/0"),
    "statements from everywhere": ("STATEMENT_NETWORKS", "0.0.0.0/1,128.0.0.0/1"),
    "hours that are no number": ("SESSION_LIFETIME_HOURS", "many"),
    "no minutes": ("SESSION_IDLE_MINUTES", "0"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_setting_is_named_in_one_sentence(case: str) -> None:
    name, value = BAD[case]
    done = start(**{name: value})
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert name in lines[0]
    assert lines[0].startswith("The portal does not start: ")
    assert lines[0].endswith(".")
    assert KEY not in done.stderr


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    """With a line's end, as most programs write it; a start with the line's end in the key would be refused."""
    for name in ("SECRET_KEY", "KEY_ENCRYPTION_KEYS", "DATABASE_URL", "BROKER_URL", "EMAIL_URL"):
        (tmp_path / name).write_text(f"{GOOD[name]}\n")
    files = list(tmp_path.iterdir())
    instead = dict.fromkeys(file.name for file in files)
    done = start(**instead, **{f"{file.name}_FILE": str(file) for file in files})
    assert done.returncode == 0, done.stderr


def test_outside_production_debug_is_allowed() -> None:
    assert start(ENVIRONMENT="demo", DEBUG="true").returncode == 0
