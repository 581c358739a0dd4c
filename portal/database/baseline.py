"""A new database begins with the whole schema in one file; the migrations after it follow one by one.

Applying every migration from the first takes Django a minute, nearly all of it for rebuilding its models after each
step. The file is written by `make baseline`; its first line is a hash of the migrations that it was made of. Tests
compare the hash in each run, and both ways by `make test-nightly`.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from portal.database.roles import GUARD

FILE = Path(__file__).with_name("baseline.sql")
CHECKOUT = Path(__file__).parents[2]
MADE_OF = "-- Made of the migrations "
UNFILLED = ("auth_permission", "django_content_type")  # post_migrate fills them
DUMP_OPTIONS = (
    f"--exclude-schema={GUARD}",  # `make_roles` makes it, and its event trigger
    "--no-owner",
    "--no-privileges",
    "--rows-per-insert=1000",
    *(f"--exclude-table-data=public.{table}" for table in UNFILLED),
)
IS_EMPTY = (
    "SELECT NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p'))"
)
META_COMMAND = re.compile(r"^\\.*\n", re.MULTILINE)
MOMENT = re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\+00'")
SESSION = re.compile(r"^SET ", re.MULTILINE)
SEARCH_PATH = "set_config('search_path', '', false)"
COUNTERS = re.compile(rf"^SELECT pg_catalog.setval\('public.(?:{'|'.join(UNFILLED)})_id_seq'.*\n", re.MULTILINE)
EVENT_TRIGGERS = re.compile(r"^CREATE EVENT TRIGGER [^;]*;\n", re.MULTILINE)
SCHEMAS = re.compile(r"^CREATE SCHEMA (?!IF)", re.MULTILINE)
NOISE = re.compile(r"--\n-- (?:Data for )?Name: .*\n--\n\n|^-- Dumped .*\n", re.MULTILINE)  # not in bodies


def load_baseline(connection: BaseDatabaseWrapper) -> bool:
    """Create the schema in one transaction, and return True. False, without any change, if a table exists."""
    with connection.cursor() as cursor:
        cursor.execute(IS_EMPTY)
        if not cursor.fetchone()[0]:
            return False
    with connection.connection.transaction(), connection.connection.cursor() as cursor:
        cursor.execute(FILE.read_text())
    return True


def baseline_from_dump(dump: str) -> str:
    """Return the output of pg_dump as a file for `load_baseline`.

    psql's own commands are left out, moments become the moment of loading, and settings end with the transaction.
    """
    script = EVENT_TRIGGERS.sub("", COUNTERS.sub("", NOISE.sub("", META_COMMAND.sub("", dump))))
    script = SESSION.sub("SET LOCAL ", script).replace(SEARCH_PATH, SEARCH_PATH.replace("false", "true"))
    script = MOMENT.sub("now()", SCHEMAS.sub("CREATE SCHEMA IF NOT EXISTS ", script))
    return f"{MADE_OF}{migrations_digest()}\n{script}"


def migrations_digest() -> str:
    """Return one SHA-256 over every migration and the SQL that migrations install: names and content."""
    files = sorted(
        path.relative_to(CHECKOUT) for path in CHECKOUT.glob("*/migrations/**/*") if path.suffix in {".py", ".sql"}
    )
    whole = hashlib.sha256()
    for path in files:
        whole.update(f"{path.as_posix()}\n".encode())
        whole.update(hashlib.sha256((CHECKOUT / path).read_bytes()).digest())
    return whole.hexdigest()
