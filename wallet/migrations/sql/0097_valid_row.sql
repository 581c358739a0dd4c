-- What a row of the ledger must be, whoever writes it. The table has one CHECK that casts its columns to this domain:
-- PostgreSQL keeps the checks of a domain ready in memory, and reads those of a table anew for each INSERT (decision
-- 0086). A check passes when it is null.
CREATE TYPE wallet_row AS (
    kind varchar(9), part integer, status varchar(40), currency varchar(8) COLLATE "C", amount bigint,
    debit_account_id bigint, credit_account_id bigint, case_id bigint,
    secret_id bigint, address inet, request_id uuid, session_id bigint, game_id bigint, reverses_id bigint
);

CREATE DOMAIN wallet_valid_row AS wallet_row
    CONSTRAINT transaction_amount_not_negative CHECK ((VALUE).amount >= 0)
    CONSTRAINT transaction_two_sides_or_none CHECK (
        ((VALUE).debit_account_id IS NULL AND (VALUE).credit_account_id IS NULL)
        OR ((VALUE).debit_account_id IS NOT NULL AND (VALUE).credit_account_id IS NOT NULL
            AND (VALUE).amount IS NOT NULL AND (VALUE).currency IS NOT NULL))
    CONSTRAINT transaction_sides_differ CHECK ((VALUE).debit_account_id <> (VALUE).credit_account_id)
    CONSTRAINT transaction_refused_moves_nothing CHECK (
        (VALUE).debit_account_id IS NULL OR (VALUE).status = 'RS_OK')
    CONSTRAINT transaction_never_play_money CHECK ((VALUE).currency <> 'XXX')
    CONSTRAINT transaction_correction_apart CHECK (
        CASE WHEN (VALUE).kind <> 'correct' THEN (VALUE).part >= 0
             WHEN (VALUE).debit_account_id IS NOT NULL THEN (VALUE).part = -1
             ELSE (VALUE).part = 0 AND (VALUE).amount IS NULL
                  AND (VALUE).status = 'RS_ERROR_DUPLICATE_TRANSACTION' END)
    CONSTRAINT transaction_signed_or_correction CHECK (
        CASE WHEN (VALUE).kind = 'correct'
             THEN (VALUE).case_id IS NOT NULL
                  AND num_nonnulls((VALUE).secret_id, (VALUE).address, (VALUE).request_id, (VALUE).session_id,
                                   (VALUE).game_id, (VALUE).reverses_id) = 0
             ELSE (VALUE).case_id IS NULL
                  AND num_nulls((VALUE).secret_id, (VALUE).address, (VALUE).request_id) = 0 END);
