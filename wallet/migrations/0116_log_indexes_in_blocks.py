from importlib import import_module

import django.db.models.expressions
from django.db import migrations, models
from django.db.models import F, Q

online = import_module("wallet.migrations.0085_narrow_log_indexes")
NEW = {
    "request_player_block": "(player_id, (id / 65536)) WHERE player_id IS NOT NULL",
    "request_secret_block": "(secret_id, (id / 4096)) WHERE secret_id IS NOT NULL",
}
OLD = {
    "request_of_player": "(player_id, id) WHERE player_id IS NOT NULL",
    "request_of_secret": "(secret_id, id) WHERE secret_id IS NOT NULL",
}


class Migration(migrations.Migration):
    """The version before finds its rows by the first column of the new indexes, and sorts them."""

    atomic = False
    dependencies = [("wallet", "0113_emails_of_deliveries")]
    operations = [
        migrations.RunPython(online.build(NEW), online.drop(NEW)),
        migrations.RunPython(online.drop(OLD), online.build(OLD)),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex(model_name="signedrequest", name="request_of_player"),
                migrations.RemoveIndex(model_name="signedrequest", name="request_of_secret"),
                migrations.AddIndex(
                    model_name="signedrequest",
                    index=models.Index(
                        models.F("player_id"),
                        django.db.models.expressions.CombinedExpression(F("id"), "/", models.Value(65536)),
                        condition=Q(("player_id__isnull", False)),
                        name="request_player_block",
                    ),
                ),
                migrations.AddIndex(
                    model_name="signedrequest",
                    index=models.Index(
                        models.F("secret"),
                        django.db.models.expressions.CombinedExpression(F("id"), "/", models.Value(4096)),
                        condition=Q(("secret__isnull", False)),
                        name="request_secret_block",
                    ),
                ),
            ],
        ),
    ]
