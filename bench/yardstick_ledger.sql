-- What the ledger function is compared with. Own tables in a database of their own; fsync and the server are the same.

-- The smallest correct function that a bet needs. Its rules: the account is locked; a repeated id gets its first answer;
-- a stake above the balance is refused; the balance and one row change together.
CREATE TABLE small_account (
    merchant_id bigint, player_id text, balance bigint NOT NULL CHECK (balance >= 0), PRIMARY KEY (merchant_id, player_id)
) WITH (fillfactor = 50);
CREATE TABLE small_row (
    merchant_id bigint, transaction_id text, player_id text NOT NULL, amount bigint NOT NULL, balance bigint NOT NULL,
    PRIMARY KEY (merchant_id, transaction_id)
);

CREATE FUNCTION small_bet(
    p_merchant bigint, p_transaction text, p_player text, p_amount bigint, OUT status text, OUT answer bigint
) LANGUAGE plpgsql AS $$
DECLARE
    v_balance bigint;
BEGIN
    SELECT a.balance INTO v_balance FROM small_account a
     WHERE a.merchant_id = p_merchant AND a.player_id = p_player FOR NO KEY UPDATE;
    SELECT 'RS_OK', r.balance INTO status, answer FROM small_row r
     WHERE r.merchant_id = p_merchant AND r.transaction_id = p_transaction;
    IF FOUND THEN
        RETURN;
    END IF;
    IF v_balance IS NULL OR v_balance < p_amount THEN
        status := 'RS_ERROR_NOT_ENOUGH_MONEY';
        answer := v_balance;
        RETURN;
    END IF;
    UPDATE small_account SET balance = balance - p_amount WHERE merchant_id = p_merchant AND player_id = p_player;
    INSERT INTO small_row VALUES (p_merchant, p_transaction, p_player, p_amount, v_balance - p_amount);
    status := 'RS_OK';
    answer := v_balance - p_amount;
END $$;


-- A transfer by double entry, as public ledgers do it: two locks in order, two updates, three inserts. It knows no
-- repeats. The other side is one of 16 house accounts, so that the players' accounts are what is met, as in our rows.
CREATE TABLE entry_account (
    id bigint PRIMARY KEY, balance numeric NOT NULL DEFAULT 0, version bigint NOT NULL DEFAULT 0,
    may_be_negative boolean NOT NULL, updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE entry_transfer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, from_account bigint NOT NULL REFERENCES entry_account,
    to_account bigint NOT NULL REFERENCES entry_account, amount numeric NOT NULL CHECK (amount > 0),
    created_at timestamptz NOT NULL DEFAULT now(), CHECK (from_account <> to_account)
);
CREATE TABLE entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account_id bigint NOT NULL REFERENCES entry_account,
    transfer_id bigint NOT NULL REFERENCES entry_transfer, amount numeric NOT NULL, balance_before numeric NOT NULL,
    balance_after numeric NOT NULL, account_version bigint NOT NULL, created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX entry_of_account ON entry (account_id, account_version);
CREATE INDEX entry_of_transfer ON entry (transfer_id);

CREATE FUNCTION entry_transfer_money(p_from bigint, p_to bigint, p_amount numeric) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_from entry_account;
    v_to entry_account;
    v_transfer bigint;
BEGIN
    PERFORM FROM entry_account WHERE id = least(p_from, p_to) FOR UPDATE;
    PERFORM FROM entry_account WHERE id = greatest(p_from, p_to) FOR UPDATE;
    UPDATE entry_account SET balance = balance - p_amount, version = version + 1, updated_at = now()
     WHERE id = p_from RETURNING * INTO v_from;
    IF v_from.balance < 0 AND NOT v_from.may_be_negative THEN
        RAISE EXCEPTION 'account % would be negative', p_from;
    END IF;
    UPDATE entry_account SET balance = balance + p_amount, version = version + 1, updated_at = now()
     WHERE id = p_to RETURNING * INTO v_to;
    INSERT INTO entry_transfer (from_account, to_account, amount) VALUES (p_from, p_to, p_amount) RETURNING id INTO v_transfer;
    INSERT INTO entry (account_id, transfer_id, amount, balance_before, balance_after, account_version)
    VALUES (p_from, v_transfer, -p_amount, v_from.balance + p_amount, v_from.balance, v_from.version);
    INSERT INTO entry (account_id, transfer_id, amount, balance_before, balance_after, account_version)
    VALUES (p_to, v_transfer, p_amount, v_to.balance - p_amount, v_to.balance, v_to.version);
    RETURN v_transfer;
END $$;

INSERT INTO small_account SELECT 1, 'player-' || n, 1000000000 FROM generate_series(1, :players) n;
INSERT INTO entry_account (id, balance, may_be_negative)
SELECT n, 1000000000, false FROM generate_series(1, :players) n UNION ALL
SELECT -n, 0, true FROM generate_series(1, 16) n;
VACUUM ANALYZE;
CHECKPOINT;
