from pathlib import Path

from django.db import migrations

from portal.database.operations import InstallFunctions

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """A test key moves nothing but the money of a sandbox, a live key nothing of a sandbox: the ledger asks as well.

    Late payouts find their bets by session, and a bet's limit has an index of its own.
    """

    dependencies = [("merchants", "0027_sandbox"), ("wallet", "0033_cases_waiting_for_second")]
    operations = [InstallFunctions(SQL / "0034_ledger.sql", before=SQL / "0021_ledger.sql")]
