from django.db import migrations, models

import merchants.models.audit

EVENTS = ["downloadevent", "ownerquestionevent", "secretclaimevent"]


def naming_its_role(event: str) -> migrations.SeparateDatabaseAndState:
    """As of the others: the default comes after the column, so that it says nothing of rows that are there."""
    table = f"merchants_{event}"
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
    dependencies = [("merchants", "0034_one_line")]
    operations = [naming_its_role(event) for event in EVENTS]
