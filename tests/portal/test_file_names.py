from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from portal.lib.file_names import file_name

HELSINKI = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("about", "at", "name"),
    [
        (("acme", "movements"), datetime(2026, 11, 28, 14, 5, 9, tzinfo=UTC), "acme-movements-20261128-140509.csv"),
        (("acme", "requests"), datetime(2026, 11, 28, 1, 5, 9, tzinfo=HELSINKI), "acme-requests-20261127-230509.csv"),
        (("acme", "reconciliation"), date(2026, 11, 28), "acme-reconciliation-20261128.csv"),
        (("acme", "Signed calls", ""), date(2026, 11, 28), "acme-signed-calls-20261128.csv"),
        (("a/../b", 'x"\r\ny'), date(2026, 11, 28), "a-..-b-x-y-20261128.csv"),
    ],
)
def test_a_file_is_named_by_whose_what_and_when(about: tuple[str, ...], at: date, name: str) -> None:
    assert file_name(*about, at=at, form="csv") == name
