-- A day's current statement against the ledger's day, by transaction id: what is not the same on both sides.
-- `judging.sql` says afterwards what is wrong with each, and leaves the breaks in `reconciliation_break`.
--
-- The ledger is read by one statement, so all of it is of one moment, and no lock is taken that a bet could wait for.
-- What the later steps look up are rows of other days, which stay as they are, and what was refused.
-- `{theirs}` are the rows of the statement as a view casts them; a column that a statement does not have is empty there
-- and is not compared.

DROP TABLE IF EXISTS pg_temp.reconciliation_our_rollback, pg_temp.reconciliation_said_back,
                     pg_temp.reconciliation_their_rollback, pg_temp.reconciliation_met, pg_temp.reconciliation_taken,
                     pg_temp.reconciliation_double, pg_temp.reconciliation_twice, pg_temp.reconciliation_their_ref,
                     pg_temp.reconciliation_elsewhere;

-- What rollbacks of ours took back since the day began, each movement on its own; a file may know of later ones. `effect`
-- is what the player gets of it. What the plan leaves out is in no sum of ours, and so is not here either.
CREATE TEMP TABLE reconciliation_our_rollback ON COMMIT DROP AS
SELECT t.reverses_id AS o_id, t.transaction_id AS r_id, t.part, t.created_at AS at, t.currency, t.amount,
       x.transaction_id AS x_id, x.kind AS x_kind, x.created_at >= %(begin)s AND x.created_at < %(end)s AS is_of_day,
       CASE WHEN x.kind IN ('bet', 'withdraw') THEN t.amount ELSE -t.amount END AS effect
  FROM wallet_transaction t
  JOIN wallet_transaction x ON x.id = t.reverses_id
 WHERE t.reverses_id IS NOT NULL AND t.merchant_id = %(merchant)s AND t.created_at >= %(begin)s AND {ours};
CREATE INDEX ON reconciliation_our_rollback (o_id);
CREATE INDEX ON reconciliation_our_rollback (x_id);
ANALYZE reconciliation_our_rollback;

-- The lines by which the statement says that something was rolled back, and what: a row of its own or a flag. Where a
-- row has no reference, ours of that id has it.
CREATE TEMP TABLE reconciliation_said_back ON COMMIT DROP AS
SELECT s.line, s.transaction_id, s.kind = 'rollback' AS is_listed, s.currency, s.amount,
       CASE WHEN s.kind <> 'rollback' THEN s.transaction_id
            ELSE coalesce(s.ref_transaction_id, (
                 SELECT o.ref_transaction_id FROM wallet_transaction o
                  WHERE o.merchant_id = %(merchant)s AND o.transaction_id = s.transaction_id AND o.part = 0
                    AND o.kind = 'rollback')) END AS x_id
  FROM {theirs} s
 WHERE s.kind = 'rollback' OR s.is_rolled_back;

CREATE TEMP TABLE reconciliation_their_rollback ON COMMIT DROP AS
SELECT s.x_id AS id FROM reconciliation_said_back s WHERE s.x_id IS NOT NULL GROUP BY 1;
ANALYZE reconciliation_their_rollback;

-- Everything that is not the same on both sides, and for a moment what they took back. A payout goes with its bet when
-- the statement takes the bet back.
CREATE TEMP TABLE reconciliation_met ON COMMIT DROP AS
SELECT * FROM (
SELECT o.id AS o_id, coalesce(o.transaction_id, t.transaction_id) AS transaction_id, o.kind AS o_kind,
       o.player_id AS o_player, o.game_id AS o_game, o.currency AS o_currency, o.amount AS o_amount, o.ref AS o_ref,
       o.reverses_id AS o_reverses, o.session_id AS o_session, o.round_id AS o_round, o.at AS o_at,
       u.at AS o_rolled_at, u.r_id AS o_rolled_by, t.line AS t_line, t.kind AS t_kind,
       t.player_id AS t_player, t.game_id AS t_game, t.currency AS t_currency, t.amount AS t_amount, t.ref AS t_ref,
       t.at AS t_at, (b.id IS NOT NULL OR c.id IS NOT NULL) AS t_rolled,
       (o.id IS NULL OR t.line IS NULL OR t.amount <> o.amount
        OR (t.kind <> o.kind AND t.kind <> '')
        OR (t.player_id <> o.player_id AND t.player_id <> '')
        OR (t.game_id <> o.game_id AND t.game_id <> '')
        OR (t.currency <> o.currency AND t.currency <> '')
        OR (o.kind <> 'rollback'
            AND CASE WHEN b.id IS NOT NULL OR c.id IS NOT NULL THEN u.at IS NULL
                     ELSE u.at < %(end)s END)) IS TRUE AS differs
  FROM (SELECT t.id, t.transaction_id, t.kind, p.player_id, g.game_id, t.currency, t.amount,
               t.ref_transaction_id AS ref, t.reverses_id, t.session_id, t.round_id, t.created_at AS at
          FROM wallet_transaction t
          LEFT JOIN merchants_player p ON p.id = t.player_id AND p.merchant_id = %(merchant)s
          LEFT JOIN merchants_game g ON g.id = t.game_id
         WHERE t.merchant_id = %(merchant)s AND t.part = 0 AND t.debit_account_id IS NOT NULL
           AND t.created_at >= %(begin)s AND t.created_at < %(end)s AND {ours}) o
  FULL JOIN (SELECT s.line, s.transaction_id, s.kind, s.player_id, s.game_id, s.currency, s.amount,
                    s.ref_transaction_id AS ref, s.at
               FROM {theirs} s) t
    ON t.transaction_id = o.transaction_id
  -- Above the join of both sides: below it, a table of this session would keep other processes from helping.
  LEFT JOIN reconciliation_our_rollback u ON u.o_id = o.id
  LEFT JOIN reconciliation_their_rollback b ON b.id = t.transaction_id
  LEFT JOIN reconciliation_their_rollback c ON c.id = coalesce(t.ref, o.ref) AND t.kind = 'payout'
) every
 WHERE every.differs OR every.t_rolled;

-- Rows of theirs that they took back. Of doubles, all lines.
CREATE TEMP TABLE reconciliation_taken ON COMMIT DROP AS
SELECT m.transaction_id AS x_id, m.t_currency AS currency, min(m.t_kind) AS kind, sum(m.t_amount) AS amount,
       min(coalesce(m.t_ref, m.o_ref)) AS bet_id
  FROM reconciliation_met m
 WHERE m.t_line IS NOT NULL AND m.t_rolled AND m.t_kind <> 'rollback'
 GROUP BY 1, 2;
CREATE INDEX ON reconciliation_taken (x_id);
ANALYZE reconciliation_taken;
DELETE FROM reconciliation_met m WHERE NOT m.differs;
UPDATE reconciliation_met m SET t_ref = s.x_id
  FROM reconciliation_said_back s
 WHERE s.is_listed AND s.line = m.t_line AND m.t_kind = 'rollback' AND m.t_ref IS NULL;
CREATE INDEX ON reconciliation_met (transaction_id);
CREATE INDEX ON reconciliation_met (o_id);
ANALYZE reconciliation_met;

-- Looked for by hashes first: a million ids with their sums would not fit in memory.
CREATE TEMP TABLE reconciliation_double ON COMMIT DROP AS
SELECT s.* FROM {theirs} s
 WHERE hashtextextended(s.transaction_id, 0) IN (
        SELECT hashtextextended(x.transaction_id, 0) FROM {theirs} x GROUP BY 1 HAVING count(*) > 1);
CREATE TEMP TABLE reconciliation_twice ON COMMIT DROP AS
SELECT s.transaction_id, count(*) AS times, min(s.line) AS line,
       string_agg(s.line::text, ', ' ORDER BY s.line) AS lines
  FROM reconciliation_double s
 GROUP BY s.transaction_id HAVING count(*) > 1;
ANALYZE reconciliation_double, reconciliation_twice;

-- Their doubles that say the same as our row have met it, and are looked up here once more.
INSERT INTO reconciliation_met (o_id, transaction_id, o_kind, o_player, o_game, o_currency, o_amount, o_ref, o_reverses,
                                o_session, o_round, o_at, o_rolled_at, o_rolled_by, t_line, t_kind, t_player, t_game,
                                t_currency, t_amount, t_ref, t_at, t_rolled, differs)
SELECT o.id, o.transaction_id, o.kind, p.player_id, g.game_id, o.currency, o.amount, o.ref_transaction_id, o.reverses_id,
       o.session_id, o.round_id, o.created_at, u.at, u.r_id, s.line, s.kind, s.player_id, s.game_id, s.currency, s.amount,
       s.ref_transaction_id, s.at, EXISTS (SELECT FROM reconciliation_taken x WHERE x.x_id = o.transaction_id), true
  FROM reconciliation_twice w
  JOIN wallet_transaction o ON o.merchant_id = %(merchant)s AND o.transaction_id = w.transaction_id AND o.part = 0
                           AND o.debit_account_id IS NOT NULL
                           AND o.created_at >= %(begin)s AND o.created_at < %(end)s
  JOIN reconciliation_double s ON s.transaction_id = w.transaction_id AND s.line = w.line
  LEFT JOIN reconciliation_our_rollback u ON u.o_id = o.id
  LEFT JOIN merchants_player p ON p.id = o.player_id
  LEFT JOIN merchants_game g ON g.id = o.game_id
 WHERE NOT EXISTS (SELECT FROM reconciliation_met m WHERE m.transaction_id = w.transaction_id AND m.t_line = w.line);

-- Of doubles the first line stands for all.
DELETE FROM reconciliation_met m USING reconciliation_twice w
 WHERE m.transaction_id = w.transaction_id AND m.t_line <> w.line;

-- Statements have no index by transaction: the few that are asked for are joined with all, once.
CREATE TEMP TABLE reconciliation_their_ref ON COMMIT DROP AS
SELECT s.transaction_id AS id, bool_or(s.kind = 'bet') AS is_bet
  FROM {theirs} s
 WHERE s.transaction_id IN (SELECT coalesce(m.o_ref, m.t_ref) FROM reconciliation_met m)
 GROUP BY 1;

-- Of rows that they alone have: the ledger's row of that id, whatever day or answer it has. An id that a correction took
-- is missing still: the correction settled its case.
CREATE TEMP TABLE reconciliation_elsewhere ON COMMIT DROP AS
SELECT m.transaction_id, w.id, w.kind, w.status, w.debit_account_id IS NOT NULL AS has_moved, w.created_at AS at,
       w.amount, w.currency, p.player_id, g.game_id, w.reverses_id, u.created_at AS rolled_at,
       u.transaction_id AS rolled_by
  FROM reconciliation_met m
  JOIN wallet_transaction w ON w.merchant_id = %(merchant)s AND w.transaction_id = m.transaction_id AND w.part = 0
  LEFT JOIN merchants_player p ON p.id = w.player_id
  LEFT JOIN merchants_game g ON g.id = w.game_id
  LEFT JOIN wallet_transaction u ON u.reverses_id = w.id
 WHERE m.o_id IS NULL AND w.kind <> 'correct';
CREATE INDEX ON reconciliation_elsewhere (transaction_id);
ANALYZE reconciliation_elsewhere;
