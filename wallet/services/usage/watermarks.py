"""Reading sums up to a watermark, and the rows behind it, as of one moment and without a lock.

The job that moves a watermark writes its sums in the same transaction, and a watermark only moves forward. So a
statement between two equal watermarks has read the sums of these watermarks. A lock would do the same, but a session
that freezes while it holds one would stop the job, and the job would keep pages waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portal.lib import database
from portal.lib.database import Row

ATTEMPTS = 3
READ = "SELECT source, upto FROM wallet_mark WHERE source = ANY(%s)"
INSIDE = "(SELECT upto FROM wallet_mark WHERE source = '{}')"


def read_marks(sources: Iterable[str]) -> dict[str, int]:
    """Return the watermarks of some sources."""
    return dict(database.fetch_rows(READ, [[*sources]]))


def rows_at_marks(statement: str, values: Mapping[str, Any], names: Mapping[str, str]) -> list[Row]:
    """Return the rows of a statement over sums and unsummed rows, at one watermark of each source.

    `names`: the parameter of the statement by source. It has the watermarks as numbers, because only then the planner
    knows how few rows are behind them. When the job moves them each time, the last attempt reads them itself.
    """
    before = read_marks(names)
    for _ in range(ATTEMPTS):
        marks = {names[source]: upto for source, upto in before.items()}
        rows = database.fetch_rows(statement, {**values, **marks})
        after = read_marks(names)
        if after == before:
            return rows
        before = after
    for source, name in names.items():
        statement = statement.replace(f"%({name})s", INSIDE.format(source))
    return database.fetch_rows(statement, values)
