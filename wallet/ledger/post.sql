-- The ledger. Everything that moves money is in this file, and nothing outside it writes wallet_transaction.
--
-- Locks, always in this order, so that no two calls can wait for each other in a ring:
--   1. the transaction ids that a call names (advisory locks, sorted), so that one id is judged once;
--   2. the players that it names (row locks, sorted), so that one player's money moves one step at a time.
-- What a call is allowed to do is read after that, each statement in a fresh snapshot (read committed): whatever was
-- committed before the call got its turn is seen, and no cache of any process matters.
--
-- Numbers in brackets are the rows of the order of checks that the API promises.

-- It replaces functions and drops none, because a migration installs it while calls run: a call that has begun goes on
-- with the types and the functions that it began with. For a type to change, or the arguments of a function, a new one
-- stands beside the old one until a later migration drops that (docs/upgrading.md).

DO $$
BEGIN
    -- Who calls: what the web process knows from the signature. `moment` is null in life; seeding and clock tests set it.
    IF to_regtype('wallet_caller') IS NULL THEN
        CREATE TYPE wallet_caller AS (
            merchant_id bigint, secret_id bigint, access_version bigint, address inet, request_id uuid, moment timestamptz
        );
    END IF;
    -- What is asked. A null field was not said.
    IF to_regtype('wallet_call') IS NULL THEN
        CREATE TYPE wallet_call AS (
            kind text, transaction_id text, ref_transaction_id text, session_id text, round_id text, player_id text,
            game_id text, currency text, amount bigint, is_win boolean, reward_type text
        );
    END IF;
    -- `status` is a status key, or STALE: the caller was judged by an access list that has changed; judge again.
    IF to_regtype('wallet_answer') IS NULL THEN
        CREATE TYPE wallet_answer AS (status text, balance bigint);
    END IF;
END $$;


-- [2, 3, 6] May this secret do this, now? One row, whose `refusal` is null when it may. A single SELECT, which PostgreSQL
-- plans as a part of the statement that asks: a bet reads all that it depends on at once.
CREATE OR REPLACE FUNCTION wallet_access(
    p_merchant bigint, p_secret bigint, p_version bigint, p_address inet, p_kind text, p_now timestamptz
) RETURNS TABLE (refusal text, bets_per_minute integer, max_stake bigint, max_stake_by_currency jsonb)
LANGUAGE sql STABLE AS $$
    SELECT CASE
               -- Before all else: whoever was judged by an old copy is judged again, so that nobody's answer depends on the copy.
               WHEN m.access_version <> p_version THEN 'STALE'
               WHEN m.id IS NULL OR (k.environment = 'test') <> (m.sandbox_of_id IS NOT NULL) OR k.status = 'revoked'
                    OR s.revoked_at IS NOT NULL OR k.expires_at <= p_now OR s.usable_until <= p_now
                   THEN 'RS_ERROR_INVALID_APIKEY'
               WHEN k.status = 'quarantined' AND (
                   p_kind NOT IN ('payout', 'reward', 'rollback', 'balance')
                   OR NOT EXISTS (SELECT FROM merchants_seenaddress a
                                   WHERE a.key_id = k.id AND a.address = p_address AND a.first_seen_at < k.quarantined_at)
               ) THEN 'RS_ERROR_INVALID_APIKEY'
               WHEN m.status = 'closed' OR (m.status = 'suspended' AND p_kind IN ('bet', 'launch', 'deposit'))
                   THEN 'RS_ERROR_MERCHANT_NOT_ACTIVE'
           END, m.bets_per_minute, m.max_stake, m.max_stake_by_currency
      FROM (SELECT) always
      LEFT JOIN (merchants_secret s JOIN merchants_apikey k ON k.id = s.key_id JOIN merchants_merchant m ON m.id = k.merchant_id)
        ON s.id = p_secret AND m.id = p_merchant
$$;

CREATE OR REPLACE FUNCTION wallet_gate(
    p wallet_caller, p_kind text, OUT refusal text, OUT bets_per_minute integer, OUT max_stake bigint,
    OUT max_stake_by_currency jsonb
) LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT w.* INTO refusal, bets_per_minute, max_stake, max_stake_by_currency FROM wallet_access(
        p.merchant_id, p.secret_id, p.access_version, p.address, p_kind, coalesce(p.moment, clock_timestamp())
    ) w;
END $$;


-- The accounts of a player in a currency, made when they are missing. Returns the player's.
CREATE OR REPLACE FUNCTION wallet_open_account(p_merchant bigint, p_player bigint, p_currency text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_account bigint;
BEGIN
    SELECT id INTO v_account FROM wallet_account
     WHERE player_id = p_player AND currency = p_currency AND kind = 'player' AND merchant_id = p_merchant;
    IF FOUND THEN
        RETURN v_account;
    END IF;
    PERFORM FROM merchants_player WHERE id = p_player AND merchant_id = p_merchant;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'player % is not of merchant %', p_player, p_merchant USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO wallet_account (merchant_id, player_id, currency, kind, balance)
    VALUES (p_merchant, NULL, p_currency, 'cashier', NULL), (p_merchant, NULL, p_currency, 'games', NULL),
           (p_merchant, NULL, p_currency, 'rewards', NULL)
    ON CONFLICT DO NOTHING;
    INSERT INTO wallet_account (merchant_id, player_id, currency, kind, balance)
    VALUES (p_merchant, p_player, p_currency, 'player', 0)
    ON CONFLICT DO NOTHING;
    SELECT id INTO STRICT v_account FROM wallet_account
     WHERE player_id = p_player AND currency = p_currency AND kind = 'player';
    RETURN v_account;
END $$;


CREATE OR REPLACE FUNCTION wallet_counter_account(p_merchant bigint, p_currency text, p_kind text)
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT id FROM wallet_account WHERE merchant_id = p_merchant AND currency = p_currency AND kind = p_kind
$$;


-- The one place that changes a balance. Returns the new one, or null when it could not be represented; then nothing moved.
CREATE OR REPLACE FUNCTION wallet_move(p_account bigint, p_delta bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_balance bigint;
BEGIN
    UPDATE wallet_account SET balance = balance + p_delta
     WHERE id = p_account AND abs(balance + p_delta) < 9007199254740992
    RETURNING balance INTO v_balance;
    RETURN v_balance;
END $$;


-- Writes a row: here, in wallet_keep_all and in wallet_bet, and nowhere else.
CREATE OR REPLACE FUNCTION wallet_keep(p wallet_caller, r wallet_transaction)
RETURNS wallet_answer LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO wallet_transaction (
        merchant_id, transaction_id, part, kind, status, player_id, session_id, game_id, currency, amount,
        debit_account_id, credit_account_id, balance, ref_transaction_id, reverses_id, is_win, reward_type, round_id,
        secret_id, address, request_id, created_at, case_id
    ) VALUES (
        p.merchant_id, r.transaction_id, coalesce(r.part, 0), r.kind, r.status, r.player_id, r.session_id, r.game_id,
        r.currency, r.amount, r.debit_account_id, r.credit_account_id, r.balance, r.ref_transaction_id, r.reverses_id,
        r.is_win, r.reward_type, r.round_id, p.secret_id, p.address, p.request_id, coalesce(p.moment, clock_timestamp()),
        r.case_id
    );
    RETURN ROW(r.status, r.balance)::wallet_answer;
END $$;


-- The same for many rows at once, in their order: a row costs a quarter of what it costs alone.
CREATE OR REPLACE FUNCTION wallet_keep_all(p wallet_caller, p_rows wallet_transaction[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO wallet_transaction (
        merchant_id, transaction_id, part, kind, status, player_id, session_id, game_id, currency, amount,
        debit_account_id, credit_account_id, balance, ref_transaction_id, reverses_id, is_win, reward_type, round_id,
        secret_id, address, request_id, created_at
    ) SELECT
        p.merchant_id, r.transaction_id, coalesce(r.part, 0), r.kind, r.status, r.player_id, r.session_id, r.game_id,
        r.currency, r.amount, r.debit_account_id, r.credit_account_id, r.balance, r.ref_transaction_id, r.reverses_id,
        r.is_win, r.reward_type, r.round_id, p.secret_id, p.address, p.request_id, coalesce(p.moment, clock_timestamp())
      FROM unnest(p_rows) r;
END $$;


-- Moves a prepared row's money in or out of the player's account, and keeps the row.
CREATE OR REPLACE FUNCTION wallet_book(p wallet_caller, r wallet_transaction, p_account bigint, p_delta bigint)
RETURNS wallet_answer LANGUAGE plpgsql AS $$
BEGIN
    r.balance := wallet_move(p_account, p_delta);
    IF r.balance IS NULL THEN
        RETURN ROW('RS_ERROR_INVALID_AMOUNT', NULL)::wallet_answer;
    END IF;
    RETURN wallet_keep(p, r);
END $$;


-- [11] The id was seen before: the first answer again when the content is the same, unless it was rolled back since.
CREATE OR REPLACE FUNCTION wallet_repeat(p wallet_caller, c wallet_call, p_player bigint, t wallet_transaction)
RETURNS wallet_answer LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF t.kind = 'tombstone' THEN
        RETURN ROW('RS_ERROR_TRANSACTION_DOES_NOT_EXIST', NULL)::wallet_answer;
    END IF;
    IF t.kind <> c.kind
       OR t.player_id IS DISTINCT FROM p_player
       OR (c.game_id IS NOT NULL AND t.game_id IS NOT NULL
           AND c.game_id <> (SELECT g.game_id FROM merchants_game g WHERE g.id = t.game_id))
       OR c.currency <> t.currency
       OR c.amount <> t.amount
       OR c.ref_transaction_id <> t.ref_transaction_id
       OR c.is_win <> t.is_win
       OR c.reward_type <> t.reward_type
    THEN
        RETURN ROW('RS_ERROR_DUPLICATE_TRANSACTION', (
            SELECT coalesce(a.balance, 0)
              FROM (SELECT p_player AS id, coalesce(c.currency, t.currency) AS currency) w
              LEFT JOIN wallet_account a ON a.player_id = w.id AND a.currency = w.currency AND a.kind = 'player'
             WHERE w.id IS NOT NULL AND w.currency IS NOT NULL
        ))::wallet_answer;
    END IF;
    IF EXISTS (SELECT FROM wallet_transaction WHERE reverses_id = t.id) THEN
        RETURN ROW('RS_ERROR_TRANSACTION_DOES_NOT_EXIST', NULL)::wallet_answer;
    END IF;
    RETURN ROW(t.status, t.balance)::wallet_answer;
END $$;


-- [17] Has this player asked for so many bets in the last minute? Null without a limit.
CREATE OR REPLACE FUNCTION wallet_at_bet_limit(p_player bigint, p_limit integer, p_now timestamptz)
RETURNS boolean LANGUAGE sql STABLE STRICT AS $$
    -- By the index `transaction_counted_bets`, which holds no bet that the limit refused.
    SELECT count(*) >= p_limit FROM (
        SELECT FROM wallet_transaction
         WHERE player_id = p_player AND kind = 'bet' AND status <> 'RS_ERROR_LIMIT_REACHED'
           AND created_at > p_now - interval '1 minute'
         ORDER BY created_at DESC LIMIT p_limit
    ) latest
$$;


-- [2 to 18] A stake is taken: the whole path of a bet whose id is locked. Three of four calls are bets, so this path alone
-- reads all that it depends on by one statement, once the player is locked, and writes its row without a copy.
-- A refusal by 14, 15, 17 or 18 is kept: the caller was told that the bet failed.
CREATE OR REPLACE FUNCTION wallet_bet(p wallet_caller, c wallet_call) RETURNS wallet_answer LANGUAGE plpgsql AS $$
DECLARE
    pl record;
    v record;
    v_now timestamptz;
    v_status text;
    v_balance bigint;
BEGIN
    SELECT w.id, w.is_blocked, w.bets_per_minute, coalesce((w.max_stake_by_currency -> c.currency)::bigint, w.max_stake) AS max_stake
      INTO pl FROM merchants_player w
     WHERE w.merchant_id = p.merchant_id AND w.player_id = c.player_id FOR NO KEY UPDATE;
    v_now := coalesce(p.moment, clock_timestamp());
    SELECT e.refusal, e.bets_per_minute, coalesce((e.max_stake_by_currency -> c.currency)::bigint, e.max_stake) AS max_stake,
           t.id AS seen, g.id AS game_id, g.is_active AS game_on, s.id AS session_id, s.player_id,
           s.game_id AS session_game_id, s.currency, s.is_active AND s.expires_at > v_now AS session_on,
           a.id AS account_id, a.balance, h.id AS games_id,
           EXISTS (SELECT FROM merchants_disabledgame d
                    WHERE d.merchant_id = p.merchant_id AND d.game_id = g.id) AS game_disabled
      INTO v
      FROM wallet_access(p.merchant_id, p.secret_id, p.access_version, p.address, 'bet', v_now) e
      LEFT JOIN wallet_transaction t
        ON t.merchant_id = p.merchant_id AND t.transaction_id = c.transaction_id AND t.part = 0
      LEFT JOIN merchants_game g ON g.game_id = c.game_id
      LEFT JOIN wallet_session s ON s.session_id = c.session_id AND s.merchant_id = p.merchant_id
      LEFT JOIN wallet_account a ON a.id = s.account_id
      LEFT JOIN wallet_account h ON h.merchant_id = p.merchant_id AND h.currency = s.currency AND h.kind = 'games';
    IF v.refusal IS NOT NULL THEN
        RETURN ROW(v.refusal, NULL)::wallet_answer;
    END IF;
    IF v.seen IS NOT NULL THEN
        RETURN wallet_repeat(p, c, pl.id, t) FROM wallet_transaction t WHERE t.id = v.seen;
    END IF;
    IF pl.id IS NULL OR v.game_id IS NULL THEN
        RETURN ROW('RS_ERROR_RECORD_NOT_FOUND', NULL)::wallet_answer;
    END IF;
    IF v.session_on IS NOT TRUE OR v.player_id <> pl.id OR v.session_game_id <> v.game_id OR v.currency <> c.currency THEN
        RETURN ROW('RS_ERROR_SESSION_REQUIRED_OR_INVALID', NULL)::wallet_answer;
    END IF;
    v_status := CASE
        WHEN v.game_disabled OR NOT v.game_on THEN 'RS_ERROR_GAME_INACTIVE'
        WHEN pl.is_blocked THEN 'RS_ERROR_PLAYER_BLOCKED'
        WHEN c.amount > coalesce(pl.max_stake, v.max_stake) THEN 'RS_ERROR_LIMIT_REACHED'
        WHEN wallet_at_bet_limit(pl.id, coalesce(pl.bets_per_minute, v.bets_per_minute), v_now) THEN 'RS_ERROR_LIMIT_REACHED'
        WHEN v.balance < c.amount OR v.balance < 0 THEN 'RS_ERROR_NOT_ENOUGH_MONEY'
        ELSE 'RS_OK'
    END;
    v_balance := v.balance;
    IF v_status = 'RS_OK' THEN
        v_balance := wallet_move(v.account_id, -c.amount);
        IF v_balance IS NULL THEN
            RETURN ROW('RS_ERROR_INVALID_AMOUNT', NULL)::wallet_answer;
        END IF;
    ELSE
        v.account_id := NULL;
        v.games_id := NULL;
    END IF;
    INSERT INTO wallet_transaction (
        merchant_id, transaction_id, part, kind, status, player_id, session_id, game_id, currency, amount,
        debit_account_id, credit_account_id, balance, round_id, secret_id, address, request_id, created_at
    ) VALUES (
        p.merchant_id, c.transaction_id, 0, 'bet', v_status, pl.id, v.session_id, v.game_id, c.currency, c.amount,
        v.account_id, v.games_id, v_balance, c.round_id, p.secret_id, p.address, p.request_id, v_now
    );
    RETURN ROW(v_status, v_balance)::wallet_answer;
END $$;


-- The bets that late payouts of a session's round can be of: those that stand and are not paid, oldest first, and the
-- oldest that stands. The session is looked up first, and each row asks for its own rollback and payout: a plan that
-- joins them may read the whole round, or the whole ledger.
CREATE OR REPLACE FUNCTION wallet_bets_of_round(
    p_merchant bigint, p_player bigint, p_session text, p_round text, OUT unpaid text[], OUT oldest text
) LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_session bigint;
BEGIN
    SELECT s.id INTO v_session FROM wallet_session s
     WHERE s.session_id = p_session AND s.merchant_id = p_merchant AND s.player_id = p_player;
    SELECT array_agg(b.transaction_id ORDER BY b.id) FILTER (WHERE b.paid IS NULL),
           (array_agg(b.transaction_id ORDER BY b.id))[1]
      INTO unpaid, oldest
      FROM (
        SELECT t.id, t.transaction_id,
               (SELECT true FROM wallet_transaction o WHERE o.merchant_id = p_merchant
                   AND o.ref_transaction_id = t.transaction_id AND o.kind = 'payout' LIMIT 1) AS paid
          FROM wallet_transaction t
         WHERE t.merchant_id = p_merchant AND t.round_id = p_round AND t.session_id = v_session
           AND t.kind = 'bet' AND t.status = 'RS_OK'
           AND (SELECT u.id FROM wallet_transaction u WHERE u.reverses_id = t.id) IS NULL
        ) b;
END $$;


-- [12, 16] Winnings are paid. The reference decides; session, block and game state do not: what is owed is paid.
CREATE OR REPLACE FUNCTION wallet_payout(p wallet_caller, c wallet_call, pl merchants_player)
RETURNS wallet_answer LANGUAGE plpgsql AS $$
DECLARE
    b wallet_transaction;
    r wallet_transaction;
    v_game bigint;
    v_ref text := c.ref_transaction_id;
BEGIN
    SELECT id INTO v_game FROM merchants_game WHERE game_id = c.game_id;
    IF NOT FOUND THEN
        RETURN ROW('RS_ERROR_RECORD_NOT_FOUND', NULL)::wallet_answer;
    END IF;
    SELECT * INTO b FROM wallet_transaction t
     WHERE t.merchant_id = p.merchant_id AND t.transaction_id = v_ref AND t.part = 0;
    IF NOT FOUND OR b.kind <> 'bet' OR b.status <> 'RS_OK' OR b.player_id <> pl.id OR b.game_id <> v_game
       OR b.currency <> c.currency OR EXISTS (SELECT FROM wallet_transaction u WHERE u.reverses_id = b.id)
    THEN
        RETURN ROW('RS_ERROR_TRANSACTION_DOES_NOT_EXIST', NULL)::wallet_answer;
    END IF;
    r := b;
    r.transaction_id := c.transaction_id; r.kind := 'payout'; r.amount := c.amount; r.is_win := c.is_win;
    r.ref_transaction_id := v_ref; r.round_id := coalesce(c.round_id, b.round_id);
    r.debit_account_id := b.credit_account_id; r.credit_account_id := b.debit_account_id;
    RETURN wallet_book(p, r, b.debit_account_id, c.amount);
END $$;


-- [12, 13] A bonus or jackpot is paid, in the currency of its session, whatever the session's state.
CREATE OR REPLACE FUNCTION wallet_reward(p wallet_caller, c wallet_call, pl merchants_player)
RETURNS wallet_answer LANGUAGE plpgsql AS $$
DECLARE
    s wallet_session;
    r wallet_transaction;
BEGIN
    SELECT id INTO r.game_id FROM merchants_game WHERE game_id = c.game_id;
    IF NOT FOUND THEN
        RETURN ROW('RS_ERROR_RECORD_NOT_FOUND', NULL)::wallet_answer;
    END IF;
    SELECT * INTO s FROM wallet_session w
     WHERE w.session_id = c.session_id AND w.merchant_id = p.merchant_id AND w.player_id = pl.id;
    IF NOT FOUND THEN
        RETURN ROW('RS_ERROR_SESSION_REQUIRED_OR_INVALID', NULL)::wallet_answer;
    END IF;
    r.transaction_id := c.transaction_id; r.kind := 'reward'; r.status := 'RS_OK'; r.player_id := pl.id;
    r.session_id := s.id; r.currency := s.currency; r.amount := c.amount; r.reward_type := c.reward_type;
    r.ref_transaction_id := c.ref_transaction_id; r.round_id := c.round_id;
    r.debit_account_id := wallet_counter_account(p.merchant_id, s.currency, 'rewards');
    r.credit_account_id := s.account_id;
    RETURN wallet_book(p, r, s.account_id, c.amount);
END $$;


-- [18] Money between the operator and a player's account. A refused withdrawal stays refused.
CREATE OR REPLACE FUNCTION wallet_cashier(p wallet_caller, c wallet_call, pl merchants_player)
RETURNS wallet_answer LANGUAGE plpgsql AS $$
DECLARE
    a wallet_account;
    r wallet_transaction;
    v_cashier bigint;
BEGIN
    IF c.kind = 'deposit' THEN
        PERFORM wallet_open_account(p.merchant_id, pl.id, c.currency);
    END IF;
    SELECT * INTO a FROM wallet_account WHERE player_id = pl.id AND currency = c.currency AND kind = 'player';
    v_cashier := wallet_counter_account(p.merchant_id, c.currency, 'cashier');
    r.transaction_id := c.transaction_id; r.kind := c.kind; r.status := 'RS_OK'; r.player_id := pl.id;
    r.currency := c.currency; r.amount := c.amount;
    IF c.kind = 'deposit' THEN
        r.debit_account_id := v_cashier; r.credit_account_id := a.id;
        RETURN wallet_book(p, r, a.id, c.amount);
    END IF;
    IF coalesce(a.balance, 0) < c.amount THEN
        r.status := 'RS_ERROR_NOT_ENOUGH_MONEY'; r.balance := coalesce(a.balance, 0);
        RETURN wallet_keep(p, r);
    END IF;
    r.debit_account_id := a.id; r.credit_account_id := v_cashier;
    RETURN wallet_book(p, r, a.id, -c.amount);
END $$;


-- Takes back what a reference moved: the movement itself, and for a bet each payout that stands, so that the round is
-- as if never played. `transaction_reversed_once` holds in the database that nothing is taken back twice.
CREATE OR REPLACE FUNCTION wallet_reverse(p wallet_caller, r wallet_transaction, o wallet_transaction)
RETURNS wallet_answer LANGUAGE plpgsql AS $$
DECLARE
    m record;
    v_rows wallet_transaction[];
    v_account bigint;
    v_delta numeric := 0;
    v_said_game bigint := r.game_id; -- a repeat is compared with what was said, right or wrong
BEGIN
    SELECT a.id INTO STRICT v_account FROM wallet_account a
     WHERE a.id IN (o.debit_account_id, o.credit_account_id) AND a.kind = 'player';
    r.part := 0;
    FOR m IN SELECT * FROM wallet_taken_back(o) t ORDER BY t.kind = 'bet' DESC, t.id LOOP
        r.currency := m.currency; r.amount := m.amount; r.session_id := m.session_id;
        r.game_id := CASE r.part WHEN 0 THEN coalesce(v_said_game, m.game_id) ELSE m.game_id END;
        r.round_id := m.round_id; r.reverses_id := m.id; r.ref_transaction_id := m.transaction_id;
        r.debit_account_id := m.credit_account_id; r.credit_account_id := m.debit_account_id;
        v_rows := v_rows || r;
        v_delta := v_delta + CASE m.debit_account_id WHEN v_account THEN m.amount ELSE -m.amount END;
        r.part := r.part + 1;
    END LOOP;
    IF abs(v_delta) > 9007199254740991 OR wallet_move(v_account, v_delta::bigint) IS NULL THEN
        RETURN ROW('RS_ERROR_INVALID_AMOUNT', NULL)::wallet_answer;
    END IF;
    PERFORM wallet_keep_all(p, v_rows);
    RETURN ROW('RS_OK', NULL)::wallet_answer;
END $$;


-- The movements that the rollback of `o` takes back.
CREATE OR REPLACE FUNCTION wallet_taken_back(o wallet_transaction)
RETURNS SETOF wallet_transaction LANGUAGE sql STABLE AS $$
    SELECT t.* FROM wallet_transaction t WHERE t.id = o.id
    UNION ALL
    SELECT t.* FROM wallet_transaction t
     WHERE o.kind = 'bet' AND t.merchant_id = o.merchant_id AND t.ref_transaction_id = o.transaction_id
       AND t.kind = 'payout' AND t.part = 0
       AND NOT EXISTS (SELECT FROM wallet_transaction u WHERE u.reverses_id = t.id)
$$;


-- One item of a rollback batch. Unknown references leave a tombstone under their id: the late original finds it there.
CREATE OR REPLACE FUNCTION wallet_rollback(p wallet_caller, c wallet_call, pl merchants_player)
RETURNS wallet_answer LANGUAGE plpgsql AS $$
DECLARE
    o wallet_transaction;
    r wallet_transaction;
    t wallet_transaction;
    v_elsewhere boolean;
BEGIN
    SELECT id INTO r.game_id FROM merchants_game WHERE game_id = c.game_id;
    IF NOT FOUND AND c.game_id IS NOT NULL THEN
        RETURN ROW('RS_ERROR_RECORD_NOT_FOUND', NULL)::wallet_answer;
    END IF;
    IF c.ref_transaction_id = c.transaction_id THEN
        RETURN ROW('RS_ERROR_TRANSACTION_DOES_NOT_EXIST', NULL)::wallet_answer;
    END IF;
    SELECT * INTO o FROM wallet_transaction w
     WHERE w.merchant_id = p.merchant_id AND w.transaction_id = c.ref_transaction_id AND w.part = 0;
    r.transaction_id := c.transaction_id; r.kind := 'rollback'; r.status := 'RS_OK'; r.player_id := pl.id;
    r.ref_transaction_id := c.ref_transaction_id;
    IF o.id IS NULL THEN
        t.transaction_id := c.ref_transaction_id; t.kind := 'tombstone'; t.player_id := pl.id;
        t.status := 'RS_ERROR_TRANSACTION_DOES_NOT_EXIST';
        PERFORM wallet_keep(p, t);
        RETURN wallet_keep(p, r);
    END IF;
    v_elsewhere := o.player_id <> pl.id OR (o.kind <> 'tombstone' AND c.session_id <> (
        SELECT s.session_id FROM wallet_session s WHERE s.id = o.session_id));
    IF o.kind = 'rollback' OR v_elsewhere THEN
        RETURN ROW('RS_ERROR_TRANSACTION_DOES_NOT_EXIST', NULL)::wallet_answer;
    END IF;
    IF o.debit_account_id IS NULL OR EXISTS (SELECT FROM wallet_transaction u WHERE u.reverses_id = o.id) THEN
        RETURN wallet_keep(p, r);
    END IF;
    RETURN wallet_reverse(p, r, o);
END $$;


-- [11 to 18] One call, but no bet, whose ids and player are locked and whose caller has passed the gate.
CREATE OR REPLACE FUNCTION wallet_apply(p wallet_caller, c wallet_call, pl merchants_player)
RETURNS wallet_answer LANGUAGE plpgsql AS $$
DECLARE
    t wallet_transaction;
BEGIN
    SELECT * INTO t FROM wallet_transaction w
     WHERE w.merchant_id = p.merchant_id AND w.transaction_id = c.transaction_id AND w.part = 0;
    IF FOUND THEN
        RETURN wallet_repeat(p, c, pl.id, t);
    END IF;
    IF pl.id IS NULL AND c.kind = 'deposit' THEN
        INSERT INTO merchants_player (merchant_id, player_id) VALUES (p.merchant_id, c.player_id) ON CONFLICT DO NOTHING;
        SELECT * INTO pl FROM merchants_player w
         WHERE w.merchant_id = p.merchant_id AND w.player_id = c.player_id FOR NO KEY UPDATE;
    END IF;
    IF pl.id IS NULL THEN
        RETURN ROW('RS_ERROR_RECORD_NOT_FOUND', NULL)::wallet_answer;
    END IF;
    CASE c.kind
        WHEN 'payout' THEN RETURN wallet_payout(p, c, pl);
        WHEN 'reward' THEN RETURN wallet_reward(p, c, pl);
        WHEN 'rollback' THEN RETURN wallet_rollback(p, c, pl);
        ELSE RETURN wallet_cashier(p, c, pl);
    END CASE;
END $$;


-- `moment` dates a row. Only roles that may execute wallet_says_when() may choose it: in production, none of the portal.
CREATE OR REPLACE FUNCTION wallet_says_when() RETURNS void LANGUAGE sql IMMUTABLE AS $$ $$;

CREATE OR REPLACE FUNCTION wallet_check_moment()
RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT has_function_privilege(session_user, 'wallet_says_when()', 'EXECUTE') THEN
        RAISE EXCEPTION 'the clock says when a call was made' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;


-- A single call: bet, payout, reward, deposit or withdraw. A deposit makes its player known.
CREATE OR REPLACE FUNCTION wallet_post(p wallet_caller, c wallet_call)
RETURNS wallet_answer LANGUAGE plpgsql
SET lock_timeout = '300ms' SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    pl merchants_player;
    g record;
BEGIN
    IF c.kind IS NULL OR c.kind NOT IN ('bet', 'payout', 'reward', 'deposit', 'withdraw') THEN
        RAISE EXCEPTION 'a single call is no %', c.kind USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p.moment IS NOT NULL THEN
        PERFORM wallet_check_moment();
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(c.transaction_id, p.merchant_id));
    IF c.kind = 'bet' THEN
        RETURN wallet_bet(p, c);
    END IF;
    SELECT * INTO pl FROM merchants_player w
     WHERE w.merchant_id = p.merchant_id AND w.player_id = c.player_id FOR NO KEY UPDATE;
    g := wallet_gate(p, c.kind);
    IF g.refusal IS NOT NULL THEN
        RETURN ROW(g.refusal, NULL)::wallet_answer;
    END IF;
    RETURN wallet_apply(p, c, pl);
END $$;


-- A late payout that is refused is money owed to a player, and soon nobody will send it again. The first refusal is kept.
-- Of an id that a correction has settled nothing is owed.
CREATE OR REPLACE FUNCTION wallet_owe(p wallet_caller, c wallet_call, p_status text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO wallet_refusedpayout (
        merchant_id, transaction_id, ref_transaction_id, player_id, game_id, round_id, currency, amount, status,
        request_id, created_at
    ) SELECT
        p.merchant_id, c.transaction_id, c.ref_transaction_id, c.player_id, c.game_id, c.round_id, c.currency, c.amount,
        p_status, p.request_id, coalesce(p.moment, clock_timestamp())
      WHERE NOT EXISTS (SELECT FROM wallet_transaction w
                         WHERE w.merchant_id = p.merchant_id AND w.transaction_id = c.transaction_id AND w.part = 0
                           AND w.kind = 'correct')
    ON CONFLICT (merchant_id, transaction_id) DO NOTHING;
END $$;


-- A batch of rollbacks or late payouts, `p_items` an array of calls. One transaction: all locks first, then each item
-- on its own, in order. Answers in order; one row with ordinal 0 when the whole batch is refused.
CREATE OR REPLACE FUNCTION wallet_post_batch(p wallet_caller, p_kind text, p_items jsonb)
RETURNS TABLE (ordinal integer, status text, balance bigint) LANGUAGE plpgsql
SET lock_timeout = '300ms' SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    c wallet_call;
    d wallet_call;
    pl merchants_player;
    g record;
    a wallet_answer;
    v_ids text[];
    v_players text[];
    -- Of each round that late payouts name: its bets that are not paid stand in v_bets, from v_next to v_last.
    b record;
    v_rounds text[] := '{}';
    v_round integer;
    v_bets text[] := '{}';
    v_next integer[];
    v_last integer[];
    v_oldest text[];
BEGIN
    IF p_kind NOT IN ('payout', 'rollback')
       OR jsonb_path_exists(p_items, '$[*] ? (!(@.kind == $kind))', jsonb_build_object('kind', p_kind))
    THEN
        RAISE EXCEPTION 'a batch is of payouts or of rollbacks' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p.moment IS NOT NULL THEN
        PERFORM wallet_check_moment();
    END IF;
    SELECT array_agg(i.player_id), array_agg(i.transaction_id) || array_agg(i.ref_transaction_id)
      INTO v_players, v_ids FROM jsonb_populate_recordset(NULL::wallet_call, p_items) i;
    PERFORM pg_advisory_xact_lock(k.hash) FROM (
        SELECT DISTINCT hashtextextended(id, p.merchant_id) AS hash FROM unnest(v_ids) id WHERE id IS NOT NULL ORDER BY 1
    ) k;
    PERFORM FROM merchants_player w
      WHERE w.merchant_id = p.merchant_id AND w.player_id = ANY (v_players) ORDER BY w.id FOR NO KEY UPDATE;
    g := wallet_gate(p, p_kind);
    IF g.refusal = 'RS_ERROR_MERCHANT_NOT_ACTIVE' AND p_kind = 'payout' THEN
        PERFORM wallet_owe(p, i, g.refusal) FROM jsonb_populate_recordset(NULL::wallet_call, p_items) i;
    END IF;
    IF g.refusal IS NOT NULL THEN
        RETURN QUERY SELECT 0, g.refusal, NULL::bigint;
        RETURN;
    END IF;
    ordinal := 0;
    FOR c IN SELECT * FROM jsonb_populate_recordset(NULL::wallet_call, p_items) LOOP
        SELECT * INTO pl FROM merchants_player w WHERE w.merchant_id = p.merchant_id AND w.player_id = c.player_id;
        d := c;
        v_round := NULL;
        IF p_kind = 'payout' AND c.ref_transaction_id IS NULL AND NOT EXISTS (
            SELECT FROM wallet_transaction w
             WHERE w.merchant_id = p.merchant_id AND w.transaction_id = c.transaction_id AND w.part = 0
        ) THEN
            v_round := array_position(v_rounds, ROW(c.player_id, c.session_id, c.round_id)::text);
            IF v_round IS NULL THEN
                b := wallet_bets_of_round(p.merchant_id, pl.id, c.session_id, c.round_id);
                v_rounds := v_rounds || ROW(c.player_id, c.session_id, c.round_id)::text;
                v_round := cardinality(v_rounds);
                v_next[v_round] := cardinality(v_bets) + 1;
                v_bets := v_bets || b.unpaid;
                v_last[v_round] := cardinality(v_bets);
                v_oldest[v_round] := b.oldest;
            END IF;
            d.ref_transaction_id := CASE WHEN v_next[v_round] <= v_last[v_round] THEN v_bets[v_next[v_round]]
                                         ELSE v_oldest[v_round] END;
        END IF;
        a := wallet_apply(p, d, pl);
        IF v_round IS NOT NULL AND a.status = 'RS_OK' THEN
            v_next[v_round] := v_next[v_round] + 1;
        END IF;
        IF p_kind = 'payout' AND a.status <> 'RS_OK' THEN
            PERFORM wallet_owe(p, c, a.status);
        END IF;
        ordinal := ordinal + 1; status := a.status; balance := a.balance;
        RETURN NEXT;
    END LOOP;
END $$;


-- [2, 3, 6, 12] What a player has. A known player without an account in this currency has 0.
CREATE OR REPLACE FUNCTION wallet_balance(p wallet_caller, p_player text, p_currency text)
RETURNS wallet_answer LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
DECLARE
    g record;
    v record;
BEGIN
    g := wallet_gate(p, 'balance');
    IF g.refusal IS NOT NULL THEN
        RETURN ROW(g.refusal, NULL)::wallet_answer;
    END IF;
    SELECT w.id, a.balance INTO v FROM merchants_player w
      LEFT JOIN wallet_account a ON a.player_id = w.id AND a.currency = p_currency AND a.kind = 'player'
     WHERE w.merchant_id = p.merchant_id AND w.player_id = p_player;
    IF NOT FOUND THEN
        RETURN ROW('RS_ERROR_RECORD_NOT_FOUND', NULL)::wallet_answer;
    END IF;
    RETURN ROW('RS_OK', coalesce(v.balance, 0))::wallet_answer;
END $$;


-- A correcting entry: one person proposed it for a case (wallet_correction), `p_approver`, another one of our staff,
-- approves it. Nobody signs it, and its row is part -1: no signed call finds, repeats, pays on or rolls back such a row.
-- As a rollback may, it may take an account below zero: then bets and withdrawals are refused until that is covered.
-- Where the case is about a transaction that the ledger lacks, its id is taken by a row that moves nothing: the late
-- original is answered as a duplicate. Where it has come meanwhile, the correction is answered so, and moves nothing.
CREATE OR REPLACE FUNCTION wallet_correct(p_correction bigint, p_approver bigint, p_moment timestamptz)
RETURNS wallet_answer LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
DECLARE
    k wallet_correction;
    c wallet_case;
    p wallet_caller;
    r wallet_transaction;
    t wallet_transaction;
    a wallet_answer;
    v_account bigint;
    v_counter bigint;
    v_lacks boolean;
BEGIN
    IF p_moment IS NOT NULL THEN
        PERFORM wallet_check_moment();
    END IF;
    SELECT w.* INTO k FROM wallet_correction w WHERE w.id = p_correction FOR UPDATE;
    IF NOT FOUND OR k.approved_at IS NOT NULL OR k.declined_at IS NOT NULL THEN
        RAISE EXCEPTION 'this correction is not proposed' USING ERRCODE = 'check_violation';
    END IF;
    IF k.asked_by_id = p_approver OR NOT EXISTS (
        SELECT FROM merchants_person w
         WHERE w.id = p_approver AND w.is_active AND w.staff_role IN ('support', 'administrator')
    ) THEN
        RAISE EXCEPTION 'another person of our staff approves a correction' USING ERRCODE = 'check_violation';
    END IF;
    SELECT w.* INTO c FROM wallet_case w WHERE w.id = k.case_id AND w.merchant_id = k.merchant_id FOR NO KEY UPDATE;
    IF NOT FOUND OR c.state = 'resolved' THEN
        RAISE EXCEPTION 'a correction settles an open case of its merchant' USING ERRCODE = 'check_violation';
    END IF;
    IF c.kind = 'owed' AND NOT k.is_credit THEN
        RAISE EXCEPTION 'money owed to a player is settled by paying it' USING ERRCODE = 'check_violation';
    END IF;
    v_lacks := c.kind IN ('owed', 'missing_here', 'payout_without_bet') AND length(c.subject) BETWEEN 1 AND 255
               AND NOT starts_with(c.subject, 'all|');
    IF v_lacks THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(c.subject, k.merchant_id));
        SELECT w.* INTO t FROM wallet_transaction w
         WHERE w.merchant_id = k.merchant_id AND w.transaction_id = c.subject AND w.part = 0;
        IF t.debit_account_id IS NOT NULL AND NOT EXISTS (SELECT FROM wallet_transaction u WHERE u.reverses_id = t.id)
           AND (c.kind <> 'owed' OR (
                t.kind = 'payout' AND t.currency = c.currency AND t.amount = -c.difference
                AND t.player_id = (SELECT w.id FROM merchants_player w
                                    WHERE w.merchant_id = k.merchant_id AND w.player_id = c.player_id)))
        THEN
            RETURN ROW('RS_ERROR_DUPLICATE_TRANSACTION', NULL)::wallet_answer;
        END IF;
        v_lacks := t.id IS NULL;
    END IF;
    PERFORM FROM merchants_player w WHERE w.id = k.player_id AND w.merchant_id = k.merchant_id FOR NO KEY UPDATE;
    v_account := wallet_open_account(k.merchant_id, k.player_id, k.currency);
    INSERT INTO wallet_account (merchant_id, player_id, currency, kind, balance)
    VALUES (k.merchant_id, NULL, k.currency, 'correct', NULL)
    ON CONFLICT DO NOTHING;
    v_counter := wallet_counter_account(k.merchant_id, k.currency, 'correct');
    p.merchant_id := k.merchant_id; p.moment := p_moment;
    r.transaction_id := 'correction-' || k.id; r.part := -1; r.kind := 'correct'; r.status := 'RS_OK';
    r.player_id := k.player_id; r.currency := k.currency; r.amount := k.amount; r.case_id := k.case_id;
    r.ref_transaction_id := CASE
        WHEN c.subject <> '' AND strpos(c.subject, '|') = 0 AND length(c.subject) <= 255 AND c.kind <> 'balance'
        THEN c.subject END;
    r.debit_account_id := CASE WHEN k.is_credit THEN v_counter ELSE v_account END;
    r.credit_account_id := CASE WHEN k.is_credit THEN v_account ELSE v_counter END;
    a := wallet_book(p, r, v_account, CASE WHEN k.is_credit THEN k.amount ELSE -k.amount END);
    IF a.status = 'RS_OK' THEN
        UPDATE wallet_correction SET approved_by_id = p_approver, approved_at = coalesce(p_moment, clock_timestamp()),
               transaction_id = (SELECT w.id FROM wallet_transaction w
                                  WHERE w.merchant_id = k.merchant_id AND w.transaction_id = r.transaction_id
                                    AND w.part = -1)
         WHERE id = k.id;
        IF v_lacks THEN
            t.transaction_id := c.subject; t.kind := 'correct'; t.status := 'RS_ERROR_DUPLICATE_TRANSACTION';
            t.player_id := k.player_id; t.case_id := k.case_id;
            PERFORM wallet_keep(p, t);
        END IF;
    END IF;
    RETURN a;
END $$;


-- What the application may call to move money runs with the rights of the tables' owner. Names are looked up in public
-- first, and in the schema of temporary tables last, which everybody may fill. Nothing else of this file may be executed
-- by others; what the application may execute is granted by portal/database/grants.py.
ALTER FUNCTION wallet_open_account(bigint, bigint, text) SECURITY DEFINER SET search_path = public, pg_temp;
ALTER FUNCTION wallet_correct(bigint, bigint, timestamptz) SECURITY DEFINER SET search_path = public, pg_temp;
ALTER FUNCTION wallet_post(wallet_caller, wallet_call) SECURITY DEFINER SET search_path = public, pg_temp;
ALTER FUNCTION wallet_post_batch(wallet_caller, text, jsonb) SECURITY DEFINER SET search_path = public, pg_temp;
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'wallet\_%' LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
END $$;
