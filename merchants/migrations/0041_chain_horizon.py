from importlib import import_module

from django.db import migrations

# The functions of the chain: `merchants_chain_seal` finds its horizon itself. The text stays as it is here.
FUNCTIONS = """-- The chain over ledger and history rows. `merchants_chain_seal` is the only writer of merchants_chainblock: it runs with
-- the owner's rights and computes every hash from the rows themselves, so that nobody can hand it one.

DROP FUNCTION IF EXISTS merchants_chain_seal(text, bigint, bigint);
DROP FUNCTION IF EXISTS merchants_chain_seal(text, bigint);
DROP FUNCTION IF EXISTS merchants_chain_horizon(merchants_chainrecipe);
DROP FUNCTION IF EXISTS merchants_chain_blocks(merchants_chainrecipe, bigint, bigint, bigint, bigint);
DROP FUNCTION IF EXISTS merchants_chain_rows(merchants_chainrecipe, bigint, bigint, bigint, bigint);
DROP FUNCTION IF EXISTS merchants_chain_head(bytea, merchants_chainblock, merchants_chainrecipe);


-- The hash of each row with an id above `p_after` up to `p_upto`, of one merchant or of all (null): SHA-256 over the text
-- of the recipe's columns. The settings are what the text of a column depends on.
CREATE FUNCTION merchants_chain_rows(
    p_recipe merchants_chainrecipe, p_after bigint, p_upto bigint, p_most bigint, p_merchant bigint
) RETURNS TABLE (merchant_id bigint, id bigint, hash bytea) LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET bytea_output = 'hex' SET extra_float_digits = '1' AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT %1$s, t.%2$I::bigint, sha256(convert_to(ROW(%3$s)::text, ''UTF8'')) FROM %4$I t'
        ' WHERE t.%2$I > $1 AND t.%2$I <= $2 AND ($4 IS NULL OR %1$s = $4) ORDER BY t.%2$I LIMIT $3',
        CASE p_recipe.merchant_column
            WHEN '' THEN '0::bigint' ELSE format('coalesce(t.%I, 0)::bigint', p_recipe.merchant_column)
        END,
        p_recipe.id_column,
        (SELECT string_agg(format('t.%I', c.name), ', ' ORDER BY c.n)
           FROM unnest(p_recipe.columns) WITH ORDINALITY c (name, n)),
        p_recipe.table_name
    ) USING p_after, p_upto, p_most, p_merchant;
END $$;


-- The same rows, put together by merchant.
CREATE FUNCTION merchants_chain_blocks(
    p_recipe merchants_chainrecipe, p_after bigint, p_upto bigint, p_most bigint, p_merchant bigint
) RETURNS TABLE (
    merchant_id bigint, last_id bigint, row_count integer, ids bigint[], fingerprints bytea, digest bytea
) LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT r.merchant_id, max(r.id), count(*)::integer, array_agg(r.id ORDER BY r.id),
           string_agg(substr(r.hash, 1, 8), ''::bytea ORDER BY r.id),
           sha256(string_agg(int8send(r.id) || r.hash, ''::bytea ORDER BY r.id))
      FROM merchants_chain_rows(p_recipe, p_after, p_upto, p_most, p_merchant) r
     GROUP BY r.merchant_id
$$;


-- The head of a block: SHA-256 over the head before it and all that the block says, its recipe included.
CREATE FUNCTION merchants_chain_head(p_before bytea, b merchants_chainblock, r merchants_chainrecipe)
RETURNS bytea LANGUAGE sql STABLE
SET search_path = public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' AS $$
    SELECT sha256(
        p_before || b.digest || b.fingerprints || convert_to(ROW(
            b.chain, b.merchant_id, b.number, b.table_name, b.after_id, b.upto_id, b.row_count, b.total_rows, b.ids,
            b.sealed_at, r.table_name, r.version, r.chain, r.id_column, r.merchant_column, r.columns
        )::text, 'UTF8')
    )
$$;


-- The newest id of a table below which no row can appear any more; null while a writer takes longer than this waits.
-- Ids are given out when a row is made, and rows are seen when they are committed: a smaller one may come later. A writer
-- has its lock on the table before it is given an id, so it waits for all that hold one when the newest id was read.
CREATE FUNCTION merchants_chain_horizon(p_recipe merchants_chainrecipe)
RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_newest bigint;
    v_writers text[];
    v_ends timestamptz := clock_timestamp() + interval '2 seconds';
BEGIN
    EXECUTE format('SELECT max(t.%I)::bigint FROM %I t', p_recipe.id_column, p_recipe.table_name) INTO v_newest;
    SELECT array_agg(DISTINCT l.virtualtransaction) INTO v_writers FROM pg_locks l
     WHERE l.locktype = 'relation' AND l.relation = to_regclass(p_recipe.table_name) AND l.mode = 'RowExclusiveLock'
       AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
       AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database());
    WHILE EXISTS (
        SELECT FROM pg_locks l
         WHERE l.locktype = 'relation' AND l.relation = to_regclass(p_recipe.table_name)
           AND l.mode = 'RowExclusiveLock' AND l.granted AND l.virtualtransaction = ANY (v_writers)
           AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
    ) LOOP
        IF clock_timestamp() > v_ends THEN
            RETURN NULL;
        END IF;
        PERFORM pg_sleep(0.01);
    END LOOP;
    RETURN v_newest;
END $$;


-- Seals the next window of a table, up to its horizon. `p_most` is how many rows a window has, within bounds: a caller
-- chooses neither which rows are sealed nor which are left out, nor an old snapshot. Returns how many rows it sealed.
CREATE FUNCTION merchants_chain_seal(p_table text, p_most bigint)
RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    r merchants_chainrecipe;
    b merchants_chainblock;
    v record;
    v_upto bigint;
    v_sealed bigint := 0;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'a chain is sealed in read committed, not in %', current_setting('transaction_isolation');
    END IF;
    SELECT * INTO STRICT r FROM merchants_chainrecipe w WHERE w.table_name = p_table ORDER BY w.version DESC LIMIT 1;
    PERFORM pg_advisory_xact_lock(hashtextextended('merchants_chain_seal ' || r.chain, 0));
    SELECT coalesce(max(w.upto_id), -9223372036854775808) INTO b.after_id
      FROM merchants_chainblock w WHERE w.table_name = p_table;
    v_upto := merchants_chain_horizon(r);
    IF v_upto IS NULL OR v_upto <= b.after_id THEN
        RETURN 0;
    END IF;
    b.chain := r.chain; b.recipe_id := r.id; b.table_name := r.table_name; b.sealed_at := clock_timestamp();
    FOR v IN
        SELECT n.*, max(n.last_id) OVER () AS upto_id, o.number, o.total_rows, o.head
          FROM merchants_chain_blocks(r, b.after_id, v_upto, least(greatest(p_most, 1), 50000), NULL) n
          LEFT JOIN LATERAL (
            SELECT w.number, w.total_rows, w.head FROM merchants_chainblock w
             WHERE w.chain = r.chain AND w.merchant_id = n.merchant_id ORDER BY w.number DESC LIMIT 1
          ) o ON true
         ORDER BY n.merchant_id
    LOOP
        b.merchant_id := v.merchant_id; b.upto_id := v.upto_id; b.row_count := v.row_count; b.ids := v.ids;
        b.fingerprints := v.fingerprints; b.digest := v.digest; b.number := coalesce(v.number, 0) + 1;
        b.total_rows := coalesce(v.total_rows, 0) + v.row_count;
        b.head := merchants_chain_head(coalesce(v.head, ''::bytea), b, r);
        INSERT INTO merchants_chainblock (
            chain, merchant_id, number, recipe_id, table_name, after_id, upto_id, row_count, total_rows, ids,
            fingerprints, digest, head, sealed_at
        ) VALUES (
            b.chain, b.merchant_id, b.number, b.recipe_id, b.table_name, b.after_id, b.upto_id, b.row_count,
            b.total_rows, b.ids, b.fingerprints, b.digest, b.head, b.sealed_at
        );
        v_sealed := v_sealed + v.row_count;
    END LOOP;
    RETURN v_sealed;
END $$;
"""
DROP = """
    DROP FUNCTION merchants_chain_seal(text, bigint);
    DROP FUNCTION merchants_chain_horizon(merchants_chainrecipe);
"""
EARLIER = import_module("merchants.migrations.0022_tamper_evidence").FUNCTIONS


class Migration(migrations.Migration):
    dependencies = [("merchants", "0040_notices_stay")]

    operations = [migrations.RunSQL(FUNCTIONS, DROP + EARLIER)]
