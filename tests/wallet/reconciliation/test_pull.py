"""Where statements are fetched from, when, and what is told of it."""

from __future__ import annotations

import gzip
import importlib
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections

from merchants.models import Merchant, Person
from merchants.services import sealing
from portal.lib import clock
from tests import factories
from tests.wallet.hosts import PASSWORD, HttpsHost, SftpHost, certificate, https_host, sftp_host
from tests.wallet.reconciling import rows_of
from wallet.models import Statement
from wallet.models.reconciliation_plan import HostKeyLookup, ReconciliationPlan, StatementSource
from wallet.reconciliation import fetching, host_addresses, host_keys, pull, statements
from wallet.reconciliation.host_addresses import Inside
from wallet.reconciliation.places import WrongAddress

DAY = date(2026, 1, 31)
NOW = datetime(2026, 2, 1, 4, tzinfo=UTC)  # the report is due at 08:00
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FILE = b"transactionId,kind,playerId,currency,amount\nt-1,bet,p-1,EUR,100\n"
COLUMNS = {
    "transaction_id": "transactionId",
    "kind": "kind",
    "player_id": "playerId",
    "currency": "currency",
    "amount": "amount",
}
A_KEY = "SHA256:" + "a" * 43


@pytest.fixture(autouse=True)
def _bounds(settings: Any) -> None:
    settings.STATEMENT_NETWORKS = (ip_network("127.0.0.0/8"), ip_network("::1"))
    settings.STATEMENT_FETCH_SECONDS = 60  # hosts share our process, and maybe a busy machine
    settings.STATEMENT_FETCH_IDLE_SECONDS = 20


@pytest.fixture
def acme(acme: Merchant) -> Merchant:
    return planned(acme)


@pytest.fixture
def begun(acme: Merchant) -> Merchant:
    """On that day: of the days before there is no statement to ask for."""
    Merchant.objects.filter(pk=acme.pk).update(created_at=datetime(2026, 1, 31, 10, tzinfo=UTC))
    acme.refresh_from_db()
    return acme


def planned(merchant: Merchant, **fields: Any) -> Merchant:
    Merchant.objects.filter(pk=merchant.pk).update(created_at=NOW - timedelta(days=100))
    mapping = {"columns": COLUMNS, "amounts": "units"}
    ReconciliationPlan.objects.create(merchant=merchant, mapping=mapping, **fields)
    return Merchant.objects.get(pk=merchant.pk)


@pytest.fixture
def https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpsHost]:
    pem = certificate(tmp_path, names=["127.0.0.1"])
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with https_host(pem) as host:
        host.answers = lambda handler: handler.give(FILE)
        yield host


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[SftpHost]:
    with sftp_host(tmp_path) as host:
        (tmp_path / "out" / f"{DAY}.csv").write_bytes(FILE)
        yield host


def source_of(merchant: Merchant, address: str, **fields: Any) -> StatementSource:
    kind = "sftp" if address.startswith("sftp") else "url"
    told: dict[str, Any] = {"kind": kind, "password": "", "host_key": "", "by": None}
    return pull.set_source(merchant=merchant, address=address, **(told | fields))


def seen_key(merchant: Merchant, address: str) -> str:
    """As the job sees it."""
    lookup = host_keys.ask_host_key(merchant=merchant, address=address)
    host_keys.look_up_host_key(lookup.pk)
    lookup.refresh_from_db()
    return lookup.host_key


def fetch(source: StatementSource, day: date = DAY) -> Statement | None:
    with clock.frozen_at(NOW):
        return pull.fetch_day(source=source, day=day)


# --- from the host to the rows ----------------------------------------------------------------------------------------
def test_a_file_by_https_becomes_the_days_statement(acme: Merchant, https: HttpsHost) -> None:
    source = source_of(acme, https.address)
    statement = fetch(source)
    assert statement is not None
    assert (statement.day, statement.source, statement.name) == (DAY, "pull", "2026-01-31.csv")
    assert (statement.state, statement.is_current) == ("read", True)
    assert rows_of(statement)[0].transaction_id == "t-1"
    source.refresh_from_db()
    assert (source.last_tried_at, source.last_answer) == (NOW, "The file of 2026-01-31 arrived: 1 rows.")


def test_a_file_by_sftp_becomes_the_days_statement(acme: Merchant, sftp: SftpHost) -> None:
    source = source_of(acme, sftp.address, password=PASSWORD, host_key=seen_key(acme, sftp.address))
    statement = fetch(source)
    assert statement is not None
    assert (statement.state, statement.rows) == ("read", 1)
    assert sftp.tried == [("acme", PASSWORD)]


def test_a_packed_file_is_read(acme: Merchant, https: HttpsHost) -> None:
    https.answers = lambda handler: handler.give(gzip.compress(FILE))
    statement = fetch(source_of(acme, https.address))
    assert statement is not None
    assert statement.state == "read"


def test_a_packed_file_that_was_cut_off_is_refused_and_not_taken_again(acme: Merchant, https: HttpsHost) -> None:
    cut = gzip.compress(FILE)[:-9]
    https.answers = lambda handler: handler.give(cut)
    source = source_of(acme, https.address)
    statement = fetch(source)
    assert statement is not None
    assert statement.state == "refused"
    assert source.last_answer.startswith("The file of 2026-01-31 arrived and was refused: ")
    assert fetch(source) is None
    assert "is still the refused file" in source.last_answer
    assert Statement.objects.count() == 1
    https.answers = lambda handler: handler.give(FILE)
    mended = fetch(source)
    assert mended is not None
    assert mended.state == "read"


def test_a_file_that_was_refused_for_its_mapping_is_read_once_that_is_stated(acme: Merchant, https: HttpsHost) -> None:
    stated = ReconciliationPlan.objects.get(merchant=acme).mapping
    ReconciliationPlan.objects.update(mapping={})
    source = source_of(acme, https.address)
    refused = fetch(source)
    assert refused is not None
    assert refused.state == "refused"
    assert fetch(source) is None
    ReconciliationPlan.objects.update(mapping=stated)
    read = fetch(source)
    assert read is not None
    assert (read.state, read.is_current) == ("read", True)


def test_the_same_file_again_is_the_same_statement(acme: Merchant, https: HttpsHost) -> None:
    source = source_of(acme, https.address)
    assert fetch(source) == fetch(source)
    assert Statement.objects.count() == 1


def test_what_was_not_had_leaves_nothing_but_a_sentence(acme: Merchant, https: HttpsHost) -> None:
    https.answers = lambda handler: handler.give(b"", status=404)
    source = source_of(acme, https.address)
    assert fetch(source) is None
    source.refresh_from_db()
    assert source.last_answer == "127.0.0.1 does not have the file yet."
    assert not Statement.objects.exists()


def test_what_nobody_foresaw_is_told_too(
    acme: Merchant, https: HttpsHost, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def strange(*_: Any, **__: Any) -> None:
        raise RuntimeError(PASSWORD)

    source = source_of(acme, https.address, password=PASSWORD)
    monkeypatch.setattr(fetching, "fetch_file", strange)
    assert fetch(source) is None
    assert source.last_answer == pull.UNFORESEEN


def test_a_day_that_cannot_be_is_told(acme: Merchant, https: HttpsHost) -> None:
    source = source_of(acme, https.address)
    assert fetch(source, NOW.date()) is None
    assert "is not over yet" in source.last_answer


# --- where from -------------------------------------------------------------------------------------------------------
WRONG = [
    ("http://files.example.com/{day}.csv", "With http, anyone"),
    ("ftp://files.example.com/{day}.csv", "This address is not valid"),
    ("file:///etc/passwd{day}", "This address is not valid"),
    ("https://files.example.com/day.csv", "Write {day}"),
    ("https://{day}.example.com/a.csv", "Write {day}"),
    ("https://me:word@files.example.com/{day}", "Remove the password"),
    ("https://files.example.com:99999/{day}", "This address is not valid"),
    ("https://files.example.com:0/{day}", "A port is a number"),
    ("https://files.example.com/{day} x", "no spaces"),
    ("https://files.example.com/\r\nHost: x/{day}", "no spaces"),
    ("https://files.example.com/" + "x" * 500 + "{day}", "at most 500"),
    ("https://files.example.com/{day}#x", "This address is not valid"),
    ("https:///{day}", "This address is not valid"),
    ("https://[::1/{day}", "This address is not valid"),
    ("sftp://files.example.com/{day}.csv", "contains a user name"),
    ("", "no spaces"),
]


@pytest.mark.parametrize(("address", "sentence"), WRONG)
def test_an_address_that_will_not_do(acme: Merchant, address: str, sentence: str) -> None:
    with pytest.raises(WrongAddress, match=sentence):
        source_of(acme, address)
    assert not StatementSource.objects.exists()


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]"])
def test_an_address_inside_is_not_saved(acme: Merchant, settings: Any, host: str) -> None:
    settings.STATEMENT_NETWORKS = ()
    with pytest.raises(Inside, match="points to a private network"):
        source_of(acme, f"https://{host}/{{day}}")
    assert not StatementSource.objects.exists()


def test_a_host_that_moved_inside_later_is_not_fetched_from(acme: Merchant, https: HttpsHost, settings: Any) -> None:
    source = source_of(acme, https.address)
    settings.STATEMENT_NETWORKS = ()
    assert fetch(source) is None
    assert "points to a private network" in source.last_answer
    assert https.asked == []


RESOLVED = [("localhost", "points to a private network"), ("2130706433", "points to"), ("", "has no address")]


@pytest.mark.parametrize(("host", "sentence"), RESOLVED)
def test_what_a_name_server_says_of_a_host_is_found_by_a_job(
    acme: Merchant, settings: Any, monkeypatch: pytest.MonkeyPatch, host: str, sentence: str
) -> None:
    """Whoever saves it waits for no name server; whoever fetches asks one again."""
    settings.STATEMENT_NETWORKS = ()
    with monkeypatch.context() as patch:
        patch.setattr(host_addresses, "_resolved", nobody_asks)
        source = source_of(acme, f"https://{host or 'nowhere.example.com'}/{{day}}")
    if not host:
        monkeypatch.setattr(host_addresses, "_resolved", lambda host, port: [])
    pull.check_source(source.pk)
    source.refresh_from_db()
    assert sentence in source.last_answer


def nobody_asks(host: str, port: int) -> list[Any]:
    raise AssertionError(host)


def test_a_host_that_was_tried_meanwhile_keeps_what_was_said(acme: Merchant, https: HttpsHost, settings: Any) -> None:
    source = source_of(acme, https.address)
    fetch(source)
    settings.STATEMENT_NETWORKS = ()
    pull.check_source(source.pk)
    source.refresh_from_db()
    assert source.last_answer == "The file of 2026-01-31 arrived: 1 rows."


# --- the key of a host ------------------------------------------------------------------------------------------------
def test_a_host_that_gives_no_key_is_told(acme: Merchant, settings: Any) -> None:
    settings.STATEMENT_NETWORKS = ()
    lookup = host_keys.ask_host_key(merchant=acme, address="sftp://acme@127.0.0.1/{day}")
    host_keys.look_up_host_key(lookup.pk)
    lookup.refresh_from_db()
    assert "points to a private network" in lookup.refusal
    assert not lookup.host_key


def test_a_lookup_whose_job_was_lost_is_found_by_the_timetable(acme: Merchant, sftp: SftpHost) -> None:
    lookup = host_keys.ask_host_key(merchant=acme, address=sftp.address)
    assert host_keys.look_up_waiting_keys() == 0, "its job may be on the way"
    with clock.frozen_at(clock.now() + host_keys.MISSED_FOR):
        assert host_keys.look_up_waiting_keys() == 1
        assert host_keys.look_up_waiting_keys() == 0
    lookup.refresh_from_db()
    assert lookup.host_key == sftp.host_key


def test_of_two_jobs_one_asks_the_host(acme: Merchant, sftp: SftpHost) -> None:
    lookup = host_keys.ask_host_key(merchant=acme, address=sftp.address)
    HostKeyLookup.objects.filter(pk=lookup.pk).update(tried_at=clock.now())
    host_keys.look_up_host_key(lookup.pk)
    lookup.refresh_from_db()
    assert lookup.answered_at is None


def test_a_merchant_has_so_many_hosts_asked(acme: Merchant, rival: Merchant) -> None:
    for _ in range(host_keys.MOST):
        host_keys.ask_host_key(merchant=acme, address="sftp://acme@127.0.0.1/{day}")
    with pytest.raises(host_keys.ManyLookups):
        host_keys.ask_host_key(merchant=acme, address="sftp://acme@127.0.0.1/{day}")
    host_keys.ask_host_key(merchant=rival, address="sftp://acme@127.0.0.1/{day}")
    with clock.frozen_at(clock.now() + host_keys.SHOWN_FOR):
        host_keys.ask_host_key(merchant=acme, address="sftp://acme@127.0.0.1/{day}")
        assert HostKeyLookup.objects.filter(merchant=acme).count() == 1, "old ones are forgotten"


@pytest.mark.parametrize("host_key", ["", "SHA256:short", "MD5:aa:bb", A_KEY + "\nx", A_KEY[:-1] + "!"])
def test_an_sftp_host_is_never_trusted_unseen(acme: Merchant, host_key: str) -> None:
    with pytest.raises(pull.HostKeyNeeded):
        source_of(acme, "sftp://acme@127.0.0.1/{day}", password=PASSWORD, host_key=host_key)


def test_the_password_is_sealed(acme: Merchant, https: HttpsHost) -> None:
    source = source_of(acme, https.address, password=PASSWORD)
    assert PASSWORD.encode() not in bytes(source.sealed or b"")
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM wallet_statementsource s")
        kept = cursor.fetchall()
        cursor.execute("SELECT e::text FROM wallet_statementsourceevent e")
        rows = str(kept + cursor.fetchall())
    assert PASSWORD not in rows
    assert PASSWORD.encode().hex() not in rows


def test_a_sealed_password_opens_for_no_other_merchant(acme: Merchant, rival: Merchant, https: HttpsHost) -> None:
    mine = source_of(acme, https.address, password=PASSWORD)
    other = source_of(planned(rival), https.address)
    StatementSource.objects.filter(pk=other.pk).update(sealed=mine.sealed, kek_id=mine.kek_id)
    other.refresh_from_db()
    assert fetch(other) is None
    assert other.last_answer == pull.UNOPENED
    assert https.asked == []


def test_a_sealed_password_opens_for_no_other_server(acme: Merchant, https: HttpsHost) -> None:
    """An address that was changed in the database does not get the password sent elsewhere."""
    source = source_of(acme, https.address.replace("127.0.0.1", "127.0.0.2"), password=PASSWORD)
    StatementSource.objects.filter(pk=source.pk).update(address=https.address)
    source.refresh_from_db()
    assert fetch(source) is None
    assert source.last_answer == pull.UNOPENED
    assert https.asked == []


def test_passwords_from_before_are_bound_by_the_migration(acme: Merchant, https: HttpsHost) -> None:
    source = source_of(acme, https.address, password=PASSWORD)
    bound = importlib.import_module("wallet.migrations.0037_passwords_bound_to_their_server")
    bound.unbind(apps, connections["default"].schema_editor())
    source.refresh_from_db()
    assert fetch(source) is None
    bound.bind(apps, connections["default"].schema_editor())
    source.refresh_from_db()
    fetch(source)
    assert https.asked[0][1]["Authorization"] == f"Bearer {PASSWORD}"


def test_a_password_whose_key_is_gone_is_asked_for_again(acme: Merchant, https: HttpsHost) -> None:
    source = source_of(acme, https.address, password=PASSWORD)
    StatementSource.objects.update(kek_id="gone")
    source.refresh_from_db()
    assert fetch(source) is None
    assert source.last_answer == pull.UNOPENED


def test_passwords_move_to_a_new_key(acme: Merchant, https: HttpsHost, settings: Any) -> None:
    source_of(acme, https.address, password=PASSWORD)
    old = settings.KEY_ENCRYPTION_KEYS
    settings.KEY_ENCRYPTION_KEYS = {"new": b"n" * 32} | old
    assert sealing.removable_keys() == []
    list(sealing.rewrap())
    assert set(sealing.removable_keys()) == set(old)
    settings.KEY_ENCRYPTION_KEYS = {"new": b"n" * 32}
    fetch(StatementSource.objects.get())
    assert https.asked[0][1]["Authorization"] == f"Bearer {PASSWORD}"


def test_a_password_stays_with_its_server(acme: Merchant, https: HttpsHost) -> None:
    """Else whoever may write an address could have it sent to a server of their own."""
    source_of(acme, https.address, password=PASSWORD)
    kept = source_of(acme, https.address.replace("/out/", "/elsewhere/"), password=None)
    fetch(kept)
    assert https.asked[0][1]["Authorization"] == f"Bearer {PASSWORD}"
    for other in (https.address.replace("127.0.0.1", "127.0.0.2"), https.address.replace("https://", "https://me@")):
        with pytest.raises(pull.PasswordAgain):
            source_of(acme, other, password=None)
    with pytest.raises(pull.PasswordAgain):
        source_of(acme, f"sftp://acme@127.0.0.1:{https.port}/{{day}}", password=None, host_key=A_KEY)


def test_a_password_can_be_taken_away(acme: Merchant, https: HttpsHost) -> None:
    source_of(acme, https.address, password=PASSWORD)
    source = source_of(acme, https.address, password="")
    assert (source.sealed, source.kek_id) == (None, "")


def test_a_merchant_has_one_source(acme: Merchant, https: HttpsHost) -> None:
    first = source_of(acme, https.address)
    fetch(first)
    again = source_of(acme, https.address.replace("out", "in"))
    assert (again.pk, again.last_answer, again.last_tried_at) == (first.pk, "", None)


def test_a_try_is_no_change(acme: Merchant, https: HttpsHost) -> None:
    source = source_of(acme, https.address)
    fetch(source)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM wallet_statementsourceevent")
        assert cursor.fetchone() == (1,)


# --- by schedule ------------------------------------------------------------------------------------------------------
def due(now: datetime) -> list[tuple[str, date]]:
    return [(source.merchant.code, day) for source, day in pull.due_sources(now)]


@pytest.mark.parametrize(
    ("now", "tried", "is_due"),
    [
        (datetime(2026, 1, 31, 23, 59, tzinfo=UTC), 60, False),
        (datetime(2026, 2, 1, 0, 0, tzinfo=UTC), 15, True),
        (datetime(2026, 2, 1, 8, 0, tzinfo=UTC), 15, True),
        (datetime(2026, 2, 1, 8, 1, tzinfo=UTC), 15, False),
        (datetime(2026, 2, 1, 8, 1, tzinfo=UTC), 60, True),
        (datetime(2026, 2, 4, 8, 0, tzinfo=UTC), 60, True),
        (datetime(2026, 2, 4, 8, 1, tzinfo=UTC), 60, False),
    ],
)
def test_it_is_tried_from_midnight_until_the_plans_hour_and_then_each_hour_for_three_days(
    begun: Merchant, https: HttpsHost, now: datetime, tried: int, *, is_due: bool
) -> None:
    for later in (1, 2, 3):
        stated(begun, DAY + timedelta(days=later))
    source_of(begun, https.address)
    StatementSource.objects.update(last_tried_at=now - tried * MINUTE)
    assert due(now) == ([("acme", DAY)] if is_due else [])


def stated(merchant: Merchant, day: date) -> None:
    with clock.frozen_at(datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC)):
        content = BytesIO(FILE + str(day).encode())
        statement = statements.receive_statement(
            merchant=merchant, day=day, name="a.csv", content=content, source="upload"
        )
    Statement.objects.filter(pk=statement.pk).update(state="read", is_current=True)


def test_days_that_are_late_take_turns_and_hold_up_none_that_a_report_waits_for(
    acme: Merchant, https: HttpsHost
) -> None:
    https.answers = lambda handler: handler.give(b"", status=404)
    source_of(acme, https.address)
    asked = []
    for quarter in range(5 * 4):
        now = NOW + 3 * HOUR + quarter * 15 * MINUTE
        asked += [day for _, day in due(now)]
        with clock.frozen_at(now):
            pull.fetch_due_days(now)
    assert asked[:4] == [DAY, DAY, DAY, DAY - timedelta(days=2)]
    assert set(asked) == {DAY - timedelta(days=number) for number in range(3)}
    assert len(asked) == 5 + 3  # until 08:00 each quarter of an hour


def test_the_day_and_the_hour_are_the_merchants(db: None, https: HttpsHost) -> None:
    auckland = planned(factories.merchant("kiwi", time_zone="Pacific/Auckland"), hour=20)
    source_of(auckland, https.address)
    midnight = datetime(2026, 1, 31, 11, tzinfo=UTC)  # of 1 February there
    assert due(midnight - MINUTE)[0][1] < DAY
    assert due(midnight) == [("kiwi", DAY)]
    assert due(midnight + 20 * HOUR) == [("kiwi", DAY)]


def test_it_is_tried_each_quarter_of_an_hour(acme: Merchant, https: HttpsHost) -> None:
    https.answers = lambda handler: handler.give(b"", status=404)
    source_of(acme, https.address)
    times = [NOW + minute * MINUTE for minute in range(31)]
    for now in times:
        with clock.frozen_at(now):
            assert pull.fetch_due_days(now) == 0
    assert len(https.asked) == 3


def test_what_came_is_not_fetched_again(begun: Merchant, https: HttpsHost) -> None:
    source_of(begun, https.address)
    for now in (NOW, NOW + HOUR):
        with clock.frozen_at(now):
            pull.fetch_due_days(now)
    assert len(https.asked) == 1
    assert Statement.objects.get().is_current


def test_what_was_sent_another_way_is_not_fetched(begun: Merchant, https: HttpsHost, tmp_path: Path) -> None:
    source_of(begun, https.address)
    sent = tmp_path / "sent.csv"
    sent.write_bytes(FILE)
    with clock.frozen_at(NOW), sent.open("rb") as file:
        statement = statements.receive_statement(
            merchant=begun, day=DAY, name="sent.csv", content=file, source="upload"
        )
        statements.read_statement(statement=statement)
        assert pull.fetch_due_days(NOW) == 0
    assert https.asked == []


def switched_off(source: StatementSource) -> None:
    pull.switch_source(source=source, on=False, by=None)


def plan_off(source: StatementSource) -> None:
    ReconciliationPlan.objects.update(is_on=False)


def closed(source: StatementSource) -> None:
    Merchant.objects.update(status="closed")


@pytest.mark.parametrize("change", [switched_off, plan_off, closed])
def test_what_is_off_is_not_fetched(acme: Merchant, https: HttpsHost, change: Any) -> None:
    source = source_of(acme, https.address)
    assert due(NOW) == [("acme", DAY)]
    change(source)
    assert due(NOW) == []


def test_of_two_workers_one_fetches(acme: Merchant, https: HttpsHost) -> None:
    source_of(acme, https.address)
    (mine, _), (theirs, _) = pull.due_sources(NOW) + pull.due_sources(NOW)
    assert [pull.claim_source(mine, NOW), pull.claim_source(theirs, NOW)] == [True, False]


def test_a_host_that_hangs_does_not_keep_others_waiting(
    acme: Merchant, rival: Merchant, https: HttpsHost, sftp: SftpHost, owner: Person, settings: Any
) -> None:
    """Both are asked side by side, and what one gives is taken in while the other is given up."""
    settings.STATEMENT_FETCH_IDLE_SECONDS = 6
    source_of(acme, https.address)
    sftp.before_piece = lambda: time.sleep(9)
    source_of(planned(rival), sftp.address, password=PASSWORD, host_key=sftp.host_key, by=owner)
    with clock.frozen_at(NOW):
        assert pull.fetch_due_days(NOW) == 1
    answers = dict(StatementSource.objects.values_list("merchant__code", "last_answer"))
    assert answers["acme"] == "The file of 2026-01-31 arrived: 1 rows."
    assert "did not" in answers["rival"]


def test_what_is_due_is_found_in_two_questions(db: None, https: HttpsHost, django_assert_num_queries: Any) -> None:
    for number in range(5):
        source_of(planned(factories.merchant(f"m-{number}")), https.address)
    with django_assert_num_queries(2):
        assert len(pull.due_sources(NOW)) == 5
