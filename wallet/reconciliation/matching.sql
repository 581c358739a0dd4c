-- A day's current statement against the ledger's day, by transaction id. What differs is left in `reconciliation_break`.
--
-- The ledger is read by one statement, so all of it is of one moment, and no lock is taken that a bet could wait for.
-- What the later steps look up are rows of other days, which stay as they are, and what was refused.
-- `{theirs}` are the rows of the statement, `{beside}` those of the days before and after, as views cast them; a column
-- that a statement does not have is empty there and is not compared.
-- One transaction gives one break: of several that fit, the first in the order of the CASE below.

DROP TABLE IF EXISTS pg_temp.reconciliation_met, pg_temp.reconciliation_double, pg_temp.reconciliation_twice,
                     pg_temp.reconciliation_judged,
                     pg_temp.reconciliation_their_rollback, pg_temp.reconciliation_next_door,
                     pg_temp.reconciliation_their_ref, pg_temp.reconciliation_bet_next_door;

-- What the statement calls rolled back: flagged, or named by a rollback of its own.
CREATE TEMP TABLE reconciliation_their_rollback ON COMMIT DROP AS
SELECT CASE s.kind WHEN 'rollback' THEN s.ref_transaction_id ELSE s.transaction_id END AS id,
       bool_or(s.kind = 'rollback') AS is_listed
  FROM {theirs} s
 WHERE s.kind = 'rollback' OR s.is_rolled_back
 GROUP BY 1;
ANALYZE reconciliation_their_rollback;

-- Everything that is not the same on both sides. A payout goes with its bet when the statement takes the bet back.
CREATE TEMP TABLE reconciliation_met ON COMMIT DROP AS
SELECT o.id AS o_id, coalesce(o.transaction_id, t.transaction_id) AS transaction_id, o.kind AS o_kind,
       o.player_id AS o_player, o.game_id AS o_game, o.currency AS o_currency, o.amount AS o_amount, o.ref AS o_ref,
       o.reverses_id AS o_reverses, o.session_id AS o_session, o.round_id AS o_round, o.at AS o_at,
       o.rolled_at AS o_rolled_at, t.line AS t_line, t.kind AS t_kind, t.player_id AS t_player,
       t.game_id AS t_game, t.currency AS t_currency, t.amount AS t_amount, t.ref AS t_ref, t.at AS t_at,
       (b.id IS NOT NULL OR c.id IS NOT NULL) AS t_rolled
  FROM (SELECT t.id, t.transaction_id, t.kind, p.player_id, g.game_id, t.currency, t.amount,
               t.ref_transaction_id AS ref, t.reverses_id, t.session_id, t.round_id, t.created_at AS at,
               u.created_at AS rolled_at
          FROM wallet_transaction t
          LEFT JOIN merchants_player p ON p.id = t.player_id AND p.merchant_id = %(merchant)s
          LEFT JOIN merchants_game g ON g.id = t.game_id
          LEFT JOIN (SELECT r.reverses_id, r.created_at FROM wallet_transaction r
                      WHERE r.reverses_id IS NOT NULL AND r.merchant_id = %(merchant)s
                        AND r.created_at >= %(begin)s) u ON u.reverses_id = t.id
         WHERE t.merchant_id = %(merchant)s AND t.part = 0 AND t.debit_account_id IS NOT NULL
           AND t.created_at >= %(begin)s AND t.created_at < %(end)s AND {ours}) o
  FULL JOIN (SELECT s.line, s.transaction_id, s.kind, s.player_id, s.game_id, s.currency, s.amount,
                    s.ref_transaction_id AS ref, s.at
               FROM {theirs} s) t
    ON t.transaction_id = o.transaction_id
  LEFT JOIN reconciliation_their_rollback b ON b.id = t.transaction_id
  LEFT JOIN reconciliation_their_rollback c ON c.id = coalesce(t.ref, o.ref) AND t.kind = 'payout'
 WHERE o.id IS NULL OR t.line IS NULL OR t.amount <> o.amount
    OR (t.kind <> o.kind AND t.kind <> '')
    OR (t.player_id <> o.player_id AND t.player_id <> '')
    OR (t.game_id <> o.game_id AND t.game_id <> '')
    OR (t.currency <> o.currency AND t.currency <> '')
    OR (o.kind <> 'rollback'
        AND CASE WHEN b.id IS NOT NULL OR c.id IS NOT NULL THEN o.rolled_at IS NULL ELSE o.rolled_at < %(end)s END);
CREATE INDEX ON reconciliation_met (transaction_id);
CREATE INDEX ON reconciliation_met (o_id);
ANALYZE reconciliation_met;

-- Looked for by hashes first: a million ids with their sums would not fit in memory.
CREATE TEMP TABLE reconciliation_double ON COMMIT DROP AS
SELECT s.* FROM {theirs} s
 WHERE hashtextextended(s.transaction_id, 0) IN (
        SELECT hashtextextended(x.transaction_id, 0) FROM {theirs} x GROUP BY 1 HAVING count(*) > 1);
CREATE TEMP TABLE reconciliation_twice ON COMMIT DROP AS
SELECT s.transaction_id, count(*) AS times, min(s.line) AS line, sum(s.amount) AS amount,
       string_agg(s.line::text, ', ' ORDER BY s.line) AS lines
  FROM reconciliation_double s
 GROUP BY s.transaction_id HAVING count(*) > 1;
ANALYZE reconciliation_double, reconciliation_twice;

-- Their doubles that say the same as our row have met it, and are looked up here once more.
INSERT INTO reconciliation_met (o_id, transaction_id, o_kind, o_player, o_game, o_currency, o_amount, o_ref, o_reverses,
                                o_session, o_round, o_at, t_line, t_kind, t_player, t_game, t_currency, t_amount,
                                t_ref, t_at, t_rolled)
SELECT o.id, o.transaction_id, o.kind, p.player_id, g.game_id, o.currency, o.amount, o.ref_transaction_id, o.reverses_id,
       o.session_id, o.round_id, o.created_at, s.line, s.kind, s.player_id, s.game_id, s.currency, s.amount,
       s.ref_transaction_id, s.at, false
  FROM reconciliation_twice w
  JOIN wallet_transaction o ON o.merchant_id = %(merchant)s AND o.transaction_id = w.transaction_id AND o.part = 0
                           AND o.debit_account_id IS NOT NULL
                           AND o.created_at >= %(begin)s AND o.created_at < %(end)s
  JOIN reconciliation_double s ON s.transaction_id = w.transaction_id AND s.line = w.line
  LEFT JOIN merchants_player p ON p.id = o.player_id
  LEFT JOIN merchants_game g ON g.id = o.game_id
 WHERE NOT EXISTS (SELECT FROM reconciliation_met m WHERE m.transaction_id = w.transaction_id AND m.t_line = w.line);

-- Of doubles the first line stands for all.
DELETE FROM reconciliation_met m USING reconciliation_twice w
 WHERE m.transaction_id = w.transaction_id AND m.t_line <> w.line;

-- Statements have no index by transaction: the few that are asked for are joined with all, once.
CREATE TEMP TABLE reconciliation_next_door ON COMMIT DROP AS
SELECT DISTINCT ON (s.transaction_id) s.transaction_id, s.line, s.at, s.day
  FROM {beside} s
  JOIN reconciliation_met m ON m.transaction_id = s.transaction_id AND m.t_line IS NULL
 ORDER BY s.transaction_id, s.day, s.line;

CREATE TEMP TABLE reconciliation_their_ref ON COMMIT DROP AS
SELECT s.transaction_id AS id, bool_or(s.kind = 'bet') AS is_bet
  FROM {theirs} s
 WHERE s.transaction_id IN (SELECT coalesce(m.o_ref, m.t_ref) FROM reconciliation_met m)
 GROUP BY 1;

-- Bets that we do not have, and that their payouts here have left on the day beside.
CREATE TEMP TABLE reconciliation_bet_next_door ON COMMIT DROP AS
SELECT DISTINCT s.transaction_id AS id
  FROM {beside} s
 WHERE s.kind = 'bet'
   AND s.transaction_id IN (
        SELECT m.t_ref FROM reconciliation_met m
         WHERE m.o_id IS NULL AND m.t_kind = 'payout' AND m.t_ref IS NOT NULL);

-- What is known of a row that one side alone has: the ledger's row of that id, whatever day or answer it has (`w`), the
-- neighbouring day's statement (`n`), and the transaction that a rollback takes back (`f`).
CREATE TEMP TABLE reconciliation_judged ON COMMIT DROP AS
SELECT m.*, w.id AS w_id, w.kind AS w_kind, w.status AS w_status, w.debit_account_id IS NOT NULL AS w_moved,
       w.created_at AS w_at, w.amount AS w_amount, w.currency AS w_currency, w.player_id AS w_player,
       w.game_id AS w_game, w.rolled_at AS w_rolled_at, w.reverses_id AS w_reverses,
       w.debit_account_id IS NOT NULL AND w.created_at >= %(early)s AND w.created_at < %(late)s
           AND (w.created_at < %(near)s OR w.kind IN ('payout', 'reward')) AS is_over_midnight,
       n.line AS n_line, n.day AS n_day, d.times, d.lines, d.amount AS d_amount,
       f.id AS f_id, f.kind AS f_kind, f.rolled_at AS f_rolled_at, f.debit_account_id IS NOT NULL AS f_moved,
       EXISTS (SELECT FROM reconciliation_met x WHERE x.transaction_id = coalesce(m.o_ref, m.t_ref)
                  AND x.o_id IS NOT NULL AND x.t_line IS NULL) AS ref_here_alone,
       coalesce(r.is_bet, false) AS ref_is_their_bet, r.id IS NOT NULL AS ref_is_theirs
  FROM reconciliation_met m
  LEFT JOIN reconciliation_twice d ON d.transaction_id = m.transaction_id
  LEFT JOIN LATERAL (
        SELECT t.id, t.kind, t.status, t.debit_account_id, t.created_at, t.amount, t.currency, p.player_id, g.game_id,
               t.reverses_id,
               (SELECT u.created_at FROM wallet_transaction u WHERE u.reverses_id = t.id) AS rolled_at
          FROM wallet_transaction t
          LEFT JOIN merchants_player p ON p.id = t.player_id
          LEFT JOIN merchants_game g ON g.id = t.game_id
         WHERE t.merchant_id = %(merchant)s AND t.transaction_id = m.transaction_id AND t.part = 0
  ) w ON m.o_id IS NULL
  LEFT JOIN reconciliation_next_door n ON n.transaction_id = m.transaction_id AND m.t_line IS NULL
   AND CASE WHEN n.day < %(day)s
            THEN m.o_at < %(morning)s OR (m.o_at < %(forenoon)s AND m.o_kind IN ('payout', 'reward'))
            ELSE m.o_at >= %(evening)s END
  LEFT JOIN reconciliation_their_ref r ON r.id = coalesce(m.o_ref, m.t_ref)
  LEFT JOIN LATERAL (
        SELECT t.id, t.kind, t.debit_account_id,
               (SELECT u.created_at FROM wallet_transaction u WHERE u.reverses_id = t.id) AS rolled_at
          FROM wallet_transaction t
         WHERE t.merchant_id = %(merchant)s AND t.part = 0 AND t.transaction_id = coalesce(m.o_ref, m.t_ref)
  ) f ON true;

INSERT INTO reconciliation_break (kind, transaction_id, subject, player_id, currency, ours, theirs, difference, size)
SELECT v.kind, v.transaction_id, v.transaction_id, coalesce(v.o_player, nullif(v.t_player, ''), ''),
       coalesce(v.o_currency, nullif(v.t_currency, ''), ''),
       CASE WHEN v.o_kind IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object(
            'kind', v.o_kind, 'player', v.o_player, 'game', v.o_game, 'currency', v.o_currency,
            'amount', v.o_amount::text, 'state', v.o_state, 'at', v.o_at)) END,
       CASE WHEN v.t_line IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object(
            'kind', nullif(v.t_kind, ''), 'player', nullif(v.t_player, ''), 'game', nullif(v.t_game, ''),
            'currency', nullif(v.t_currency, ''), 'amount', v.t_amount::text,
            'state', CASE WHEN v.t_rolled THEN 'rolled back' END, 'at', v.t_at, 'line', v.t_line,
            'lines', v.lines, 'day', v.n_day)) END,
       CASE v.kind
           WHEN 'nets_out' THEN 0
           WHEN 'day_boundary' THEN CASE WHEN v.is_over_midnight THEN -v.t_felt ELSE v.o_felt END
           WHEN 'duplicate_there' THEN coalesce(v.o_felt, 0) - v.t_sign * v.d_amount
           WHEN 'state' THEN (CASE WHEN v.o_state = 'rolled back' THEN 0 ELSE v.o_felt END)
                             - (CASE WHEN v.t_rolled THEN 0 ELSE v.t_felt END)
           WHEN 'amount' THEN v.o_felt - v.t_felt
           WHEN 'kind' THEN CASE WHEN v.t_currency IN ('', v.o_currency) THEN v.o_felt - v.t_felt ELSE v.o_felt END
           WHEN 'whose' THEN v.o_felt
           WHEN 'currency' THEN v.o_felt
           WHEN 'missing_there' THEN v.o_felt
           WHEN 'duplicate_here' THEN v.o_felt
           ELSE -v.t_sign * coalesce(v.d_amount, v.t_amount)
       END,
       greatest(v.o_amount, v.t_amount)
  FROM (
    SELECT k.*, k.o_sign * k.o_amount AS o_felt, k.t_sign * k.t_amount AS t_felt,
           CASE
               -- On both sides, on this day or over midnight.
               WHEN k.is_here AND k.t_line IS NOT NULL THEN CASE
                   WHEN k.times > 1 THEN 'duplicate_there'
                   WHEN k.t_kind NOT IN ('', k.o_kind) THEN 'kind'
                   WHEN k.t_player NOT IN ('', k.o_player) OR k.t_game NOT IN ('', k.o_game) THEN 'whose'
                   WHEN k.t_currency NOT IN ('', k.o_currency) THEN 'currency'
                   WHEN k.t_amount <> k.o_amount AND NOT coalesce(k.is_same_net, false) THEN 'amount'
                   WHEN k.o_kind <> 'rollback' AND (CASE WHEN k.t_rolled THEN k.o_rolled_at IS NULL
                                                         ELSE k.o_rolled_at < %(end)s END) THEN 'state'
                   WHEN k.is_over_midnight THEN 'day_boundary'
               END
               -- Here alone. A rollback is told by what it takes back, unless that is of another day.
               WHEN k.is_here THEN CASE
                   WHEN k.n_line IS NOT NULL THEN 'day_boundary'
                   WHEN k.o_kind = 'rollback' AND (k.ref_is_theirs OR k.ref_here_alone OR NOT k.they_list_rollbacks)
                       THEN NULL
                   WHEN k.o_rolled_at < %(end)s
                       THEN CASE WHEN k.o_kind = 'payout' AND k.ref_here_alone THEN NULL ELSE 'nets_out' END
                   WHEN k.is_twin THEN 'duplicate_here'
                   ELSE 'missing_there'
               END
               -- There alone.
               WHEN k.t_kind = 'rollback' AND (k.ref_is_theirs OR k.f_rolled_at IS NOT NULL OR NOT k.f_moved) THEN NULL
               WHEN k.t_rolled THEN CASE WHEN k.w_id IS NOT NULL AND NOT k.w_moved THEN NULL
                                         WHEN k.t_kind = 'payout' AND k.ref_is_their_bet THEN NULL
                                         ELSE 'nets_out' END
               WHEN k.w_kind = 'tombstone' THEN 'tombstone_met'
               WHEN k.t_kind = 'payout' AND k.t_ref IS NOT NULL AND NOT k.ref_is_their_bet
                    AND NOT coalesce(k.f_kind = 'bet' AND k.f_moved, false)
                    AND NOT EXISTS (SELECT FROM reconciliation_bet_next_door x WHERE x.id = k.t_ref)
                   THEN 'payout_without_bet'
               ELSE 'missing_here'
           END AS kind
      FROM (
        SELECT j.o_id, j.transaction_id, j.t_line, j.t_kind, j.t_player, j.t_game, j.t_currency, j.t_amount, j.t_ref,
               j.t_at, j.t_rolled, j.w_id, j.w_kind, j.w_moved, j.times, j.lines, j.d_amount, j.n_line, j.n_day,
               j.f_kind, j.f_moved, j.f_rolled_at, j.ref_here_alone, j.ref_is_their_bet, j.ref_is_theirs,
               coalesce(j.is_over_midnight, false) AS is_over_midnight,
               j.o_id IS NOT NULL OR coalesce(j.is_over_midnight, false) AS is_here,
               coalesce(j.o_kind, j.w_kind) AS o_kind, coalesce(j.o_player, j.w_player) AS o_player,
               coalesce(j.o_game, j.w_game) AS o_game, coalesce(j.o_currency, j.w_currency) AS o_currency,
               coalesce(j.o_amount, j.w_amount) AS o_amount, coalesce(j.o_at, j.w_at) AS o_at,
               coalesce(j.o_rolled_at, j.w_rolled_at) AS o_rolled_at,
               CASE WHEN j.w_status <> 'RS_OK' THEN j.w_status
                    WHEN coalesce(j.o_rolled_at, j.w_rolled_at) IS NOT NULL THEN 'rolled back'
                    WHEN j.w_id IS NOT NULL AND NOT j.w_moved THEN 'moved nothing' END AS o_state,
               CASE coalesce(j.o_kind, j.w_kind)
                    WHEN 'bet' THEN -1 WHEN 'withdraw' THEN -1
                    WHEN 'rollback' THEN CASE WHEN j.f_kind IN ('payout', 'reward', 'deposit') THEN -1 ELSE 1 END
                    ELSE 1 END AS o_sign,
               CASE j.t_kind
                    WHEN 'bet' THEN -1 WHEN 'withdraw' THEN -1
                    WHEN 'rollback' THEN CASE WHEN j.f_kind IN ('payout', 'reward', 'deposit') THEN -1 ELSE 1 END
                    ELSE 1 END AS t_sign,
               EXISTS (SELECT FROM reconciliation_their_rollback x WHERE x.is_listed) AS they_list_rollbacks,
               coalesce(j.o_kind, j.w_kind) = 'rollback' AND j.t_amount = (
                    SELECT abs(sum(CASE WHEN y.kind IN ('bet', 'withdraw') THEN x.amount ELSE -x.amount END))
                      FROM wallet_transaction x JOIN wallet_transaction y ON y.id = x.reverses_id
                     WHERE x.merchant_id = %(merchant)s AND x.transaction_id = j.transaction_id) AS is_same_net,
               j.t_line IS NULL AND (
                    (j.o_kind = 'payout' AND EXISTS (
                        SELECT FROM wallet_transaction x
                         WHERE x.merchant_id = %(merchant)s AND x.ref_transaction_id = j.o_ref AND x.kind = 'payout'
                           AND x.id <> j.o_id AND x.currency = j.o_currency AND x.amount = j.o_amount
                           AND x.debit_account_id IS NOT NULL
                           AND x.created_at >= %(begin)s AND x.created_at < %(end)s
                           AND NOT EXISTS (SELECT FROM reconciliation_met z WHERE z.o_id = x.id AND z.t_line IS NULL)))
                    OR (j.o_kind = 'bet' AND EXISTS (
                        SELECT FROM wallet_transaction x
                         WHERE x.session_id = j.o_session AND x.round_id = j.o_round AND x.kind = 'bet'
                           AND x.id <> j.o_id AND x.currency = j.o_currency AND x.amount = j.o_amount
                           AND x.debit_account_id IS NOT NULL
                           AND x.created_at >= %(begin)s AND x.created_at < %(end)s
                           AND NOT EXISTS (SELECT FROM reconciliation_met z WHERE z.o_id = x.id AND z.t_line IS NULL)))
               ) AS is_twin
          FROM reconciliation_judged j
      ) k
  ) v
 WHERE v.kind IS NOT NULL;
