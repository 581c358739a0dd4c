from pathlib import Path

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

from portal.database.operations import InstallFunctions

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """The ledger posts correcting entries; the checks of the migration before are held against all rows."""

    dependencies = [("wallet", "0055_correcting_entries")]
    operations = [
        InstallFunctions(SQL / "0056_ledger.sql", before=SQL / "0050_ledger.sql"),
        ValidateConstraint("account", "account_player_has_balance"),
        ValidateConstraint("transaction", "transaction_correction_apart"),
        ValidateConstraint("transaction", "transaction_signed_or_correction"),
    ]
