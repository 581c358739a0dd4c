from pathlib import Path

from django.db import migrations

LEDGER = Path(__file__).resolve().parent.parent / "ledger" / "post.sql"
ASKED = "           (k.environment = 'test') <> (m.sandbox_of_id IS NOT NULL) AS elsewhere,\n"
REFUSED = "NOT FOUND OR v.elsewhere OR"


def without_sandboxes() -> str:
    """As the ledger was: the column that it asks for goes next."""
    return LEDGER.read_text().replace(ASKED, "").replace(REFUSED, "NOT FOUND OR")


class Migration(migrations.Migration):
    """A test key moves nothing but the money of a sandbox, a live key nothing of a sandbox: the ledger asks as well."""

    dependencies = [("merchants", "0027_sandbox"), ("wallet", "0019_unsigned_calls_of_a_merchant")]
    operations = [migrations.RunSQL(LEDGER.read_text(), without_sandboxes())]
