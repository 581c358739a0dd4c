from pathlib import Path

from django.db import migrations

from portal.database.operations import InstallFunctions

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """A bet reads all that it depends on by one statement."""

    dependencies = [("wallet", "0090_watermarks_and_owed_cases")]
    operations = [InstallFunctions(SQL / "0093_ledger.sql", before=SQL / "0056_ledger.sql")]
