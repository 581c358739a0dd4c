from django.db import migrations, models

# Whoever sums up or reads locks the marks first and the sums after: so does this, in both directions.
MARK = "SELECT FROM wallet_mark WHERE source = 'movements' FOR UPDATE"


def rollbacks_as(kind: str) -> str:
    """Sums the rollbacks up anew as `kind` of the row `o` that they reverse, up to the mark: all other sums are right."""
    return f"""
        DELETE FROM wallet_movementhour WHERE right(kind, 5) = '_back';
        INSERT INTO wallet_movementhour (secret_id, hour, address, kind, currency, moves, amount, first_at, last_at)
        SELECT t.secret_id, date_trunc('hour', t.created_at, 'UTC'), t.address, {kind}, t.currency, count(*),
               sum(t.amount), min(t.created_at), max(t.created_at)
          FROM wallet_transaction t
          JOIN wallet_transaction o ON o.id = t.reverses_id
         WHERE t.id <= (SELECT upto FROM wallet_mark WHERE source = 'movements')
         GROUP BY 1, 2, 3, 4, 5
    """


TOLD_APART = rollbacks_as("o.kind || '_back'")
BY_DIRECTION = rollbacks_as("CASE WHEN o.kind IN ('bet', 'withdraw') THEN 'given_back' ELSE 'taken_back' END")
KINDS = [
    ("bet", "Bets"),
    ("payout", "Payouts"),
    ("reward", "Rewards"),
    ("deposit", "Deposits"),
    ("withdraw", "Withdrawals"),
    ("bet_back", "Bets rolled back"),
    ("payout_back", "Payouts rolled back"),
    ("reward_back", "Rewards rolled back"),
    ("deposit_back", "Deposits rolled back"),
    ("withdraw_back", "Withdrawals rolled back"),
    ("nothing", "Moved nothing"),
]


class Migration(migrations.Migration):
    """No call reads or writes this table. The job beside it waits, and an old one fails until it is started anew: then
    it sums up what came meanwhile.
    """

    dependencies = [("wallet", "0017_statement_rows_beside_the_file")]
    operations = [
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
        migrations.AlterField("movementhour", "kind", models.CharField(choices=KINDS, max_length=13)),
        migrations.RunSQL(TOLD_APART, BY_DIRECTION),
        migrations.AddConstraint(
            "movementhour",
            models.CheckConstraint(
                condition=~models.Q(kind__in=["given_back", "taken_back"]), name="movement_hour_tells_rollbacks_apart"
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, MARK),
    ]
