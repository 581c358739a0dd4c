from pathlib import Path

from django.db import migrations

LEDGER = Path(__file__).resolve().parent.parent / "ledger" / "post.sql"


class Migration(migrations.Migration):
    """Installs the ledger's functions anew: late payouts find their bets by session, a bet's limit its own index."""

    dependencies = [("wallet", "0023_counted_bets")]
    operations = [migrations.RunSQL(LEDGER.read_text(), migrations.RunSQL.noop)]
