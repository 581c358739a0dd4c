"""A maximum stake without a currency becomes the same number in each currency of the merchant; others are refused."""

from typing import Any

from django.db import migrations, transaction

from portal.lib.currencies import MOST_DECIMALS, decimals_of

AT_ONCE = 500  # players whose bets wait for one another
# Of the merchant and its twin: a sandbox begins with the limits of its live merchant. Nobody has played: in euro.
CURRENCIES = """
    SELECT DISTINCT a.currency FROM merchants_merchant m
      JOIN merchants_merchant t ON t.id IN (m.id, m.sandbox_of_id) OR t.sandbox_of_id = m.id
      JOIN wallet_account a ON a.merchant_id = t.id AND a.kind = 'games'
     WHERE m.id = %s
"""
HAVE_ONE = """
    SELECT m.id FROM merchants_merchant m
     WHERE m.max_stake > 0 OR EXISTS (SELECT FROM merchants_player p WHERE p.merchant_id = m.id AND p.max_stake > 0)
     ORDER BY m.id
"""
# A fraction of the smallest unit is dropped: a limit may fall, and never rises. What a currency has already stays.
BY_CURRENCY = """
    (SELECT jsonb_object_agg(c.currency, o.max_stake / c.smallest * c.smallest)
       FROM unnest(%s::text[], %s::bigint[]) c (currency, smallest))
    || CASE jsonb_typeof(o.max_stake_by_currency) WHEN 'object' THEN o.max_stake_by_currency ELSE '{}' END
"""
OF_MERCHANT = f"""
    UPDATE merchants_merchant o SET max_stake_by_currency = {BY_CURRENCY}, max_stake = 0
     WHERE o.id = %s AND o.max_stake > 0
"""
OF_PLAYERS = f"""
    UPDATE merchants_player o SET max_stake_by_currency = {BY_CURRENCY}, max_stake = 0
      FROM (SELECT id FROM merchants_player WHERE merchant_id = %s AND max_stake > 0
             ORDER BY id LIMIT {AT_ONCE} FOR NO KEY UPDATE) few
     WHERE o.id = few.id
"""


def state_currencies(apps: Any, schema_editor: Any) -> None:
    """Each statement is a transaction of its own, so no bet waits for all of them; a second run finds the rest."""
    database = schema_editor.connection
    with database.cursor() as cursor:
        cursor.execute(HAVE_ONE)
        for (merchant,) in cursor.fetchall():
            cursor.execute(CURRENCIES, [merchant])
            codes = sorted(code for (code,) in cursor.fetchall()) or ["EUR"]
            smallest = [10 ** (MOST_DECIMALS - decimals_of(code)) for code in codes]
            with transaction.atomic(using=database.alias):
                cursor.execute(OF_MERCHANT, [codes, smallest, merchant])
            _state_players(database, cursor, [codes, smallest, merchant])


def _state_players(database: Any, cursor: Any, values: list[Any]) -> None:
    more = True
    while more:
        with transaction.atomic(using=database.alias):
            cursor.execute(OF_PLAYERS, values)
            more = cursor.rowcount > 0


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("wallet", "0121_old_checks_of_accounts_go"), ("merchants", "0094_names_of_stakes")]
    operations = [migrations.RunPython(state_currencies, migrations.RunPython.noop)]
