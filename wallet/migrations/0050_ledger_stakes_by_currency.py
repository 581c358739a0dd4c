from pathlib import Path

from django.db import migrations

from portal.database.operations import InstallFunctions

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """The ledger judges a stake by the limit of its currency, and by that of any currency where there is none."""

    dependencies = [("merchants", "0039_max_stake_by_currency"), ("wallet", "0047_statements_have_a_scope")]
    operations = [InstallFunctions(SQL / "0050_ledger.sql", before=SQL / "0034_ledger.sql")]
