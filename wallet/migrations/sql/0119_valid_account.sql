-- What an account must be, whoever writes it. The table has one CHECK that casts its columns to this domain, as the ledger
-- has (0097_valid_row.sql, decision 0086): each bet updates a balance. A check passes when it is null.
CREATE TYPE wallet_account_row AS (
    kind varchar(8), currency varchar(8) COLLATE "C", balance bigint, player_id bigint
);

CREATE DOMAIN wallet_valid_account AS wallet_account_row
    CONSTRAINT account_player_has_balance CHECK (
        CASE WHEN (VALUE).kind = 'player' THEN (VALUE).balance IS NOT NULL AND (VALUE).player_id IS NOT NULL
             ELSE (VALUE).kind IN ('games', 'rewards', 'cashier', 'correct')
                  AND (VALUE).balance IS NULL AND (VALUE).player_id IS NULL END)
    CONSTRAINT account_balance_representable CHECK ((VALUE).balance BETWEEN -9007199254740991 AND 9007199254740991)
    CONSTRAINT account_never_play_money CHECK ((VALUE).currency <> 'XXX');
