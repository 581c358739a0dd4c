"""Warnings about a statement's ids and times, before it is compared.

Only the first SAMPLE rows are read, so a large file costs no more than a small one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from merchants.models import Merchant
from wallet.reconciliation.days import Day, date_at, day_of
from wallet.reconciliation.reading import loading
from wallet.reconciliation.reading.loading import Loaded
from wallet.reconciliation.reading.mapping import Mapping

SAMPLE = 10_000
FEW = 20  # so many rows on both sides, none of them in common: then it is another book's statement
# An id as it is compared when nobody knows it as it stands: small, without spaces and leading zeros.
PLAIN = "lower(ltrim(regexp_replace({}, '[[:space:]\u00a0\ufeff]', '', 'g'), '0'))"
BLANK = "[[:space:]\u00a0\ufeff]"
SHORTENED = r"^[0-9]([.,][0-9]+)?[eE]\+?[0-9]+$"
SEEN = """
    CREATE TEMP TABLE statement_ids ON COMMIT DROP AS
    SELECT i.id, i.line, i.at, t.created_at AS known_at
      FROM (SELECT DISTINCT ON (s.transaction_id) s.transaction_id AS id, s.line, s.at
              FROM (SELECT * FROM {rows} AS r LIMIT %(sample)s) s ORDER BY s.transaction_id, s.line) i
      LEFT JOIN wallet_transaction t
        ON t.merchant_id = %(merchant)s AND t.transaction_id = i.id AND t.part = 0
"""
COUNTED = """
    SELECT count(*), count(known_at),
           count(known_at) FILTER (WHERE known_at >= %(begin)s AND known_at < %(end)s),
           percentile_disc(0.5) WITHIN GROUP (ORDER BY known_at),
           count(at), count(at) FILTER (WHERE at >= %(begin)s AND at < %(end)s),
           percentile_disc(0.5) WITHIN GROUP (ORDER BY at),
           count(*) FILTER (WHERE id ~ %(shortened)s), min(id) FILTER (WHERE id ~ %(shortened)s),
           count(*) FILTER (WHERE id ~ %(edge)s), min(id) FILTER (WHERE id ~ %(edge)s),
           min(id) FILTER (WHERE known_at IS NULL)
      FROM statement_ids
"""
ALIKE = f"""
    SELECT count(*), min(i.id), min(o.transaction_id)
      FROM statement_ids i
      JOIN (SELECT t.transaction_id FROM wallet_transaction t
             WHERE t.merchant_id = %(merchant)s AND t.part = 0
               AND t.created_at >= %(begin)s AND t.created_at < %(end)s LIMIT %(most)s) o
        ON {PLAIN.format("o.transaction_id")} = {PLAIN.format("i.id")} AND o.transaction_id <> i.id
     WHERE i.known_at IS NULL
"""  # noqa: S608 - constants
OURS = """
    SELECT count(*) FROM (SELECT FROM wallet_transaction t
     WHERE t.merchant_id = %(merchant)s AND t.part = 0 AND t.debit_account_id IS NOT NULL
       AND t.created_at >= %(begin)s AND t.created_at < %(end)s LIMIT %(few)s) o
"""


@dataclass(frozen=True, slots=True)
class StatementCheck:
    """The warnings. `is_foreign`: both sides have rows of the day, and no id of the file is known."""

    warnings: list[str]
    is_foreign: bool = False


NOTHING_SEEN = StatementCheck([])


def check_loaded(loaded: Loaded, mapping: Mapping, merchant: Merchant, day: date) -> StatementCheck:
    """Return the check of a previewed file, in which every cell can be read."""
    if "transaction_id" not in mapping.columns or mapping.grain == "totals":
        return NOTHING_SEEN
    return check_rows(loading.read_rows(loaded, mapping).rows.as_string(), merchant, day)


def check_rows(rows: str, merchant: Merchant, day: date) -> StatementCheck:
    """Return the check. `rows`: an SQL source with line, transaction_id and at."""
    of = day_of(merchant, day)
    values: dict[str, Any] = {
        "merchant": merchant.pk, "begin": of.begin, "end": of.end, "sample": SAMPLE, "few": FEW, "most": 2 * SAMPLE,
        "shortened": SHORTENED, "edge": f"^{BLANK}|{BLANK}$",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.statement_ids")
        cursor.execute(SEEN.replace("{rows}", rows.replace("%", "%%")), values)
        cursor.execute(COUNTED, values)
        seen = SeenValues(*(cursor.fetchone() or ()))
        cursor.execute(ALIKE, values)
        alike = Alike(*(cursor.fetchone() or ()))
        cursor.execute(OURS, values)
        [ours] = cursor.fetchone() or (0,)
        cursor.execute("DROP TABLE pg_temp.statement_ids")
    warnings = [*_of_ids(seen, alike, ours), *_of_the_day(seen, merchant, of), *_of_writing(seen)]
    return StatementCheck(warnings, seen.known == 0 and seen.ids >= FEW and ours >= FEW)


@dataclass(frozen=True, slots=True)
class SeenValues:
    ids: int
    known: int
    known_on_day: int
    known_median: datetime | None
    timed: int
    timed_on_day: int
    timed_median: datetime | None
    shortened: int
    a_shortened: str | None
    padded: int
    a_padded: str | None
    an_unknown: str | None


@dataclass(frozen=True, slots=True)
class Alike:
    ids: int
    theirs: str | None
    ours: str | None


def _of_ids(seen: SeenValues, alike: Alike, ours: int) -> list[str]:
    said = []
    if not seen.known and seen.ids and (ours or alike.ids):
        one, many = "The only id is not known: %s.", f"None of the {seen.ids:,} ids is known. One of them is %s."
        said.append((one if seen.ids == 1 else many) % _quoted(seen.an_unknown))
    elif seen.known * 2 < seen.ids and seen.known:
        said.append(f"Only {seen.known:,} of the {seen.ids:,} ids are known.")
    if alike.ids:
        difference = _difference(alike.theirs or "", alike.ours or "")
        ids = "id differs" if alike.ids == 1 else "ids differ"
        said.append(
            f"{alike.ids:,} {ids} from our ids only by {difference}: the file has "
            f"{_quoted(alike.theirs)}, our ledger has {_quoted(alike.ours)}."
        )
    return said


def _difference(theirs: str, ours: str) -> str:
    if theirs.strip(" \t\r\n\u00a0\ufeff") == ours:
        return "spaces"
    return "upper case" if theirs.lower() == ours.lower() else "leading zeros, spaces or upper case"


def _of_the_day(seen: SeenValues, merchant: Merchant, day: Day) -> list[str]:
    """By what we know of the ids; else by the times in the file."""
    if seen.known_median and seen.known_on_day * 2 < seen.known:
        other = date_at(merchant, seen.known_median)
        return (
            [f"Most of the known ids belong to {other}, not to {day.date}. Check the day."] if other != day.date else []
        )
    if not seen.known and seen.timed_median and seen.timed_on_day * 2 < seen.timed:
        other = date_at(merchant, seen.timed_median)
        return [f"Most of the times belong to {other}, not to {day.date}. Check the day."] if other != day.date else []
    return []


def _of_writing(seen: SeenValues) -> list[str]:
    said = []
    if seen.shortened:
        ids = "1 id looks" if seen.shortened == 1 else f"{seen.shortened:,} ids look"
        said.append(
            f"{ids} shortened by a spreadsheet, such as {_quoted(seen.a_shortened)}. The digits are lost. "
            f"Export the ids as text."
        )
    if seen.padded:
        ids = "1 id has" if seen.padded == 1 else f"{seen.padded:,} ids have"
        said.append(f"{ids} a space before or after, such as {_quoted(seen.a_padded)}.")
    return said


def _quoted(text: str | None) -> str:
    return f"“{(text or '')[:60]}”"
