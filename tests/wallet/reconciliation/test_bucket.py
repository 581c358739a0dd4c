"""Private files in a bucket: a store that speaks S3 over HTTP on a loopback address."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import RequestFactory
from moto.server import ThreadedMotoServer

from merchants.models import Merchant, Person
from portal.backup import private_files as backup_of_files
from portal.lib import clock
from portal.lib.private_storage import UnreadablePlace, storage_settings
from portal.local.ports import free_port
from portal.middleware import PrivateFilesAway
from tests.pages import said
from tests.wallet import reconciling
from wallet.models import StatementPreview
from wallet.models.statement import list_private, private_files
from wallet.reconciliation import drafts, statements

DAY = date(2026, 1, 31)
CONTENT = b"transactionId,kind,playerId,currency,amount\nt-1,bet,ada,EUR,100\nt-2,payout,ada,EUR,250\n"
COLUMNS = {
    "transaction_id": "transactionId",
    "kind": "kind",
    "player_id": "playerId",
    "currency": "currency",
    "amount": "amount",
}
ACCESS, SECRET = "access-key", "secret+key"
PLACE = "s3://access-key:secret%2Bkey@{host}/{bucket}/portal?region=eu-central-1"


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """The host and port of a store."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(store: str, settings: Any) -> Any:
    """An empty bucket, in which the private files are."""
    name = f"bucket-{uuid4()}"
    client: Any = boto3.client(
        "s3",
        endpoint_url=f"http://{store}",
        aws_access_key_id=ACCESS,
        aws_secret_access_key=SECRET,
        region_name="eu-central-1",
    )
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    place = PLACE.format(host=store, bucket=name)
    settings.STORAGES = settings.STORAGES | {"private": storage_settings(place)}
    return lambda: {item["Key"] for item in client.list_objects_v2(Bucket=name).get("Contents", [])}


@pytest.fixture
def acme(acme: Merchant) -> Merchant:
    Merchant.objects.filter(pk=acme.pk).update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    acme.refresh_from_db()
    return acme


def test_a_statement_is_stored_read_and_swept(acme: Merchant, bucket: Any) -> None:
    statement = statements.receive_statement(
        merchant=acme,
        content=io.BytesIO(CONTENT),
        day=DAY,
        name="day.csv",
        source="upload",
        mapping={"columns": COLUMNS, "amounts": "units"},
    )
    assert bucket() == {f"portal/{statement.file.name}"}
    assert statements.read_statement(statement=statement).faults == []
    assert [row.transaction_id for row in reconciling.rows_of(statement)] == ["t-1", "t-2"]

    lost = private_files().save(f"{statements.FOLDER}/{clock.now():%Y/%m}/lost", ContentFile(b"no row"))
    assert statements.delete_orphaned_files(clock.now()) == 0, "its row may still come"
    assert statements.delete_orphaned_files(clock.now() + timedelta(days=2)) == 1
    assert not private_files().exists(lost)
    assert bucket() == {f"portal/{statement.file.name}"}


def test_a_draft_is_kept_shown_and_purged(acme: Merchant, bucket: Any) -> None:
    ada = Person.objects.create_user("ada@casino.test")
    kept = drafts.keep_draft(
        merchant=acme, by=ada, day=DAY, name="day.csv", content=io.BytesIO(CONTENT), size=len(CONTENT)
    )
    found = drafts.find_draft(merchant=acme, by=ada, token=kept.token)
    assert found is not None
    with found.open() as file:
        assert file.read() == CONTENT
    StatementPreview.objects.all().delete()
    assert len(bucket()) == 1
    assert drafts.purge_drafts(clock.now() + timedelta(days=2)) == 1
    assert bucket() == set()


def test_a_backup_copies_the_files_of_a_bucket(bucket: Any, settings: Any, tmp_path: Path) -> None:
    settings.BACKUP_FOLDER, settings.BACKUP_KEYS = str(tmp_path / "backup"), {}
    private_files().save("statements/2026/01/one", ContentFile(CONTENT))
    assert backup_of_files.mirror() == 1
    assert backup_of_files.restore(tmp_path / "restored") == 1
    assert (tmp_path / "restored" / "statements/2026/01/one").read_bytes() == CONTENT


def test_nothing_stored_is_an_empty_list(bucket: Any) -> None:
    assert list_private("statements/2026/01") == ([], [])
    assert bucket() == set()


@pytest.mark.parametrize(
    "place", ["s3://host/bucket", "s3://key@host/bucket", "s3://key:secret@host", "s3://key:secret@host/"]
)
def test_a_place_without_keys_or_bucket_is_refused(place: str) -> None:
    with pytest.raises(UnreadablePlace, match="s3://ACCESS_KEY:SECRET_KEY@HOST/BUCKET"):
        storage_settings(place)


def test_a_store_elsewhere_is_asked_by_https_and_a_folder_stays_one() -> None:
    options = storage_settings("s3://key:secret@store.example/bucket")["OPTIONS"]
    assert options["endpoint_url"] == "https://store.example"
    assert storage_settings(settings.PRIVATE_FILES)["OPTIONS"]["location"] == settings.PRIVATE_FILES


@pytest.mark.parametrize("away", ["refused", "no bucket"])
def test_a_page_says_that_the_store_is_away(away: str, store: str, rf: RequestFactory, settings: Any) -> None:
    """Nobody listens there, or the store answers that there is no such bucket."""
    host = store if away == "no bucket" else f"127.0.0.1:{free_port()}"
    place = PLACE.format(host=host, bucket="none-of-these")
    settings.STORAGES = settings.STORAGES | {"private": storage_settings(place)}
    with pytest.raises((BotoCoreError, Boto3Error, ClientError)) as found:
        private_files().save("statements/2026/01/one", ContentFile(CONTENT))
    middleware = PrivateFilesAway(lambda _: HttpResponse())
    assert f"{PrivateFilesAway.__module__}.{PrivateFilesAway.__qualname__}" in settings.MIDDLEWARE
    answer = middleware.process_exception(rf.post("/operator/acme/"), found.value)
    assert answer is not None
    assert answer.status_code == 503
    assert "The file store is not available" in said(answer)
    assert "no change was made" in said(answer)
    assert middleware.process_exception(rf.post("/operator/acme/"), ValueError()) is None
