from django.db import migrations, models

import merchants.models.audit

EVENTS = ["caseevent", "exportevent", "reconciliationplanevent", "reportrecipientevent", "statementsourceevent"]


def naming_its_role(app: str, event: str) -> migrations.SeparateDatabaseAndState:
    """The default comes after the column: rows that are there keep none, and are not rewritten."""
    table = f"{app}_{event}"
    field = models.CharField(
        db_default=merchants.models.audit.SessionUser(), editable=False, max_length=63, null=True
    )
    add = (
        f"ALTER TABLE {table} ADD COLUMN pgh_role varchar(63);"
        f"ALTER TABLE {table} ALTER COLUMN pgh_role SET DEFAULT SESSION_USER"
    )
    return migrations.SeparateDatabaseAndState(
        [migrations.RunSQL(add, f"ALTER TABLE {table} DROP COLUMN pgh_role")],
        [migrations.AddField(model_name=event, name="pgh_role", field=field)],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0018_history_names_its_role"),
        ("wallet", "0019_unsigned_calls_of_a_merchant"),
    ]
    operations = [naming_its_role("wallet", event) for event in EVENTS]
