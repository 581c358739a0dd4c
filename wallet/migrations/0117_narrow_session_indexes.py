from django.db import migrations, models

from portal.database.operations import AddIndexOnline

# Session ids are compared byte by byte ("C"), so their unique index finds beginnings as well.
DROP_BEGINNINGS = "DROP INDEX CONCURRENTLY IF EXISTS wallet_session_session_id_6f6b47c2_like"
BUILD_BEGINNINGS = """
    CREATE INDEX CONCURRENTLY IF NOT EXISTS wallet_session_session_id_6f6b47c2_like
        ON wallet_session (session_id varchar_pattern_ops)
"""
DROP_FALLING = "DROP INDEX CONCURRENTLY IF EXISTS session_newest"
BUILD_FALLING = "CREATE INDEX CONCURRENTLY IF NOT EXISTS session_newest ON wallet_session (merchant_id, id DESC)"


class Migration(migrations.Migration):
    """New rows come last in an index of rising ids, and leave its pages full; it is read backwards."""

    atomic = False
    dependencies = [("wallet", "0116_log_indexes_in_blocks")]
    operations = [
        AddIndexOnline(model_name="session", index=models.Index(fields=["merchant", "id"], name="session_of_merchant")),
        migrations.RunSQL(
            DROP_FALLING,
            BUILD_FALLING,
            state_operations=[migrations.RemoveIndex(model_name="session", name="session_newest")],
        ),
        migrations.RunSQL(DROP_BEGINNINGS, BUILD_BEGINNINGS),
    ]
