from importlib import import_module

import django.db.models.expressions
from django.db import migrations, models
from django.db.models import F, Q

online = import_module("wallet.migrations.0085_narrow_log_indexes")
NEW = {"request_merchant_block": "(merchant_id, (id / 1024)) WHERE merchant_id IS NOT NULL"}
OLD = {"request_of_merchant": "(merchant_id, id)"}


class Migration(migrations.Migration):
    """The version before finds a merchant's rows by the first column of the new index, and sorts them."""

    atomic = False
    dependencies = [("wallet", "0131_coarser_sums_of_days_before")]
    operations = [
        migrations.RunPython(online.build(NEW), online.drop(NEW)),
        migrations.RunPython(online.drop(OLD), online.build(OLD)),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex(model_name="signedrequest", name="request_of_merchant"),
                migrations.AddIndex(
                    model_name="signedrequest",
                    index=models.Index(
                        models.F("merchant"),
                        django.db.models.expressions.CombinedExpression(F("id"), "/", models.Value(1024)),
                        condition=Q(("merchant__isnull", False)),
                        name="request_merchant_block",
                    ),
                ),
            ],
        ),
    ]
