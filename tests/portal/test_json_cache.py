"""What stands in the cache is data: nothing that is read from it runs."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache


class Bomb:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("value", [True, None, 0, -5, 2**40, [1.5, 2.25], "ü", {"a": [1, None]}])
def test_a_value_reads_back_equal(value: Any) -> None:
    cache.set("json-cache", value)
    assert cache.get("json-cache", "nothing") == value
    assert type(cache.get("json-cache")) is type(value)


def test_whole_numbers_are_counted_by_the_server() -> None:
    cache.set("json-cache-count", 0)
    assert [cache.incr("json-cache-count") for _ in range(3)] == [1, 2, 3]


def test_a_pickle_that_somebody_put_there_runs_nothing(tmp_path: Path) -> None:
    fell = tmp_path / "fell"
    raw = cache._cache.get_client(write=True)  # type: ignore[attr-defined]
    raw.set(cache.make_key("json-cache-bomb"), pickle.dumps(Bomb(fell)))
    with pytest.raises(ValueError, match="decode"):
        cache.get("json-cache-bomb")
    assert not fell.exists()
