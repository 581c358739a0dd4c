"""Statements come in: stored as they are, read whole or refused whole, corrected by others."""

from __future__ import annotations

import gzip
import io
import json
import random
import stat
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from merchants.models import Merchant
from portal.lib import clock
from tests.conftest import Caller
from tests.wallet import reconciling
from tests.wallet.reconciling import Line
from wallet.models import ReconciliationPlan, Statement
from wallet.models.statement import private_files
from wallet.reconciliation import statement_rows, statements
from wallet.reconciliation.reading.loading import Bounds
from wallet.reconciliation.reading.mapping import BadMapping

DAY = date(2026, 1, 31)
NOW, MINUTE = datetime(2026, 2, 1, 8, tzinfo=UTC), timedelta(minutes=1)
HEADER = "transactionId,kind,playerId,currency,amount"
ROWS = ["t-1,bet,ada,EUR,100", "t-2,payout,ada,EUR,250", "t-3,bet,bob,USD,9007199254740991"]
COLUMNS = {
    "transaction_id": "transactionId",
    "kind": "kind",
    "player_id": "playerId",
    "currency": "currency",
    "amount": "amount",
}
UNITS = {"columns": COLUMNS, "amounts": "units"}


@pytest.fixture
def acme(acme: Merchant) -> Merchant:
    Merchant.objects.filter(pk=acme.pk).update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    acme.refresh_from_db()
    return acme


def text(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *(rows or ROWS)]) + "\n"


def received(merchant: Merchant, content: str | bytes, **fields: Any) -> Statement:
    raw = content.encode() if isinstance(content, str) else content
    told: dict[str, Any] = {"day": DAY, "name": "day.csv", "source": "upload", "mapping": UNITS} | fields
    return statements.receive_statement(merchant=merchant, content=io.BytesIO(raw), **told)


def read(merchant: Merchant, content: str | bytes, **fields: Any) -> Statement:
    return statements.read_statement(statement=received(merchant, content, **fields))


def rows_of(statement: Statement) -> list[tuple[Any, ...]]:
    return [
        (row.line, row.transaction_id, row.kind, row.player_id, row.currency, row.amount)
        for row in reconciling.rows_of(statement)
    ]


def test_a_csv_becomes_rows_and_totals(acme: Merchant) -> None:
    statement = read(acme, text())
    assert statement.faults == []
    assert rows_of(statement) == [
        (2, "t-1", "bet", "ada", "EUR", 100),
        (3, "t-2", "payout", "ada", "EUR", 250),
        (4, "t-3", "bet", "bob", "USD", 9007199254740991),
    ]
    assert (statement.state, statement.is_current, statement.rows) == ("read", True, 3)
    assert statement.totals == [
        {"currency": "EUR", "kind": "bet", "rows": 1, "amount": "100"},
        {"currency": "EUR", "kind": "payout", "rows": 1, "amount": "250"},
        {"currency": "USD", "kind": "bet", "rows": 1, "amount": "9007199254740991"},
    ]


def faults(statement: Statement) -> list[tuple[int | None, str]]:
    """Of a refused one, of which nothing is kept."""
    assert statement.state == "refused", statement.state
    assert not rows_of(statement)
    assert not statement.is_current
    return [(fault["line"], fault["text"]) for fault in statement.faults]


def only_fault(statement: Statement) -> str:
    [(_, said)] = faults(statement)
    return said


# --- Once, and corrected ----------------------------------------------------------------------------------------------
def test_the_file_is_kept_as_it_came_where_only_we_read(acme: Merchant) -> None:
    statement = received(acme, text())
    assert Path(statement.file.path).read_bytes() == text().encode()
    assert stat.S_IMODE(Path(statement.file.path).stat().st_mode) == 0o600
    assert statement.state == "received"


def test_the_same_bytes_twice_are_one_statement(acme: Merchant) -> None:
    first = read(acme, text())
    again = read(acme, text(), name="other-name.csv", source="api")
    assert again == first
    assert len(rows_of(first)) == 3
    assert Path(first.file.path).parent.exists()
    assert len(list(Path(first.file.path).parent.glob(f"{first.number}*"))) == 1


def test_the_same_bytes_of_another_day_are_another(acme: Merchant) -> None:
    assert read(acme, text()) != read(acme, text(), day=DAY - timedelta(days=1))


def test_the_same_bytes_read_another_way_correct_the_first(acme: Merchant) -> None:
    first = read(acme, text())
    second = read(acme, text(), mapping=UNITS | {"amounts": "decimal_point"})
    assert second.state == "refused"  # 9007199254740991.00 is beyond
    third = read(acme, text(*ROWS[:2]), mapping=UNITS | {"amounts": "decimal_point"})
    first.refresh_from_db()
    assert (third.replaces, first.is_current) == (first, False)


def test_a_corrected_one_is_the_days_and_the_old_stays(acme: Merchant) -> None:
    old = read(acme, text())
    new = read(acme, text(ROWS[0]))
    old.refresh_from_db()
    assert (new.replaces, new.is_current, old.is_current) == (old, True, False)
    assert (len(rows_of(old)), len(rows_of(new))) == (3, 1)


def test_a_refused_one_replaces_nothing(acme: Merchant) -> None:
    old = read(acme, text())
    assert faults(read(acme, text("t-9,bet,ada,EUR,many")))
    old.refresh_from_db()
    assert old.is_current


def test_an_older_one_that_is_read_late_does_not_replace_a_newer(acme: Merchant) -> None:
    older, newer = received(acme, text(ROWS[0])), received(acme, text(ROWS[1]))
    newer, older = statements.read_statement(statement=newer), statements.read_statement(statement=older)
    assert (newer.is_current, older.is_current, older.state) == (True, False, "read")


def test_a_refused_file_may_come_again(acme: Merchant) -> None:
    first = read(acme, text("t-9,bet,ada,EUR,many"))
    assert received(acme, text("t-9,bet,ada,EUR,many")) != first


def test_read_twice_it_is_read_once(acme: Merchant) -> None:
    statement = read(acme, text())
    assert statements.read_statement(statement=statement).read_at == statement.read_at
    assert len(rows_of(statement)) == 3


def test_a_file_whose_process_was_killed_before_its_row_was_there_is_swept(acme: Merchant) -> None:
    kept, storage = received(acme, text()), private_files()
    path, now = str(kept.file.name), datetime.now(UTC)
    lost = storage.save(f"{path.rpartition('/')[0]}/lost", io.BytesIO(b"half"))
    statements.delete_orphaned_files(now)
    assert storage.exists(lost)
    statements.delete_orphaned_files(now + timedelta(days=2))
    assert not storage.exists(lost)
    assert storage.exists(path)


# --- by the job -------------------------------------------------------------------------------------------------------
def tried(at: datetime) -> list[str]:
    """What the job did at that minute: states of what it tried."""
    with clock.frozen_at(at):
        return [statements.try_to_read(statement=each).state for each in statements.waiting_statements(at)]


def test_what_cannot_be_read_for_a_reason_of_ours_is_given_up_and_holds_up_nothing(
    acme: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = received(acme, text()), received(acme, text(ROWS[0]))
    whole = statement_rows.load_rows

    def full(statement: Statement) -> Any:
        if statement.pk == first.pk:
            raise OSError("No space left on device")
        return whole(statement)

    monkeypatch.setattr(statement_rows, "load_rows", full)
    assert tried(NOW) == ["received", "read"]
    assert tried(NOW + MINUTE) == []
    assert [tried(NOW + number * statements.REST) for number in range(1, statements.MOST_TRIES)] == [["received"]] * 4
    assert tried(NOW + timedelta(days=1)) == ["refused"]
    first.refresh_from_db()
    assert "because of an error in the portal" in first.faults[0]["text"]
    assert tried(NOW + timedelta(days=2)) == []
    second.refresh_from_db()
    assert second.is_current


def test_a_try_counts_also_when_its_process_does_not_outlive_it(
    acme: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = received(acme, text())

    def killed(**_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(statements, "read_statement", killed)
    with pytest.raises(KeyboardInterrupt):
        tried(NOW)
    statement.refresh_from_db()
    assert (statement.tries, statement.tried_at) == (1, NOW)


# --- Which day, how large ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("day", [date(2026, 2, 1), date(2026, 2, 2), date(2031, 1, 1)])
def test_a_day_that_is_not_over_is_refused(acme: Merchant, day: date) -> None:
    with clock.frozen_at(datetime(2026, 2, 1, 12, tzinfo=UTC)), pytest.raises(statements.DayNotOver, match="not over"):
        received(acme, text(), day=day)


def test_the_day_is_over_where_the_merchant_is(acme: Merchant) -> None:
    acme.time_zone = "Pacific/Kiritimati"  # fourteen hours ahead
    with clock.frozen_at(datetime(2026, 1, 31, 11, tzinfo=UTC)):
        assert received(acme, text()).day == DAY


def test_a_day_before_the_merchant_is_refused(acme: Merchant) -> None:
    with pytest.raises(statements.DayBeforeMerchant, match="2026-01-01"):
        received(acme, text(), day=date(2025, 12, 31))


def test_nothing_is_left_of_a_file_that_is_empty_or_too_large(acme: Merchant, settings: Any) -> None:
    settings.MAX_STATEMENT_BYTES = 50
    before = kept_files()
    with pytest.raises(statements.EmptyStatement):
        received(acme, "")
    with pytest.raises(statements.StatementTooLarge, match="50 bytes"):
        received(acme, text())
    assert not Statement.objects.exists()
    assert kept_files() == before


def kept_files() -> set[Path]:
    return {path for path in Path(private_files().path("")).rglob("*") if path.is_file()}


def test_five_gigabytes_are_drawn_no_further_than_the_bound(acme: Merchant, settings: Any) -> None:
    settings.MAX_STATEMENT_BYTES = 3 * 1024 * 1024

    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"x" * size

    endless = Endless()
    with pytest.raises(statements.StatementTooLarge):
        statements.receive_statement(merchant=acme, day=DAY, name="", content=endless, source="api")  # type: ignore[arg-type]
    assert endless.given <= 4 * 1024 * 1024


# --- How it is read ---------------------------------------------------------------------------------------------------
def test_without_a_word_of_how_nothing_is_guessed(acme: Merchant) -> None:
    assert "Upload one file and confirm its columns" in only_fault(read(acme, text(), mapping=None))


def test_how_amounts_are_written_has_to_be_said(acme: Merchant) -> None:
    assert "Are amounts whole units" in only_fault(read(acme, text(), mapping={"columns": COLUMNS}))


def test_the_plan_says_how(acme: Merchant) -> None:
    ReconciliationPlan.objects.create(merchant=acme, mapping=UNITS)
    assert read(acme, text(), mapping=None).rows == 3


def test_a_signed_call_is_read_as_the_contract_has_it(acme: Merchant) -> None:
    assert read(acme, text(), source="api", mapping=None).rows == 3


def test_a_json_of_a_signed_call_has_the_contracts_names_whatever_the_plan_says(acme: Merchant) -> None:
    other = {"columns": {name: name.upper() for name in COLUMNS}, "amounts": "decimal_comma"}
    ReconciliationPlan.objects.create(merchant=acme, mapping=other)
    rows = [dict(zip(HEADER.split(","), row.split(","), strict=True)) for row in ROWS]
    sent = json.dumps({"transactions": rows})
    statement = read(acme, gzip.compress(sent.encode(), mtime=0), source="api", mapping=None)
    assert [row[-1] for row in rows_of(statement)] == [100, 250, 9007199254740991]
    assert "Which column replaces it" in only_fault(read(acme, sent, mapping=None))


def test_a_column_that_is_gone_is_asked_for(acme: Merchant) -> None:
    said = only_fault(read(acme, text(header=HEADER.replace("amount", "Betrag"))))
    assert "no column “amount”" in said


@pytest.mark.parametrize(
    "wrong",
    [
        {"colums": {}},
        {"amounts": "float"},
        {"columns": {"secret": "x"}},
        {"columns": {"amount": "a", "currency": "a"}},
        {"kinds": {"x": "gift"}},
        {"states": {"x": "gone"}},
        {"zone": "Mars/Olympus"},
        {"columns": ["amount"]},
    ],
)
def test_a_mapping_that_cannot_be_is_refused(acme: Merchant, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadMapping):
        received(acme, text(), mapping=wrong)


AMOUNTS = [
    ("units", "12", 12),
    ("units", "0", 0),
    ("units", "007", 7),
    ("units", "9007199254740991", 9007199254740991),
    ("units", "9007199254740992", None),
    ("units", "12.0", None),
    ("units", "1_000", None),
    ("units", "0x10", None),
    ("units", "+5", None),
    ("units", " 5", 5),
    ("units", "-5", None),
    ("decimal_point", "12.34567", 1234567),
    ("decimal_point", "12.345670000", 1234567),
    ("decimal_point", "12", 1200000),
    ("decimal_point", "0.00001", 1),
    ("decimal_point", "12.345678", None),
    ("decimal_point", "12,34", None),
    ("decimal_point", "1,234.50", None),
    ("decimal_point", "12.", None),
    ("decimal_point", ".5", 50_000),
    ("decimal_point", "1.2.3", None),
    ("decimal_point", "99999999999.99999", None),
    ("decimal_point", "-1.00", None),
    ("decimal_comma", "12,34", 1234000),
    ("decimal_comma", "12.34", None),
    ("decimal_comma", "1.234,50", None),
    *[(how, text, None) for how in ("units", "decimal_point") for text in ("NaN", "1e400", "Infinity", "", "-", "٣")],
]


@pytest.mark.parametrize(("how", "written", "units"), AMOUNTS)
def test_an_amount_is_what_was_stated_or_refused(acme: Merchant, how: str, written: str, units: int | None) -> None:
    statement = read(acme, text(f't-1,bet,ada,EUR,"{written}"'), mapping=UNITS | {"amounts": how})
    if units is None:
        assert "amount is" in only_fault(statement)
    else:
        assert [row[-1] for row in rows_of(statement)] == [units]


def test_a_sign_may_say_only_the_way(acme: Merchant) -> None:
    stated = UNITS | {"amounts": "decimal_point", "negative": "absolute"}
    assert [row[-1] for row in rows_of(read(acme, text("t-1,bet,ada,EUR,-1.50"), mapping=stated))] == [150_000]


TIMES = [
    ({}, "2026-01-31T12:00:00Z", "2026-01-31T12:00:00+00:00"),
    ({}, "2026-01-31 12:00:00.250+02:00", "2026-01-31T10:00:00.250000+00:00"),
    ({}, "2026-01-31 12:00:00", None),
    ({}, "now", None),
    ({}, "infinity", None),
    ({}, "2026-02-30T12:00:00Z", None),
    ({"zone": "Europe/Vienna"}, "2026-01-31 12:00", "2026-01-31T11:00:00+00:00"),
    ({"zone": "Europe/Vienna"}, "2026-01-31 12:00:00Z", "2026-01-31T12:00:00+00:00"),
    ({"zone": "Europe/Vienna", "times": "dmy"}, "31.01.2026 12:00:00", "2026-01-31T11:00:00+00:00"),
    ({"zone": "America/New_York", "times": "mdy"}, "01/31/2026 12:00:00", "2026-01-31T17:00:00+00:00"),
    ({"zone": "America/New_York", "times": "mdy"}, "31/01/2026 12:00:00", None),
    ({"times": "unix"}, "1769860800", "2026-01-31T12:00:00+00:00"),
    ({"times": "unix_ms"}, "1769860800250", "2026-01-31T12:00:00.250000+00:00"),
    ({"times": "unix"}, "yesterday", None),
]


@pytest.mark.parametrize(("how", "written", "moment"), TIMES)
def test_a_time_has_a_stated_zone(acme: Merchant, how: dict[str, str], written: str, moment: str | None) -> None:
    stated = UNITS | {"columns": COLUMNS | {"at": "at"}} | how
    statement = read(acme, text(f"{ROWS[0]},{written}", header=f"{HEADER},at"), mapping=stated)
    if moment is None:
        assert "at is" in only_fault(statement)
    else:
        [row] = reconciling.rows_of(statement)
        assert row.at.isoformat() == moment


def test_words_of_theirs_for_kinds_and_states(acme: Merchant) -> None:
    stated = UNITS | {
        "columns": COLUMNS | {"state": "state"},
        "kinds": {"Stake": "bet"},
        "states": {"void": True, "OK": False},
    }
    rows = ["t-1, STAKE ,ada,EUR,1,Void", "t-2,stake,ada,EUR,1,ok", "t-3,Bet,ada,EUR,1,"]
    statement = read(acme, text(*rows, header=f"{HEADER},state"), mapping=stated)
    found = [(row.kind, row.is_rolled_back) for row in reconciling.rows_of(statement)]
    assert found == [("bet", True), ("bet", False), ("bet", None)]
    assert "does not contain" in only_fault(
        read(acme, text("t-1,gift,ada,EUR,1,ok", header=f"{HEADER},state"), mapping=stated)
    )


def test_one_currency_of_all_rows(acme: Merchant) -> None:
    columns = {name: header for name, header in COLUMNS.items() if name != "currency"}
    stated = {"columns": columns, "amounts": "units", "currency": "SEK"}
    statement = read(acme, text("t-1,bet,ada,5", header="transactionId,kind,playerId,amount"), mapping=stated)
    assert rows_of(statement) == [(2, "t-1", "bet", "ada", "SEK", 5)]


def test_totals_by_player(acme: Merchant) -> None:
    columns = {"player_id": "player", "kind": "kind", "currency": "cur", "amount": "sum", "count": "n"}
    content = "player,kind,cur,sum,n\nada,bet,EUR,12.50,3\nbob,payout,EUR,1.00,1\n"
    stated = {"columns": columns, "amounts": "decimal_point", "grain": "totals"}
    statement = read(acme, content, mapping=stated)
    assert (statement.state, statement.grain, statement.faults) == ("read", "totals", [])
    rows = reconciling.rows_of(statement)
    assert [(row.transaction_id, row.player_id, row.amount, row.count) for row in rows] == [
        ("", "ada", 1_250_000, 3),
        ("", "bob", 100_000, 1),
    ]


# --- Lines ------------------------------------------------------------------------------------------------------------
def test_each_bad_line_is_named_and_none_is_kept(acme: Merchant) -> None:
    rows = ["t-1,bet,ada,EUR,5", "t-2,bet,,EUR,5", "t-3,bet,ada,e-r,x", ",bet,ada,EUR,5"]
    found = faults(read(acme, text(*rows)))
    assert [line for line, _ in found] == [3, 4, 5]
    assert "playerId is “”" in found[0][1]
    assert "currency is “e-r”" in found[1][1]


def test_the_first_hundred_are_named_and_all_are_counted(acme: Merchant) -> None:
    statement = read(acme, text(*[f"t-{number},bet,ada,EUR,?" for number in range(250)]))
    assert [line for line, _ in faults(statement)] == list(range(2, 102))
    assert statement.fault_count == 250


def test_lines_are_right_after_cells_of_several_lines(acme: Merchant) -> None:
    rows = ['t-1,bet,"a\nd\na",EUR,5', 't-2,bet,"bob\r\n",EUR,5', "t-3,bet,ada,EUR,x"]
    assert [line for line, _ in faults(read(acme, text(*rows)))] == [7]
    statement = read(acme, text(*rows[:2]))
    assert [row[0] for row in rows_of(statement)] == [2, 5]
    assert rows_of(statement)[0][3] == "a\nd\na"


def test_each_line_of_a_wrong_number_of_cells_is_named(acme: Merchant) -> None:
    found = faults(read(acme, text(ROWS[0], "t-2,bet,ada", "t-3,bet,ada,EUR,5,6,7", "", ROWS[1])))
    assert [line for line, _ in found] == [3, 4, 5]
    assert "3 cells in 5 columns" in found[0][1]


def test_a_file_that_ends_within_a_line_was_cut_off(acme: Merchant) -> None:
    assert "cut off" in only_fault(read(acme, text()[:-25]))
    assert "cut off" in only_fault(read(acme, text(ROWS[0], 't-2,bet,"ada')))


def test_rows_of_empty_cells_are_none(acme: Merchant) -> None:
    statement = read(acme, text(ROWS[0], ",,,,", ROWS[1], ",,,,", ",,,,") + "\n\n")
    assert [row[0] for row in rows_of(statement)] == [2, 4]


# --- What is said of the whole ----------------------------------------------------------------------------------------
FOOTERS = [
    ("TOTAL,3", []),
    ("Total,,,EUR,350", []),
    ("TOTAL 3", []),
    ("TOTAL,3\nTOTAL,,bet,,", []),
    ("TOTAL,4", [(3, True)]),
    ("TOTAL,2", [(3, False)]),
    ("TOTAL,,,EUR,349", [(2, False)]),
]


@pytest.mark.parametrize(("footer", "gaps"), FOOTERS)
def test_a_footer_is_checked_and_is_no_row(acme: Merchant, footer: str, gaps: list[tuple[int, bool]]) -> None:
    statement = read(acme, text(*ROWS, footer))
    assert statement.faults == []
    assert statement.rows == 3
    assert [(gap.rows, gap.is_short) for gap in statements.declared_gaps(statement)] == gaps


def test_a_footer_that_cannot_be_read_refuses_the_file(acme: Merchant) -> None:
    assert "total at the end" in only_fault(read(acme, text(*ROWS, "TOTAL,,,EUR,3.5")))


def test_a_day_without_rows_has_to_say_so(acme: Merchant) -> None:
    assert "TOTAL,0" in only_fault(read(acme, f"{HEADER}\n"))
    statement = read(acme, f"{HEADER}\nTOTAL,0\n")
    assert (statement.state, statement.rows, statement.is_current) == ("read", 0, True)


def test_a_file_that_says_another_day_is_refused(acme: Merchant) -> None:
    assert read(acme, f"#day=2026-01-31\n{text()}").rows == 3
    assert "states the day “2026-01-30”" in only_fault(read(acme, f"#day=2026-01-30\n{text()}"))
    rows = [dict(zip(HEADER.split(","), row.split(","), strict=True)) for row in ROWS]
    assert read(acme, json.dumps({"day": "2026-01-31", "transactions": rows})).rows == 3
    assert "The file states the day" in only_fault(read(acme, json.dumps({"transactions": rows, "day": "2026-01-30"})))


def test_a_json_declares_what_it_comes_to(acme: Merchant) -> None:
    rows = [dict(zip(HEADER.split(","), row.split(","), strict=True)) for row in ROWS]
    statement = read(acme, json.dumps({"transactions": rows, "totals": [{"currency": "EUR", "rows": 3}]}))
    [gap] = statements.declared_gaps(statement)
    assert (gap.declared.currency, gap.rows, gap.is_short) == ("EUR", 2, True)


# --- Bad files --------------------------------------------------------------------------------------------------------
BAD = [
    (b"\x00" * 20, "NUL byte"),
    (f"{HEADER}\nt-1,bet,a\0da,EUR,5\n".encode(), "NUL byte"),
    (f"{HEADER}\nt-1,bet,Zoë,EUR,5\n".encode("latin-1"), "not UTF-8"),
    (f"{HEADER},amount\n{ROWS[0]},5\n".encode(), "Two columns are named “amount”"),
    (b"just one line of text\n", "must contain the column names"),
    (b",".join(b"c%d" % number for number in range(100_000)), "100,000 columns"),
    (b"%PDF-1.7 ...", "a PDF"),
    (b"\xd0\xcf\x11\xe0 ...", "old or encrypted Excel"),
    (b",,,,\n", "no column names"),
    (gzip.compress(text().encode(), mtime=0)[:-9], "did not arrive completely"),
    (gzip.compress(text().encode(), mtime=0)[:-4] + b"abcd", "did not arrive completely"),
    (
        gzip.compress((text() + "t-1,bet,ada,EUR,5\n" * 1_000_000).encode(), mtime=0),
        "times larger than the packed file",
    ),
    (gzip.compress(gzip.compress(text().encode(), mtime=0), mtime=0), "NUL byte"),
    (text(f"t-1,bet,{'x' * 10_000_000},EUR,5").encode(), "longer than 255"),
    (text(f"t-1,bet,{'x' * 256},EUR,5").encode(), "longer than 255"),
    (text("t-1,bet,ada,EUROEUROE,5").encode(), "currency"),
    (text(ROWS[0], "t-1,bet,ada,EUR,5\rt-2,bet,ada,EUR,5").encode(), "line ends are mixed"),
]


@pytest.mark.parametrize(("content", "says"), BAD, ids=[says for _, says in BAD])
def test_a_bad_file_is_refused_with_a_sentence(acme: Merchant, content: bytes, says: str) -> None:
    said = only_fault(read(acme, content))
    assert says in said
    assert len(said) < 300


def test_a_million_columns_are_refused_before_they_are_read(acme: Merchant) -> None:
    assert "at most 200" in only_fault(read(acme, b"c," * 1_000_000))


def test_a_gzip_unpacks_no_further_than_the_bound(acme: Merchant, settings: Any) -> None:
    settings.MAX_STATEMENT_UNPACKED_BYTES = 1_000
    assert "1,000 bytes" in only_fault(read(acme, gzip.compress(random.Random(1).randbytes(2_000).hex().encode())))


def test_a_formula_in_an_id_is_text(acme: Merchant) -> None:
    statement = read(acme, text("=1+1,bet,@ada,EUR,5"))
    assert rows_of(statement) == [(2, "=1+1", "bet", "@ada", "EUR", 5)]


def test_ids_of_another_merchant_are_rows_like_any(acme: Merchant, rival_caller: Caller) -> None:
    theirs = str(rival_caller.deposit(5).body["transactionId"])
    statement = read(acme, text(f"{theirs},deposit,player-1,EUR,5"))
    assert (statement.state, statement.faults, statement.rows) == ("read", [], 1)


# --- Looking first ----------------------------------------------------------------------------------------------------
def preview(merchant: Merchant, content: str, mapping: dict[str, Any] | None = None) -> statements.Preview:
    return statements.preview_file(merchant=merchant, name="x", content=io.BytesIO(content.encode()), mapping=mapping)


def test_a_process_previews_few_files_at_once(acme: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file can hold a million rows: whoever uploads many would take all threads of all people."""
    monkeypatch.setattr(statements, "PREVIEW_PATIENCE", 0.05)
    places = [statements.preview_places.acquire(blocking=False) for _ in range(settings.STATEMENTS_AT_ONCE)]
    try:
        assert places == [True] * settings.STATEMENTS_AT_ONCE
        with pytest.raises(statements.PreviewsBusy, match="Try again in a minute"):
            preview(acme, "Transaction ID,Amount\nt-1,1\n")
    finally:
        for _ in places:
            statements.preview_places.release()
    for _ in range(settings.STATEMENTS_AT_ONCE + 1):  # and each gives its place back, read or not
        assert preview(acme, "Transaction ID,Amount\nt-1,1\n").headers
        with pytest.raises(BadMapping):
            preview(acme, "x", {"columns": 1})


def test_a_preview_suggests_from_the_names_and_asks_the_rest(acme: Merchant) -> None:
    seen = preview(acme, "Transaction ID;Type;Player;Currency;Amount;Extra\nt-1;Bet;ada;EUR;1,50;x\n")
    assert seen.mapping.columns == {
        "transaction_id": "Transaction ID",
        "kind": "Type",
        "player_id": "Player",
        "currency": "Currency",
        "amount": "Amount",
    }
    assert seen.rows == [["2", "t-1", "Bet", "ada", "EUR", "1,50", "x"]]
    assert seen.asks == ["Are amounts whole units (real amount × 100000), or decimals with a point or a comma?"]
    assert not seen.can_be_read


def test_a_preview_sums_and_names_faults_and_keeps_nothing(acme: Merchant) -> None:
    seen = preview(acme, text(*ROWS, "t-4,bet,ada,EUR,x"), UNITS)
    assert [(part["currency"], part["kind"], part["amount"]) for part in seen.totals] == [
        ("EUR", "bet", "100"),
        ("EUR", "payout", "250"),
        ("USD", "bet", "9007199254740991"),
    ]
    assert [fault.line for fault in seen.faults] == [5]
    assert seen.fault_count == 1
    assert not Statement.objects.exists()
    assert preview(acme, text(), UNITS).can_be_read


def test_a_preview_of_no_table_says_why(acme: Merchant) -> None:
    assert "a PDF" in preview(acme, "%PDF", UNITS).faults[0].text


# --- how files tell of rollbacks --------------------------------------------------------------------------------------
OF_BET, OF_ROLLBACK = Line("b", "bet", "player-1", "EUR", 5), Line("r", "rollback", "player-1", "EUR", 5)


@pytest.mark.parametrize(
    ("grain", "columns", "sent", "stated"),
    [
        ("rows", {"state": "state"}, [OF_BET, OF_ROLLBACK], "rows"),
        ("rows", {"state": "state"}, [OF_BET], "flags"),
        ("rows", {}, [OF_BET], "rows"),
        ("totals", {}, [OF_BET], "none"),
        ("totals", {}, [OF_BET, OF_ROLLBACK], "rows"),
    ],
)
def test_a_plan_that_did_not_state_it_gets_it_from_its_files(
    acme: Merchant, grain: str, columns: dict[str, str], sent: list[Line], stated: str
) -> None:
    sides = import_module("wallet.migrations.0043_rollbacks_stated")
    reconciling.state(acme, sent, grain=grain)
    made = reconciling.plan(acme, grain=grain, mapping={"columns": columns})
    Statement.objects.update(mapping={"columns": columns})
    with connection.cursor() as cursor:
        for table in ("wallet_statement", "wallet_reconciliationplan"):
            cursor.execute(sides.STATE.format(table=table, rule=sides.RULE.format(row="r")))
    made.refresh_from_db()
    assert made.mapping == Statement.objects.get().mapping == {"columns": columns, "rollbacks": stated}


# --- A very large file ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("amount", "bounds", "sentence"),
    [
        ("1,50", Bounds(10**9, 5_000, 60), "looked at the first 5,000 of 12,000 rows. All rows"),
        ("1,50", Bounds(10**9, 10**9, 0), "looked at the first 5,000 of 12,000 rows. All rows"),
        ("1.50", Bounds(1_000, 10**9, 60), "rows. The file has more rows. All rows are read after you send"),
    ],
)
def test_of_a_very_large_file_the_first_rows_are_looked_at(
    acme: Merchant, monkeypatch: pytest.MonkeyPatch, amount: str, bounds: Bounds, sentence: str
) -> None:
    monkeypatch.setattr(statements, "LOOK", bounds)
    rows = "".join(f't-{number};Bet;"a\n""da";EUR;{amount}\n' for number in range(12_000))
    seen = preview(acme, f"Transaction ID;Type;Player;Currency;Amount\n{rows}TOTAL;12000\n", LOOKED | POINTS[amount])
    assert (seen.faults, seen.gaps, seen.can_be_read) == ((), [], True)
    assert sentence in seen.warnings[0]
    assert 0 < seen.read_count < 12_000
    assert f"first {seen.read_count:,}" in seen.warnings[0]


LOOKED = {
    "columns": {"transaction_id": "Transaction ID", "kind": "Type", "player_id": "Player", "currency": "Currency",
                "amount": "Amount"},
}  # fmt: skip
POINTS: dict[str, dict[str, Any]] = {
    "1,50": {"amounts": "decimal_comma", "thousands": "point"}, "1.50": {"amounts": "decimal_point"}
}  # fmt: skip


def test_of_a_file_within_the_bounds_nothing_is_said(acme: Merchant) -> None:
    assert preview(acme, text(), UNITS).warnings == []
