from typing import Any

from django.db import migrations


def cut(apps: Any, schema_editor: Any) -> None:
    """Signatures that stand whole in the table; piece by piece, each committed. What an older process still writes is
    cut by the hourly job.
    """
    calls = apps.get_model("wallet", "RefusedCall").objects.using(schema_editor.connection.alias)
    if calls.exists():
        from wallet.services.calls import stored_signature

        stored_signature.cut_stored_signatures(calls)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("wallet", "0025_refused_calls_bounded")]
    operations = [migrations.RunPython(cut, migrations.RunPython.noop)]
