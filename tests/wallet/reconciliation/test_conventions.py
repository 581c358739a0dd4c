"""The ways in which people and machines write statements: each is read as meant, or refused by a true sentence."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import xlsxwriter
from django.db import DataError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from psycopg import sql

from wallet.reconciliation.reading import encodings, loading
from wallet.reconciliation.reading.amounts import AmountReader
from wallet.reconciliation.reading.columns import columns
from wallet.reconciliation.reading.conversion import Conversion
from wallet.reconciliation.reading.mapping import BadMapping, Mapping, from_json, suggested_mapping
from wallet.reconciliation.reading.moments import MomentReader
from wallet.reconciliation.reading.table import Unreadable

SHARED = Path(__file__).parent / "cases" / "statements"
HEADER = ["id", "type", "player", "currency", "amount", "at"]
COLUMNS = {"transaction_id": "id", "kind": "type", "player_id": "player", "currency": "currency", "amount": "amount"}
STATED = {"columns": COLUMNS, "amounts": "decimal_point", "zone": "Europe/Helsinki", "negative": "absolute"}
AT = {"columns": COLUMNS | {"at": "at"}}
COMMA, POINT, MINOR = ({"amounts": name} for name in ("decimal_comma", "decimal_point", "minor"))
NINE = "2026-11-28T07:05:00+00:00"  # 09:05 in Helsinki
NINE_UTC = "2026-11-28T09:05:00+00:00"


class Convention(NamedTuple):
    """`rows` as id, kind, currency, units and moment; else what the sentence of the refusal says."""

    name: str
    content: bytes | Callable[[], bytes]
    stated: dict[str, Any]
    rows: list[tuple[Any, ...]] | None
    says: str = ""


def read(content: bytes, stated: dict[str, Any]) -> list[tuple[Any, ...]]:
    mapping = from_json(STATED | stated)
    with transaction.atomic(), loading.loaded_rows(lambda: nullcontext(io.BytesIO(content)), mapping) as loaded:
        if asks := mapping.asks(loaded.table.headers):
            raise AssertionError(asks)
        loading.refuse_faults(loaded, mapping)
        rows = loading.read_rows(loaded, mapping).rows.as_string()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT transaction_id, kind, currency, amount, at FROM {rows} AS r ORDER BY line, kind")  # noqa: S608 - ours
            return [(*row[:4], row[4].astimezone(UTC).isoformat() if row[4] else None) for row in cursor.fetchall()]


def lines(*rows: list[str], header: list[str] = HEADER, delimiter: str = ";", ends: str = "\r\n") -> str:
    return "".join(delimiter.join(row) + ends for row in [header, *rows])


def row(amount: str = "12.50", at: str = "", currency: str = "EUR", number: int = 1) -> list[str]:
    return [f"t-{number}", "bet", "ada", currency, amount, at]


# --- One amount -------------------------------------------------------------------------------------------------------
def amount(name: str, cell: str, stated: dict[str, Any], meant: int | str, currency: str = "EUR") -> Convention:
    content = lines(row(cell, currency=currency)).encode()
    if isinstance(meant, str):
        return Convention(f"amount: {name}", content, stated, None, meant)
    return Convention(f"amount: {name}", content, stated, [("t-1", "bet", currency, meant, None)])


def beside(name: str, cell: str, stated: dict[str, Any], meant: int | str, currency: str = "") -> Convention:
    """The currency stands with the amount alone."""
    content = lines(row(cell)).encode()
    known = {name: header for name, header in COLUMNS.items() if name != "currency"}
    stated = {"columns": known, "currency_place": "amount"} | stated
    if isinstance(meant, str):
        return Convention(f"amount: {name}", content, stated, None, meant)
    return Convention(f"amount: {name}", content, stated, [("t-1", "bet", currency, meant, None)])


def by(separator: str, decimals: str = "decimal_point") -> dict[str, Any]:
    return {"amounts": decimals, "thousands": separator}


BIG = 123_450_000  # 1234.50
AMOUNTS = [
    amount("whole units", "1250000", {"amounts": "units"}, 1_250_000),
    amount("decimals with a point", "12.50", POINT, 1_250_000),
    amount("decimals with a comma", "12,50", COMMA, 1_250_000),
    amount("no decimals", "12", POINT, 1_200_000),
    amount("no digit before the point", ".50", POINT, 50_000),
    amount("zeros behind the fifth decimal", "12.5000000", POINT, 1_250_000),
    amount("minor units of the euro", "1250", MINOR, 1_250_000),
    amount("minor units of the yen", "1250", MINOR, 125_000_000, "JPY"),
    amount("minor units of the Kuwaiti dinar", "1250", MINOR, 125_000, "KWD"),
    amount("minor units of a fixed number", "1250", MINOR | {"minor_digits": "2"}, 1_250_000, "JPY"),
    amount("minor units of a coin that no list has", "1250", MINOR | {"minor_digits": "5"}, 1_250, "SATS"),
    amount("minor units in groups", "1,250", MINOR | {"thousands": "comma"}, 1_250_000),
    amount("thousands by a comma", "1,234.50", by("comma"), BIG),
    amount("thousands by a point", "1.234,50", by("point", "decimal_comma"), BIG),
    amount("thousands by a space", "1 234,50", by("space", "decimal_comma"), BIG),
    amount("thousands by a no-break space", "1\u00a0234,50", by("space", "decimal_comma"), BIG),
    amount("thousands by a narrow no-break space", "1\u202f234,50", by("space", "decimal_comma"), BIG),
    amount("thousands by an apostrophe", "1'234.50", by("apostrophe"), BIG),
    amount("thousands by a curved apostrophe", "1’234.50", by("apostrophe"), BIG),
    amount("thousands and no decimals", "1,234", by("comma"), 123_400_000),
    amount("lakhs", "1,23,456.50", by("comma"), 12_345_650_000, "INR"),
    amount("whole units in groups", "1.250.000", {"amounts": "units", "thousands": "point"}, 1_250_000),
    amount("sign of the euro before", "€12.50", POINT, 1_250_000),
    amount("sign of the euro behind", "12,50 €", COMMA, 1_250_000),
    amount("code before", "EUR 12.50", POINT, 1_250_000),
    amount("code behind", "12.50EUR", POINT, 1_250_000),
    amount("dollar", "$12.50", POINT, 1_250_000, "USD"),
    amount("US dollar", "US$ 12.50", POINT, 1_250_000, "USD"),
    amount("dollar of Canada", "$12.50", POINT, 1_250_000, "CAD"),
    amount("real", "R$ 1.234,50", by("point", "decimal_comma"), BIG, "BRL"),
    amount("złoty", "12,50 zł", COMMA, 1_250_000, "PLN"),
    amount("krona", "12,50 kr", COMMA, 1_250_000, "SEK"),
    amount("krone with a point", "kr. 12,50", COMMA, 1_250_000, "DKK"),
    beside("currency by its code with the amount alone", "12.50 GBP", POINT, 1_250_000, "GBP"),
    beside("currency by its sign with the amount alone", "€12.50", POINT, 1_250_000, "EUR"),
    beside("currency by a sign that is stated", "$12.50", {"currencies": {"$": "CAD"}}, 1_250_000, "CAD"),
    amount("minus before", "-12.50", POINT, 1_250_000),
    amount("true minus before", "−12,50", COMMA, 1_250_000),
    amount("brackets", "(12.50)", {"minus": "brackets"}, 1_250_000),
    amount("minus behind", "12.50-", {"minus": "trailing"}, 1_250_000),
    amount("dash before", "–12.50", {"minus": "any"}, 1_250_000),
    amount("plus before", "+12.50", {"minus": "any"}, 1_250_000),
    amount("minus before the sign", "-€12.50", POINT, 1_250_000),
    amount("minus behind the sign", "€-12.50", POINT, 1_250_000),
    amount("sign in brackets", "($12.50)", {"minus": "brackets"}, 1_250_000, "USD"),
    amount("space behind", "12,50 ", COMMA, 1_250_000),
    amount("mark that nobody sees before", "\u200e12.50", POINT, 1_250_000),
    amount("comma that may be two things", "1,234", POINT, "a comma is in it"),
    amount("point that may be two things", "1.234", COMMA, "a point is in it"),
    amount("both, with nothing stated of thousands", "1,234.50", POINT, "a comma is in it"),
    amount("no-break space that is not stated", "1\u00a0234,50", COMMA, "NO-BREAK SPACE".lower()),
    amount("groups that are none", "12,34", by("comma"), "not in groups of three"),
    amount("decimals in minor units", "12.50", MINOR, "have no decimals"),
    amount("six decimals", "12.345678", POINT, "more than 5 decimals"),
    amount("shortened to scientific notation", "1.2E+03", POINT, "scientific notation"),
    amount("brackets that are not stated", "(12.50)", POINT, "it is in parentheses"),
    amount("minus behind that is not stated", "12.50-", POINT, "a sign follows it"),
    amount("sign of another currency", "$12.50", POINT, "“$” is beside the amount, but its currency is EUR"),
    beside("sign of several currencies", "$12.50", POINT, "can be"),
    amount("minor units of a coin that no list has, not stated", "1250", MINOR, "ISO 4217 does not define", "SATS"),
]


# --- One moment -------------------------------------------------------------------------------------------------------
def moment(name: str, cell: str, stated: dict[str, Any], meant: str, *, says: str = "") -> Convention:
    content = lines(row(at=f'"{cell}"')).encode()
    rows = None if says else [("t-1", "bet", "EUR", 1_250_000, meant)]
    return Convention(f"time: {name}", content, AT | stated, rows, says)


def apart(name: str, cells: list[str], stated: dict[str, Any], meant: str, *, says: str = "") -> Convention:
    """In columns of their own: date, time of day, zone."""
    content = lines([*row()[:5], *cells], header=[*HEADER, "clock", "zone"]).encode()
    names = {"at": "at", "time_of_day": "clock", "time_zone": "zone"}
    empty = [name for name, cell in zip(names, cells, strict=True) if not cell]
    known = {"columns": COLUMNS | {name: header for name, header in names.items() if name not in empty}}
    rows = None if says else [("t-1", "bet", "EUR", 1_250_000, meant)]
    return Convention(f"time: {name}", content, known | stated, rows, says)


DMY, MDY = {"times": "dmy"}, {"times": "mdy"}
NOT_ONE, UNIT = "no such", "state another unit"
PARIS = {"zones": {"CET": "Europe/Paris"}}
MOMENTS = [
    moment("ISO in UTC", "2026-11-28T07:05:00Z", {}, NINE),
    moment("ISO with an offset", "2026-11-28T09:05:00+02:00", {}, NINE),
    moment("ISO without a zone", "2026-11-28 09:05:00", {}, NINE),
    moment("hour of one digit", "2026-11-28 9:05", {}, NINE),
    moment("year first with bars", "2026/11/28 09:05", {}, NINE),
    moment("year first with points", "2026.11.28 09:05:00", {}, NINE),
    moment("basic form of ISO", "20261128T070500Z", {}, NINE),
    moment("fourteen digits", "20261128090500", {}, NINE),
    moment("thousandths behind a comma", "2026-11-28 09:05:00,250", {}, "2026-11-28T07:05:00.250000+00:00"),
    moment("nanoseconds", "2026-11-28T07:05:00.123456789Z", {}, "2026-11-28T07:05:00.123457+00:00"),
    moment("midnight as the end of a day", "2026-11-28 24:00", {}, "2026-11-28T22:00:00+00:00"),
    moment("offset without a colon", "2026-11-28 09:05:00 +0200", {}, NINE),
    moment("offset from UTC by its name", "2026-11-28 09:05:00 UTC+2", {}, NINE),
    moment("UTC by its name", "2026-11-28 09:05:00 UTC", {}, NINE_UTC),
    moment("zone by its name", "2026-11-28 09:05:00 Europe/Helsinki", {"zone": ""}, NINE),
    moment("day first with points", "28.11.2026 09:05", DMY, NINE),
    moment("day first with bars", "28/11/2026 9:05", DMY, NINE),
    moment("day and month of one digit", "8.1.2026 9:05", DMY, "2026-01-08T07:05:00+00:00"),
    moment("points in the time of day", "28-11-2026 09.05", DMY, NINE),
    moment("year of two digits", "28.11.26 9:05", DMY, NINE),
    moment("spaces behind the points", "28. 11. 2026 9:05", DMY, NINE),
    moment("month first and AM", "11/28/2026 9:05 AM", MDY, NINE),
    moment("month first and PM", "11/28/2026 1:05 PM", MDY, "2026-11-28T11:05:00+00:00"),
    moment("midnight as 12 AM", "11/28/2026 12:00:00 AM", MDY, "2026-11-27T22:00:00+00:00"),
    moment("month first and 24 hours", "11/28/2026 13:05", MDY, "2026-11-28T11:05:00+00:00"),
    moment("as a browser writes it", "11/28/2026, 9:05:00 AM", MDY, NINE),
    moment("a.m. with points", "11/28/26 9:05 a.m.", MDY, NINE),
    moment("name of the month", "28 Nov 2026 09:05", {}, NINE),
    moment("name of the month first", "Nov 28, 2026 9:05 AM", {}, NINE),
    moment("name of the month with bars", "28-Nov-2026 09:05:00", {}, NINE),
    moment("name of the month, year of two digits", "28-Nov-26 9:05", DMY, NINE),
    moment("as a mail writes it", "Sat, 28 Nov 2026 09:05:00 +0200", {}, NINE),
    moment("name of the month and UTC", "28 Nov 2026 07:05 UTC", {}, NINE),
    moment("as JavaScript writes it", "Sat Nov 28 2026 09:05:00 GMT+0200 (Eastern European Standard Time)", {}, NINE),
    moment("seconds since 1970", "1795849500", {"times": "unix"}, NINE),
    moment("seconds with a fraction", "1795849500.25", {"times": "unix"}, "2026-11-28T07:05:00.250000+00:00"),
    moment("milliseconds since 1970", "1795849500000", {"times": "unix_ms"}, NINE),
    moment("microseconds since 1970", "1795849500000000", {"times": "unix_us"}, NINE),
    moment("nanoseconds since 1970", "1795849500000000000", {"times": "unix_ns"}, NINE),
    moment("serial number of a spreadsheet", "46354.37847222222", {"times": "excel"}, NINE),
    moment("serial number with a comma", "46354,37847222222", {"times": "excel"} , NINE),
    moment("date alone", "2026-11-28", {"date_alone": "midnight"}, "2026-11-27T22:00:00+00:00"),
    moment("no time at all", "", {}, None),  # type: ignore[arg-type]
    apart("date and time apart", ["28.11.2026", "9:05", ""], DMY, NINE),
    apart("date and time apart, with AM", ["11/28/2026", "9:05:00 AM", ""], MDY, NINE),
    apart("zone in a column, as an offset", ["2026-11-28 09:05", "", "+02:00"], {"zone": ""}, NINE),
    apart("zone in a column, by its name", ["2026-11-28", "09:05", "Europe/Helsinki"], {"zone": ""}, NINE),
    apart("zone in a column, short and stated", ["2026-11-28 08:05", "", "CET"], PARIS, NINE),
    moment("day and month that may be two things", "11/12/2026 9:05", {}, "", says="the year is not first"),
    moment("month that is none", "28/11/2026 9:05", MDY, "", says=f"{NOT_ONE} day with the month first"),
    moment("date alone that is not stated", "2026-11-28", {}, "", says="a date without a time"),
    moment("short name of a zone", "2026-11-28 09:05 CET", {}, "", says="“CET” is neither an offset"),
    moment("no zone", "2026-11-28 09:05", {"zone": ""}, "", says="it has no zone"),
    moment("milliseconds that are said to be seconds", "1795849500000", {"times": "unix"}, "", says=UNIT),
    moment("seconds that are said to be milliseconds", "1795849500", {"times": "unix_ms"}, "", says=UNIT),
    moment("PM of the afternoon", "11/28/2026 13:05 PM", MDY, "", says="AM and PM need hours from 1 to 12"),
    moment("name of the month without a year", "28 Nov 09:05", {}, "", says="with a four-digit year"),
    apart("zone that is not the one beside", ["2026-11-28T09:05Z", "", "+02:00"], {}, "", says="differs from “+02:00”"),
]  # fmt: skip

# --- Whole files ------------------------------------------------------------------------------------------------------
ONE = ("t-1", "bet", "EUR", 1_250_000, None)
TWO = ("t-2", "bet", "EUR", 1_350_000, None)
BOTH = [ONE, TWO]
PLAIN = lines(row(), row("13.50", number=2))
NAMED = lines(row(), row("13.50", number=2)).replace("ada", "Zoë")
SIDES = {name: header for name, header in COLUMNS.items() if name not in ("amount", "kind")}
DEBITS: dict[str, Any] = {
    "columns": SIDES | {"debit": "debit", "credit": "credit"},
    "out_kind": "bet",
    "in_kind": "payout",
}
PAIRED = {"columns": SIDES | {"stake": "stake", "win": "win", "win_transaction_id": "win id"}}
PAIR_HEADER = ["id", "player", "currency", "stake", "win", "win id"]
WIN = ("w-1", "payout", "EUR", 3_000_000, None)


def zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def objects(*rows: list[str]) -> list[dict[str, str]]:
    return [dict(zip(HEADER, each, strict=True)) for each in rows]


def book(**sheets: list[list[Any]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as made:
        moments = made.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for name, table in sheets.items():
            sheet = made.add_worksheet(name)
            for number, cells in enumerate(table):
                for column, cell in enumerate(cells):
                    typed = (moments,) if isinstance(cell, date | time) else ()
                    sheet.write(number, column, cell, *typed)
    return file.getvalue()


TYPED: list[list[Any]] = [HEADER, ["t-1", "bet", "ada", "EUR", 12.5, datetime(2026, 11, 28, 9, 5)]]  # noqa: DTZ001
SECOND: list[list[Any]] = [HEADER, ["t-2", "bet", "ada", "EUR", 13.5, ""]]
TYPED_ROW = ("t-1", "bet", "EUR", 1_250_000, NINE)
SUMMARY = [["Total", "=SUM(Day!E2:E9)"]]
ROUNDS = [{"player": "ada", "bets": [{"id": "t-1", "amount": "12.50"}, {"id": "t-2", "amount": "13.50"}]}]
OF_ROUNDS = {"transaction_id": "bets.id", "player_id": "player", "amount": "bets.amount", "kind": "kind"}
FILES = [
    Convention("separator: semicolon", PLAIN.encode(), {}, BOTH),
    Convention("separator: tab", PLAIN.replace(";", "\t").encode(), {}, BOTH),
    Convention("separator: bar", PLAIN.replace(";", "|").encode(), {}, BOTH),
    Convention("separator: named in a line of its own", f"sep=;\r\n{PLAIN}".encode(), {}, BOTH),
    Convention("separator: comma and space", PLAIN.replace(";", ", ").encode(), {}, BOTH),
    Convention("separator: also at the end of each line", PLAIN.replace("\r\n", ";\r\n").encode(), {}, BOTH),
    Convention("lines: empty ones between", PLAIN.replace("\r\n", "\r\n\r\n").encode(), {}, BOTH),
    Convention("lines: of two kinds of ends", PLAIN.replace("\r\n", "\n", 1).encode(), {}, BOTH),
    Convention("lines: titles before the names", f"Acme Ltd\r\nDay: 28 Nov\r\n\r\n{PLAIN}".encode(), {}, BOTH),
    Convention("lines: comments before the names", f"# a; b\n# c\n{PLAIN}".encode(), {}, BOTH),
    Convention("lines: names at a stated line", f"a;b;c\n{PLAIN}".encode(), {"header_line": 2}, BOTH),
    Convention("letters: UTF-8 with a mark", PLAIN.encode("utf-8-sig"), {}, BOTH),
    Convention("letters: UTF-16 with a mark", NAMED.encode("utf-16"), {}, BOTH),
    Convention("letters: UTF-16 without", NAMED.encode("utf-16-le"), {"encoding": "utf-16-le"}, BOTH),
    Convention("letters: Windows-1252", NAMED.encode("cp1252"), {"encoding": "cp1252"}, BOTH),
    Convention("letters: ISO 8859-15", NAMED.encode("iso8859-15"), {"encoding": "iso8859-15"}, BOTH),
    Convention("letters: Windows-1251", PLAIN.replace("ada", "Ада").encode("cp1251"), {"encoding": "cp1251"}, BOTH),
    Convention("packed: gzip", gzip.compress(PLAIN.encode()), {}, BOTH),
    Convention("packed: ZIP", zipped({"day.csv": PLAIN.encode()}), {}, BOTH),
    Convention("packed: ZIP of a Mac", zipped({"day.csv": PLAIN.encode(), "__MACOSX/._day.csv": b"x"}), {}, BOTH),
    Convention("currency: in small letters", PLAIN.replace("EUR", "eur").encode(), {}, BOTH),
    Convention("currency: its sign", PLAIN.replace("EUR", "€").encode(), {}, BOTH),
    Convention("currency: one of all rows", PLAIN.replace("EUR", "x").encode(), {
        "columns": {name: header for name, header in COLUMNS.items() if name != "currency"}, "currency": "EUR",
    }, BOTH),
    Convention("kind: a word of theirs", PLAIN.replace("bet", " Stake").encode(), {"kinds": {"stake": "bet"}}, BOTH),
    Convention(
        "kind: rows of a type are left out",
        lines(row(), ["c-1", "cash in", "ada", "EUR", "many", ""]).encode(), {"ignored_kinds": ["Cash In"]}, [ONE],
    ),
    Convention(
        "state: rows of a status are left out",
        lines([*row()[:5], "ok"], [*row(number=3)[:5], "Failed"]).encode(),
        {"columns": COLUMNS | {"state": "at"}, "states": {"ok": False}, "ignored_states": ["failed"]}, [ONE],
    ),
    Convention(
        "direction: debit and credit",
        b"id;player;currency;debit;credit\nt-1;ada;EUR;12.50;\nw-1;ada;EUR;0.00;30.00\n", DEBITS, [ONE, WIN],
    ),
    Convention(
        "direction: debit and credit beside a kind",
        b"id;type;player;currency;debit;credit\nt-1;bet;ada;EUR;12.50;\nw-1;payout;ada;EUR;;30\n",
        DEBITS | {"columns": DEBITS["columns"] | {"kind": "type"}}, [ONE, WIN],
    ),
    Convention(
        "direction: one signed amount",
        b"id;player;currency;amount\nt-1;ada;EUR;-12.50\nw-1;ada;EUR;+30.00\n",
        {"columns": SIDES | {"amount": "amount"}, "negative": "kind", "out_kind": "bet", "in_kind": "payout"},
        [ONE, WIN],
    ),
    Convention(
        "direction: stake and win in one line",
        lines(["t-1", "ada", "EUR", "12.50", "30.00", "w-1"], header=PAIR_HEADER).encode(), PAIRED, [ONE, WIN],
    ),
    Convention(
        "direction: a stake without a win yet",
        lines(["t-1", "ada", "EUR", "12.50", "", ""], header=PAIR_HEADER).encode(), PAIRED, [ONE],
    ),
    Convention(
        "direction: stake and win of a player's day",
        lines(["", "ada", "EUR", "12.50", "30.00", ""], header=PAIR_HEADER).encode(),
        {"grain": "totals", "columns": {"player_id": "player", "currency": "currency", "stake": "stake", "win": "win"}},
        [("", *ONE[1:]), ("", *WIN[1:])],
    ),
    Convention("JSON: the bare list", json.dumps(objects(row())).encode(), {}, [ONE]),
    Convention("JSON: a list inside of objects", json.dumps({"data": {"items": objects(row())}}).encode(), {}, [ONE]),
    Convention(
        "JSON: one list of several, stated",
        json.dumps({"players": [{"id": 1}], "bets": objects(row())}).encode(), {"rows_path": "bets"}, [ONE],
    ),
    Convention("JSON: a line for each row", "\n".join(map(json.dumps, objects(row()))).encode(), {}, [ONE]),
    Convention(
        "JSON: objects in a row",
        json.dumps([{"id": "t-1", "type": "bet", "by": {"id": "ada"}, "sum": {"cur": "EUR", "value": 12.50}}]).encode(),
        {"columns": COLUMNS | {"player_id": "by.id", "currency": "sum.cur", "amount": "sum.value"}}, [ONE],
    ),
    Convention(
        "JSON: rows inside of rounds",
        json.dumps([each | {"kind": "bet"} for each in ROUNDS]).encode(),
        {"columns": OF_ROUNDS, "currency": "EUR", "rows_path": "bets"}, BOTH,
    ),
    Convention("JSON: numbers, where texts have a comma", json.dumps([objects(row())[0] | {"amount": 1.125}]).encode(),
               by("point", "decimal_comma"), [("t-1", "bet", "EUR", 112_500, None)]),
    Convention("JSON: a number with a point, where thousands have one",
               json.dumps([objects(row())[0] | {"amount": 125.125}]).encode(),
               {"amounts": "units", "thousands": "point"}, None, "a comma is in it"),
    Convention("workbook: a number with a point, where thousands have one",
               lambda: book(A=[HEADER, [*TYPED[1][:4], 125.125]]), MINOR | {"thousands": "point"},
               None, "a comma is in it"),
    Convention("workbook: typed cells", lambda: book(Day=TYPED), AT, [TYPED_ROW]),
    Convention("workbook: a named sheet behind one that calculates", lambda: book(Sum=SUMMARY, Day=TYPED),
               AT | {"sheet": "Day"}, [TYPED_ROW]),
    Convention("workbook: several sheets", lambda: book(A=TYPED, No=[["x"]], B=SECOND), {"sheet": "A/B"}, BOTH),
    Convention("workbook: all sheets", lambda: book(A=TYPED, B=SECOND), {"sheet": "*"}, BOTH),
    Convention("workbook: titles before the names", lambda: book(A=[["Acme"], [], *TYPED]), AT, [TYPED_ROW]),
    Convention("workbook: amounts in words and numbers", lambda: book(A=[*TYPED, [*SECOND[1][:4], "1.013,50"]]),
               by("point", "decimal_comma"), [ONE, ("t-2", "bet", "EUR", 101_350_000, None)]),
    Convention("workbook: date and time in columns of their own", lambda: book(A=[
        [*HEADER, "clock"], [*TYPED[1][:5], date(2026, 11, 28), time(9, 5)],
    ]), {"columns": COLUMNS | {"at": "at", "time_of_day": "clock"}}, [TYPED_ROW]),
    Convention("packed: ZIP of a workbook", lambda: zipped({"day.xlsx": book(Day=TYPED)}), AT, [TYPED_ROW]),
    Convention("direction: both a debit and a credit", b"id;player;currency;debit;credit\nt-1;ada;EUR;1.50;2.50\n",
               DEBITS, None, "both a debit and a credit"),
    Convention("letters: said to be UTF-8 and not", NAMED.encode("cp1252"), {}, None, "not UTF-8"),
    Convention("packed: ZIP of two files", zipped({"a.csv": b"x", "b.csv": b"y"}), {}, None, "with 2 files"),
    Convention("JSON: several lists, none stated", json.dumps({"a": objects(row()), "b": [{"id": 1}]}).encode(),
               {}, None, "Two lists can be the rows"),
    Convention("workbook: sheets of other columns", lambda: book(A=TYPED, B=[["x", "y"]]), {"sheet": "*"},
               None, "Sheet “B” has other columns than “A”"),
    Convention("workbook: the sheet itself calculates", lambda: book(Sum=SUMMARY), {}, None, "has formulas (cell B1)"),
]  # fmt: skip
CONVENTIONS = [*AMOUNTS, *MOMENTS, *FILES]


@pytest.mark.parametrize("convention", CONVENTIONS, ids=[each.name for each in CONVENTIONS])
def test_a_convention_is_read_as_it_was_meant_or_refused_by_a_true_sentence(db: None, convention: Convention) -> None:
    content = convention.content() if callable(convention.content) else convention.content
    if convention.rows is not None:
        assert read(content, convention.stated) == convention.rows
        return
    with pytest.raises(Unreadable) as refused:
        read(content, convention.stated)
    assert convention.says in refused.value.faults[0].text


def test_of_all_conventions_most_are_read() -> None:
    """What is refused may mean two things, or has lost its digits."""
    names = [each.name for each in CONVENTIONS]
    assert len(set(names)) == len(names)
    assert sum(each.rows is not None for each in CONVENTIONS) >= 126


# --- Files that failed ------------------------------------------------------------------------------------------------
THEIRS = {
    "columns": {
        "transaction_id": "Transaction", "kind": "Type", "player_id": "Player", "currency": "Currency",
        "amount": "Amount", "game_id": "Game", "state": "Status", "ref_transaction_id": "Reference", "at": "Time",
    },
    "kinds": {"stake": "bet"}, "states": {"done": False}, "amounts": "decimal_comma",
}  # fmt: skip
SIGNS = [
    (4, "begins with an en dash (U+2013)"),
    (5, "it is in parentheses"),
    (6, "a sign follows it"),
    (7, "a plus sign is before it"),
]


def shared(name: str, **stated: Any) -> list[tuple[Any, ...]]:
    return read((SHARED / name).read_bytes(), THEIRS | stated)


def bets(*units: int, ids: tuple[str, ...] = ("a1", "a2", "a3", "a4", "a5")) -> list[tuple[Any, ...]]:
    return [(number, "bet", "EUR", each) for number, each in zip(ids, units, strict=False)]


@pytest.mark.parametrize(
    ("name", "stated", "rows"),
    [
        ("st-midnight.xlsx", {}, bets(1_250_000, 1_350_000)),
        ("st-hidden-first-sheet.xlsx", {}, bets(1_250_000, 1_350_000)),
        ("st-chart-on-second-sheet.xlsx", {}, bets(1_250_000, 1_350_000)),
        ("st-us-excel-times.csv", {"times": "mdy"}, bets(*[1_250_000] * 5)),
        ("st-grouped-by-nbsp.csv", {"thousands": "space"}, bets(BIG, BIG, BIG, ids=("a1", "a2", "a4"))),
        ("st-blank-behind-amount.csv", {}, bets(1_250_000)),
        ("st-signs.csv", {"minus": "any"}, bets(BIG, *[300_000] * 5, ids=("a3", "a5", "a6", "a7", "a8", "a9"))),
        ("st-scientific-ids.csv", {}, bets(1_250_000, 300_000, ids=("1,23457E+15",) * 2)),
    ],
)
def test_a_file_that_failed_is_read(db: None, name: str, stated: dict[str, Any], rows: list[Any]) -> None:
    assert [each[:4] for each in shared(name, **stated)] == rows


def test_midnight_is_a_moment(db: None) -> None:
    assert shared("st-midnight.xlsx")[0][4] == "2026-11-27T22:00:00+00:00"


def test_each_way_to_write_a_minus_that_is_not_stated_has_a_reason_of_its_own(db: None) -> None:
    with pytest.raises(Unreadable) as refused:
        shared("st-signs.csv")
    assert [fault.line for fault in refused.value.faults] == [line for line, _ in SIGNS]
    assert all(says in fault.text for (_, says), fault in zip(SIGNS, refused.value.faults, strict=True))


def test_a_character_that_nobody_sees_is_named(db: None) -> None:
    with pytest.raises(Unreadable) as refused:
        shared("st-grouped-by-nbsp.csv")
    said = [fault.text for fault in refused.value.faults]
    assert all(sign in text for sign, text in zip(("U+00A0", "U+202F", "U+0020"), said, strict=True))


def test_the_sheet_that_is_read_is_named(db: None) -> None:
    raw = io.BytesIO((SHARED / "st-hidden-first-sheet.xlsx").read_bytes())
    with transaction.atomic(), loading.loaded_rows(lambda: nullcontext(raw), Mapping()) as loaded:
        assert [sheet.name for sheet in loaded.table.sheets] == ["Transactions"]
        assert [(sheet.name, sheet.is_visible) for sheet in loaded.table.book] == [
            ("Old", False),
            ("Transactions", True),
        ]


def test_rows_that_were_converted_compare_with_those_that_were_not(db: None) -> None:
    """Days beside each other are read together, each in its own way."""
    plain = from_json(STATED)
    with transaction.atomic(), loading.loaded_rows(lambda: nullcontext(io.BytesIO(PLAIN.encode())), plain) as loaded:
        ways = [loading.read_rows(loaded, mapping) for mapping in (plain, from_json(STATED | {"minus": "any"}))]
        assert [way.is_converted for way in ways] == [False, True]
        both = sql.SQL(" UNION ALL ").join(sql.SQL("SELECT * FROM {} AS r").format(way.rows) for way in ways)
        asked = sql.SQL("SELECT transaction_id, min(kind), sum(amount) FROM ({}) AS b GROUP BY 1 ORDER BY 1").format(
            both
        )
        with connection.cursor() as cursor:
            cursor.execute(asked.as_string(connection.connection))
            assert cursor.fetchall() == [("t-1", "bet", 2_500_000), ("t-2", "bet", 2_700_000)]


# --- Suggested, and shown ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Zoë", "cp1252"), ("Zoë plays in Zürich for 5 €", "cp1252"), ("Zoë", "utf-8"), ("plain", "utf-8"),
     ("Ада играет на деньги каждый день", "cp1251"), ("Zoë and all that follows her", "utf-16-le")],
)  # fmt: skip
def test_an_encoding_is_suggested(text: str, encoding: str) -> None:
    assert encodings.suggested_encoding(lines(row(), [text] * 6).encode(encoding)) == encoding


def test_columns_that_stand_apart_are_suggested() -> None:
    found = suggested_mapping(["Id", "Date", "Time", "TimeZone", "Debit", "Credit", "Player"]).columns
    assert found == {
        "transaction_id": "Id", "at": "Date", "time_of_day": "Time", "time_zone": "TimeZone", "debit": "Debit",
        "credit": "Credit", "player_id": "Player",
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"amounts": "decimal_point", "thousands": "point"},
        {"columns": {"amount": "a", "debit": "b"}},
        {"columns": {"kind": "a", "stake": "b", "win": "c"}},
        {"currencies": {"$": "dollar"}},
        {"zones": {"CET": "Mars/Olympus"}},
        {"header_line": 999},
        {"header_line": True},
        {"ignored_kinds": "cash"},
        {"minor_digits": "9"},
    ],
)
def test_what_cannot_be_stated_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadMapping):
        from_json(wrong)


def test_what_was_stored_before_is_stored_as_it_was() -> None:
    assert set(Mapping().as_json()) == {
        "columns", "grain", "amounts", "negative", "kinds", "states", "currency", "times", "zone", "encoding", "sheet",
        "rollbacks",
    }  # fmt: skip


# --- The fast way and the slow one ------------------------------------------------------------------------------------
CELLS = st.text(st.sampled_from("0123456789.,-+ T:Z/eE'\u00a0"), max_size=24)
MOMENT_TEXTS = st.builds(
    "{}{}{}{}{}{}{}{}".format,
    st.sampled_from(["2026", "28", "11", "1"]), st.sampled_from("-./"), st.sampled_from(["11", "28", "2"]),
    st.sampled_from("-./"), st.sampled_from(["28", "2026", "26", "05"]), st.sampled_from([" ", "T", "  ", "-"]),
    st.sampled_from(["09:05", "9:05", "24:00", "23:59:60", "09:05:00.25", "12:00:00.1234567", "25:00"]),
    st.sampled_from(["", "Z", "+02:00", " +02", "-0330", " UTC+2", " EST", " PM"]),
)  # fmt: skip
HOW = st.fixed_dictionaries(
    {
        "amounts": st.sampled_from(["units", "decimal_point", "decimal_comma"]),
        "negative": st.sampled_from(["refused", "absolute"]),
        "times": st.sampled_from(["iso", "dmy", "mdy", "unix", "unix_ms"]),
        "zone": st.sampled_from(["", "Europe/Helsinki"]),
    }
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HOW, st.lists(st.tuples(CELLS, CELLS | MOMENT_TEXTS), min_size=1, max_size=12))
@example(
    {"amounts": "units", "negative": "absolute", "times": "iso", "zone": "Europe/Helsinki"},
    [("5", "2026-10-25 03:30"), ("5", "2026-03-29 03:30")],
)
@example(
    {"amounts": "units", "negative": "absolute", "times": "iso", "zone": "Europe/Helsinki"},
    [("5", "2026-11-28 12:00:00 EST"), ("5", "2026-11-28 12:00:00 UTC+2"), ("5", "2026-11-28-12:00")],
)
@example({"amounts": "units", "negative": "absolute", "times": "unix_ms", "zone": ""}, [("5", "1795849500")])
def test_what_the_database_reads_is_read_the_same_one_by_one(
    db: None, how: dict[str, str], cells: list[tuple[str, str]]
) -> None:
    """So that a file is never read otherwise because another of its cells is unusual."""
    mapping = from_json(STATED | AT | how)
    for amount_cell, at_cell in cells:
        table = [*row(amount_cell)[:5], at_cell]
        [ours] = Conversion(mapping, HEADER).rows(2, table)
        if (fast := by_database(mapping, table)) is not None:
            assert ours.fault is None
            assert (ours.amount, ours.at) == fast


def by_database(mapping: Mapping, cells: list[str]) -> tuple[Any, ...] | None:
    """None for what it leaves to the other."""
    read_as = {column.name: column for column in columns(mapping, HEADER)}
    given = sql.SQL(", ").join(
        sql.SQL("{}::text AS {}").format(cell, sql.Identifier(f"c{number}")) for number, cell in enumerate(cells, 1)
    )
    fit = sql.SQL(" AND ").join(column.is_fit for column in read_as.values())
    values = read_as["amount"].value, read_as["at"].value
    query = sql.SQL("SELECT {}, {}, {} FROM (SELECT {}) AS given").format(fit, *values, given)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(query.as_string(connection.connection))
            is_fit, *found = cursor.fetchone() or (False,)
    except DataError:
        return None
    return tuple(found) if is_fit else None


# --- In one go and cell by cell ---------------------------------------------------------------------------------------
AMOUNT_TEXTS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "-", "€", "("]),
    st.sampled_from(["1", "12", "1.234", "1,234", "1 234", "12.345.678", "1234567", "999.999.999.999", "0012"]),
    st.sampled_from(["", ".5", ",50", ".1234567", ",00000", ")", "-", " EUR"]),
)
TIMES_OF_DAY = (
    "09:05", "9:05:07", "24:00:00", "24:00:01", "23:59:60", "09:05:00.25", "12:00:00.1234567", "12:00:59.999999",
    "12:00:01 PM", "0:00:01 AM", "12:00:01.5Z", "09:05:12+02:00", "09:05:12 +02:00:15", "02:59:59 Europe/Paris",
    "03:30:30", "9.05.07", "09:05:07 CET", "\u200b09:05:07", "09:05:07 (EET)",
)  # fmt: skip
DATES = (
    "2026-11-28",
    "28.11.2026",
    "11/28/2026",
    "2026-10-25",
    "2026-03-29",
    "28 Nov 2026",
    "Nov 28, 2026",
    "1890-01-01",
    "",
)
SAME_SIGN = {("decimal_point", "point"), ("decimal_comma", "comma")}
ANY_HOW = st.fixed_dictionaries(
    {
        "amounts": st.sampled_from(["units", "decimal_point", "decimal_comma", "minor"]),
        "thousands": st.sampled_from(["", "comma", "point", "space"]),
        "negative": st.sampled_from(["refused", "absolute"]),
        "minus": st.sampled_from(["", "any"]),
        "times": st.sampled_from(["iso", "dmy", "mdy", "unix", "excel"]),
        "zone": st.sampled_from(["", "Europe/Helsinki"]),
        "date_alone": st.sampled_from(["", "midnight"]),
    }
).filter(lambda how: (how["amounts"], how["thousands"]) not in SAME_SIGN)
ANY_TIME = st.builds(
    "{}{}{}".format, st.sampled_from(DATES), st.sampled_from([" ", "T"]), st.sampled_from(TIMES_OF_DAY)
)


def cell_by_cell(mapping: Mapping, headers: list[str], table: list[str]) -> list[Any]:
    """Without anything that makes usual lines quick."""
    slow = Conversion(mapping, headers)
    amounts = AmountReader(mapping)
    amounts.usual = re.compile("(?!)")
    slow.amount, slow.moment = amounts.read, MomentReader(mapping)._whole  # type: ignore[assignment]
    slow._clear_line = None
    return list(slow.rows(2, table))


@settings(max_examples=300, deadline=None)
@given(ANY_HOW, AMOUNT_TEXTS | CELLS, ANY_TIME | MOMENT_TEXTS | CELLS)
def test_a_line_that_is_read_in_one_go_is_read_the_same_cell_by_cell(how: dict[str, str], money: str, at: str) -> None:
    mapping = from_json(STATED | AT | how)
    table = [*row(money)[:5], at]
    assert list(Conversion(mapping, HEADER).rows(2, table)) == cell_by_cell(mapping, HEADER, table)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(DATES), st.sampled_from(TIMES_OF_DAY), st.sampled_from(["", "CET", "+02:00", "Europe/Paris"]))
def test_the_same_of_a_date_and_a_time_apart(day: str, clock: str, zone: str) -> None:
    mapping = from_json(STATED | {"columns": COLUMNS | {"at": "at", "time_of_day": "clock", "time_zone": "zone"}})
    headers, table = [*HEADER, "clock", "zone"], [*row()[:5], day, clock, zone]
    assert list(Conversion(mapping, headers).rows(2, table)) == cell_by_cell(mapping, headers, table)


@pytest.mark.parametrize("debit", ["", "0,00", "12,50", "x"])
@pytest.mark.parametrize("credit", ["", "0,00", "1.234,50", " "])
@pytest.mark.parametrize("kind", ["", "bet", "?"])
def test_the_same_of_debit_and_credit(debit: str, credit: str, kind: str) -> None:
    columns = {name: header for name, header in COLUMNS.items() if name not in ("kind", "amount")}
    columns |= {"debit": "debit", "credit": "credit"} | ({"kind": "type"} if kind else {})
    stated = {"columns": columns, "out_kind": "bet", "in_kind": "payout"} | by("point", "decimal_comma")
    mapping, headers = from_json(STATED | stated), ["id", "type", "player", "currency", "debit", "credit"]
    table = ["t-1", kind, "ada", "EUR", debit, credit]
    assert list(Conversion(mapping, headers).rows(2, table)) == cell_by_cell(mapping, headers, table)
