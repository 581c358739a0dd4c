from django.db import migrations

DROP = """
    DROP FUNCTION IF EXISTS wallet_apply(wallet_caller, wallet_call, merchants_player, integer, bigint);
    DROP FUNCTION IF EXISTS wallet_bet(wallet_caller, wallet_call, merchants_player, integer, bigint);
    DROP FUNCTION IF EXISTS wallet_repeat(wallet_caller, wallet_call, merchants_player, wallet_transaction);
"""


class Migration(migrations.Migration):
    """Calls that began before 0093 have ended; they called these. Going back before 0093 installs them again."""

    dependencies = [("wallet", "0117_narrow_session_indexes")]
    operations = [migrations.RunSQL(DROP, migrations.RunSQL.noop)]
