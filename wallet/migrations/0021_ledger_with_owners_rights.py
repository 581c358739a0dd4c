from pathlib import Path

from django.db import migrations

from portal.database.operations import InstallFunctions

LEDGER = Path(__file__).parent / "sql" / "0021_ledger.sql"


class Migration(migrations.Migration):
    """Money moves only through these functions, with the owner's rights. Restart the web processes afterwards."""

    dependencies = [("wallet", "0020_history_names_its_role")]
    operations = [InstallFunctions(LEDGER)]
