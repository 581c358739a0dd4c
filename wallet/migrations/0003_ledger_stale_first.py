from pathlib import Path

from django.db import migrations

LEDGER = Path(__file__).parent / "sql" / "0003_ledger.sql"


class Migration(migrations.Migration):
    """Installs the ledger's functions anew: the file says all of them, whatever stood there before."""

    dependencies = [("wallet", "0002_ledger"), ("merchants", "0002_credential_life")]
    operations = [migrations.RunSQL(LEDGER.read_text(), migrations.RunSQL.noop)]
