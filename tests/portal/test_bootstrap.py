from __future__ import annotations

import base64
import io
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from portal.local import checkout_settings, reset, up
from portal.local.checkout_lock import Running, lock_checkout
from portal.local.checkout_settings import CannotStart, kept_settings, port_of, share_settings, write_private
from portal.local.ports import free_port, is_free, url_host
from portal.local.up import port_of_machines
from portal.local.welcome import signed_call, welcome

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "var"
    folder.mkdir()
    for module in (checkout_settings, reset, up):
        monkeypatch.setattr(module, "VAR", folder)
    return folder


def test_settings_are_made_once_and_are_private(var: Path) -> None:
    first = kept_settings()
    assert kept_settings() == first
    assert (var / "demo.env").stat().st_mode & 0o777 == 0o600
    assert first["ENVIRONMENT"] == "demo"
    assert len(base64.b64decode(first["KEY_ENCRYPTION_KEYS"].partition(":")[2])) == 32
    assert len(first["SECRET_KEY"]) >= 50


def test_addresses_are_shared_only_while_running(var: Path) -> None:
    with share_settings({"DATABASE_URL": "postgres://x", "SECRET_KEY": "not shared"}):
        assert (var / "embedded.env").read_text() == "DATABASE_URL=postgres://x\n"
        assert (var / "embedded.env").stat().st_mode & 0o777 == 0o600
    assert not (var / "embedded.env").exists()


def test_an_interrupted_write_leaves_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "x.new").write_text("half")
    write_private(tmp_path / "x.env", "A=1\n")
    assert (tmp_path / "x.env").read_text() == "A=1\n"


@pytest.mark.parametrize("text", ["", "0", "65536", "-1", "eighty", "8000.0"])
def test_a_port_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(CannotStart, match="PORT must be"):
        port_of({"PORT": text})


def test_a_taken_port_is_refused_before_anything_starts(var: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not is_free("127.0.0.1", port)
        # A real process: what it starts and prints is the matter.
        code = (
            "import pathlib, sys; from portal.local import checkout_settings, up; "
            f"checkout_settings.VAR = up.VAR = pathlib.Path({str(var)!r})"
        )
        done = subprocess.run(
            [sys.executable, "-c", f"{code}; sys.exit(up.main())"],
            env=os.environ | {"PORT": str(port)},
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert (
        done.stdout == f"Port {port} on 127.0.0.1 is in use. Stop the program that uses it, or choose "
        f"another port: PORT=8080 make up\n"
    )
    assert not (var / "postgres").exists()


def test_only_one_portal_a_checkout_and_no_reset_under_it(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with lock_checkout(var):
        with pytest.raises(Running), lock_checkout(var):
            pass
        assert reset.main() == 1
        assert "A portal is running" in capsys.readouterr().err
    assert reset.main() == 0
    assert not var.exists()
    assert reset.main() == 0


@pytest.mark.parametrize(
    ("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"), ("::1", "[::1]")]
)
def test_an_address_to_listen_on_becomes_one_to_go_to(host: str, shown: str) -> None:
    assert url_host(host) == shown


def test_machines_have_the_port_after_that_of_people() -> None:
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        assert port_of_machines({}, "127.0.0.1", port - 1) not in {port - 1, port}
        with pytest.raises(CannotStart, match=f"Port {port} on 127.0.0.1 is in use"):
            port_of_machines({"API_PORT": str(port)}, "127.0.0.1", port - 1)
    with pytest.raises(CannotStart, match="is in use"):
        port_of_machines({"API_PORT": str(port)}, "127.0.0.1", port)


def test_the_welcome_cuts_no_address_in_a_terminal_of_80_columns(tmp_path: Path) -> None:
    emails = ["admin@oppi.example", "manager@harbourlight.example", "owner@aurora-palace.example"]
    staff = [{"email": email, "password": "A" * 16, "merchant": "a" * 13, "role": "administrator"} for email in emails]
    demo, output = tmp_path / "demo.json", io.StringIO()
    demo.write_text(json.dumps({"staff": staff, "merchants": []}))
    addresses = {"BASE_URL": "http://127.0.0.1:8000", "API_URL": "http://127.0.0.1:8001"}
    welcome(Console(file=output, width=80), addresses, demo)
    rows = [line.split() for line in output.getvalue().splitlines() if "@" in line and "AAAA" in line]
    assert rows == [[email, "A" * 16, "a" * 13, "administrator"] for email in emails]


def test_the_welcome_has_a_call_that_can_be_pasted(tmp_path: Path) -> None:
    player = {"playerId": "p-1", "currency": "EUR", "sessionId": "s-1", "gameId": "g-1"}
    merchants = [
        {"code": "closed", "status": "suspended", "players": [player]},
        {"code": "acme", "status": "active", "players": [player]},
    ]
    expected = """.venv/bin/python manage.py call acme /wallet/balance '{"playerId": "p-1", "currency": "EUR"}'"""
    assert signed_call(merchants) == expected
    demo = tmp_path / "demo.json"
    staff = [{"email": "ada@oppi.invalid", "password": "a long pass phrase", "role": "admin"}]
    demo.write_text(json.dumps({"staff": staff, "merchants": merchants}))
    output = io.StringIO()
    addresses = {"BASE_URL": "http://127.0.0.1:8000", "API_URL": "http://127.0.0.1:8001"}
    welcome(Console(file=output, width=60), addresses, demo)
    assert f"  {expected}\n" in output.getvalue()
    assert "ada@oppi.invalid" in output.getvalue()
    assert "http://127.0.0.1:8000/admin/" in output.getvalue()
    assert "http://127.0.0.1:8001" in output.getvalue()
