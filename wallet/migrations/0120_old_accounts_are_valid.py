from django.db import migrations

VALIDATE = "ALTER TABLE wallet_account VALIDATE CONSTRAINT {}"
BEFORE = ["account_player_has_balance", "account_balance_representable", "account_never_play_money"]


class Migration(migrations.Migration):
    """All accounts are held against the check of the migration before, while new ones are written.

    Going back holds them against those that the migration after has put back.
    """

    atomic = False
    dependencies = [("wallet", "0119_accounts_are_valid")]
    operations = [migrations.RunSQL(VALIDATE.format("account_is_valid"), [VALIDATE.format(name) for name in BEFORE])]
