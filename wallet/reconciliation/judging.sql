-- What is wrong with each row that differs (`matching.sql`), and how much of the difference of the sides it explains.
--
-- `{beside}` are the rows of the statements of other days that were loaded. `%(rollbacks)s` is what the mapping states:
-- 'rows' of their own (they may be flagged too), 'flags' on what was taken back, or 'none': what was taken back is left
-- out. One transaction gives one break: of several that fit, the first in the order of the CASE below.
-- In every comparison of columns that may be null, null is "not the case": NOT is never put before one.

DROP TABLE IF EXISTS pg_temp.reconciliation_near, pg_temp.reconciliation_next_door, pg_temp.reconciliation_again,
                     pg_temp.reconciliation_listed, pg_temp.reconciliation_unit, pg_temp.reconciliation_judged,
                     pg_temp.reconciliation_verdict, pg_temp.reconciliation_effect;

-- Rows of other days' statements that have the id of a row that one side alone has here, or take back what it takes back.
CREATE TEMP TABLE reconciliation_near ON COMMIT DROP AS
SELECT s.day, s.line, s.transaction_id, s.kind, s.player_id, s.game_id, s.currency, s.amount, s.ref_transaction_id, s.at
  FROM {beside} s
 WHERE s.transaction_id IN (
        SELECT m.transaction_id FROM reconciliation_met m WHERE m.o_id IS NULL OR m.t_line IS NULL
        UNION ALL
        SELECT m.t_ref FROM reconciliation_met m WHERE m.o_id IS NULL AND m.t_kind = 'payout' AND m.t_ref IS NOT NULL)
    OR (s.kind = 'rollback' AND s.ref_transaction_id IN (
        SELECT m.o_ref FROM reconciliation_met m
         WHERE m.o_kind = 'rollback' AND m.t_line IS NULL AND m.o_ref IS NOT NULL));
CREATE INDEX ON reconciliation_near (transaction_id);
ANALYZE reconciliation_near;

-- Of our rows that this statement lacks, the one of another day that has it: of several the nearest.
CREATE TEMP TABLE reconciliation_next_door ON COMMIT DROP AS
SELECT DISTINCT ON (f.id) f.id, f.day, f.line, f.transaction_id, f.kind, f.player_id, f.game_id, f.currency, f.amount, f.at
  FROM (SELECT m.transaction_id AS id, 0 AS turn, s.*
          FROM reconciliation_met m JOIN reconciliation_near s ON s.transaction_id = m.transaction_id
         WHERE m.t_line IS NULL
        UNION ALL
        SELECT m.transaction_id, 1, s.*
          FROM reconciliation_met m JOIN reconciliation_near s ON s.ref_transaction_id = m.o_ref AND s.kind = 'rollback'
         WHERE m.t_line IS NULL AND m.o_kind = 'rollback') f
 WHERE f.day >= %(day)s::date - 1
 ORDER BY f.id, f.turn, abs(f.day - %(day)s::date), f.day, f.line;
CREATE INDEX ON reconciliation_next_door (id);
ANALYZE reconciliation_next_door;

-- Of their rows that our ledger has on another day: is it in the statement of that day, or in one that is nearer to it?
CREATE TEMP TABLE reconciliation_again ON COMMIT DROP AS
SELECT w.transaction_id AS id, d.day, min(s.day) AS also
  FROM reconciliation_elsewhere w
  LEFT JOIN reconciliation_day d ON w.at >= d.begins AND w.at < d.ends
  LEFT JOIN reconciliation_near s ON s.transaction_id = w.transaction_id AND s.day BETWEEN d.day - 1 AND d.day + 3
   AND (abs(s.day - d.day), s.day) < (abs(%(day)s::date - d.day), %(day)s::date)
 WHERE w.has_moved
 GROUP BY 1, 2;

-- Their rollbacks that are rows, one for each id. Of several that take back the same, one counts and the rest are doubles.
CREATE TEMP TABLE reconciliation_listed ON COMMIT DROP AS
SELECT l.*, row_number() OVER (PARTITION BY l.x_id ORDER BY (r.r_id IS NOT NULL) DESC, l.line) AS turn
  FROM (SELECT s.transaction_id AS q_id, coalesce(min(s.x_id), s.transaction_id) AS x_id, min(s.line) AS line,
               min(s.currency) AS currency, sum(s.amount) AS amount
          FROM reconciliation_said_back s WHERE s.is_listed GROUP BY s.transaction_id) l
  LEFT JOIN reconciliation_our_rollback r ON r.x_id = l.x_id AND r.r_id = l.q_id AND r.at < %(end)s;
CREATE INDEX ON reconciliation_listed (x_id);
CREATE INDEX ON reconciliation_listed (q_id);
ANALYZE reconciliation_listed;

-- Whatever was taken back on this day, `x_id`, with what players got by it on each side. A rollback of a won bet may say
-- the stake or what is left of it after the payouts: it takes back both.
CREATE TEMP TABLE reconciliation_unit ON COMMIT DROP AS
SELECT coalesce(o.x_id, t.x_id) AS x_id, o.r_id, t.q_id, coalesce(o.currency, t.currency) AS currency,
       coalesce(o.effect, 0) AS ours, coalesce(t.effect, 0) AS theirs, o.x_id IS NOT NULL AS is_ours,
       t.x_id IS NOT NULL AS is_theirs, coalesce(o.is_of_day, false) AS is_of_day
  FROM (SELECT * FROM reconciliation_our_rollback r WHERE r.at < %(end)s) o
  FULL JOIN (
        SELECT CASE l.turn WHEN 1 THEN l.x_id ELSE l.q_id END AS x_id, l.q_id, l.currency,
               CASE WHEN coalesce(x.kind, r.x_kind, (
                        SELECT w.kind FROM wallet_transaction w
                         WHERE w.merchant_id = %(merchant)s AND w.transaction_id = l.x_id AND w.part = 0))
                         IN ('payout', 'reward', 'deposit') THEN -1 ELSE 1 END
               * CASE WHEN l.turn = 1 AND l.amount = n.net THEN coalesce(x.amount, r.amount)
                      WHEN l.turn = 1 AND l.amount = abs(x.amount - p.paid) THEN x.amount
                      ELSE l.amount END AS effect
          FROM reconciliation_listed l
          LEFT JOIN reconciliation_taken x ON x.x_id = l.x_id AND x.currency = l.currency
          LEFT JOIN reconciliation_our_rollback r ON r.x_id = l.x_id
          LEFT JOIN (SELECT r.r_id, abs(sum(r.effect)) AS net FROM reconciliation_our_rollback r
                      GROUP BY 1 HAVING count(*) > 1) n ON n.r_id = r.r_id
          LEFT JOIN (SELECT x.bet_id, sum(x.amount) AS paid FROM reconciliation_taken x WHERE x.kind = 'payout'
                      GROUP BY 1) p ON p.bet_id = l.x_id
        UNION ALL
        SELECT x.x_id, b.q_id, x.currency, CASE WHEN x.kind IN ('bet', 'withdraw') THEN x.amount ELSE -x.amount END
          FROM reconciliation_taken x
          LEFT JOIN reconciliation_listed b ON b.x_id = x.bet_id AND b.turn = 1 AND x.kind = 'payout'
         WHERE NOT EXISTS (SELECT FROM reconciliation_listed l WHERE l.x_id = x.x_id)
        UNION ALL
        SELECT p.x_id, l.q_id, p.currency, p.effect
          FROM reconciliation_our_rollback p
          JOIN reconciliation_our_rollback h ON h.r_id = p.r_id AND h.part = 0
          JOIN reconciliation_listed l ON l.x_id = h.x_id AND l.turn = 1
         WHERE p.part > 0 AND p.at < %(end)s AND NOT p.is_of_day
           AND NOT EXISTS (SELECT FROM reconciliation_taken x WHERE x.x_id = p.x_id)
           AND NOT EXISTS (SELECT FROM reconciliation_listed x WHERE x.x_id = p.x_id)
       ) t ON t.x_id = o.x_id AND t.currency = o.currency;
CREATE INDEX ON reconciliation_unit (x_id);
CREATE INDEX ON reconciliation_unit (r_id);
CREATE INDEX ON reconciliation_unit (q_id);
ANALYZE reconciliation_unit;

-- What is known of a row that differs: the ledger's row of that id (`w`), the statement of another day (`n`), and the
-- transaction that it refers to (`f`).
CREATE TEMP TABLE reconciliation_judged ON COMMIT DROP AS
SELECT m.*, w.id AS w_id, w.kind AS w_kind, w.status AS w_status, coalesce(w.has_moved, false) AS w_moved, w.at AS w_at,
       w.amount AS w_amount, w.currency AS w_currency, w.player_id AS w_player, w.game_id AS w_game,
       w.rolled_at AS w_rolled_at, w.rolled_by AS w_rolled_by,
       a.id IS NOT NULL AS is_elsewhere, a.day AS w_day, a.also, n.id IS NOT NULL AS is_next_door, d.times, d.lines,
       f.kind AS f_kind, coalesce(f.has_moved, false) AS f_moved, f.rolled_at AS f_rolled_at, f.rolled_by AS f_rolled_by,
       EXISTS (SELECT FROM reconciliation_met x WHERE x.transaction_id = coalesce(m.o_ref, m.t_ref)
                  AND x.o_id IS NOT NULL AND x.t_line IS NULL) AS ref_here_alone,
       EXISTS (SELECT FROM reconciliation_met x WHERE x.transaction_id = m.t_ref
                  AND x.o_id IS NULL AND x.t_line IS NOT NULL) AS ref_there_alone,
       coalesce(r.is_bet, false) AS ref_is_their_bet, r.id IS NOT NULL AS ref_is_theirs
  FROM reconciliation_met m
  LEFT JOIN reconciliation_twice d ON d.transaction_id = m.transaction_id
  LEFT JOIN reconciliation_elsewhere w ON w.transaction_id = m.transaction_id AND m.o_id IS NULL
  LEFT JOIN reconciliation_again a ON a.id = m.transaction_id AND m.o_id IS NULL
  LEFT JOIN reconciliation_next_door n ON n.id = m.transaction_id AND m.t_line IS NULL
  LEFT JOIN reconciliation_their_ref r ON r.id = coalesce(m.o_ref, m.t_ref)
  LEFT JOIN LATERAL (
        SELECT t.kind, t.debit_account_id IS NOT NULL AS has_moved, u.created_at AS rolled_at,
               u.transaction_id AS rolled_by
          FROM wallet_transaction t
          LEFT JOIN wallet_transaction u ON u.reverses_id = t.id
         WHERE t.merchant_id = %(merchant)s AND t.part = 0 AND t.transaction_id = coalesce(m.o_ref, m.t_ref)
  ) f ON true;

-- `kind`: a break, or 'agrees' (it moved nothing on either side, and is in neither sum), or 'with_bet' (told by its bet).
CREATE TEMP TABLE reconciliation_verdict ON COMMIT DROP AS
SELECT v.*
  FROM (
    SELECT k.*,
           CASE
               -- On both sides, on this day or on another one of ours.
               WHEN k.is_here AND k.t_line IS NOT NULL THEN CASE
                   WHEN k.times > 1 OR k.also IS NOT NULL THEN 'duplicate_there'
                   WHEN k.t_kind NOT IN ('', k.o_kind) THEN 'kind'
                   WHEN k.t_player NOT IN ('', k.o_player) THEN 'whose'
                   WHEN k.t_game NOT IN ('', k.o_game) THEN 'game'
                   WHEN k.t_currency NOT IN ('', k.o_currency) THEN 'currency'
                   WHEN k.t_amount <> k.o_amount AND k.is_same_net IS NOT TRUE THEN 'amount'
                   WHEN k.o_kind <> 'rollback' AND (CASE WHEN k.t_rolled THEN k.o_rolled_at IS NULL
                                                         ELSE k.o_rolled_at < %(end)s AND NOT k.is_rolled_next_door END)
                       THEN 'state'
                   WHEN k.is_elsewhere THEN 'day_boundary'
               END
               -- Here alone. A rollback is told by what it takes back, where that is of this day.
               WHEN k.is_here THEN CASE
                   WHEN k.is_next_door THEN 'day_boundary'
                   WHEN k.o_kind = 'rollback' AND (k.ref_is_theirs OR k.ref_here_alone OR %(rollbacks)s <> 'rows'
                                                   OR k.is_all_met) THEN NULL
                   WHEN k.o_rolled_at < %(end)s AND NOT k.is_rolled_next_door
                       THEN CASE WHEN k.o_kind = 'payout' AND k.ref_here_alone THEN 'with_bet'
                                 WHEN %(rollbacks)s = 'none' THEN 'agrees' ELSE 'nets_out' END
                   WHEN k.is_twin THEN 'duplicate_here'
                   ELSE 'missing_there'
               END
               -- There alone.
               WHEN k.t_kind = 'rollback' THEN CASE
                   WHEN k.is_second THEN 'duplicate_there'
                   WHEN k.is_met THEN NULL
                   WHEN k.f_rolled_at IS NOT NULL THEN 'day_boundary'
                   WHEN k.ref_is_theirs THEN NULL
                   WHEN k.w_id IS NOT NULL THEN 'state'
                   ELSE 'missing_here'
               END
               WHEN k.t_rolled THEN CASE WHEN k.t_kind = 'payout' AND k.ref_there_alone THEN 'with_bet'
                                         WHEN k.w_id IS NOT NULL THEN 'agrees'
                                         ELSE 'nets_out' END
               WHEN k.w_kind = 'tombstone' THEN 'tombstone_met'
               WHEN k.w_id IS NOT NULL THEN 'state'
               WHEN k.t_kind = 'payout' AND k.t_ref IS NOT NULL AND NOT k.ref_is_their_bet
                    AND (k.f_kind = 'bet' AND k.f_moved) IS NOT TRUE
                    AND NOT EXISTS (SELECT FROM reconciliation_near x WHERE x.transaction_id = k.t_ref AND x.kind = 'bet')
                   THEN 'payout_without_bet'
               ELSE 'missing_here'
           END AS verdict
      FROM (
        SELECT j.o_id, j.transaction_id, j.t_line, j.t_kind, j.t_player, j.t_game, j.t_currency, j.t_amount, j.t_ref,
               j.t_at, j.t_rolled, j.w_id, j.w_kind, j.w_moved, j.times, j.lines, j.is_next_door, j.is_elsewhere,
               coalesce(j.w_day, (j.w_at AT TIME ZONE %(zone)s)::date) AS w_day, j.also, j.f_kind, j.f_moved,
               j.f_rolled_at, j.f_rolled_by, j.ref_here_alone, j.ref_there_alone, j.ref_is_their_bet, j.ref_is_theirs,
               coalesce(j.o_ref, j.t_ref) AS bet_id, j.o_id IS NOT NULL OR j.is_elsewhere AS is_here,
               coalesce(j.o_kind, j.w_kind) AS o_kind, coalesce(j.o_player, j.w_player) AS o_player,
               coalesce(j.o_game, j.w_game) AS o_game, coalesce(j.o_currency, j.w_currency) AS o_currency,
               coalesce(j.o_amount, j.w_amount) AS o_amount, coalesce(j.o_at, j.w_at) AS o_at,
               coalesce(j.o_rolled_at, j.w_rolled_at) AS o_rolled_at,
               EXISTS (SELECT FROM reconciliation_next_door x WHERE x.id = coalesce(j.o_rolled_by, j.w_rolled_by))
                   AS is_rolled_next_door,
               CASE WHEN j.w_status <> 'RS_OK' THEN j.w_status
                    WHEN coalesce(j.o_rolled_at, j.w_rolled_at) IS NOT NULL THEN 'rolled back'
                    WHEN j.w_id IS NOT NULL AND NOT j.w_moved THEN 'moved nothing' END AS o_state,
               CASE WHEN coalesce(j.o_kind, j.w_kind) IN ('bet', 'withdraw') THEN -1 ELSE 1 END AS o_sign,
               CASE WHEN j.t_kind IN ('bet', 'withdraw') THEN -1 ELSE 1 END AS t_sign,
               j.o_kind = 'rollback' AND NOT EXISTS (
                    SELECT FROM reconciliation_unit x
                     WHERE x.r_id = j.transaction_id AND NOT EXISTS (
                           SELECT FROM reconciliation_unit y WHERE y.x_id = x.x_id AND y.is_theirs)) AS is_all_met,
               j.t_kind = 'rollback' AND EXISTS (
                    SELECT FROM reconciliation_listed x WHERE x.q_id = j.transaction_id AND x.turn > 1) AS is_second,
               j.t_kind = 'rollback' AND EXISTS (
                    SELECT FROM reconciliation_listed x
                      JOIN reconciliation_our_rollback y ON y.x_id = x.x_id AND y.at < %(end)s
                     WHERE x.q_id = j.transaction_id) AS is_met,
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
 WHERE v.verdict IS NOT NULL;
CREATE INDEX ON reconciliation_verdict (transaction_id);
ANALYZE reconciliation_verdict;

-- What each verdict is of in the sums of the sides. `owner` has the break, or agrees; of what nobody owns nothing is
-- here, and the sides show it. Amounts of rollbacks are as players feel them, as the sums have them.
CREATE TEMP TABLE reconciliation_effect ON COMMIT DROP AS
SELECT e.owner, e.currency, e.kind, e.ours, e.theirs,
       coalesce(CASE v.verdict WHEN 'with_bet' THEN b.verdict ELSE v.verdict END, 'agrees') <> 'agrees' AS is_break
  FROM (
        SELECT v.transaction_id AS owner, v.o_currency AS currency, v.o_kind AS kind, v.o_amount::numeric AS ours,
               0::numeric AS theirs
          FROM reconciliation_verdict v WHERE v.o_id IS NOT NULL AND v.o_kind <> 'rollback'
        UNION ALL
        SELECT v.transaction_id, v.t_currency, v.t_kind, 0, v.t_amount
          FROM reconciliation_verdict v WHERE v.t_line IS NOT NULL AND v.t_kind <> 'rollback' AND v.times IS NULL
        UNION ALL
        SELECT v.transaction_id, d.currency, d.kind, 0, d.amount
          FROM reconciliation_verdict v JOIN reconciliation_double d ON d.transaction_id = v.transaction_id
         WHERE v.times > 1 AND d.kind <> 'rollback'
        UNION ALL
        SELECT CASE WHEN r.verdict = 'day_boundary' THEN u.r_id WHEN q.verdict IS NOT NULL THEN u.q_id
                    WHEN x.verdict IS NULL AND r.verdict IS NOT NULL THEN u.r_id ELSE u.x_id END,
               u.currency, 'rollback', u.ours, u.theirs
          FROM reconciliation_unit u
          LEFT JOIN reconciliation_verdict r ON r.transaction_id = u.r_id
          LEFT JOIN reconciliation_verdict q ON q.transaction_id = u.q_id
          LEFT JOIN reconciliation_verdict x ON x.transaction_id = u.x_id
         WHERE u.ours <> u.theirs
           AND (coalesce(r.verdict, q.verdict, x.verdict) IS NOT NULL
                -- A file without rows for rollbacks says nothing of what is of other days.
                OR (u.is_ours AND NOT u.is_theirs AND NOT u.is_of_day AND %(rollbacks)s <> 'rows')
                -- A flag may know of a rollback that comes after the day.
                OR (u.is_theirs AND NOT u.is_ours AND u.q_id IS NULL AND EXISTS (
                    SELECT FROM reconciliation_our_rollback l WHERE l.x_id = u.x_id AND l.at >= %(end)s)))
       ) e
  LEFT JOIN reconciliation_verdict v ON v.transaction_id = e.owner
  LEFT JOIN reconciliation_verdict b ON b.transaction_id = v.bet_id AND v.verdict = 'with_bet';
CREATE INDEX ON reconciliation_effect (owner);
ANALYZE reconciliation_effect;

-- A case's difference is what it is about, in its currency: of a row that both sides have, whatever day each has it on;
-- of any other, what it is of in the sums of this day.
INSERT INTO reconciliation_break (kind, transaction_id, subject, player_id, currency, ours, theirs, difference, size)
SELECT v.verdict, v.transaction_id,
       CASE WHEN v.verdict = 'day_boundary' AND NOT v.is_here THEN v.f_rolled_by ELSE v.transaction_id END,
       coalesce(v.o_player, nullif(v.t_player, ''), ''), v.case_currency,
       CASE WHEN v.o_kind IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object(
            'kind', v.o_kind, 'player', v.o_player, 'game', v.o_game, 'currency', v.o_currency,
            'amount', v.o_amount::text, 'state', v.o_state, 'at', v.o_at,
            'day', CASE WHEN v.o_id IS NULL THEN v.w_day END)) END,
       CASE WHEN v.t_line IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object(
            'kind', nullif(v.t_kind, ''), 'player', nullif(v.t_player, ''), 'game', nullif(v.t_game, ''),
            'currency', nullif(v.t_currency, ''), 'amount', v.t_amount::text,
            'state', CASE WHEN v.t_rolled THEN 'rolled back' END, 'at', v.t_at, 'line', v.t_line,
            'lines', v.lines, 'also', v.also,
            'bet', CASE WHEN v.t_kind = 'payout' AND NOT v.is_here THEN v.t_ref END, 'transaction', CASE WHEN NOT v.is_here THEN v.other_id END))
            WHEN v.is_next_door THEN (
                SELECT jsonb_strip_nulls(jsonb_build_object(
                       'kind', n.kind, 'player', nullif(n.player_id, ''), 'game', n.game_id, 'currency', n.currency,
                       'amount', n.amount::text, 'at', n.at, 'line', n.line, 'day', n.day,
                       'transaction', nullif(n.transaction_id, v.transaction_id)))
                  FROM reconciliation_next_door n WHERE n.id = v.transaction_id) END,
       CASE WHEN v.verdict IN ('amount', 'kind', 'state', 'currency', 'whose', 'game') AND v.o_kind <> 'rollback'
                 AND v.t_kind <> 'rollback'
            THEN CASE WHEN v.is_here AND NOT v.is_back THEN v.o_sign * v.o_amount ELSE 0 END
                 - CASE WHEN v.verdict IN ('currency', 'whose', 'game') OR v.t_rolled
                             OR v.t_currency <> v.case_currency THEN 0
                        ELSE v.t_sign * v.t_amount END
            ELSE coalesce((
                SELECT sum((e.ours - e.theirs) * CASE WHEN e.kind IN ('bet', 'withdraw') THEN -1 ELSE 1 END)
                  FROM reconciliation_effect e WHERE e.owner = v.transaction_id AND e.currency = v.case_currency), 0)
       END,
       greatest(v.o_amount, v.t_amount)
  FROM (SELECT v.*, CASE WHEN v.is_here THEN v.o_currency
                         ELSE coalesce(nullif(v.t_currency, ''), v.o_currency, '') END AS case_currency,
               coalesce(v.o_rolled_at < %(end)s OR (v.t_rolled AND v.o_rolled_at IS NOT NULL), false) AS is_back,
               CASE WHEN v.verdict = 'day_boundary' THEN v.transaction_id END AS other_id
          FROM reconciliation_verdict v) v
 WHERE v.verdict NOT IN ('agrees', 'with_bet');
