"""Files of a backup: what is read is what was written, or nothing is."""

from __future__ import annotations

import gzip
import secrets
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.backup import sealed_files
from portal.backup.errors import BackupFault
from portal.backup.sealed_files import Key

KEY = Key("2026a", secrets.token_bytes(32))
KEYS = {KEY.key_id: KEY.secret}
NAME = "wal/000000010000000000000001"


def written(folder: Path, content: bytes, key: Key | None = KEY) -> Path:
    base = folder / "file"
    sealed_files.write_file(base, NAME, [content], key)
    stored = sealed_files.find_file(base)
    assert stored
    return stored


def content_of(path: Path, keys: dict[str, bytes] | None = None, name: str = NAME) -> bytes:
    return b"".join(sealed_files.read_file(path, name, KEYS if keys is None else keys))


@pytest.mark.parametrize("size", [0, 1, sealed_files.CHUNK - 1, sealed_files.CHUNK, 3 * sealed_files.CHUNK + 7])
@pytest.mark.parametrize("key", [KEY, None])
def test_what_is_written_is_read(tmp_path: Path, size: int, key: Key | None) -> None:
    content = secrets.token_bytes(size)
    stored = written(tmp_path, content, key)
    assert content_of(stored) == content
    assert [path.name for path in tmp_path.iterdir()] == [stored.name]


@given(pieces=st.lists(st.binary(max_size=3000), max_size=20))
def test_pieces_of_any_size_are_one_file(tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]) -> None:
    base = tmp_path_factory.mktemp("pieces") / "file"
    sealed_files.write_file(base, NAME, pieces, KEY)
    stored = sealed_files.find_file(base)
    assert stored
    assert content_of(stored) == b"".join(pieces)


def test_without_a_key_the_file_is_plain_gzip(tmp_path: Path) -> None:
    stored = written(tmp_path, b"rows", None)
    assert gzip.decompress(stored.read_bytes()) == b"rows"


def test_with_a_key_nothing_of_it_can_be_read(tmp_path: Path) -> None:
    content = b"a line of the ledger" * 1000
    assert content[:20] not in written(tmp_path, content).read_bytes()


def test_another_key_under_that_id_is_refused_with_a_sentence(tmp_path: Path) -> None:
    stored = written(tmp_path, b"rows")
    with pytest.raises(BackupFault, match="is not the key that encrypted it"):
        content_of(stored, {KEY.key_id: secrets.token_bytes(32)})


def test_a_key_that_is_missing_is_named(tmp_path: Path) -> None:
    stored = written(tmp_path, b"rows")
    with pytest.raises(BackupFault, match="the key “2026a”, which is not in BACKUP_KEYS"):
        content_of(stored, {"2027a": KEY.secret})


@pytest.mark.parametrize("place", [0, 20, 60, 100, -1, -20])
def test_each_changed_byte_is_found(tmp_path: Path, place: int) -> None:
    stored = written(tmp_path, secrets.token_bytes(5000))
    changed = bytearray(stored.read_bytes())
    changed[place] ^= 1
    stored.write_bytes(changed)
    with pytest.raises(BackupFault):
        content_of(stored)


@pytest.mark.parametrize("key", [KEY, None])
@pytest.mark.parametrize("left", [0.0, 0.3, 0.5, 0.99])
def test_a_file_that_is_cut_off_is_found(tmp_path: Path, key: Key | None, left: float) -> None:
    stored = written(tmp_path, secrets.token_bytes(4 * sealed_files.CHUNK), key)
    whole = stored.read_bytes()
    stored.write_bytes(whole[: int(len(whole) * left)])
    with pytest.raises(BackupFault):
        content_of(stored)


def test_a_whole_number_of_chunks_that_is_cut_off_is_found(tmp_path: Path) -> None:
    stored = written(tmp_path, secrets.token_bytes(3 * sealed_files.CHUNK))
    header = len(sealed_files.MAGIC) + 1 + len(KEY.key_id) + sealed_files.SALT + sealed_files.PROOF
    stored.write_bytes(stored.read_bytes()[: header + 2 * (sealed_files.CHUNK + sealed_files.TAG)])
    with pytest.raises(BackupFault, match="is damaged"):
        content_of(stored)


def test_a_file_under_the_name_of_another_is_refused(tmp_path: Path) -> None:
    stored = written(tmp_path, b"rows")
    with pytest.raises(BackupFault):
        content_of(stored, name="wal/000000010000000000000002")
