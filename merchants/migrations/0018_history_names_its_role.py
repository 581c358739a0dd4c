from django.db import migrations, models

import merchants.models.audit

EVENTS = [
    "alloweddomainevent",
    "allowlistentryevent",
    "apikeyevent",
    "approvalevent",
    "compromiseevent",
    "contactevent",
    "disabledgameevent",
    "gameevent",
    "invitationevent",
    "listtrialevent",
    "membershipevent",
    "merchantevent",
    "personevent",
    "playerevent",
    "secretevent",
    "staffvisitevent",
]


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
    dependencies = [("merchants", "0017_domains_have_owner_and_end")]
    operations = [naming_its_role("merchants", event) for event in EVENTS]
