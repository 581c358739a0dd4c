from django.db import migrations

# How files tell of rollbacks was guessed from each day's rows. Now the mapping says it. For a merchant that has ever sent
# a row of a rollback: rows. Else, where a column says a state: flags. Else rows, by which nothing is overlooked. A file of
# totals has a line for rollbacks, or is of what stands. Statements get it too, so that the same file is the same statement.
RULE = """
    CASE WHEN EXISTS (SELECT FROM wallet_statement s
                       WHERE s.merchant_id = {row}.merchant_id AND s.grain = {row}.grain AND s.state = 'read'
                         AND s.totals @> '[{{"kind": "rollback"}}]') THEN 'rows'
         WHEN {row}.grain = 'totals' THEN 'none'
         WHEN {row}.mapping -> 'columns' ? 'state' THEN 'flags'
         ELSE 'rows' END
"""
STATE = """
    UPDATE {table} r SET mapping = r.mapping || jsonb_build_object('rollbacks', {rule})
     WHERE r.mapping ? 'columns' AND NOT r.mapping ? 'rollbacks'
"""
FORGET = "UPDATE {table} SET mapping = mapping - 'rollbacks' WHERE mapping ? 'rollbacks'"


class Migration(migrations.Migration):
    """Rows are locked one by one, and no table is."""

    dependencies = [("wallet", "0042_case_kinds_by_their_names")]
    operations = [
        migrations.RunSQL(STATE.format(table=table, rule=RULE.format(row="r")), FORGET.format(table=table))
        for table in ("wallet_statement", "wallet_reconciliationplan")
    ]
