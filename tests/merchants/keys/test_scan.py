"""`manage.py scan`: which secrets stand in a text, where, and what they can still do."""

from __future__ import annotations

import io
import tracemalloc
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from merchants import crypto
from merchants.models import Merchant, Secret
from merchants.services import compromise, keys, scan
from merchants.services.scan import SecretState
from portal.lib import clock
from tests.plugins.live import Live

HOUR = timedelta(hours=1)


def found(content: bytes) -> list[scan.SecretFinding]:
    return list(scan.findings(io.BytesIO(content)))


def places(content: bytes) -> list[tuple[int, int]]:
    return [(each.line, each.column) for each in scan.sightings(io.BytesIO(content))]


def scanned(capsys: pytest.CaptureFixture[str], file: Path) -> tuple[int, str]:
    code = 0
    try:
        call_command("scan", str(file))
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, capsys.readouterr().out


def test_a_usable_secret_is_told_with_its_place_and_what_to_do(
    acme: Merchant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    issued = keys.issue_key(merchant=acme)
    (tmp_path / "chat.txt").write_text(f"hello\n\nkey: {issued.secret}, thanks")
    code, out = scanned(capsys, tmp_path / "chat.txt")
    assert code == 1
    assert f"line 3, column 6: acme · {issued.key.auth_key} · version 1 · usable" in out
    assert f"/admin/merchants/apikey/{issued.key.pk}/leak/" in out
    assert issued.secret not in out
    assert issued.secret[10:] not in out


def test_nothing_found_is_said(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "clean").write_bytes(b"oppi_live_ and oppi_test_short\n")
    assert scanned(capsys, tmp_path / "clean") == (0, "The file contains no secret of this portal.\n")


def test_a_file_that_is_not_there_is_a_sentence(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file") as refused:
        call_command("scan", str(tmp_path / "none"))
    assert refused.value.returncode == 2


def test_each_state_is_told_apart(acme: Merchant) -> None:
    now = clock.now()
    with clock.frozen_at(now - HOUR):
        first = keys.issue_key(merchant=acme)
        second = keys.rotate_secret(key=first.key, overlap=timedelta(minutes=1))
    third = keys.rotate_secret(key=first.key, overlap=HOUR)
    revoked = keys.issue_key(merchant=acme)
    keys.replace_secrets(key=revoked.key)
    quarantined = keys.issue_key(merchant=acme)
    keys.quarantine_key(key=quarantined.key)
    foreign = crypto.new_secret("live")
    everything = [first.secret, second.secret, third.secret, revoked.secret, quarantined.secret, foreign]
    told = found("\n".join(everything).encode())
    assert [each.state for each in told] == [
        SecretState.ENDED, SecretState.OVERLAP, SecretState.USABLE, SecretState.REVOKED, SecretState.USABLE,
        SecretState.FOREIGN,
    ]  # fmt: skip
    assert [each.usable for each in told] == [False, True, True, False, True, False]
    assert "quarantine" in told[4].said


def test_a_key_that_has_ended_leaves_nothing_usable(acme: Merchant) -> None:
    issued = keys.issue_key(merchant=acme, expires_at=clock.now() + HOUR)
    with clock.frozen_at(clock.now() + 2 * HOUR):
        assert [each.state for each in found(issued.secret.encode())] == [SecretState.ENDED]


def test_only_foreign_and_dead_ones_are_no_alarm(
    acme: Merchant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    issued = keys.issue_key(merchant=acme)
    compromise.declare_compromise(
        key=issued.key, response="revoke", reason="x", exposed_since=clock.now() - HOUR, by=None
    )
    (tmp_path / "old").write_text(f"{issued.secret} {crypto.new_secret('test')}")
    code, out = scanned(capsys, tmp_path / "old")
    assert code == 0
    assert "revoked on" in out
    assert "never issued by this portal" in out


def test_none_is_decrypted(acme: Merchant, settings: Any) -> None:
    issued = keys.issue_key(merchant=acme)
    settings.KEY_ENCRYPTION_KEYS = {"another": bytes(32)}
    assert found(issued.secret.encode())[0].usable


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_windows_texts_are_read_too(encoding: str) -> None:
    text = f"first\nsecond {crypto.new_secret('test')} end\n".encode(encoding)
    [(line, column)] = places(text)
    assert line == 2
    assert text[: text.index(b"\n")].count(b"o") == 0
    assert column > len("second ")


def test_one_changed_character_is_no_secret() -> None:
    secret = crypto.new_secret("live")
    other = "A" if secret[20] != "A" else "B"
    assert places((secret[:20] + other + secret[21:]).encode()) == []


def test_one_that_follows_a_cut_off_one_is_found() -> None:
    cut_off, whole = crypto.new_secret("live")[:55], crypto.new_secret("live")
    assert places((cut_off + whole + "xyz").encode()) == [(1, 56)]


@given(st.lists(st.integers(0, 300), min_size=1, max_size=6), st.integers(1, 90))
def test_the_border_of_two_pieces_hides_nothing_and_doubles_nothing(gaps: list[int], piece: int) -> None:
    expected, content = [], b""
    for gap in gaps:
        content += b"\n" * (gap % 3) + b"." * gap
        line_start = content.rfind(b"\n") + 1
        expected.append((content.count(b"\n") + 1, len(content) - line_start + 1))
        content += crypto.new_secret("live").encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "CHUNK", piece)
        assert places(content) == expected


class Zeros(io.RawIOBase):
    """A big file that nobody has to write."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        given = min(size, self.left)
        self.left -= given
        return bytes(given)


def test_a_big_file_takes_little_memory() -> None:
    tracemalloc.start()
    assert list(scan.sightings(Zeros(200 * 1024 * 1024))) == []  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


def test_many_secrets_are_looked_up_in_a_few_queries(acme: Merchant, django_assert_num_queries: Any) -> None:
    content = "\n".join([keys.issue_key(merchant=acme).secret] * 3 + [crypto.new_secret("live") for _ in range(60)])
    with django_assert_num_queries(1):
        assert len(found(content.encode())) == 63
    assert Secret.objects.count() == 1


def test_standard_input_is_read_by_a_process(live: Live) -> None:
    done = live.manage("scan", "-", stdin=f"token={crypto.new_secret('live')}\n")
    assert done.returncode == 0, done.stderr
    assert "line 1, column 7: valid form, but never issued by this portal" in done.stdout
