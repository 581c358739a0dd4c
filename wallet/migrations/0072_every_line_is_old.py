from pathlib import Path

from django.db import migrations

from portal.database.operations import InstallFunctions

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("wallet", "0071_words_of_opt_outs")]
    operations = [InstallFunctions(SQL / "0072_request_log.sql", SQL / "0065_request_log.sql")]
