from django.db import migrations

from portal.database.operations import RemoveConstraintOnline

MOVED = ["account_player_has_balance", "account_balance_representable", "account_never_play_money"]


class Migration(migrations.Migration):
    """The table's own checks go: the domain has each of them under the same name, and all rows were held against it."""

    dependencies = [("wallet", "0120_old_accounts_are_valid")]
    operations = [RemoveConstraintOnline("account", name) for name in MOVED]
