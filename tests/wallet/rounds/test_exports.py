"""Exports: what is in the file, how it is written, and what becomes of it when its job does not live on."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from python_calamine import load_workbook

from merchants.models import Merchant, Person
from portal.lib import clock, sheets
from portal.lib.sheets import SheetAmount
from tests.conftest import Caller
from wallet.models import Export
from wallet.models.export import NOT_TAKEN_FOR, SILENT_FOR
from wallet.services.rounds import exports, round_list
from wallet.services.rounds.round_list import RoundFilter

Row = dict[str, str]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EXPORT_FOLDER = tmp_path / "exports"
    return tmp_path / "exports"


@pytest.fixture
def played(caller: Caller) -> Caller:
    caller.bet(100_000, transactionId="=SUM(A1)", roundId="+1")
    caller.bet(250_000, transactionId="bet-2")
    caller.payout("bet-2", 475_001)
    caller.bet(300_000, transactionId="@bet-3")
    caller.rollback("@bet-3")
    return caller


def asked(merchant: Merchant, owner: Person, **fields: Any) -> Export:
    wish: dict[str, Any] = {"what": "rounds", "form": "csv", "wish": RoundFilter()} | fields
    return exports.request_export(merchant=merchant, by=owner, **wish)


def written(merchant: Merchant, owner: Person, **fields: Any) -> Export:
    export = asked(merchant, owner, **fields)
    exports.write_export(export.pk)
    export.refresh_from_db()
    assert export.state == Export.State.READY
    return export


def read(export: Export) -> list[Row]:
    path = exports.fetch_file(export=export)
    assert path is not None
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def sheet_of(export: Export) -> list[list[tuple[str, str]]]:
    """Each cell as its type and text."""
    path = exports.fetch_file(export=export)
    assert path is not None
    with ZipFile(path) as book:
        xml = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own file
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    return [
        [(cell.get("t", "n"), "".join(cell.itertext())) for cell in row.iter(f"{name}c")]
        for row in xml.iter(f"{name}row")
    ]


def test_a_file_holds_what_its_filter_shows(played: Caller, acme: Merchant, owner: Person) -> None:
    for wish in (
        RoundFilter(),
        RoundFilter(state="won"),
        RoundFilter(least=250_000),
        RoundFilter(player="player-1", state="open"),
        RoundFilter(game="no"),
    ):
        shown = [bet.transaction_id for bet in round_list.search_rounds(acme, wish, limit=50).bets]
        found = read(written(acme, owner, wish=wish))
        assert [row["Transaction"].removeprefix("'") for row in found] == shown


def test_amounts_are_exact_and_states_are_said(played: Caller, acme: Merchant, owner: Person) -> None:
    found = {row["Transaction"]: row for row in read(written(acme, owner))}
    assert [found["bet-2"][name] for name in ("Stake", "Paid", "Result", "State")] == [
        "2.50",
        "4.75001",
        "-2.25001",
        "won",
    ]
    assert [found["'@bet-3"][name] for name in ("Stake", "Paid", "Result", "State")] == [
        "3.00", "0.00", "0.00", "rolled back",
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_cell_is_a_formula(played: Caller, acme: Merchant, owner: Person, form: str) -> None:
    export = written(acme, owner, form=form)
    if form == "csv":
        cells = [cell for row in read(export) for cell in row.values()]
    else:
        cells = [text for row in sheet_of(export) for kind, text in row if kind == "inlineStr"]
        assert all(kind in {"inlineStr", "n"} for row in sheet_of(export) for kind, _ in row)
    assert "'=SUM(A1)" in cells
    assert "'+1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


@pytest.mark.parametrize(
    "text", ["<r></r></is></c><c r='Z9'><f>1+1</f></c><c><is><r></r>", "<r>x</r>", "_x003D_1+1", "\x0b=1", "a\tb\r\n"]
)
def test_markup_in_an_id_is_no_markup_of_a_sheet(tmp_path: Path, text: str) -> None:
    with sheets.open_sheet(tmp_path / "a.xlsx", "A") as sheet:
        sheet.add([text])
    with ZipFile(tmp_path / "a.xlsx") as book:
        xml = book.read("xl/worksheets/sheet1.xml")
    [cell] = [each for each in ET.fromstring(xml).iter() if each.tag.endswith("}c")]  # noqa: S314 - our own file
    assert {each.tag.rpartition("}")[2] for each in cell.iter()} == {"c", "is", "t"}


def test_a_sheet_has_numbers_that_add_up_and_ids_as_text(played: Caller, acme: Merchant, owner: Person) -> None:
    titles, *rows = sheet_of(written(acme, owner, form="xlsx"))
    assert [text for _, text in titles][:2] == ["Time (UTC)", "Transaction"]
    [amounts] = [row[-5:-2] for row in rows if row[1][1] == "bet-2"]
    assert amounts == [("n", "2.5"), ("n", "4.75001"), ("n", "-2.25001")]


def test_a_sheet_is_one_to_calculate_with(tmp_path: Path) -> None:
    """Moments and days are dates, counts are numbers, and every column has a filter."""
    moment, early = datetime(2026, 11, 28, 14, 5, 9, tzinfo=UTC), datetime(1899, 1, 1, tzinfo=UTC)
    with sheets.open_sheet(tmp_path / "a.xlsx", "A") as sheet:
        sheet.add(["Time", "Day", "Count", "Id", "Amount", "Long ago"])
        sheet.add([moment, moment.date(), 7, "0042", SheetAmount(1_250_000), early])
    [_, row] = load_workbook(str(tmp_path / "a.xlsx")).get_sheet_by_index(0).to_python()
    assert row == [moment.replace(tzinfo=None), moment.date(), 7.0, "0042", 12.5, "1899-01-01T00:00:00Z"]
    with ZipFile(tmp_path / "a.xlsx") as book:
        assert '<autoFilter ref="A1:F2"/>' in book.read("xl/worksheets/sheet1.xml").decode()


def test_an_amount_beyond_what_a_sheet_can_hold_is_text(tmp_path: Path) -> None:
    with sheets.open_sheet(tmp_path / "a.xlsx", "A") as sheet:
        sheet.add([SheetAmount(10**15 - 1), SheetAmount(10**15), SheetAmount(-(2**53) + 1), None])
    with ZipFile(tmp_path / "a.xlsx") as book:
        xml = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>9999999999.99999</v>" in xml
    assert ">10000000000.00<" in xml
    assert ">-90071992547.40991<" in xml


def test_movements_are_all_that_moved_money(played: Caller, acme: Merchant, owner: Person) -> None:
    played.bet(900_000_000)  # refused
    found = read(written(acme, owner, what="movements"))
    assert [row["Type"] for row in found] == ["rollback", "bet", "payout", "bet", "bet", "deposit"]
    assert found[-1]["Amount"] == "10.00"
    assert found[1]["Balance after"] == "8.25001"


def test_another_merchants_rows_are_in_no_file(
    played: Caller, rival_caller: Caller, acme: Merchant, owner: Person
) -> None:
    rival_caller.bet(100_000, transactionId="theirs")
    for what in ("rounds", "movements"):
        assert "theirs" not in {row["Transaction"] for row in read(written(acme, owner, what=what))}


def test_a_sheet_that_is_full_says_so(
    played: Caller, acme: Merchant, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    export = written(acme, owner, form="xlsx")
    assert (export.rows_done, export.rows_in_all, export.is_cut) == (2, 3, True)
    assert [row[1][1] for row in sheet_of(export)[1:]] == ["'@bet-3", "bet-2"]
    assert not written(acme, owner, form="csv").is_cut


# --- A job that does not live on --------------------------------------------------------------------------------------
class Killed(BaseException):
    """As a worker ends that is told nothing."""


def killed_after(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(bets: Any) -> Any:
        for number, row in enumerate(exports.cells_of_rounds(bets)):
            if number == rows:
                raise Killed
            yield row

    titles, matching, _ = exports.TABLES[Export.What.ROUNDS]
    monkeypatch.setitem(exports.TABLES, Export.What.ROUNDS, (titles, matching, dies))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_killed_job_has_broken_off_and_can_be_begun_again(
    played: Caller, acme: Merchant, owner: Person, folder: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = asked(acme, owner, form=form)
    with monkeypatch.context() as patched:
        killed_after(1, patched)
        with pytest.raises(Killed):
            exports.write_export(export.pk)
    export.refresh_from_db()
    assert export.state == Export.State.RUNNING
    assert not export.is_broken_off(at=clock.now())
    with pytest.raises(exports.NotAgain):
        exports.restart_export(export=export)
    with clock.frozen_at(clock.now() + SILENT_FOR + timedelta(seconds=1)):
        assert export.is_broken_off(at=clock.now())
        exports.restart_export(export=export)
        exports.write_export(export.pk)
        export.refresh_from_db()
        assert (export.state, export.rows_done) == (Export.State.READY, 3)
    assert [path.name for path in folder.iterdir()] == [export.file_name]


def test_an_export_whose_job_was_lost_is_written_by_the_timetable(
    played: Caller, acme: Merchant, owner: Person
) -> None:
    """As with a broker that was away when it was asked for."""
    export = asked(acme, owner)
    assert exports.write_waiting_exports() == 0, "its job may be on the way"
    with clock.frozen_at(clock.now() + exports.MISSED_FOR):
        assert exports.write_waiting_exports() == 1
        assert exports.write_waiting_exports() == 0
    export.refresh_from_db()
    assert export.state == Export.State.READY


def test_a_job_that_comes_twice_writes_once(played: Caller, acme: Merchant, owner: Person) -> None:
    export = asked(acme, owner)
    assert exports.begin_attempt(export.pk) is not None
    assert exports.begin_attempt(export.pk) is None
    with clock.frozen_at(clock.now() + SILENT_FOR + timedelta(seconds=1)):
        assert exports.begin_attempt(export.pk) is not None


def test_an_overtaken_job_writes_no_more(played: Caller, acme: Merchant, owner: Person) -> None:
    first = exports.begin_attempt(asked(acme, owner).pk)
    assert first is not None
    with clock.frozen_at(clock.now() + SILENT_FOR + timedelta(seconds=1)):
        second = exports.begin_attempt(first.pk)
        assert second is not None
        exports.send_heartbeat(second)
        with pytest.raises(exports.Stopped):
            exports.send_heartbeat(first)


def test_a_cancelled_job_stops_at_its_next_word(acme: Merchant, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "WORD_SECONDS", 0)
    export = exports.begin_attempt(asked(acme, owner).pk)
    assert export is not None
    rows = iter(exports.CountedRows(export, [["first"], ["second"], ["third"]]))
    assert [next(rows), next(rows)] == [["first"], ["second"]]
    assert exports.cancel_export(export=export).rows_done == 1
    with pytest.raises(exports.Stopped):
        next(rows)


def test_a_job_that_was_stopped_leaves_no_file(
    played: Caller, acme: Merchant, owner: Person, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any) -> None:
        raise exports.Stopped

    export = asked(acme, owner)
    monkeypatch.setattr(exports, "end_attempt", stopped)
    exports.write_export(export.pk)
    assert list(folder.iterdir()) == []


def test_what_fails_is_told_as_failed(
    played: Caller, acme: Merchant, owner: Person, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = asked(acme, owner)
    titles, matching, _ = exports.TABLES[Export.What.ROUNDS]
    monkeypatch.setitem(exports.TABLES, Export.What.ROUNDS, (titles, matching, lambda bets: iter([1 // 0])))
    with pytest.raises(ZeroDivisionError):
        exports.write_export(export.pk)
    export.refresh_from_db()
    assert export.state == Export.State.FAILED
    assert list(folder.iterdir()) == []


def test_three_at_once_and_those_that_broke_off_do_not_count(acme: Merchant, rival: Merchant, owner: Person) -> None:
    for _ in range(3):
        asked(acme, owner)
    with pytest.raises(exports.TooMany):
        asked(acme, owner)
    asked(rival, owner)
    with clock.frozen_at(clock.now() + NOT_TAKEN_FOR + timedelta(seconds=1)):
        asked(acme, owner)


def test_a_file_is_gone_after_a_day(played: Caller, acme: Merchant, owner: Person, folder: Path) -> None:
    export = written(acme, owner)
    path = exports.fetch_file(export=export)
    assert path is not None
    assert path.stat().st_mode & 0o077 == 0
    assert exports.delete_old_exports() == 0
    with clock.frozen_at(clock.now() + timedelta(hours=24, seconds=1)):
        assert exports.fetch_file(export=export) is None
        assert exports.delete_old_exports() == 1
    export.refresh_from_db()
    assert export.state == Export.State.EXPIRED
    assert list(folder.iterdir()) == []


def test_who_asked_and_each_download_are_kept(played: Caller, acme: Merchant, owner: Person) -> None:
    export = written(acme, owner)
    exports.fetch_file(export=export)
    events = Export.pgh_event_model.objects.filter(merchant=acme).order_by("pgh_id")  # type: ignore[attr-defined]
    assert [(event.pgh_label, event.downloads) for event in events] == [("insert", 0), ("update", 1)]
