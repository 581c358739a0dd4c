"""The version: said once, shown everywhere, and remembered by the database."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test import Client

from portal import UPGRADES_FROM, __version__
from portal.database import releases
from tests.plugins.database_role import as_superuser

CHECKOUT = Path(__file__).parents[2]


def test_the_project_and_the_package_have_one_version() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    assert project["version"] == __version__
    assert releases.number(UPGRADES_FROM) <= releases.number(__version__)


def test_livez_says_the_version(client: Client) -> None:
    assert client.get("/livez").json() == {"live": True, "version": __version__}


def test_pages_say_the_version(client: Client, db: None) -> None:
    assert f"Oppi Games portal {__version__}" in client.get("/account/login/").text


@pytest.mark.django_db
def test_migrate_has_recorded_the_version() -> None:
    assert releases.newest(connection) == __version__


@pytest.mark.django_db
def test_a_skipped_stop_is_refused_with_a_sentence() -> None:
    with pytest.raises(CommandError) as refused:
        releases.check_step(connection, version="3.0.0", oldest="2.1.0")
    assert str(refused.value) == (
        f"This database is of version {__version__}, and version 3.0.0 upgrades from 2.1.0 or later. Install 2.1.0"
        " first, run its migrate, then install 3.0.0."
    )


@pytest.mark.django_db
def test_an_older_version_does_not_migrate_a_newer_database() -> None:
    with as_superuser():
        releases.record(connection, "10.0.0")
        releases.record(connection, "9.0.0")
    with pytest.raises(CommandError, match=r"is of version 10\.0\.0, and this is version"):
        releases.check_step(connection)


@pytest.mark.django_db
def test_each_next_version_may() -> None:
    releases.check_step(connection)
    releases.check_step(connection, version="1.5.0", oldest=__version__)


@pytest.mark.django_db
def test_a_database_from_before_versions_were_recorded_is_the_first() -> None:
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE merchants_release")
    assert releases.newest(connection) == releases.UNNAMED
    releases.check_step(connection)
    with pytest.raises(CommandError, match=r"Install 1\.0\.0 first"):
        releases.check_step(connection, version="2.0.0", oldest="1.0.0")


@pytest.mark.django_db
def test_an_empty_database_is_migrated_by_any_version() -> None:
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE merchants_release; DELETE FROM django_migrations")
    assert releases.newest(connection) is None
    releases.check_step(connection, version="9.0.0", oldest="8.0.0")
