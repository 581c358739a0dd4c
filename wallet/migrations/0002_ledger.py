from pathlib import Path

from django.db import migrations

LEDGER = Path(__file__).parent / "sql" / "0002_ledger.sql"
# Every movement rewrites one account row; with room on its page no index has to be touched.
ROOM = "ALTER TABLE wallet_account SET (fillfactor = 50)"


class Migration(migrations.Migration):
    dependencies = [("wallet", "0001_initial"), ("merchants", "0001_initial")]
    operations = [
        migrations.RunSQL(LEDGER.read_text(), migrations.RunSQL.noop),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
    ]
