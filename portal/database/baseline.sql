-- Made of the migrations 65af740badd19fb92ecbcdac114d44f8a7c24d9af4f13e9406528f30e2d87614
--
-- PostgreSQL database dump
--



SET LOCAL statement_timeout = 0;
SET LOCAL lock_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL transaction_timeout = 0;
SET LOCAL client_encoding = 'UTF8';
SET LOCAL standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', true);
SET LOCAL check_function_bodies = false;
SET LOCAL xmloption = content;
SET LOCAL client_min_messages = warning;
SET LOCAL row_security = off;

-- *not* creating schema, since initdb creates it


CREATE SCHEMA IF NOT EXISTS statements;


CREATE TYPE public.wallet_account_row AS (
	kind character varying(8),
	currency character varying(8) COLLATE pg_catalog."C",
	balance bigint,
	player_id bigint
);


CREATE TYPE public.wallet_answer AS (
	status text,
	balance bigint
);


CREATE TYPE public.wallet_call AS (
	kind text,
	transaction_id text,
	ref_transaction_id text,
	session_id text,
	round_id text,
	player_id text,
	game_id text,
	currency text,
	amount bigint,
	is_win boolean,
	reward_type text
);


CREATE TYPE public.wallet_caller AS (
	merchant_id bigint,
	secret_id bigint,
	access_version bigint,
	address inet,
	request_id uuid,
	moment timestamp with time zone
);


CREATE TYPE public.wallet_row AS (
	kind character varying(9),
	part integer,
	status character varying(40),
	currency character varying(8) COLLATE pg_catalog."C",
	amount bigint,
	debit_account_id bigint,
	credit_account_id bigint,
	case_id bigint,
	secret_id bigint,
	address inet,
	request_id uuid,
	session_id bigint,
	game_id bigint,
	reverses_id bigint
);


CREATE DOMAIN public.wallet_valid_account AS public.wallet_account_row
	CONSTRAINT account_balance_representable CHECK ((((VALUE).balance >= '-9007199254740991'::bigint) AND ((VALUE).balance <= '9007199254740991'::bigint)))
	CONSTRAINT account_never_play_money CHECK ((((VALUE).currency)::text <> 'XXX'::text))
	CONSTRAINT account_player_has_balance CHECK (
CASE
    WHEN (((VALUE).kind)::text = 'player'::text) THEN (((VALUE).balance IS NOT NULL) AND ((VALUE).player_id IS NOT NULL))
    ELSE ((((VALUE).kind)::text = ANY ((ARRAY['games'::character varying, 'rewards'::character varying, 'cashier'::character varying, 'correct'::character varying])::text[])) AND ((VALUE).balance IS NULL) AND ((VALUE).player_id IS NULL))
END);


CREATE DOMAIN public.wallet_valid_row AS public.wallet_row
	CONSTRAINT transaction_amount_not_negative CHECK (((VALUE).amount >= 0))
	CONSTRAINT transaction_correction_apart CHECK (
CASE
    WHEN (((VALUE).kind)::text <> 'correct'::text) THEN ((VALUE).part >= 0)
    WHEN ((VALUE).debit_account_id IS NOT NULL) THEN ((VALUE).part = '-1'::integer)
    ELSE (((VALUE).part = 0) AND ((VALUE).amount IS NULL) AND (((VALUE).status)::text = 'RS_ERROR_DUPLICATE_TRANSACTION'::text))
END)
	CONSTRAINT transaction_never_play_money CHECK ((((VALUE).currency)::text <> 'XXX'::text))
	CONSTRAINT transaction_refused_moves_nothing CHECK ((((VALUE).debit_account_id IS NULL) OR (((VALUE).status)::text = 'RS_OK'::text)))
	CONSTRAINT transaction_sides_differ CHECK (((VALUE).debit_account_id <> (VALUE).credit_account_id))
	CONSTRAINT transaction_signed_or_correction CHECK (
CASE
    WHEN (((VALUE).kind)::text = 'correct'::text) THEN (((VALUE).case_id IS NOT NULL) AND (num_nonnulls((VALUE).secret_id, (VALUE).address, (VALUE).request_id, (VALUE).session_id, (VALUE).game_id, (VALUE).reverses_id) = 0))
    ELSE (((VALUE).case_id IS NULL) AND (num_nulls((VALUE).secret_id, (VALUE).address, (VALUE).request_id) = 0))
END)
	CONSTRAINT transaction_two_sides_or_none CHECK (((((VALUE).debit_account_id IS NULL) AND ((VALUE).credit_account_id IS NULL)) OR (((VALUE).debit_account_id IS NOT NULL) AND ((VALUE).credit_account_id IS NOT NULL) AND ((VALUE).amount IS NOT NULL) AND ((VALUE).currency IS NOT NULL))));


CREATE FUNCTION public._pgh_attach_context() RETURNS uuid
    LANGUAGE plpgsql
    AS $$
                    DECLARE
                        _pgh_context_id UUID;
                        _pgh_context_metadata JSONB;
                    BEGIN
                        BEGIN
                            SELECT INTO _pgh_context_id
                                CURRENT_SETTING('pghistory.context_id');
                            SELECT INTO _pgh_context_metadata
                                CURRENT_SETTING('pghistory.context_metadata');
                            EXCEPTION WHEN OTHERS THEN
                        END;
                        IF _pgh_context_id IS NOT NULL AND _pgh_context_metadata IS NOT NULL THEN
                            INSERT INTO pghistory_context (id, metadata, created_at, updated_at)
                                VALUES (_pgh_context_id, _pgh_context_metadata, NOW(), NOW())
                                ON CONFLICT (id) DO UPDATE
                                    SET metadata = EXCLUDED.metadata,
                                        updated_at = EXCLUDED.updated_at
                                    WHERE pghistory_context.metadata != EXCLUDED.metadata;
                            RETURN _pgh_context_id;
                        ELSE
                            RETURN NULL;
                        END IF;
                    END;
                $$;


CREATE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$SELECT false$$;


SET LOCAL default_tablespace = '';

SET LOCAL default_table_access_method = heap;

CREATE TABLE public.merchants_chainrecipe (
    id bigint NOT NULL,
    table_name character varying(63) NOT NULL,
    version smallint NOT NULL,
    chain character varying(7) NOT NULL,
    id_column character varying(63) NOT NULL,
    merchant_column character varying(63) NOT NULL,
    columns character varying(63)[] NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    CONSTRAINT merchants_chainrecipe_version_check CHECK ((version >= 0))
);


CREATE FUNCTION public.merchants_chain_blocks(p_recipe public.merchants_chainrecipe, p_after bigint, p_upto bigint, p_most bigint, p_merchant bigint) RETURNS TABLE(merchant_id bigint, last_id bigint, row_count integer, ids bigint[], fingerprints bytea, digest bytea)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    SELECT r.merchant_id, max(r.id), count(*)::integer, array_agg(r.id ORDER BY r.id),
           string_agg(substr(r.hash, 1, 8), ''::bytea ORDER BY r.id),
           sha256(string_agg(int8send(r.id) || r.hash, ''::bytea ORDER BY r.id))
      FROM merchants_chain_rows(p_recipe, p_after, p_upto, p_most, p_merchant) r
     GROUP BY r.merchant_id
$$;


CREATE TABLE public.merchants_chainblock (
    id bigint NOT NULL,
    chain character varying(7) NOT NULL,
    merchant_id bigint NOT NULL,
    number bigint NOT NULL,
    table_name character varying(63) NOT NULL,
    after_id bigint NOT NULL,
    upto_id bigint NOT NULL,
    row_count integer NOT NULL,
    total_rows bigint NOT NULL,
    ids bigint[] NOT NULL,
    fingerprints bytea NOT NULL,
    digest bytea NOT NULL,
    head bytea NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    recipe_id bigint NOT NULL
);


CREATE FUNCTION public.merchants_chain_head(p_before bytea, b public.merchants_chainblock, r public.merchants_chainrecipe) RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET "DateStyle" TO 'ISO, YMD'
    AS $$
    SELECT sha256(
        p_before || b.digest || b.fingerprints || convert_to(ROW(
            b.chain, b.merchant_id, b.number, b.table_name, b.after_id, b.upto_id, b.row_count, b.total_rows, b.ids,
            b.sealed_at, r.table_name, r.version, r.chain, r.id_column, r.merchant_column, r.columns
        )::text, 'UTF8')
    )
$$;


CREATE FUNCTION public.merchants_chain_horizon(p_recipe public.merchants_chainrecipe) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
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


CREATE FUNCTION public.merchants_chain_rows(p_recipe public.merchants_chainrecipe, p_after bigint, p_upto bigint, p_most bigint, p_merchant bigint) RETURNS TABLE(merchant_id bigint, id bigint, hash bytea)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET "DateStyle" TO 'ISO, YMD'
    SET "IntervalStyle" TO 'postgres'
    SET bytea_output TO 'hex'
    SET extra_float_digits TO '1'
    AS $_$
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
END $_$;


CREATE FUNCTION public.merchants_chain_seal(p_table text, p_most bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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


CREATE FUNCTION public.pgtrigger_access_token_stays_revoked_2c2c1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'a revoked access token stays revoked' USING ERRCODE = 'check_violation';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_account_not_emptied_6a0d2() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the ledger is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_account_stays_11409() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_adjustment_not_emptied_9147b() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_adjustment_stays_d2ca1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_adjustment_while_prepared_b1a07() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    PERFORM FROM wallet_settlement WHERE id = NEW.settlement_id AND state = 'requested' FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an adjustment is added while its statement is prepared' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_allowlist_access_changed_78942() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    UPDATE merchants_merchant SET access_version = access_version + 1 WHERE id = coalesce(NEW.merchant_id, OLD.merchant_id); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_allowlist_at_most_100_3eb54() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    PERFORM 1 FROM merchants_merchant WHERE id = NEW.merchant_id FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM merchants_allowlistentry
        WHERE merchant_id = NEW.merchant_id AND key_id IS NOT DISTINCT FROM NEW.key_id) >= 100 THEN
        RAISE EXCEPTION 'an allowlist has at most 100 entries' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_allowlist_by_two_people_7362f() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF coalesce(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'role', '') <> ''
       AND EXISTS (SELECT FROM merchants_merchant m
                    WHERE m.id = coalesce(NEW.merchant_id, OLD.merchant_id) AND m.two_person)
       AND NOT EXISTS (SELECT FROM merchants_approval a
                        WHERE a.merchant_id = coalesce(NEW.merchant_id, OLD.merchant_id) AND a.state = 'approved'
                          AND a.decided_in = pg_current_xact_id()::text::bigint) THEN
        RAISE EXCEPTION 'a second person approves this change of the list' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_allowlist_changed_by_two_people_e88e3() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF coalesce(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'role', '') <> ''
       AND EXISTS (SELECT FROM merchants_merchant m
                    WHERE m.id = coalesce(NEW.merchant_id, OLD.merchant_id) AND m.two_person)
       AND NOT EXISTS (SELECT FROM merchants_approval a
                        WHERE a.merchant_id = coalesce(NEW.merchant_id, OLD.merchant_id) AND a.state = 'approved'
                          AND a.decided_in = pg_current_xact_id()::text::bigint) THEN
        RAISE EXCEPTION 'a second person approves this change of the list' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_allowlist_not_changed_on_trial_58c4f() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    PERFORM 1 FROM merchants_merchant WHERE id = coalesce(NEW.merchant_id, OLD.merchant_id) FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM merchants_listtrial t
                WHERE t.state = 'trying' AND t.merchant_id = coalesce(NEW.merchant_id, OLD.merchant_id)
                  AND ((TG_OP <> 'INSERT' AND t.key_id IS NOT DISTINCT FROM OLD.key_id)
                       OR (TG_OP <> 'DELETE' AND t.key_id IS NOT DISTINCT FROM NEW.key_id))) THEN
        RAISE EXCEPTION 'a list that is on trial does not change' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_allowlist_not_on_trial_f61ff() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    PERFORM 1 FROM merchants_merchant WHERE id = coalesce(NEW.merchant_id, OLD.merchant_id) FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM merchants_listtrial t
                WHERE t.state = 'trying' AND t.merchant_id = coalesce(NEW.merchant_id, OLD.merchant_id)
                  AND ((TG_OP <> 'INSERT' AND t.key_id IS NOT DISTINCT FROM OLD.key_id)
                       OR (TG_OP <> 'DELETE' AND t.key_id IS NOT DISTINCT FROM NEW.key_id))) THEN
        RAISE EXCEPTION 'a list that is on trial does not change' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_allowlist_not_too_wide_8af01() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
                    IF masklen(NEW.network) < (CASE family(NEW.network) WHEN 4 THEN 8 ELSE 16 END) THEN
                        RAISE EXCEPTION 'an allowlist entry is at most a /8, or a /16 for IPv6'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                
                END;
            $$;


CREATE FUNCTION public.pgtrigger_allowlist_not_too_wide_together_1bac0() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF (SELECT sum(2::numeric ^ (CASE family(NEW.network) WHEN 4 THEN 32 ELSE 128 END - masklen(e.network)))
          FROM merchants_allowlistentry e
         WHERE e.merchant_id = NEW.merchant_id AND e.key_id IS NOT DISTINCT FROM NEW.key_id
           AND family(e.network) = family(NEW.network))
       <= 2::numeric ^ (CASE family(NEW.network) WHEN 4 THEN 25 ELSE 113 END) THEN
        RETURN NULL;
    END IF;
    IF (SELECT sum(2::numeric ^ (CASE family(NEW.network) WHEN 4 THEN 32 ELSE 128 END - masklen(e.network)))
          FROM merchants_allowlistentry e
         WHERE e.merchant_id = NEW.merchant_id AND e.key_id IS NOT DISTINCT FROM NEW.key_id
           AND family(e.network) = family(NEW.network)
           AND NOT EXISTS (SELECT FROM merchants_allowlistentry w
                            WHERE w.merchant_id = NEW.merchant_id AND w.key_id IS NOT DISTINCT FROM NEW.key_id
                              AND w.network >> e.network))
       > 2::numeric ^ (CASE family(NEW.network) WHEN 4 THEN 25 ELSE 113 END) THEN
        RAISE EXCEPTION 'an allowlist holds at most as many addresses as two of the widest entries'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_allowlist_of_own_key_3d940() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF (TG_OP = 'UPDATE' AND NEW.merchant_id <> OLD.merchant_id
        AND (NEW.key_id IS NULL OR NEW.key_id IS DISTINCT FROM OLD.key_id))
       OR NEW.merchant_id <> (SELECT merchant_id FROM merchants_apikey WHERE id = NEW.key_id) THEN
        RAISE EXCEPTION 'an allowlist entry belongs to the merchant of its key, for good'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_api_key_access_changed_56daa() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    UPDATE merchants_merchant SET access_version = access_version + 1 WHERE id = NEW.merchant_id; RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_api_key_of_its_environment_dae9a() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF (NEW.environment = 'test')
       <> (SELECT sandbox_of_id IS NOT NULL FROM merchants_merchant WHERE id = NEW.merchant_id) THEN
        RAISE EXCEPTION 'test keys belong to a sandbox, live keys to a live merchant' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_api_key_revoked_for_good_8f048() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'a revoked key cannot come back' USING ERRCODE = 'check_violation';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_api_key_stays_f9a45() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_api_key_stays_where_it_is_083b4() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF NEW.environment <> OLD.environment OR NEW.auth_key <> OLD.auth_key
       OR (NEW.merchant_id <> OLD.merchant_id
           AND NOT (NEW.environment = 'test' AND EXISTS (
               SELECT FROM merchants_merchant WHERE id = NEW.merchant_id AND sandbox_of_id = OLD.merchant_id)))
    THEN
        RAISE EXCEPTION 'a key keeps its merchant, its environment and its name' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_1916f() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_27ae9() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_290a1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_2c95c() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_2e5fa() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_3f8c1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_44678() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_4c3c1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_5c69d() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_63e58() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_6c0a8() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_706a1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_76104() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_84d09() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_85f84() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_8e362() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_9082d() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_923c5() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_99a92() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_acb9e() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_ad3ee() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_afbbe() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_b6472() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_bbf20() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_c5700() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_c60c2() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_d5a36() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_e6416() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_eb068() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_ef6f9() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_ef961() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_f0536() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_f4dc2() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_append_only_fe3c1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_approval_as_asked_d24a4() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'waiting' OR (NEW.key_id IS NOT NULL AND NEW.merchant_id IS DISTINCT FROM
                (SELECT merchant_id FROM merchants_apikey WHERE id = NEW.key_id)) THEN
            RAISE EXCEPTION 'a request begins undecided, and is about its own merchant'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'waiting'
       OR (NEW.merchant_id, NEW.key_id, NEW.verb, NEW.wish, NEW.asked_by_id, NEW.asked_at)
          IS DISTINCT FROM (OLD.merchant_id, OLD.key_id, OLD.verb, OLD.wish, OLD.asked_by_id, OLD.asked_at) THEN
        RAISE EXCEPTION 'a request stays as it was made, and is decided once' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'approved' AND greatest(NEW.decided_at, clock_timestamp()) >= OLD.asked_at + interval '72 hours'
       OR NEW.state = 'expired' AND NEW.decided_at < OLD.asked_at + interval '72 hours' THEN
        RAISE EXCEPTION 'a request expires after 72 hours' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> 'waiting' THEN
        NEW.decided_in := pg_current_xact_id()::text::bigint;
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_approval_stays_1574f() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_case_begins_without_people_c2064() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_case_by_two_people_a96b7() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF OLD.write_off_asked_by_id <> NEW.resolved_by_id AND OLD.asked_resolution = NEW.resolution
       AND OLD.difference = NEW.difference AND NEW.write_off_asked_by_id = OLD.write_off_asked_by_id THEN
        RETURN NEW;
    END IF;
    IF NEW.kind <> 'owed' AND NOT 
    (starts_with(NEW.subject, 'all|')
     OR (NEW.kind = 'truncated' AND coalesce((NEW.ours ->> 'rows')::bigint, 0) > 0))
 AND (
    CASE WHEN NEW.difference <> 0 THEN abs(NEW.difference::numeric)
         WHEN NEW.kind IN ('unsettled', 'balance') THEN abs(coalesce((NEW.ours ->> 'amount')::numeric, 0))
         WHEN NEW.kind = 'totals' THEN abs(coalesce((NEW.ours ->> 'amount')::numeric, 0)
                                             - coalesce((NEW.theirs ->> 'amount')::numeric, 0))
         ELSE 0 END
) = 0 THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM merchants_merchant m WHERE m.id = NEW.merchant_id AND m.sandbox_of_id IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM merchants_person WHERE id = NEW.resolved_by_id FOR NO KEY UPDATE;
    IF NEW.kind = 'owed' OR 
    (starts_with(NEW.subject, 'all|')
     OR (NEW.kind = 'truncated' AND coalesce((NEW.ours ->> 'rows')::bigint, 0) > 0))
 OR (
    CASE WHEN NEW.difference <> 0 THEN abs(NEW.difference::numeric)
         WHEN NEW.kind IN ('unsettled', 'balance') THEN abs(coalesce((NEW.ours ->> 'amount')::numeric, 0))
         WHEN NEW.kind = 'totals' THEN abs(coalesce((NEW.ours ->> 'amount')::numeric, 0)
                                             - coalesce((NEW.theirs ->> 'amount')::numeric, 0))
         ELSE 0 END
) + coalesce((
            SELECT sum(
    CASE WHEN c.difference <> 0 THEN abs(c.difference::numeric)
         WHEN c.kind IN ('unsettled', 'balance') THEN abs(coalesce((c.ours ->> 'amount')::numeric, 0))
         WHEN c.kind = 'totals' THEN abs(coalesce((c.ours ->> 'amount')::numeric, 0)
                                             - coalesce((c.theirs ->> 'amount')::numeric, 0))
         ELSE 0 END
) FROM wallet_case c
             WHERE c.resolved_by_id = NEW.resolved_by_id AND c.resolved_at > NEW.resolved_at - interval '24 hours'
               AND c.merchant_id = NEW.merchant_id AND c.currency = NEW.currency AND c.state = 'resolved'
               AND c.write_off_asked_by_id IS NULL), 0)
        > coalesce((SELECT coalesce((p.write_off_alone_by_currency -> NEW.currency)::numeric, floor(
    (p.write_off_alone::numeric * coalesce(
        (SELECT e.per_euro::numeric / 100000 FROM wallet_currencyrate e WHERE e.currency = NEW.currency),
        CASE WHEN NEW.currency IN ('', 'AED', 'AFN', 'ALL', 'AMD', 'ANG', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BGN', 'BMD', 'BND', 'BOB', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHF', 'CNY', 'COP', 'CRC', 'CUP', 'CVE', 'CZK', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IRR', 'JMD', 'KES', 'KGS', 'KHR', 'KPW', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'QAR', 'RON', 'RSD', 'RUB', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'USD', 'UYU', 'UZS', 'VED', 'VES', 'WST', 'XCD', 'XCG', 'YER', 'ZAR', 'ZMW', 'ZWG') THEN 1
             WHEN NEW.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 100
             WHEN NEW.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 0.1
             WHEN NEW.currency IN ('CLF', 'UYW') THEN 0.01
             ELSE 0.001 END))
)) FROM wallet_reconciliationplan p
                     WHERE p.merchant_id = NEW.merchant_id), 0) THEN
        RAISE EXCEPTION 'a second person closes this case' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_case_due_7b7d0() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                DECLARE v_due timestamptz; v_days integer; v_zone text; v_opened_again boolean;
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF TG_OP = 'UPDATE' THEN
        v_opened_again := OLD.state = 'resolved' AND NEW.state <> 'resolved';
        IF OLD.due_at IS NOT NULL AND NOT v_opened_again
           AND (NEW.severity = OLD.severity OR NEW.difference = OLD.difference) THEN
            NEW.due_at := OLD.due_at;
            RETURN NEW;
        END IF;
    END IF;
    v_due := CASE TG_OP WHEN 'INSERT' THEN NEW.opened_at ELSE clock_timestamp() END;
    v_days := CASE NEW.severity WHEN 4 THEN 1 WHEN 3 THEN 1 WHEN 2 THEN 3 WHEN 1 THEN 7 ELSE 1 END;
    SELECT m.time_zone INTO v_zone FROM merchants_merchant m WHERE m.id = NEW.merchant_id;
    WHILE v_days > 0 LOOP
        v_due := v_due + interval '24 hours';
        IF extract(isodow FROM v_due AT TIME ZONE v_zone) < 6 THEN
            v_days := v_days - 1;
        END IF;
    END LOOP;
    NEW.due_at := CASE WHEN TG_OP = 'UPDATE' AND NOT v_opened_again THEN least(OLD.due_at, v_due) ELSE v_due END;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_case_note_stays_8df6c() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_case_owed_closes_by_payout_25119() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF NOT EXISTS (SELECT FROM wallet_refusedpayout r
                    WHERE r.merchant_id = NEW.merchant_id AND r.transaction_id = NEW.subject AND 
    EXISTS (SELECT FROM wallet_transaction t
              JOIN merchants_player p ON p.id = t.player_id
             WHERE t.merchant_id = r.merchant_id AND t.transaction_id = r.transaction_id AND t.part = 0
               AND t.kind = 'payout' AND t.debit_account_id IS NOT NULL
               AND p.player_id = r.player_id AND t.currency = r.currency AND t.amount = r.amount
               AND NOT EXISTS (SELECT FROM wallet_transaction u WHERE u.reverses_id = t.id))
) THEN
        RAISE EXCEPTION 'money owed to a player closes by its payout' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_case_reminder_stays_05ee5() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_case_settled_by_correction_b0b18() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF NOT EXISTS (SELECT FROM wallet_correction k
                    WHERE k.case_id = NEW.id AND k.approved_by_id = NEW.resolved_by_id
                      AND k.asked_by_id = OLD.write_off_asked_by_id) THEN
        RAISE EXCEPTION 'a correction that another person approved settles a case' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_case_stays_cd5ae() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_case_stays_what_it_is_cd3cd() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_chain_block_stays_046b5() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_chain_recipe_stays_03cbf() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_claim_stays_13640() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_claim_works_once_71574() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'a claim link works once' USING ERRCODE = 'check_violation';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_compromise_stays_3639e() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_confirmation_not_emptied_ed71f() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_confirmation_of_a_signed_one_7a65b() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF NOT EXISTS (SELECT FROM wallet_settlement WHERE id = NEW.settlement_id AND state = 'signed') THEN
        RAISE EXCEPTION 'a settlement statement is confirmed after its sign-off' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_confirmation_stays_4658b() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_contact_outside_by_owner_fc32b() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF coalesce(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'role', '') <> ''
       AND (TG_OP = 'INSERT' OR lower(NEW.email) <> lower(OLD.email))
       AND NOT EXISTS (SELECT FROM merchants_membership m JOIN merchants_person p ON p.id = m.person_id
                        WHERE m.merchant_id = NEW.merchant_id AND m.role = 'owner' AND p.is_active
                          AND split_part(lower(p.email), '@', 2) = split_part(lower(NEW.email), '@', 2)) THEN
        RAISE EXCEPTION 'an owner says yes to an address of another domain' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_correction_begins_undecided_9744c() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF num_nonnulls(NEW.approved_by_id, NEW.approved_at, NEW.transaction_id, NEW.declined_by_id, NEW.declined_at) <> 0
    THEN
        RAISE EXCEPTION 'a correction begins as a proposal' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_correction_decided_once_fb527() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_correction_stays_3f2f9() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_currency_rate_raises_no_limit_0a21e() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    PERFORM pg_advisory_xact_lock(hashtextextended('limits by rate', 0));
    IF EXISTS (
    SELECT m.code FROM wallet_reconciliationplan p
      JOIN merchants_merchant m ON m.id = p.merchant_id AND m.sandbox_of_id IS NULL
     WHERE (p.write_off_alone_by_currency -> NEW.currency)::numeric IS NULL
       AND floor(p.write_off_alone::numeric * NEW.per_euro::numeric / 100000)
           > floor(
    (p.write_off_alone::numeric * coalesce(
        (SELECT e.per_euro::numeric / 100000 FROM wallet_currencyrate e WHERE e.currency = NEW.currency),
        CASE WHEN NEW.currency IN ('', 'AED', 'AFN', 'ALL', 'AMD', 'ANG', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BGN', 'BMD', 'BND', 'BOB', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHF', 'CNY', 'COP', 'CRC', 'CUP', 'CVE', 'CZK', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IRR', 'JMD', 'KES', 'KGS', 'KHR', 'KPW', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'QAR', 'RON', 'RSD', 'RUB', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'USD', 'UYU', 'UZS', 'VED', 'VES', 'WST', 'XCD', 'XCG', 'YER', 'ZAR', 'ZMW', 'ZWG') THEN 1
             WHEN NEW.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 100
             WHEN NEW.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 0.1
             WHEN NEW.currency IN ('CLF', 'UYW') THEN 0.01
             ELSE 0.001 END))
)
     ORDER BY m.code
) THEN
        RAISE EXCEPTION 'a rate raises no write-off limit'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_currency_rate_stays_93f51() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_domain_access_changed_3375c() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    UPDATE merchants_merchant SET access_version = access_version + 1 WHERE id = coalesce(NEW.merchant_id, OLD.merchant_id); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_domain_by_two_people_decb6() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF coalesce(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'role', '') <> ''
       AND EXISTS (SELECT FROM merchants_merchant m
                    WHERE m.id = coalesce(NEW.merchant_id, OLD.merchant_id) AND m.two_person)
       AND NOT EXISTS (SELECT FROM merchants_approval a
                        WHERE a.merchant_id = coalesce(NEW.merchant_id, OLD.merchant_id) AND a.state = 'approved'
                          AND a.decided_in = pg_current_xact_id()::text::bigint) THEN
        RAISE EXCEPTION 'a second person approves this change of the list' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_domain_changed_by_two_people_7cf41() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF coalesce(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'role', '') <> ''
       AND EXISTS (SELECT FROM merchants_merchant m
                    WHERE m.id = coalesce(NEW.merchant_id, OLD.merchant_id) AND m.two_person)
       AND NOT EXISTS (SELECT FROM merchants_approval a
                        WHERE a.merchant_id = coalesce(NEW.merchant_id, OLD.merchant_id) AND a.state = 'approved'
                          AND a.decided_in = pg_current_xact_id()::text::bigint) THEN
        RAISE EXCEPTION 'a second person approves this change of the list' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_download_ends_once_c254e() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF OLD.rows IS NOT NULL OR NEW.rows IS NULL
       OR (to_jsonb(NEW) - 'rows' - 'is_complete') <> (to_jsonb(OLD) - 'rows' - 'is_complete') THEN
        RAISE EXCEPTION 'a download is written once, and ended once';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_download_stays_d7c27() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_event_delivery_stays_a61a5() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_event_endpoint_keeps_its_address_e2501() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'an event endpoint keeps its merchant and its address' USING ERRCODE = 'check_violation';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_event_stays_dd4e6() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_game_spans_added_95de4() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO wallet_gamespan AS s (merchant_id, length, day, game_id, currency, bets, stakes, payouts, rewards)
    SELECT c.merchant_id, l.length, c.day - mod(c.day - DATE '0001-01-01', l.length), c.game_id, c.currency, sum(c.sign * c.bets), sum(c.sign * c.stakes), sum(c.sign * c.payouts),
           sum(c.sign * c.rewards)
      FROM (SELECT n.*, 1 AS sign FROM new_days n) c CROSS JOIN (VALUES (8), (32), (128)) l (length)
     GROUP BY c.merchant_id, l.length, c.day - mod(c.day - DATE '0001-01-01', l.length), c.game_id, c.currency
    ON CONFLICT (merchant_id, length, day, game_id, currency) DO UPDATE
       SET bets = s.bets + excluded.bets, stakes = s.stakes + excluded.stakes,
           payouts = s.payouts + excluded.payouts, rewards = s.rewards + excluded.rewards;
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_game_spans_changed_3e175() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO wallet_gamespan AS s (merchant_id, length, day, game_id, currency, bets, stakes, payouts, rewards)
    SELECT c.merchant_id, l.length, c.day - mod(c.day - DATE '0001-01-01', l.length), c.game_id, c.currency, sum(c.sign * c.bets), sum(c.sign * c.stakes), sum(c.sign * c.payouts),
           sum(c.sign * c.rewards)
      FROM (SELECT n.*, 1 AS sign FROM new_days n UNION ALL SELECT o.*, -1 AS sign FROM old_days o) c CROSS JOIN (VALUES (8), (32), (128)) l (length)
     GROUP BY c.merchant_id, l.length, c.day - mod(c.day - DATE '0001-01-01', l.length), c.game_id, c.currency
    ON CONFLICT (merchant_id, length, day, game_id, currency) DO UPDATE
       SET bets = s.bets + excluded.bets, stakes = s.stakes + excluded.stakes,
           payouts = s.payouts + excluded.payouts, rewards = s.rewards + excluded.rewards;
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_game_spans_deleted_c63ca() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO wallet_gamespan AS s (merchant_id, length, day, game_id, currency, bets, stakes, payouts, rewards)
    SELECT c.merchant_id, l.length, c.day - mod(c.day - DATE '0001-01-01', l.length), c.game_id, c.currency, sum(c.sign * c.bets), sum(c.sign * c.stakes), sum(c.sign * c.payouts),
           sum(c.sign * c.rewards)
      FROM (SELECT o.*, -1 AS sign FROM old_days o) c CROSS JOIN (VALUES (8), (32), (128)) l (length)
     GROUP BY c.merchant_id, l.length, c.day - mod(c.day - DATE '0001-01-01', l.length), c.game_id, c.currency
    ON CONFLICT (merchant_id, length, day, game_id, currency) DO UPDATE
       SET bets = s.bets + excluded.bets, stakes = s.stakes + excluded.stakes,
           payouts = s.payouts + excluded.payouts, rewards = s.rewards + excluded.rewards;
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_game_stays_7966f() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_games_added_44020() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO wallet_merchantgamingday AS s (merchant_id, day, currency, bets, stakes, payouts, rewards)
    SELECT c.merchant_id, c.day, c.currency, sum(c.sign * c.bets), sum(c.sign * c.stakes), sum(c.sign * c.payouts),
           sum(c.sign * c.rewards)
      FROM (SELECT n.*, 1 AS sign FROM new_days n) c 
     GROUP BY c.merchant_id, c.day, c.currency
    ON CONFLICT (merchant_id, day, currency) DO UPDATE
       SET bets = s.bets + excluded.bets, stakes = s.stakes + excluded.stakes,
           payouts = s.payouts + excluded.payouts, rewards = s.rewards + excluded.rewards;
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_games_changed_8e0e7() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO wallet_merchantgamingday AS s (merchant_id, day, currency, bets, stakes, payouts, rewards)
    SELECT c.merchant_id, c.day, c.currency, sum(c.sign * c.bets), sum(c.sign * c.stakes), sum(c.sign * c.payouts),
           sum(c.sign * c.rewards)
      FROM (SELECT n.*, 1 AS sign FROM new_days n UNION ALL SELECT o.*, -1 AS sign FROM old_days o) c 
     GROUP BY c.merchant_id, c.day, c.currency
    ON CONFLICT (merchant_id, day, currency) DO UPDATE
       SET bets = s.bets + excluded.bets, stakes = s.stakes + excluded.stakes,
           payouts = s.payouts + excluded.payouts, rewards = s.rewards + excluded.rewards;
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_games_deleted_94389() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO wallet_merchantgamingday AS s (merchant_id, day, currency, bets, stakes, payouts, rewards)
    SELECT c.merchant_id, c.day, c.currency, sum(c.sign * c.bets), sum(c.sign * c.stakes), sum(c.sign * c.payouts),
           sum(c.sign * c.rewards)
      FROM (SELECT o.*, -1 AS sign FROM old_days o) c 
     GROUP BY c.merchant_id, c.day, c.currency
    ON CONFLICT (merchant_id, day, currency) DO UPDATE
       SET bets = s.bets + excluded.bets, stakes = s.stakes + excluded.stakes,
           payouts = s.payouts + excluded.payouts, rewards = s.rewards + excluded.rewards;
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_185df() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_correctionevent" ("merchant_id", "case_id", "player_id", "currency", "amount", "is_credit", "asked_by_id", "asked_at", "approved_by_id", "approved_at", "transaction_id", "declined_by_id", "declined_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."case_id", OLD."player_id", OLD."currency", OLD."amount", OLD."is_credit", OLD."asked_by_id", OLD."asked_at", OLD."approved_by_id", OLD."approved_at", OLD."transaction_id", OLD."declined_by_id", OLD."declined_at", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_19973() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_settlementevent" ("merchant_id", "month", "number", "state", "time_zone", "begins_at", "ends_at", "reason", "digest", "counted_at", "refusal", "prepared_by_id", "requested_at", "signed_by_id", "signed_at", "withdrawn_by_id", "withdrawn_at", "withdrawal", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."month", OLD."number", OLD."state", OLD."time_zone", OLD."begins_at", OLD."ends_at", OLD."reason", OLD."digest", OLD."counted_at", OLD."refusal", OLD."prepared_by_id", OLD."requested_at", OLD."signed_by_id", OLD."signed_at", OLD."withdrawn_by_id", OLD."withdrawn_at", OLD."withdrawal", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_199a9() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_personevent" ("email", "name", "staff_role", "is_active", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."email", OLD."name", OLD."staff_role", OLD."is_active", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_1d9b3() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_compromiseevent" ("key_id", "secret_id", "response", "reason", "exposed_since", "declared_by_id", "replacement_id", "closed_at", "closed_by_id", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before", "merchant_id") VALUES (OLD."key_id", OLD."secret_id", OLD."response", OLD."reason", OLD."exposed_since", OLD."declared_by_id", OLD."replacement_id", OLD."closed_at", OLD."closed_by_id", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL, (SELECT merchant_id FROM merchants_apikey WHERE id = OLD.key_id)); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_1e2e2() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_allowlistentryevent" ("merchant_id", "key_id", "network", "note", "owner_id", "expires_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."key_id", OLD."network", OLD."note", OLD."owner_id", OLD."expires_at", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_34a7d() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_listtrialevent" ("merchant_id", "key_id", "deadline", "state", "by_id", "begun_at", "ended_at", "kept_for", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."key_id", OLD."deadline", OLD."state", OLD."by_id", OLD."begun_at", OLD."ended_at", OLD."kept_for", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_3f9d8() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_secretclaimevent" ("key_id", "secret_id", "version", "sent_by_id", "sent_at", "expires_at", "withdrawn_at", "claimed_at", "claimed_by_id", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before", "merchant_id") VALUES (OLD."key_id", OLD."secret_id", OLD."version", OLD."sent_by_id", OLD."sent_at", OLD."expires_at", OLD."withdrawn_at", OLD."claimed_at", OLD."claimed_by_id", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL, (SELECT merchant_id FROM merchants_apikey WHERE id = OLD.key_id)); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_43527() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_reportrecipientevent" ("merchant_id", "email", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."email", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_4e414() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_apikeyevent" ("merchant_id", "environment", "auth_key", "label", "status", "quarantined_at", "expires_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."environment", OLD."auth_key", OLD."label", OLD."status", OLD."quarantined_at", OLD."expires_at", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_6fa7c() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_alloweddomainevent" ("merchant_id", "domain", "note", "owner_id", "expires_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."domain", OLD."note", OLD."owner_id", OLD."expires_at", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_70348() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_disabledgameevent" ("merchant_id", "game_id", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."game_id", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_7a251() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_reportoptoutevent" ("merchant_id", "email", "asked_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."email", OLD."asked_at", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_7afc6() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_contactevent" ("merchant_id", "email", "note", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."email", OLD."note", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_84cb9() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_eventendpointevent" ("merchant_id", "kind", "url", "event_types", "is_enabled", "removed_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."kind", OLD."url", OLD."event_types", OLD."is_enabled", OLD."removed_at", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_8778d() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_invitationevent" ("merchant_id", "email", "role", "invited_by_id", "expires_at", "accepted_at", "withdrawn_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."email", OLD."role", OLD."invited_by_id", OLD."expires_at", OLD."accepted_at", OLD."withdrawn_at", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_8d741() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_gameevent" ("game_id", "name", "is_active", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."game_id", OLD."name", OLD."is_active", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_92344() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_trafficincidentevent" ("merchant_id", "kind", "began_at", "last_accepted_at", "usual_calls", "refused_calls", "ended_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."kind", OLD."began_at", OLD."last_accepted_at", OLD."usual_calls", OLD."refused_calls", OLD."ended_at", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_9be58() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_approvalevent" ("merchant_id", "key_id", "verb", "wish", "reason", "state", "asked_by_id", "asked_at", "decided_by_id", "decided_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."key_id", OLD."verb", OLD."wish", OLD."reason", OLD."state", OLD."asked_by_id", OLD."asked_at", OLD."decided_by_id", OLD."decided_at", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_9f6b6() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_caseevent" ("merchant_id", "day", "kind", "subject", "player_id", "currency", "difference", "severity", "state", "resolution", "owner_id", "other_id", "found_by_id", "write_off_asked_by_id", "asked_resolution", "resolved_by_id", "opened_at", "resolved_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."day", OLD."kind", OLD."subject", OLD."player_id", OLD."currency", OLD."difference", OLD."severity", OLD."state", OLD."resolution", OLD."owner_id", OLD."other_id", OLD."found_by_id", OLD."write_off_asked_by_id", OLD."asked_resolution", OLD."resolved_by_id", OLD."opened_at", OLD."resolved_at", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_a4ba4() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_ownerquestionevent" ("merchant_id", "kind", "email", "state", "asked_by_id", "asked_at", "answered_by_id", "answered_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."kind", OLD."email", OLD."state", OLD."asked_by_id", OLD."asked_at", OLD."answered_by_id", OLD."answered_at", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_a8cc2() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_accesstokenevent" ("person_id", "merchant_id", "name", "scopes", "expires_at", "revoked_at", "revoked_because", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."person_id", OLD."merchant_id", OLD."name", OLD."scopes", OLD."expires_at", OLD."revoked_at", OLD."revoked_because", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_b4ee4() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_membershipevent" ("person_id", "merchant_id", "role", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."person_id", OLD."merchant_id", OLD."role", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_bb0b0() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_merchantevent" ("code", "name", "status", "time_zone", "timestamp_window_seconds", "bets_per_minute", "max_stake", "max_stake_by_currency", "two_person", "staff_sees_secrets", "second_factor_required", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."code", OLD."name", OLD."status", OLD."time_zone", OLD."timestamp_window_seconds", OLD."bets_per_minute", OLD."max_stake", OLD."max_stake_by_currency", OLD."two_person", OLD."staff_sees_secrets", OLD."second_factor_required", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_c7127() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_secretevent" ("key_id", "version", "superseded_at", "usable_until", "quiet_hours", "revoked_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before", "merchant_id") VALUES (OLD."key_id", OLD."version", OLD."superseded_at", OLD."usable_until", OLD."quiet_hours", OLD."revoked_at", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL, (SELECT merchant_id FROM merchants_apikey WHERE id = OLD.key_id)); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_eac7a() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_reconciliationplanevent" ("merchant_id", "is_on", "hour", "grain", "mapping", "unsettled_hours", "high_amount", "high_amount_by_currency", "write_off_alone", "write_off_alone_by_currency", "is_attached", "names_players", "day_begins", "left_out", "scopes", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."is_on", OLD."hour", OLD."grain", OLD."mapping", OLD."unsettled_hours", OLD."high_amount", OLD."high_amount_by_currency", OLD."write_off_alone", OLD."write_off_alone_by_currency", OLD."is_attached", OLD."names_players", OLD."day_begins", OLD."left_out", OLD."scopes", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_f4adb() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_currencyrateevent" ("currency", "per_euro", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."currency", OLD."per_euro", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_delete_ff802() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_statementsourceevent" ("merchant_id", "kind", "address", "host_key", "is_on", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."kind", OLD."address", OLD."host_key", OLD."is_on", 'delete', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_05dd2() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_apikeyevent" ("merchant_id", "environment", "auth_key", "label", "status", "quarantined_at", "expires_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."environment", NEW."auth_key", NEW."label", NEW."status", NEW."quarantined_at", NEW."expires_at", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_0628a() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_downloadevent" ("merchant_id", "person_id", "what", "filters", "rows", "is_complete", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."person_id", NEW."what", NEW."filters", NEW."rows", NEW."is_complete", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_08570() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_membershipevent" ("person_id", "merchant_id", "role", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."person_id", NEW."merchant_id", NEW."role", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_0a20c() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_simulationevent" ("merchant_id", "key_id", "rounds", "currency", "with_refusals", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."key_id", NEW."rounds", NEW."currency", NEW."with_refusals", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_0abd6() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_accesstokenevent" ("person_id", "merchant_id", "name", "scopes", "expires_at", "revoked_at", "revoked_because", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."person_id", NEW."merchant_id", NEW."name", NEW."scopes", NEW."expires_at", NEW."revoked_at", NEW."revoked_because", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_1275d() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_signoutevent" ("person_id", "sessions", "at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."person_id", NEW."sessions", NEW."at", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_14074() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_gameevent" ("game_id", "name", "is_active", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."game_id", NEW."name", NEW."is_active", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_1d64e() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_alloweddomainevent" ("merchant_id", "domain", "note", "owner_id", "expires_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."domain", NEW."note", NEW."owner_id", NEW."expires_at", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_29785() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_reportoptoutevent" ("merchant_id", "email", "asked_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."email", NEW."asked_at", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_2da00() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_personevent" ("email", "name", "staff_role", "is_active", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."email", NEW."name", NEW."staff_role", NEW."is_active", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_361fa() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_trafficincidentevent" ("merchant_id", "kind", "began_at", "last_accepted_at", "usual_calls", "refused_calls", "ended_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."kind", NEW."began_at", NEW."last_accepted_at", NEW."usual_calls", NEW."refused_calls", NEW."ended_at", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_3655b() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_listtrialevent" ("merchant_id", "key_id", "deadline", "state", "by_id", "begun_at", "ended_at", "kept_for", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."key_id", NEW."deadline", NEW."state", NEW."by_id", NEW."begun_at", NEW."ended_at", NEW."kept_for", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_3ae26() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_currencyrateevent" ("currency", "per_euro", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."currency", NEW."per_euro", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_3c285() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_merchantevent" ("code", "name", "status", "time_zone", "timestamp_window_seconds", "bets_per_minute", "max_stake", "max_stake_by_currency", "two_person", "staff_sees_secrets", "second_factor_required", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."code", NEW."name", NEW."status", NEW."time_zone", NEW."timestamp_window_seconds", NEW."bets_per_minute", NEW."max_stake", NEW."max_stake_by_currency", NEW."two_person", NEW."staff_sees_secrets", NEW."second_factor_required", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_51208() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_caseevent" ("merchant_id", "day", "kind", "subject", "player_id", "currency", "difference", "severity", "state", "resolution", "owner_id", "other_id", "found_by_id", "write_off_asked_by_id", "asked_resolution", "resolved_by_id", "opened_at", "resolved_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."day", NEW."kind", NEW."subject", NEW."player_id", NEW."currency", NEW."difference", NEW."severity", NEW."state", NEW."resolution", NEW."owner_id", NEW."other_id", NEW."found_by_id", NEW."write_off_asked_by_id", NEW."asked_resolution", NEW."resolved_by_id", NEW."opened_at", NEW."resolved_at", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_55454() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_settlementevent" ("merchant_id", "month", "number", "state", "time_zone", "begins_at", "ends_at", "reason", "digest", "counted_at", "refusal", "prepared_by_id", "requested_at", "signed_by_id", "signed_at", "withdrawn_by_id", "withdrawn_at", "withdrawal", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."month", NEW."number", NEW."state", NEW."time_zone", NEW."begins_at", NEW."ends_at", NEW."reason", NEW."digest", NEW."counted_at", NEW."refusal", NEW."prepared_by_id", NEW."requested_at", NEW."signed_by_id", NEW."signed_at", NEW."withdrawn_by_id", NEW."withdrawn_at", NEW."withdrawal", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_56517() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_ownerquestionevent" ("merchant_id", "kind", "email", "state", "asked_by_id", "asked_at", "answered_by_id", "answered_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."kind", NEW."email", NEW."state", NEW."asked_by_id", NEW."asked_at", NEW."answered_by_id", NEW."answered_at", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_5815d() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_staffvisitevent" ("merchant_id", "person_id", "hour", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."person_id", NEW."hour", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_6a917() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_disabledgameevent" ("merchant_id", "game_id", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."game_id", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_7665b() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_secretevent" ("key_id", "version", "superseded_at", "usable_until", "quiet_hours", "revoked_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before", "merchant_id") VALUES (NEW."key_id", NEW."version", NEW."superseded_at", NEW."usable_until", NEW."quiet_hours", NEW."revoked_at", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL, (SELECT merchant_id FROM merchants_apikey WHERE id = NEW.key_id)); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_76697() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_eventendpointevent" ("merchant_id", "kind", "url", "event_types", "is_enabled", "removed_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."kind", NEW."url", NEW."event_types", NEW."is_enabled", NEW."removed_at", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_8dd41() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_reportrecipientevent" ("merchant_id", "email", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."email", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_8e1eb() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_exportevent" ("merchant_id", "what", "form", "wish", "cancelled_at", "downloads", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."what", NEW."form", NEW."wish", NEW."cancelled_at", NEW."downloads", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_9319f() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_reconciliationplanevent" ("merchant_id", "is_on", "hour", "grain", "mapping", "unsettled_hours", "high_amount", "high_amount_by_currency", "write_off_alone", "write_off_alone_by_currency", "is_attached", "names_players", "day_begins", "left_out", "scopes", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."is_on", NEW."hour", NEW."grain", NEW."mapping", NEW."unsettled_hours", NEW."high_amount", NEW."high_amount_by_currency", NEW."write_off_alone", NEW."write_off_alone_by_currency", NEW."is_attached", NEW."names_players", NEW."day_begins", NEW."left_out", NEW."scopes", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_9ed35() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_compromiseevent" ("key_id", "secret_id", "response", "reason", "exposed_since", "declared_by_id", "replacement_id", "closed_at", "closed_by_id", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before", "merchant_id") VALUES (NEW."key_id", NEW."secret_id", NEW."response", NEW."reason", NEW."exposed_since", NEW."declared_by_id", NEW."replacement_id", NEW."closed_at", NEW."closed_by_id", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL, (SELECT merchant_id FROM merchants_apikey WHERE id = NEW.key_id)); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_aec8a() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_invitationevent" ("merchant_id", "email", "role", "invited_by_id", "expires_at", "accepted_at", "withdrawn_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."email", NEW."role", NEW."invited_by_id", NEW."expires_at", NEW."accepted_at", NEW."withdrawn_at", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_b94e2() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_correctionevent" ("merchant_id", "case_id", "player_id", "currency", "amount", "is_credit", "asked_by_id", "asked_at", "approved_by_id", "approved_at", "transaction_id", "declined_by_id", "declined_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."case_id", NEW."player_id", NEW."currency", NEW."amount", NEW."is_credit", NEW."asked_by_id", NEW."asked_at", NEW."approved_by_id", NEW."approved_at", NEW."transaction_id", NEW."declined_by_id", NEW."declined_at", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_bce7d() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_contactevent" ("merchant_id", "email", "note", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."email", NEW."note", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_c6d8c() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_allowlistentryevent" ("merchant_id", "key_id", "network", "note", "owner_id", "expires_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."key_id", NEW."network", NEW."note", NEW."owner_id", NEW."expires_at", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_ea180() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_secretclaimevent" ("key_id", "secret_id", "version", "sent_by_id", "sent_at", "expires_at", "withdrawn_at", "claimed_at", "claimed_by_id", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before", "merchant_id") VALUES (NEW."key_id", NEW."secret_id", NEW."version", NEW."sent_by_id", NEW."sent_at", NEW."expires_at", NEW."withdrawn_at", NEW."claimed_at", NEW."claimed_by_id", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL, (SELECT merchant_id FROM merchants_apikey WHERE id = NEW.key_id)); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_ed4de() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_statementsourceevent" ("merchant_id", "kind", "address", "host_key", "is_on", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."kind", NEW."address", NEW."host_key", NEW."is_on", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_insert_f7909() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_approvalevent" ("merchant_id", "key_id", "verb", "wish", "reason", "state", "asked_by_id", "asked_at", "decided_by_id", "decided_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."key_id", NEW."verb", NEW."wish", NEW."reason", NEW."state", NEW."asked_by_id", NEW."asked_at", NEW."decided_by_id", NEW."decided_at", 'insert', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, NULL); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_password_e4a01() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_personevent" ("email", "name", "staff_role", "is_active", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."email", NEW."name", NEW."staff_role", NEW."is_active", 'password', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('email', OLD."email", 'name', OLD."name", 'staff_role', OLD."staff_role", 'is_active', OLD."is_active")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_16311() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_listtrialevent" ("merchant_id", "key_id", "deadline", "state", "by_id", "begun_at", "ended_at", "kept_for", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."key_id", NEW."deadline", NEW."state", NEW."by_id", NEW."begun_at", NEW."ended_at", NEW."kept_for", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'key_id', OLD."key_id", 'deadline', OLD."deadline", 'state', OLD."state", 'by_id', OLD."by_id", 'begun_at', OLD."begun_at", 'ended_at', OLD."ended_at", 'kept_for', OLD."kept_for")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_2a8e5() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_trafficincidentevent" ("merchant_id", "kind", "began_at", "last_accepted_at", "usual_calls", "refused_calls", "ended_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."kind", NEW."began_at", NEW."last_accepted_at", NEW."usual_calls", NEW."refused_calls", NEW."ended_at", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'kind', OLD."kind", 'began_at', OLD."began_at", 'last_accepted_at', OLD."last_accepted_at", 'usual_calls', OLD."usual_calls", 'refused_calls', OLD."refused_calls", 'ended_at', OLD."ended_at")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_384c0() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_correctionevent" ("merchant_id", "case_id", "player_id", "currency", "amount", "is_credit", "asked_by_id", "asked_at", "approved_by_id", "approved_at", "transaction_id", "declined_by_id", "declined_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."case_id", NEW."player_id", NEW."currency", NEW."amount", NEW."is_credit", NEW."asked_by_id", NEW."asked_at", NEW."approved_by_id", NEW."approved_at", NEW."transaction_id", NEW."declined_by_id", NEW."declined_at", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'case_id', OLD."case_id", 'player_id', OLD."player_id", 'currency', OLD."currency", 'amount', OLD."amount", 'is_credit', OLD."is_credit", 'asked_by_id', OLD."asked_by_id", 'asked_at', OLD."asked_at", 'approved_by_id', OLD."approved_by_id", 'approved_at', OLD."approved_at", 'transaction_id', OLD."transaction_id", 'declined_by_id', OLD."declined_by_id", 'declined_at', OLD."declined_at")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_38cf5() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_reportrecipientevent" ("merchant_id", "email", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."email", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'email', OLD."email")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_3c50f() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_apikeyevent" ("merchant_id", "environment", "auth_key", "label", "status", "quarantined_at", "expires_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."environment", NEW."auth_key", NEW."label", NEW."status", NEW."quarantined_at", NEW."expires_at", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'environment', OLD."environment", 'auth_key', OLD."auth_key", 'label', OLD."label", 'status', OLD."status", 'quarantined_at', OLD."quarantined_at", 'expires_at', OLD."expires_at")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_465cd() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_compromiseevent" ("key_id", "secret_id", "response", "reason", "exposed_since", "declared_by_id", "replacement_id", "closed_at", "closed_by_id", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before", "merchant_id") VALUES (NEW."key_id", NEW."secret_id", NEW."response", NEW."reason", NEW."exposed_since", NEW."declared_by_id", NEW."replacement_id", NEW."closed_at", NEW."closed_by_id", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('key_id', OLD."key_id", 'secret_id', OLD."secret_id", 'response', OLD."response", 'reason', OLD."reason", 'exposed_since', OLD."exposed_since", 'declared_by_id', OLD."declared_by_id", 'replacement_id', OLD."replacement_id", 'closed_at', OLD."closed_at", 'closed_by_id', OLD."closed_by_id"), (SELECT merchant_id FROM merchants_apikey WHERE id = NEW.key_id)); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_503ad() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_disabledgameevent" ("merchant_id", "game_id", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."game_id", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'game_id', OLD."game_id")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_55206() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_sessionevent" ("merchant_id", "player_id", "is_active", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."player_id", NEW."is_active", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'player_id', OLD."player_id", 'is_active', OLD."is_active")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_5911b() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_alloweddomainevent" ("merchant_id", "domain", "note", "owner_id", "expires_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."domain", NEW."note", NEW."owner_id", NEW."expires_at", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'domain', OLD."domain", 'note', OLD."note", 'owner_id', OLD."owner_id", 'expires_at', OLD."expires_at")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_6dad7() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_secretclaimevent" ("key_id", "secret_id", "version", "sent_by_id", "sent_at", "expires_at", "withdrawn_at", "claimed_at", "claimed_by_id", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before", "merchant_id") VALUES (NEW."key_id", NEW."secret_id", NEW."version", NEW."sent_by_id", NEW."sent_at", NEW."expires_at", NEW."withdrawn_at", NEW."claimed_at", NEW."claimed_by_id", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('key_id', OLD."key_id", 'secret_id', OLD."secret_id", 'version', OLD."version", 'sent_by_id', OLD."sent_by_id", 'sent_at', OLD."sent_at", 'expires_at', OLD."expires_at", 'withdrawn_at', OLD."withdrawn_at", 'claimed_at', OLD."claimed_at", 'claimed_by_id', OLD."claimed_by_id"), (SELECT merchant_id FROM merchants_apikey WHERE id = NEW.key_id)); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_7543b() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_exportevent" ("merchant_id", "what", "form", "wish", "cancelled_at", "downloads", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."what", NEW."form", NEW."wish", NEW."cancelled_at", NEW."downloads", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'what', OLD."what", 'form', OLD."form", 'wish', OLD."wish", 'cancelled_at', OLD."cancelled_at", 'downloads', OLD."downloads")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_7be23() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_caseevent" ("merchant_id", "day", "kind", "subject", "player_id", "currency", "difference", "severity", "state", "resolution", "owner_id", "other_id", "found_by_id", "write_off_asked_by_id", "asked_resolution", "resolved_by_id", "opened_at", "resolved_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."day", NEW."kind", NEW."subject", NEW."player_id", NEW."currency", NEW."difference", NEW."severity", NEW."state", NEW."resolution", NEW."owner_id", NEW."other_id", NEW."found_by_id", NEW."write_off_asked_by_id", NEW."asked_resolution", NEW."resolved_by_id", NEW."opened_at", NEW."resolved_at", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'day', OLD."day", 'kind', OLD."kind", 'subject', OLD."subject", 'player_id', OLD."player_id", 'currency', OLD."currency", 'difference', OLD."difference", 'severity', OLD."severity", 'state', OLD."state", 'resolution', OLD."resolution", 'owner_id', OLD."owner_id", 'other_id', OLD."other_id", 'found_by_id', OLD."found_by_id", 'write_off_asked_by_id', OLD."write_off_asked_by_id", 'asked_resolution', OLD."asked_resolution", 'resolved_by_id', OLD."resolved_by_id", 'opened_at', OLD."opened_at", 'resolved_at', OLD."resolved_at")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_81e29() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_merchantevent" ("code", "name", "status", "time_zone", "timestamp_window_seconds", "bets_per_minute", "max_stake", "max_stake_by_currency", "two_person", "staff_sees_secrets", "second_factor_required", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."code", NEW."name", NEW."status", NEW."time_zone", NEW."timestamp_window_seconds", NEW."bets_per_minute", NEW."max_stake", NEW."max_stake_by_currency", NEW."two_person", NEW."staff_sees_secrets", NEW."second_factor_required", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('code', OLD."code", 'name', OLD."name", 'status', OLD."status", 'time_zone', OLD."time_zone", 'timestamp_window_seconds', OLD."timestamp_window_seconds", 'bets_per_minute', OLD."bets_per_minute", 'max_stake', OLD."max_stake", 'max_stake_by_currency', OLD."max_stake_by_currency", 'two_person', OLD."two_person", 'staff_sees_secrets', OLD."staff_sees_secrets", 'second_factor_required', OLD."second_factor_required")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_8a9c0() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_settlementevent" ("merchant_id", "month", "number", "state", "time_zone", "begins_at", "ends_at", "reason", "digest", "counted_at", "refusal", "prepared_by_id", "requested_at", "signed_by_id", "signed_at", "withdrawn_by_id", "withdrawn_at", "withdrawal", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."month", NEW."number", NEW."state", NEW."time_zone", NEW."begins_at", NEW."ends_at", NEW."reason", NEW."digest", NEW."counted_at", NEW."refusal", NEW."prepared_by_id", NEW."requested_at", NEW."signed_by_id", NEW."signed_at", NEW."withdrawn_by_id", NEW."withdrawn_at", NEW."withdrawal", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'month', OLD."month", 'number', OLD."number", 'state', OLD."state", 'time_zone', OLD."time_zone", 'begins_at', OLD."begins_at", 'ends_at', OLD."ends_at", 'reason', OLD."reason", 'digest', OLD."digest", 'counted_at', OLD."counted_at", 'refusal', OLD."refusal", 'prepared_by_id', OLD."prepared_by_id", 'requested_at', OLD."requested_at", 'signed_by_id', OLD."signed_by_id", 'signed_at', OLD."signed_at", 'withdrawn_by_id', OLD."withdrawn_by_id", 'withdrawn_at', OLD."withdrawn_at", 'withdrawal', OLD."withdrawal")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_8e24a() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_membershipevent" ("person_id", "merchant_id", "role", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."person_id", NEW."merchant_id", NEW."role", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('person_id', OLD."person_id", 'merchant_id', OLD."merchant_id", 'role', OLD."role")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_90f05() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_ownerquestionevent" ("merchant_id", "kind", "email", "state", "asked_by_id", "asked_at", "answered_by_id", "answered_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."kind", NEW."email", NEW."state", NEW."asked_by_id", NEW."asked_at", NEW."answered_by_id", NEW."answered_at", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'kind', OLD."kind", 'email', OLD."email", 'state', OLD."state", 'asked_by_id', OLD."asked_by_id", 'asked_at', OLD."asked_at", 'answered_by_id', OLD."answered_by_id", 'answered_at', OLD."answered_at")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_9a028() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_statementsourceevent" ("merchant_id", "kind", "address", "host_key", "is_on", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."kind", NEW."address", NEW."host_key", NEW."is_on", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'kind', OLD."kind", 'address', OLD."address", 'host_key', OLD."host_key", 'is_on', OLD."is_on")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_9be30() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_reconciliationplanevent" ("merchant_id", "is_on", "hour", "grain", "mapping", "unsettled_hours", "high_amount", "high_amount_by_currency", "write_off_alone", "write_off_alone_by_currency", "is_attached", "names_players", "day_begins", "left_out", "scopes", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."is_on", NEW."hour", NEW."grain", NEW."mapping", NEW."unsettled_hours", NEW."high_amount", NEW."high_amount_by_currency", NEW."write_off_alone", NEW."write_off_alone_by_currency", NEW."is_attached", NEW."names_players", NEW."day_begins", NEW."left_out", NEW."scopes", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'is_on', OLD."is_on", 'hour', OLD."hour", 'grain', OLD."grain", 'mapping', OLD."mapping", 'unsettled_hours', OLD."unsettled_hours", 'high_amount', OLD."high_amount", 'high_amount_by_currency', OLD."high_amount_by_currency", 'write_off_alone', OLD."write_off_alone", 'write_off_alone_by_currency', OLD."write_off_alone_by_currency", 'is_attached', OLD."is_attached", 'names_players', OLD."names_players", 'day_begins', OLD."day_begins", 'left_out', OLD."left_out", 'scopes', OLD."scopes")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_9dec1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_downloadevent" ("merchant_id", "person_id", "what", "filters", "rows", "is_complete", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."person_id", NEW."what", NEW."filters", NEW."rows", NEW."is_complete", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'person_id', OLD."person_id", 'what', OLD."what", 'filters', OLD."filters", 'rows', OLD."rows", 'is_complete', OLD."is_complete")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_a4ab3() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_gameevent" ("game_id", "name", "is_active", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."game_id", NEW."name", NEW."is_active", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('game_id', OLD."game_id", 'name', OLD."name", 'is_active', OLD."is_active")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_bdb0b() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_reportoptoutevent" ("merchant_id", "email", "asked_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."email", NEW."asked_at", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'email', OLD."email", 'asked_at', OLD."asked_at")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_c2604() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_invitationevent" ("merchant_id", "email", "role", "invited_by_id", "expires_at", "accepted_at", "withdrawn_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."email", NEW."role", NEW."invited_by_id", NEW."expires_at", NEW."accepted_at", NEW."withdrawn_at", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'email', OLD."email", 'role', OLD."role", 'invited_by_id', OLD."invited_by_id", 'expires_at', OLD."expires_at", 'accepted_at', OLD."accepted_at", 'withdrawn_at', OLD."withdrawn_at")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_ca2e3() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_accesstokenevent" ("person_id", "merchant_id", "name", "scopes", "expires_at", "revoked_at", "revoked_because", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."person_id", NEW."merchant_id", NEW."name", NEW."scopes", NEW."expires_at", NEW."revoked_at", NEW."revoked_because", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('person_id', OLD."person_id", 'merchant_id', OLD."merchant_id", 'name', OLD."name", 'scopes', OLD."scopes", 'expires_at', OLD."expires_at", 'revoked_at', OLD."revoked_at", 'revoked_because', OLD."revoked_because")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_caf19() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_personevent" ("email", "name", "staff_role", "is_active", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."email", NEW."name", NEW."staff_role", NEW."is_active", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('email', OLD."email", 'name', OLD."name", 'staff_role', OLD."staff_role", 'is_active', OLD."is_active")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_d5ee7() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    IF EXISTS (SELECT "id", "merchant_id", "player_id", "is_blocked", "blocked_reason", "bets_per_minute", "max_stake", "max_stake_by_currency" FROM new_values EXCEPT SELECT "id", "merchant_id", "player_id", "is_blocked", "blocked_reason", "bets_per_minute", "max_stake", "max_stake_by_currency" FROM old_values) THEN INSERT INTO "merchants_playerevent" ("merchant_id", "player_id", "is_blocked", "blocked_reason", "bets_per_minute", "max_stake", "max_stake_by_currency", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") SELECT n."merchant_id", n."player_id", n."is_blocked", n."blocked_reason", n."bets_per_minute", n."max_stake", n."max_stake_by_currency", 'update', clock_timestamp(), n.id, (SELECT pg_current_xact_id()::text::bigint), (SELECT nullif(current_setting('pghistory.context_metadata', true), '')::jsonb), (SELECT nullif(current_setting('pghistory.context_id', true), '')::uuid), jsonb_build_object('merchant_id', o."merchant_id", 'player_id', o."player_id", 'is_blocked', o."is_blocked", 'blocked_reason', o."blocked_reason", 'bets_per_minute', o."bets_per_minute", 'max_stake', o."max_stake", 'max_stake_by_currency', o."max_stake_by_currency") FROM old_values o FULL JOIN new_values n ON n.id = o.id WHERE (o."bets_per_minute" IS DISTINCT FROM (n."bets_per_minute") OR o."blocked_reason" IS DISTINCT FROM (n."blocked_reason") OR o."is_blocked" IS DISTINCT FROM (n."is_blocked") OR o."max_stake" IS DISTINCT FROM (n."max_stake") OR o."max_stake_by_currency" IS DISTINCT FROM (n."max_stake_by_currency")); END IF; RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_de107() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_secretevent" ("key_id", "version", "superseded_at", "usable_until", "quiet_hours", "revoked_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before", "merchant_id") VALUES (NEW."key_id", NEW."version", NEW."superseded_at", NEW."usable_until", NEW."quiet_hours", NEW."revoked_at", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('key_id', OLD."key_id", 'version', OLD."version", 'superseded_at', OLD."superseded_at", 'usable_until', OLD."usable_until", 'quiet_hours', OLD."quiet_hours", 'revoked_at', OLD."revoked_at"), (SELECT merchant_id FROM merchants_apikey WHERE id = NEW.key_id)); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_de3ef() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_eventendpointevent" ("merchant_id", "kind", "url", "event_types", "is_enabled", "removed_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."kind", NEW."url", NEW."event_types", NEW."is_enabled", NEW."removed_at", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'kind', OLD."kind", 'url', OLD."url", 'event_types', OLD."event_types", 'is_enabled', OLD."is_enabled", 'removed_at', OLD."removed_at")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_df9be() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "wallet_currencyrateevent" ("currency", "per_euro", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."currency", NEW."per_euro", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('currency', OLD."currency", 'per_euro', OLD."per_euro")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_e6827() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_allowlistentryevent" ("merchant_id", "key_id", "network", "note", "owner_id", "expires_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."key_id", NEW."network", NEW."note", NEW."owner_id", NEW."expires_at", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'key_id', OLD."key_id", 'network', OLD."network", 'note', OLD."note", 'owner_id', OLD."owner_id", 'expires_at', OLD."expires_at")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_ecc04() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_contactevent" ("merchant_id", "email", "note", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."email", NEW."note", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'email', OLD."email", 'note', OLD."note")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_history_update_fe0b0() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO "merchants_approvalevent" ("merchant_id", "key_id", "verb", "wish", "reason", "state", "asked_by_id", "asked_at", "decided_by_id", "decided_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."key_id", NEW."verb", NEW."wish", NEW."reason", NEW."state", NEW."asked_by_id", NEW."asked_at", NEW."decided_by_id", NEW."decided_at", 'update', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, nullif(current_setting('pghistory.context_id', true), '')::uuid, jsonb_build_object('merchant_id', OLD."merchant_id", 'key_id', OLD."key_id", 'verb', OLD."verb", 'wish', OLD."wish", 'reason', OLD."reason", 'state', OLD."state", 'asked_by_id', OLD."asked_by_id", 'asked_at', OLD."asked_at", 'decided_by_id', OLD."decided_by_id", 'decided_at', OLD."decided_at")); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_invoice_not_emptied_d083f() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_invoice_not_twice_8e416() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    PERFORM FROM merchants_merchant WHERE id = NEW.merchant_id FOR NO KEY UPDATE; -- of two, the second sees the first
    IF (SELECT (newest.number, newest.basis, newest.totals, newest.digest)
             = (NEW.number, NEW.basis, NEW.totals, NEW.digest)
          FROM wallet_invoice newest
         WHERE newest.merchant_id = NEW.merchant_id AND newest.month = NEW.month AND newest.issuer = NEW.issuer
         ORDER BY newest.id DESC
         LIMIT 1) THEN
        RAISE EXCEPTION 'this invoice is stored already' USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_invoice_stays_ca79d() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_letter_as_written_f9381() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'waiting' OR NEW.attempts <> 0 OR NEW.sent_at IS NOT NULL
           OR NEW.due_at > NEW.created_at + interval '1 day' THEN
            RAISE EXCEPTION 'an outgoing email begins unsent' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'sent' THEN
        RAISE EXCEPTION 'an email that was sent stays as it is' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.merchant_id, NEW."to", NEW.template, NEW.context, NEW.once, NEW.created_at)
       IS DISTINCT FROM (OLD.merchant_id, OLD."to", OLD.template, OLD.context, OLD.once, OLD.created_at) THEN
        RAISE EXCEPTION 'an outgoing email stays as it was written' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.due_at > greatest(OLD.due_at, clock_timestamp()) + interval '1 day' THEN
        RAISE EXCEPTION 'an outgoing email is put off by a day at most' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'sent' AND (NEW.sent_at IS NULL OR OLD.state <> 'waiting' OR NEW.attempts <= OLD.attempts)
       OR NEW.state = 'given_up' AND OLD.state <> 'given_up'
          AND (NEW.attempts <= OLD.attempts OR NEW.last_answer = '') THEN
        RAISE EXCEPTION 'an email is sent or given up by a try to send it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_letter_stays_eb9c5() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_list_trial_access_changed_42fdd() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    UPDATE merchants_merchant SET access_version = access_version + 1 WHERE id = NEW.merchant_id; RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_list_trial_ends_once_55d49() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'a trial that has ended stays as it is' USING ERRCODE = 'check_violation';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_list_trial_stays_73c2f() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_mark_moves_on_c0cb9() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF NEW.source <> OLD.source OR NEW.upto < OLD.upto OR NEW.upto > coalesce(
            CASE OLD.source WHEN 'calls' THEN (SELECT max(r.id) FROM wallet_signedrequest r)
                            ELSE (SELECT max(t.id) FROM wallet_transaction t) END, 0) THEN
        RAISE EXCEPTION 'a watermark moves on, over rows that are there' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_mark_stays_4a433() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_mark_stays_9b2b9() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_membership_ends_tokens_a2cf7() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    UPDATE merchants_accesstoken SET revoked_at = clock_timestamp(), revoked_because = 'role_lost'
     WHERE person_id = OLD.person_id AND revoked_at IS NULL
       AND merchant_id IN (SELECT id FROM merchants_merchant
                            WHERE id = OLD.merchant_id OR sandbox_of_id = OLD.merchant_id);
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_membership_of_the_same_4dfe7() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'a membership keeps its person and its merchant' USING ERRCODE = 'check_violation';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_membership_role_ends_tokens_02338() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    UPDATE merchants_accesstoken SET revoked_at = clock_timestamp(), revoked_because = 'role_lost'
     WHERE person_id = OLD.person_id AND revoked_at IS NULL
       AND merchant_id IN (SELECT id FROM merchants_merchant
                            WHERE id = OLD.merchant_id OR sandbox_of_id = OLD.merchant_id);
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_merchant_access_changed_07adc() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    NEW.access_version = OLD.access_version + 1; RETURN NEW;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_merchant_by_two_people_2be83() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF EXISTS (SELECT FROM (VALUES ('status', NEW.status <> OLD.status), ('rule_off', NOT NEW.two_person))
                           AS wanted (verb, is_wanted)
                WHERE is_wanted
                  AND NOT EXISTS (SELECT FROM merchants_approval a
                                   WHERE a.merchant_id = NEW.id AND a.verb = wanted.verb AND a.state = 'approved'
                                     AND a.decided_in = pg_current_xact_id()::text::bigint
                                     AND (a.verb <> 'status' OR a.wish ->> 'status' = NEW.status))) THEN
        RAISE EXCEPTION 'a second person approves this change of the merchant' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_merchant_sandbox_for_good_655de() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'a merchant stays live or a sandbox' USING ERRCODE = 'check_violation';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_merchant_sandbox_of_a_live_one_ce99b() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF EXISTS (SELECT FROM merchants_merchant WHERE id = NEW.sandbox_of_id AND sandbox_of_id IS NOT NULL) THEN
        RAISE EXCEPTION 'a sandbox belongs to a live merchant' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_merchant_stays_fadf3() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_01d11() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_0e3eb() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_1af51() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_1ff6a() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_22e5e() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_2c40b() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_2e0d1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_32b7e() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_33d47() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_437b2() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_44f48() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_468a4() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_4fa16() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_57771() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_6a675() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_74c13() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the chain is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_77599() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_7bc6a() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_81e72() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_93bf7() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_99f97() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_a3c5f() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the chain is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_a6346() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_abead() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_ad024() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_b0336() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_b0e9f() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_b9875() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_bcd93() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_bf656() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_c2bf5() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_cd031() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_d6c7c() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_e6f06() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_f379b() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_f500a() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_never_emptied_fd3d7() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the history is never emptied';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_04f17() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_0cfdb() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_0fc34() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_121e5() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_168e4() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_1a739() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_1bdc4() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_1e617() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_2c5a5() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_336a4() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_33f95() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_3448f() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_3d2a7() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_4b73e() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_4e97b() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_54934() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_58df2() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_5e5ca() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_65ed8() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_6792a() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_8994e() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_8c86d() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_910c6() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_997ee() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_9a4f4() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_a4ad7() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_a4ec1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_b92e0() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_cccb1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_d6029() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_e740e() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_e74ba() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_f5220() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_emptied_unseen_f60ca() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_of_a_sandbox_5217c() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
            IF EXISTS (SELECT FROM merchants_merchant WHERE id = NEW.merchant_id AND sandbox_of_id IS NOT NULL) THEN
                RAISE EXCEPTION 'a contact belongs to the live merchant, not to its sandbox'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_of_a_sandbox_a2306() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
            IF EXISTS (SELECT FROM merchants_merchant WHERE id = NEW.merchant_id AND sandbox_of_id IS NOT NULL) THEN
                RAISE EXCEPTION 'a settlement statement belongs to the live merchant, not to its sandbox'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_of_a_sandbox_c3422() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
            IF EXISTS (SELECT FROM merchants_merchant WHERE id = NEW.merchant_id AND sandbox_of_id IS NOT NULL) THEN
                RAISE EXCEPTION 'an invoice belongs to the live merchant, not to its sandbox'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_of_a_sandbox_efcf0() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
            IF EXISTS (SELECT FROM merchants_merchant WHERE id = NEW.merchant_id AND sandbox_of_id IS NOT NULL) THEN
                RAISE EXCEPTION 'a membership belongs to the live merchant, not to its sandbox'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        
                END;
            $$;


CREATE FUNCTION public.pgtrigger_not_of_a_sandbox_f74ab() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
            IF EXISTS (SELECT FROM merchants_merchant WHERE id = NEW.merchant_id AND sandbox_of_id IS NOT NULL) THEN
                RAISE EXCEPTION 'an invitation belongs to the live merchant, not to its sandbox'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        
                END;
            $$;


CREATE FUNCTION public.pgtrigger_outgoing_email_as_written_35447() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'waiting' OR NEW.attempts <> 0 OR NEW.sent_at IS NOT NULL
           OR NEW.due_at > NEW.created_at + interval '1 day' THEN
            RAISE EXCEPTION 'an outgoing email begins unsent' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'sent' THEN
        RAISE EXCEPTION 'an email that was sent stays as it is' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.merchant_id, NEW."to", NEW.template, NEW.context, NEW.once, NEW.created_at)
       IS DISTINCT FROM (OLD.merchant_id, OLD."to", OLD.template, OLD.context, OLD.once, OLD.created_at) THEN
        RAISE EXCEPTION 'an outgoing email stays as it was written' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.due_at > greatest(OLD.due_at, clock_timestamp()) + interval '1 day' THEN
        RAISE EXCEPTION 'an outgoing email is put off by a day at most' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'sent' AND (NEW.sent_at IS NULL OR OLD.state <> 'waiting' OR NEW.attempts <= OLD.attempts)
       OR NEW.state = 'given_up' AND OLD.state <> 'given_up'
          AND (NEW.attempts <= OLD.attempts OR NEW.last_answer = '') THEN
        RAISE EXCEPTION 'an email is sent or given up by a try to send it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_outgoing_email_stays_aab07() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_owner_question_answered_once_7dff8() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'a question is answered once' USING ERRCODE = 'check_violation';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_owner_question_stays_b5ef1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_owners_are_told_155d5() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO merchants_staffchange (merchant_id, thing, event, transaction, created_at)
    VALUES (NEW.pgh_obj_id, 'Merchant', NEW.pgh_id, NEW.pgh_transaction, NEW.pgh_created_at);
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_owners_are_told_5eb63() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO merchants_staffchange (merchant_id, thing, event, transaction, created_at)
    VALUES (NEW.merchant_id, 'ReconciliationPlan', NEW.pgh_id, NEW.pgh_transaction, NEW.pgh_created_at);
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_owners_are_told_60b45() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO merchants_staffchange (merchant_id, thing, event, transaction, created_at)
    VALUES (NEW.merchant_id, 'Membership', NEW.pgh_id, NEW.pgh_transaction, NEW.pgh_created_at);
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_owners_are_told_6bb8e() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO merchants_staffchange (merchant_id, thing, event, transaction, created_at)
    VALUES (NEW.merchant_id, 'EventEndpoint', NEW.pgh_id, NEW.pgh_transaction, NEW.pgh_created_at);
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_owners_are_told_88f4c() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO merchants_staffchange (merchant_id, thing, event, transaction, created_at)
    VALUES (NEW.merchant_id, 'Correction', NEW.pgh_id, NEW.pgh_transaction, NEW.pgh_created_at);
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_owners_are_told_8afd3() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO merchants_staffchange (merchant_id, thing, event, transaction, created_at)
    VALUES (NEW.merchant_id, 'AllowlistEntry', NEW.pgh_id, NEW.pgh_transaction, NEW.pgh_created_at);
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_owners_are_told_8b753() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO merchants_staffchange (merchant_id, thing, event, transaction, created_at)
    VALUES (NEW.merchant_id, 'ReportRecipient', NEW.pgh_id, NEW.pgh_transaction, NEW.pgh_created_at);
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_owners_are_told_8e6c4() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO merchants_staffchange (merchant_id, thing, event, transaction, created_at)
    VALUES (NEW.merchant_id, 'StatementSource', NEW.pgh_id, NEW.pgh_transaction, NEW.pgh_created_at);
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_owners_are_told_97ec2() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO merchants_staffchange (merchant_id, thing, event, transaction, created_at)
    VALUES (NEW.merchant_id, 'Contact', NEW.pgh_id, NEW.pgh_transaction, NEW.pgh_created_at);
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_owners_are_told_b842a() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO merchants_staffchange (merchant_id, thing, event, transaction, created_at)
    VALUES (NEW.merchant_id, 'AllowedDomain', NEW.pgh_id, NEW.pgh_transaction, NEW.pgh_created_at);
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_owners_are_told_d5ec8() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO merchants_staffchange (merchant_id, thing, event, transaction, created_at)
    VALUES (NEW.merchant_id, 'Invitation', NEW.pgh_id, NEW.pgh_transaction, NEW.pgh_created_at);
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_person_old_address_forgotten_9d98f() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    DELETE FROM account_emailaddress WHERE user_id = NEW.id; RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_person_without_role_has_no_tokens_3b0c6() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    UPDATE merchants_accesstoken SET revoked_at = clock_timestamp(), revoked_because = 'role_lost'
     WHERE person_id = NEW.id AND revoked_at IS NULL
       AND (NOT NEW.is_active OR (NEW.staff_role <> OLD.staff_role AND (merchant_id IS NULL OR NEW.staff_role <> '')));
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_plan_higher_limit_by_two_7075c() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF EXISTS (SELECT FROM merchants_merchant m WHERE m.id = NEW.merchant_id AND m.sandbox_of_id IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('limits by rate', 0));
    IF TG_OP = 'UPDATE' AND NEW.merchant_id = OLD.merchant_id AND NEW.write_off_alone <= OLD.write_off_alone
       AND NOT EXISTS (SELECT FROM (SELECT jsonb_object_keys(
                CASE jsonb_typeof(OLD.write_off_alone_by_currency) WHEN 'object' THEN OLD.write_off_alone_by_currency ELSE '{}' END
                || CASE jsonb_typeof(NEW.write_off_alone_by_currency) WHEN 'object' THEN NEW.write_off_alone_by_currency ELSE '{}' END) AS currency) k
            WHERE coalesce((NEW.write_off_alone_by_currency -> k.currency)::numeric, floor(
    (NEW.write_off_alone::numeric * coalesce(
        (SELECT e.per_euro::numeric / 100000 FROM wallet_currencyrate e WHERE e.currency = k.currency),
        CASE WHEN k.currency IN ('', 'AED', 'AFN', 'ALL', 'AMD', 'ANG', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BGN', 'BMD', 'BND', 'BOB', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHF', 'CNY', 'COP', 'CRC', 'CUP', 'CVE', 'CZK', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IRR', 'JMD', 'KES', 'KGS', 'KHR', 'KPW', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'QAR', 'RON', 'RSD', 'RUB', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'USD', 'UYU', 'UZS', 'VED', 'VES', 'WST', 'XCD', 'XCG', 'YER', 'ZAR', 'ZMW', 'ZWG') THEN 1
             WHEN k.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 100
             WHEN k.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 0.1
             WHEN k.currency IN ('CLF', 'UYW') THEN 0.01
             ELSE 0.001 END))
)) > coalesce((OLD.write_off_alone_by_currency -> k.currency)::numeric, floor(
    (OLD.write_off_alone::numeric * coalesce(
        (SELECT e.per_euro::numeric / 100000 FROM wallet_currencyrate e WHERE e.currency = k.currency),
        CASE WHEN k.currency IN ('', 'AED', 'AFN', 'ALL', 'AMD', 'ANG', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BGN', 'BMD', 'BND', 'BOB', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHF', 'CNY', 'COP', 'CRC', 'CUP', 'CVE', 'CZK', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IRR', 'JMD', 'KES', 'KGS', 'KHR', 'KPW', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'QAR', 'RON', 'RSD', 'RUB', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'USD', 'UYU', 'UZS', 'VED', 'VES', 'WST', 'XCD', 'XCG', 'YER', 'ZAR', 'ZMW', 'ZWG') THEN 1
             WHEN k.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 100
             WHEN k.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 0.1
             WHEN k.currency IN ('CLF', 'UYW') THEN 0.01
             ELSE 0.001 END))
))) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.write_off_alone = 0 AND NOT EXISTS (
            SELECT FROM jsonb_each(CASE jsonb_typeof(NEW.write_off_alone_by_currency) WHEN 'object' THEN NEW.write_off_alone_by_currency ELSE '{}' END) e
             WHERE e.value::numeric > 0) THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM merchants_approval a
                    WHERE a.merchant_id = NEW.merchant_id AND a.verb = 'limit' AND a.state = 'approved'
                      AND a.decided_in = pg_current_xact_id()::text::bigint
                      AND a.wish ->> 'limit' = NEW.write_off_alone::text
                      AND coalesce(a.wish -> 'by_currency', 'null')
                          = coalesce(NEW.write_off_alone_by_currency, 'null')) THEN
        RAISE EXCEPTION 'a second person approves a higher write-off limit' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_plan_limit_by_two_8c9bf() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF EXISTS (SELECT FROM merchants_merchant m WHERE m.id = NEW.merchant_id AND m.sandbox_of_id IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('limits by rate', 0));
    IF TG_OP = 'UPDATE' AND NEW.merchant_id = OLD.merchant_id AND NEW.write_off_alone <= OLD.write_off_alone
       AND NOT EXISTS (SELECT FROM (SELECT jsonb_object_keys(
                CASE jsonb_typeof(OLD.write_off_alone_by_currency) WHEN 'object' THEN OLD.write_off_alone_by_currency ELSE '{}' END
                || CASE jsonb_typeof(NEW.write_off_alone_by_currency) WHEN 'object' THEN NEW.write_off_alone_by_currency ELSE '{}' END) AS currency) k
            WHERE coalesce((NEW.write_off_alone_by_currency -> k.currency)::numeric, floor(
    (NEW.write_off_alone::numeric * coalesce(
        (SELECT e.per_euro::numeric / 100000 FROM wallet_currencyrate e WHERE e.currency = k.currency),
        CASE WHEN k.currency IN ('', 'AED', 'AFN', 'ALL', 'AMD', 'ANG', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BGN', 'BMD', 'BND', 'BOB', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHF', 'CNY', 'COP', 'CRC', 'CUP', 'CVE', 'CZK', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IRR', 'JMD', 'KES', 'KGS', 'KHR', 'KPW', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'QAR', 'RON', 'RSD', 'RUB', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'USD', 'UYU', 'UZS', 'VED', 'VES', 'WST', 'XCD', 'XCG', 'YER', 'ZAR', 'ZMW', 'ZWG') THEN 1
             WHEN k.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 100
             WHEN k.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 0.1
             WHEN k.currency IN ('CLF', 'UYW') THEN 0.01
             ELSE 0.001 END))
)) > coalesce((OLD.write_off_alone_by_currency -> k.currency)::numeric, floor(
    (OLD.write_off_alone::numeric * coalesce(
        (SELECT e.per_euro::numeric / 100000 FROM wallet_currencyrate e WHERE e.currency = k.currency),
        CASE WHEN k.currency IN ('', 'AED', 'AFN', 'ALL', 'AMD', 'ANG', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BGN', 'BMD', 'BND', 'BOB', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHF', 'CNY', 'COP', 'CRC', 'CUP', 'CVE', 'CZK', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IRR', 'JMD', 'KES', 'KGS', 'KHR', 'KPW', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'QAR', 'RON', 'RSD', 'RUB', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'USD', 'UYU', 'UZS', 'VED', 'VES', 'WST', 'XCD', 'XCG', 'YER', 'ZAR', 'ZMW', 'ZWG') THEN 1
             WHEN k.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 100
             WHEN k.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 0.1
             WHEN k.currency IN ('CLF', 'UYW') THEN 0.01
             ELSE 0.001 END))
))) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.write_off_alone = 0 AND NOT EXISTS (
            SELECT FROM jsonb_each(CASE jsonb_typeof(NEW.write_off_alone_by_currency) WHEN 'object' THEN NEW.write_off_alone_by_currency ELSE '{}' END) e
             WHERE e.value::numeric > 0) THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM merchants_approval a
                    WHERE a.merchant_id = NEW.merchant_id AND a.verb = 'limit' AND a.state = 'approved'
                      AND a.decided_in = pg_current_xact_id()::text::bigint
                      AND a.wish ->> 'limit' = NEW.write_off_alone::text
                      AND coalesce(a.wish -> 'by_currency', 'null')
                          = coalesce(NEW.write_off_alone_by_currency, 'null')) THEN
        RAISE EXCEPTION 'a second person approves a higher write-off limit' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_plan_names_by_owner_8fbf1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF coalesce(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'role', '') <> '' THEN
        RAISE EXCEPTION 'an owner says yes to player names in emails' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_plan_names_later_by_owner_fc0f3() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF coalesce(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'role', '') <> '' THEN
        RAISE EXCEPTION 'an owner says yes to player names in emails' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_plan_stays_2dfd6() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_player_spans_added_3974e() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO wallet_playerspan AS s (merchant_id, length, day, player_id, currency, bets, stakes, payouts, rewards)
    SELECT c.merchant_id, l.length, c.day - mod(c.day - DATE '0001-01-01', l.length), c.player_id, c.currency, sum(c.sign * c.bets), sum(c.sign * c.stakes), sum(c.sign * c.payouts),
           sum(c.sign * c.rewards)
      FROM (SELECT n.*, 1 AS sign FROM new_days n) c CROSS JOIN (VALUES (8), (32), (128)) l (length)
     GROUP BY c.merchant_id, l.length, c.day - mod(c.day - DATE '0001-01-01', l.length), c.player_id, c.currency
    ON CONFLICT (merchant_id, length, day, player_id, currency) DO UPDATE
       SET bets = s.bets + excluded.bets, stakes = s.stakes + excluded.stakes,
           payouts = s.payouts + excluded.payouts, rewards = s.rewards + excluded.rewards;
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_player_spans_changed_fc5e5() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO wallet_playerspan AS s (merchant_id, length, day, player_id, currency, bets, stakes, payouts, rewards)
    SELECT c.merchant_id, l.length, c.day - mod(c.day - DATE '0001-01-01', l.length), c.player_id, c.currency, sum(c.sign * c.bets), sum(c.sign * c.stakes), sum(c.sign * c.payouts),
           sum(c.sign * c.rewards)
      FROM (SELECT n.*, 1 AS sign FROM new_days n UNION ALL SELECT o.*, -1 AS sign FROM old_days o) c CROSS JOIN (VALUES (8), (32), (128)) l (length)
     GROUP BY c.merchant_id, l.length, c.day - mod(c.day - DATE '0001-01-01', l.length), c.player_id, c.currency
    ON CONFLICT (merchant_id, length, day, player_id, currency) DO UPDATE
       SET bets = s.bets + excluded.bets, stakes = s.stakes + excluded.stakes,
           payouts = s.payouts + excluded.payouts, rewards = s.rewards + excluded.rewards;
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_player_spans_deleted_f6486() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    INSERT INTO wallet_playerspan AS s (merchant_id, length, day, player_id, currency, bets, stakes, payouts, rewards)
    SELECT c.merchant_id, l.length, c.day - mod(c.day - DATE '0001-01-01', l.length), c.player_id, c.currency, sum(c.sign * c.bets), sum(c.sign * c.stakes), sum(c.sign * c.payouts),
           sum(c.sign * c.rewards)
      FROM (SELECT o.*, -1 AS sign FROM old_days o) c CROSS JOIN (VALUES (8), (32), (128)) l (length)
     GROUP BY c.merchant_id, l.length, c.day - mod(c.day - DATE '0001-01-01', l.length), c.player_id, c.currency
    ON CONFLICT (merchant_id, length, day, player_id, currency) DO UPDATE
       SET bets = s.bets + excluded.bets, stakes = s.stakes + excluded.stakes,
           payouts = s.payouts + excluded.payouts, rewards = s.rewards + excluded.rewards;
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_player_stays_4fd44() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_recipient_outside_by_owner_7d060() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF coalesce(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'role', '') <> ''
       AND (TG_OP = 'INSERT' OR lower(NEW.email) <> lower(OLD.email))
       AND NOT EXISTS (SELECT FROM merchants_membership m JOIN merchants_person p ON p.id = m.person_id
                        WHERE m.merchant_id = NEW.merchant_id AND m.role = 'owner' AND p.is_active
                          AND split_part(lower(p.email), '@', 2) = split_part(lower(NEW.email), '@', 2)) THEN
        RAISE EXCEPTION 'an owner says yes to an address of another domain' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_reconciliation_ends_once_b6fcc() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'a comparison that has ended stays as it is' USING ERRCODE = 'check_violation';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_reconciliation_stays_8e09e() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_refused_payout_stays_27807() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_request_immutable_e92a8() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_secret_access_begun_b081c() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    UPDATE merchants_merchant SET access_version = access_version + 1 WHERE id = (SELECT merchant_id FROM merchants_apikey WHERE id = NEW.key_id); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_secret_access_changed_f3450() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    UPDATE merchants_merchant SET access_version = access_version + 1 WHERE id = (SELECT merchant_id FROM merchants_apikey WHERE id = NEW.key_id); RETURN NULL;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_secret_at_most_two_28c0c() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    PERFORM 1 FROM merchants_apikey WHERE id = NEW.key_id FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM merchants_secret
         WHERE key_id = NEW.key_id AND revoked_at IS NULL
           AND (usable_until IS NULL OR usable_until > NEW.created_at)) >= 2 THEN
        RAISE EXCEPTION 'a key has at most 2 usable secrets' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_secret_by_two_people_306ee() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF EXISTS (SELECT FROM merchants_apikey k JOIN merchants_merchant m ON m.id = k.merchant_id
                WHERE k.id = NEW.key_id AND m.two_person)
       AND NOT EXISTS (SELECT FROM merchants_approval a JOIN merchants_apikey k ON k.id = NEW.key_id
                        WHERE a.id = NEW.approval_id AND a.merchant_id = k.merchant_id AND a.state = 'approved'
                          AND a.decided_in = pg_current_xact_id()::text::bigint
                          AND (a.verb = 'issue' OR (a.verb = 'rotate' AND a.key_id = k.id))) THEN
        RAISE EXCEPTION 'a second person approves each secret of this merchant' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_secret_ended_for_good_4bc90() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
                    IF OLD.usable_until <= clock_timestamp()
                       AND (NEW.usable_until IS NULL OR NEW.usable_until > OLD.usable_until) THEN
                        RAISE EXCEPTION 'an overlap that has ended cannot begin again'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                
                END;
            $$;


CREATE FUNCTION public.pgtrigger_secret_revoked_for_good_b49de() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'a revoked secret cannot come back' USING ERRCODE = 'check_violation';
                END;
            $$;


CREATE FUNCTION public.pgtrigger_secret_stays_9a994() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_session_of_its_player_2a1a5() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF NOT EXISTS (SELECT FROM merchants_player p WHERE p.id = NEW.player_id AND p.merchant_id = NEW.merchant_id)
       OR NEW.account_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM wallet_account a
             WHERE a.id = NEW.account_id AND a.kind = 'player' AND a.player_id = NEW.player_id
               AND a.merchant_id = NEW.merchant_id AND a.currency = NEW.currency) THEN
        RAISE EXCEPTION 'a session has the account of its player' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_session_stays_1df3a() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_settlement_begins_c432e() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF NEW.state <> 'requested' THEN
        RAISE EXCEPTION 'a settlement statement begins as a request' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM wallet_settlement s
                WHERE s.merchant_id = NEW.merchant_id AND s.state = 'signed'
               HAVING max(s.month) + interval '1 month' <> NEW.month OR max(s.ends_at) <> NEW.begins_at) THEN
        RAISE EXCEPTION 'months are closed in their order' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_settlement_frozen_2128f() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF OLD.state NOT IN ('requested', 'prepared') THEN
        RAISE EXCEPTION 'a settlement statement stays as it is: %', OLD.state USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'requested' AND (
           NEW.state = 'signed' OR
           to_jsonb(NEW) - '{state,withdrawn_by_id,withdrawn_at,withdrawal,figures,digest,counted_at,refusal}'::text[]
        <> to_jsonb(OLD) - '{state,withdrawn_by_id,withdrawn_at,withdrawal,figures,digest,counted_at,refusal}'::text[])
       OR OLD.state = 'prepared' AND (
           NEW.state NOT IN ('signed', 'withdrawn') OR
           to_jsonb(NEW) - '{state,withdrawn_by_id,withdrawn_at,withdrawal,signed_by_id,signed_at}'::text[]
        <> to_jsonb(OLD) - '{state,withdrawn_by_id,withdrawn_at,withdrawal,signed_by_id,signed_at}'::text[]) THEN
        RAISE EXCEPTION 'the figures of a settlement statement are not changed' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'signed' AND NOT EXISTS (
           SELECT FROM merchants_person p
            WHERE p.id = NEW.signed_by_id AND p.is_active AND p.staff_role IN ('support', 'administrator')) THEN
        RAISE EXCEPTION 'our staff sign a settlement statement off' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_settlement_stays_7454e() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_sign_in_record_stays_09e79() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_sign_in_reset_ends_tokens_62c58() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    UPDATE merchants_accesstoken SET revoked_at = clock_timestamp(), revoked_because = NEW.kind
     WHERE person_id = NEW.person_id AND revoked_at IS NULL;
    RETURN NULL;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_simulation_in_a_sandbox_5ebc7() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF NOT EXISTS (SELECT FROM merchants_apikey k JOIN merchants_merchant m ON m.id = k.merchant_id
                    WHERE k.id = NEW.key_id AND k.environment = 'test'
                      AND m.id = NEW.merchant_id AND m.sandbox_of_id IS NOT NULL) THEN
        RAISE EXCEPTION 'a simulation belongs to a sandbox and one of its test keys' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_staff_change_stays_6cfe3() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_staff_change_told_by_letter_d110f() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
    IF TG_OP = 'INSERT' THEN
        IF NEW.told_at IS NOT NULL OR NEW.letter_id IS NOT NULL THEN
            RAISE EXCEPTION 'a change of our staff begins untold' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.told_at IS NOT NULL
       OR (NEW.id, NEW.merchant_id, NEW.thing, NEW.event, NEW.transaction, NEW.created_at)
          IS DISTINCT FROM (OLD.id, OLD.merchant_id, OLD.thing, OLD.event, OLD.transaction, OLD.created_at) THEN
        RAISE EXCEPTION 'a change of our staff stays as it was, and is told once' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM merchants_merchant w
          JOIN merchants_membership m ON m.merchant_id = coalesce(w.sandbox_of_id, w.id)
          JOIN merchants_person p ON p.id = m.person_id
         WHERE w.id = NEW.merchant_id AND m.role = 'owner' AND p.is_active
           AND NOT EXISTS (SELECT FROM merchants_letter l
                            WHERE l."to" = p.email AND l.merchant_id = NEW.merchant_id
                              AND l.template = 'merchant_changed'
                              AND l.context ->> 'transaction' = NEW.transaction::text)
    ) OR NOT EXISTS (
        SELECT FROM merchants_letter l
         WHERE l.id = NEW.letter_id AND l.merchant_id = NEW.merchant_id AND l.template = 'merchant_changed'
           AND l.context ->> 'transaction' = NEW.transaction::text
    ) AND EXISTS (
        SELECT FROM merchants_merchant w
         WHERE w.id = NEW.merchant_id
           AND (EXISTS (SELECT FROM merchants_membership m JOIN merchants_person p ON p.id = m.person_id
                         WHERE m.merchant_id = coalesce(w.sandbox_of_id, w.id) AND p.is_active
                           AND m.role IN ('owner', 'manager'))
                OR EXISTS (SELECT FROM merchants_contact c WHERE c.merchant_id = coalesce(w.sandbox_of_id, w.id)))
    ) THEN
        RAISE EXCEPTION 'the owners are told by email' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;

                END;
            $$;


CREATE FUNCTION public.pgtrigger_staff_visit_stays_33a43() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_statement_row_stays_daa6e() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_statement_stays_92ea6() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_traffic_incident_ends_once_bca8d() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_traffic_incident_stays_1d2e1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_transaction_immutable_8868e() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;


CREATE FUNCTION public.pgtrigger_transaction_not_emptied_df4b4() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the ledger is never emptied';
                END;
            $$;


CREATE FUNCTION public.request_log_partitions(p_days integer, OUT made integer, OUT dropped integer) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    c_least  CONSTANT bigint := 1000000;
    c_most   CONSTANT bigint := 50000000;
    c_ahead  CONSTANT integer := 3;
    v_newest bigint;
    v_end    bigint;
    v_width  bigint;
    v_name   text;
    v_part   record;
    v_upto   bigint;
    v_moment timestamptz;
    v_is_young boolean;
BEGIN
    IF p_days IS NULL OR p_days < 35 THEN
        RAISE EXCEPTION 'the request log is kept for 35 days at least';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('request_log_partitions', 0));
    PERFORM set_config('lock_timeout', '2s', true);
    made := 0;
    dropped := 0;
    SELECT coalesce(max(id), 0) INTO v_newest FROM public.wallet_signedrequest;
    SELECT max(p.until) INTO STRICT v_end FROM public.request_log_parts() p;

    -- As many lines as came in a day, since the first line of the partition that is written to.
    SELECT p.name, p.since INTO v_part FROM public.request_log_parts() p WHERE v_newest >= p.since AND v_newest < p.until;
    v_width := c_least;
    IF v_newest > 0 AND v_part.name IS NOT NULL THEN
        EXECUTE format('SELECT created_at, id FROM public.%I ORDER BY id LIMIT 1', v_part.name) INTO v_moment, v_upto;
        v_width := ((v_newest - v_upto + 1) / greatest(extract(epoch FROM now() - v_moment) / 86400, 0.01))::bigint;
        v_width := least(greatest(v_width, c_least), c_most);
    END IF;
    WHILE v_end <= v_newest + c_ahead * v_width LOOP
        v_name := 'wallet_signedrequest_' || v_end;
        EXECUTE format('CREATE TABLE public.%I (LIKE public.wallet_signedrequest INCLUDING ALL EXCLUDING IDENTITY)', v_name);
        EXECUTE format('ALTER TABLE public.wallet_signedrequest ATTACH PARTITION public.%I FOR VALUES FROM (%s) TO (%s)',
                       v_name, v_end, v_end + v_width);
        v_end := v_end + v_width;
        made := made + 1;
    END LOOP;

    SELECT coalesce(max(m.upto), 0) INTO v_upto FROM public.wallet_mark m WHERE m.source = 'calls';
    FOR v_part IN SELECT p.name FROM public.request_log_parts() p
                   WHERE p.until <= v_newest AND p.until <= v_upto + 1 ORDER BY p.until LOOP
        -- Every line is asked, not the last one alone: who writes a line says when its call arrived.
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I WHERE created_at >= now() - make_interval(days => %s))',
                       v_part.name, p_days) INTO v_is_young;
        EXIT WHEN v_is_young;
        EXECUTE format('ALTER TABLE public.wallet_signedrequest DETACH PARTITION public.%I', v_part.name);
        EXECUTE format('DROP TABLE public.%I', v_part.name);
        dropped := dropped + 1;
    END LOOP;
END $$;


CREATE FUNCTION public.request_log_parts(OUT name text, OUT since bigint, OUT until bigint) RETURNS SETOF record
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    SELECT c.relname::text,
           coalesce((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''?(-?\d+)''?\)'))[1]::bigint, 0),
           (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''?(-?\d+)''?\)'))[1]::bigint
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'public.wallet_signedrequest'::regclass
$$;


CREATE FUNCTION public.wallet_access(p_merchant bigint, p_secret bigint, p_version bigint, p_address inet, p_kind text, p_now timestamp with time zone) RETURNS TABLE(refusal text, bets_per_minute integer, max_stake bigint, max_stake_by_currency jsonb)
    LANGUAGE sql STABLE
    AS $$
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


CREATE TABLE public.merchants_player (
    id bigint NOT NULL,
    player_id character varying(255) NOT NULL COLLATE pg_catalog."C",
    name character varying(255) DEFAULT ''::character varying NOT NULL,
    is_blocked boolean DEFAULT false NOT NULL,
    blocked_reason character varying(200) DEFAULT ''::character varying NOT NULL,
    bets_per_minute integer,
    max_stake bigint,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    merchant_id bigint NOT NULL,
    max_stake_by_currency jsonb,
    CONSTRAINT merchants_player_bets_per_minute_check CHECK ((bets_per_minute >= 0)),
    CONSTRAINT player_max_stake_by_currency_are_amounts CHECK (jsonb_path_match(max_stake_by_currency, 'strict ($.type() == "null" || ($.type() == "object" && exists ($.*)) && !(exists ($.keyvalue()?((((!(@."key" like_regex "^[A-Z0-9]{3,8}$") || @."value".type() != "number") || @."value" < 0) || @."value" > 9007199254740991) || @."value".floor() != @."value"))))'::jsonpath)),
    CONSTRAINT player_max_stake_not_negative CHECK ((max_stake >= 0))
);


CREATE FUNCTION public.wallet_apply(p public.wallet_caller, c public.wallet_call, pl public.merchants_player) RETURNS public.wallet_answer
    LANGUAGE plpgsql
    AS $$
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


CREATE FUNCTION public.wallet_at_bet_limit(p_player bigint, p_limit integer, p_now timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE STRICT
    AS $$
    -- By the index `transaction_counted_bets`, which holds no bet that the limit refused.
    SELECT count(*) >= p_limit FROM (
        SELECT FROM wallet_transaction
         WHERE player_id = p_player AND kind = 'bet' AND status <> 'RS_ERROR_LIMIT_REACHED'
           AND created_at > p_now - interval '1 minute'
         ORDER BY created_at DESC LIMIT p_limit
    ) latest
$$;


CREATE FUNCTION public.wallet_balance(p public.wallet_caller, p_player text, p_currency text) RETURNS public.wallet_answer
    LANGUAGE plpgsql STABLE
    SET enable_seqscan TO 'off'
    AS $$
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


CREATE FUNCTION public.wallet_bet(p public.wallet_caller, c public.wallet_call) RETURNS public.wallet_answer
    LANGUAGE plpgsql
    AS $$
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


CREATE FUNCTION public.wallet_bets_of_round(p_merchant bigint, p_player bigint, p_session text, p_round text, OUT unpaid text[], OUT oldest text) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $$
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


CREATE TABLE public.wallet_transaction (
    id bigint NOT NULL,
    transaction_id character varying(255) NOT NULL COLLATE pg_catalog."C",
    part integer NOT NULL,
    kind character varying(9) NOT NULL,
    status character varying(40) NOT NULL,
    currency character varying(8) COLLATE pg_catalog."C",
    amount bigint,
    balance bigint,
    ref_transaction_id character varying(255) COLLATE pg_catalog."C",
    is_win boolean,
    reward_type character varying(64),
    round_id character varying(255) COLLATE pg_catalog."C",
    address inet,
    request_id uuid,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    credit_account_id bigint,
    debit_account_id bigint,
    game_id bigint,
    merchant_id bigint NOT NULL,
    player_id bigint NOT NULL,
    reverses_id bigint,
    secret_id bigint,
    session_id bigint,
    case_id bigint,
    CONSTRAINT transaction_is_valid CHECK (((ROW(kind, part, status, currency, amount, debit_account_id, credit_account_id, case_id, secret_id, address, request_id, session_id, game_id, reverses_id))::public.wallet_valid_row IS DISTINCT FROM NULL))
);


CREATE FUNCTION public.wallet_book(p public.wallet_caller, r public.wallet_transaction, p_account bigint, p_delta bigint) RETURNS public.wallet_answer
    LANGUAGE plpgsql
    AS $$
BEGIN
    r.balance := wallet_move(p_account, p_delta);
    IF r.balance IS NULL THEN
        RETURN ROW('RS_ERROR_INVALID_AMOUNT', NULL)::wallet_answer;
    END IF;
    RETURN wallet_keep(p, r);
END $$;


CREATE FUNCTION public.wallet_cashier(p public.wallet_caller, c public.wallet_call, pl public.merchants_player) RETURNS public.wallet_answer
    LANGUAGE plpgsql
    AS $$
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


CREATE FUNCTION public.wallet_check_moment() RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    IF NOT has_function_privilege(session_user, 'wallet_says_when()', 'EXECUTE') THEN
        RAISE EXCEPTION 'the clock says when a call was made' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;


CREATE FUNCTION public.wallet_correct(p_correction bigint, p_approver bigint, p_moment timestamp with time zone) RETURNS public.wallet_answer
    LANGUAGE plpgsql SECURITY DEFINER
    SET lock_timeout TO '2s'
    SET search_path TO 'public', 'pg_temp'
    AS $$
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


CREATE FUNCTION public.wallet_counter_account(p_merchant bigint, p_currency text, p_kind text) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
    SELECT id FROM wallet_account WHERE merchant_id = p_merchant AND currency = p_currency AND kind = p_kind
$$;


CREATE FUNCTION public.wallet_gate(p public.wallet_caller, p_kind text, OUT refusal text, OUT bets_per_minute integer, OUT max_stake bigint, OUT max_stake_by_currency jsonb) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    SELECT w.* INTO refusal, bets_per_minute, max_stake, max_stake_by_currency FROM wallet_access(
        p.merchant_id, p.secret_id, p.access_version, p.address, p_kind, coalesce(p.moment, clock_timestamp())
    ) w;
END $$;


CREATE FUNCTION public.wallet_keep(p public.wallet_caller, r public.wallet_transaction) RETURNS public.wallet_answer
    LANGUAGE plpgsql
    AS $$
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


CREATE FUNCTION public.wallet_keep_all(p public.wallet_caller, p_rows public.wallet_transaction[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
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


CREATE FUNCTION public.wallet_move(p_account bigint, p_delta bigint) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    v_balance bigint;
BEGIN
    UPDATE wallet_account SET balance = balance + p_delta
     WHERE id = p_account AND abs(balance + p_delta) < 9007199254740992
    RETURNING balance INTO v_balance;
    RETURN v_balance;
END $$;


CREATE FUNCTION public.wallet_open_account(p_merchant bigint, p_player bigint, p_currency text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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


CREATE FUNCTION public.wallet_owe(p public.wallet_caller, c public.wallet_call, p_status text) RETURNS void
    LANGUAGE plpgsql
    AS $$
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


CREATE FUNCTION public.wallet_payout(p public.wallet_caller, c public.wallet_call, pl public.merchants_player) RETURNS public.wallet_answer
    LANGUAGE plpgsql
    AS $$
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


CREATE FUNCTION public.wallet_post(p public.wallet_caller, c public.wallet_call) RETURNS public.wallet_answer
    LANGUAGE plpgsql SECURITY DEFINER
    SET lock_timeout TO '300ms'
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    SET search_path TO 'public', 'pg_temp'
    AS $$
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


CREATE FUNCTION public.wallet_post_batch(p public.wallet_caller, p_kind text, p_items jsonb) RETURNS TABLE(ordinal integer, status text, balance bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET lock_timeout TO '300ms'
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    SET search_path TO 'public', 'pg_temp'
    AS $_$
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
END $_$;


CREATE FUNCTION public.wallet_repeat(p public.wallet_caller, c public.wallet_call, p_player bigint, t public.wallet_transaction) RETURNS public.wallet_answer
    LANGUAGE plpgsql STABLE
    AS $$
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


CREATE FUNCTION public.wallet_reverse(p public.wallet_caller, r public.wallet_transaction, o public.wallet_transaction) RETURNS public.wallet_answer
    LANGUAGE plpgsql
    AS $$
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


CREATE FUNCTION public.wallet_reward(p public.wallet_caller, c public.wallet_call, pl public.merchants_player) RETURNS public.wallet_answer
    LANGUAGE plpgsql
    AS $$
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


CREATE FUNCTION public.wallet_rollback(p public.wallet_caller, c public.wallet_call, pl public.merchants_player) RETURNS public.wallet_answer
    LANGUAGE plpgsql
    AS $$
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


CREATE FUNCTION public.wallet_says_when() RETURNS void
    LANGUAGE sql IMMUTABLE
    AS $$ $$;


CREATE FUNCTION public.wallet_taken_back(o public.wallet_transaction) RETURNS SETOF public.wallet_transaction
    LANGUAGE sql STABLE
    AS $$
    SELECT t.* FROM wallet_transaction t WHERE t.id = o.id
    UNION ALL
    SELECT t.* FROM wallet_transaction t
     WHERE o.kind = 'bet' AND t.merchant_id = o.merchant_id AND t.ref_transaction_id = o.transaction_id
       AND t.kind = 'payout' AND t.part = 0
       AND NOT EXISTS (SELECT FROM wallet_transaction u WHERE u.reverses_id = t.id)
$$;


CREATE TABLE public.account_emailaddress (
    id integer NOT NULL,
    email character varying(254) NOT NULL,
    verified boolean NOT NULL,
    "primary" boolean NOT NULL,
    user_id bigint NOT NULL
);


ALTER TABLE public.account_emailaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.account_emailconfirmation (
    id integer NOT NULL,
    created timestamp with time zone NOT NULL,
    sent timestamp with time zone,
    key character varying(64) NOT NULL,
    email_address_id integer NOT NULL
);


ALTER TABLE public.account_emailconfirmation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailconfirmation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);


ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);


ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);


ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.django_admin_log (
    id integer NOT NULL,
    action_time timestamp with time zone NOT NULL,
    object_id text,
    object_repr character varying(200) NOT NULL,
    action_flag smallint NOT NULL,
    change_message text NOT NULL,
    content_type_id integer,
    user_id bigint NOT NULL,
    CONSTRAINT django_admin_log_action_flag_check CHECK ((action_flag >= 0))
);


ALTER TABLE public.django_admin_log ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_admin_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);


ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);


ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);


CREATE TABLE public.merchants_accesstoken (
    id bigint NOT NULL,
    name character varying(80) NOT NULL,
    token_hash bytea NOT NULL,
    scopes character varying(20)[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    last_used_from character varying(45) DEFAULT ''::character varying NOT NULL,
    revoked_at timestamp with time zone,
    merchant_id bigint,
    person_id bigint NOT NULL,
    revoked_because character varying(13) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT access_token_ends_after_it_begins CHECK ((expires_at > created_at)),
    CONSTRAINT access_token_has_a_scope CHECK ((
CASE
    WHEN (scopes IS NULL) THEN NULL::integer
    ELSE COALESCE(array_length(scopes, 1), 0)
END > 0)),
    CONSTRAINT access_token_name_one_line CHECK ((NOT ((name)::text ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'::text))),
    CONSTRAINT access_token_name_without_secret CHECK ((NOT ((name)::text ~ 'oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}'::text)))
);


ALTER TABLE public.merchants_accesstoken ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_accesstoken_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_accesstokenevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER,
    pgh_context jsonb,
    pgh_context_id uuid,
    name character varying(80) NOT NULL,
    scopes character varying(20)[] NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    merchant_id bigint,
    person_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    revoked_because character varying(13) DEFAULT ''::character varying NOT NULL
);


ALTER TABLE public.merchants_accesstokenevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_accesstokenevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_alloweddomain (
    id bigint NOT NULL,
    domain character varying(253) NOT NULL,
    note character varying(200) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    merchant_id bigint NOT NULL,
    expires_at timestamp with time zone,
    owner_id bigint,
    CONSTRAINT allowed_domain_note_one_line CHECK ((NOT ((note)::text ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'::text))),
    CONSTRAINT allowed_domain_note_without_secret CHECK ((NOT ((note)::text ~ 'oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}'::text)))
);


ALTER TABLE public.merchants_alloweddomain ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_alloweddomain_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_alloweddomainevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    domain character varying(253) NOT NULL,
    note character varying(200) NOT NULL,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    expires_at timestamp with time zone,
    owner_id bigint,
    pgh_role character varying(63) DEFAULT SESSION_USER
);


ALTER TABLE public.merchants_alloweddomainevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_alloweddomainevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_allowlistentry (
    id bigint NOT NULL,
    network cidr NOT NULL,
    note character varying(200) NOT NULL,
    expires_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    owner_id bigint,
    key_id bigint,
    merchant_id bigint NOT NULL,
    CONSTRAINT allowlist_entry_note_one_line CHECK ((NOT ((note)::text ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'::text))),
    CONSTRAINT allowlist_entry_note_without_secret CHECK ((NOT ((note)::text ~ 'oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}'::text)))
);


ALTER TABLE public.merchants_allowlistentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_allowlistentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_allowlistentryevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    network cidr NOT NULL,
    note character varying(200) NOT NULL,
    expires_at timestamp with time zone,
    key_id bigint,
    merchant_id bigint NOT NULL,
    owner_id bigint,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER
);


ALTER TABLE public.merchants_allowlistentryevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_allowlistentryevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_apikey (
    id bigint NOT NULL,
    environment character varying(4) NOT NULL,
    auth_key character varying(64) NOT NULL COLLATE pg_catalog."C",
    label character varying(80) NOT NULL,
    status character varying(12) NOT NULL,
    quarantined_at timestamp with time zone,
    expires_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    merchant_id bigint NOT NULL,
    CONSTRAINT api_key_label_one_line CHECK ((NOT ((label)::text ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'::text))),
    CONSTRAINT api_key_label_without_secret CHECK ((NOT ((label)::text ~ 'oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}'::text))),
    CONSTRAINT api_key_quarantine_dated CHECK (((NOT ((status)::text = 'quarantined'::text)) OR (quarantined_at IS NOT NULL))),
    CONSTRAINT api_key_status_known CHECK (((status)::text = ANY ((ARRAY['active'::character varying, 'quarantined'::character varying, 'revoked'::character varying])::text[])))
);


ALTER TABLE public.merchants_apikey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_apikey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_apikeyevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    environment character varying(4) NOT NULL,
    auth_key character varying(64) NOT NULL COLLATE pg_catalog."C",
    label character varying(80) NOT NULL,
    status character varying(12) NOT NULL,
    quarantined_at timestamp with time zone,
    expires_at timestamp with time zone,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER
);


ALTER TABLE public.merchants_apikeyevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_apikeyevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_approval (
    id bigint NOT NULL,
    verb character varying(10) NOT NULL,
    wish jsonb NOT NULL,
    reason character varying(500) NOT NULL,
    state character varying(8) NOT NULL,
    asked_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    decided_at timestamp with time zone,
    asked_by_id bigint NOT NULL,
    decided_by_id bigint,
    key_id bigint,
    decided_in bigint,
    merchant_id bigint NOT NULL,
    CONSTRAINT approval_by_another_person CHECK (((NOT ((state)::text = 'approved'::text)) OR (NOT ((decided_by_id = asked_by_id) AND (decided_by_id IS NOT NULL))))),
    CONSTRAINT approval_decided_by_somebody CHECK ((((decided_at IS NULL) AND (decided_by_id IS NULL) AND ((state)::text = 'waiting'::text)) OR ((decided_at IS NOT NULL) AND (decided_by_id IS NOT NULL) AND ((state)::text = ANY ((ARRAY['approved'::character varying, 'declined'::character varying])::text[]))) OR ((decided_at IS NOT NULL) AND (decided_by_id IS NULL) AND ((state)::text = 'expired'::text)))),
    CONSTRAINT approval_of_key_or_merchant CHECK ((((key_id IS NOT NULL) AND ((verb)::text = ANY ((ARRAY['rotate'::character varying, 'revoke'::character varying])::text[]))) OR ((key_id IS NULL) AND ((verb)::text = ANY ((ARRAY['issue'::character varying, 'status'::character varying, 'domains'::character varying, 'rule_off'::character varying, 'limit'::character varying])::text[]))) OR ((verb)::text = 'networks'::text))),
    CONSTRAINT approval_reason_one_line CHECK ((NOT ((reason)::text ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'::text))),
    CONSTRAINT approval_reason_without_secret CHECK ((NOT ((reason)::text ~ 'oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}'::text)))
);


ALTER TABLE public.merchants_approval ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_approval_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_approvalevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    verb character varying(10) NOT NULL,
    wish jsonb NOT NULL,
    reason character varying(500) NOT NULL,
    state character varying(8) NOT NULL,
    asked_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    decided_at timestamp with time zone,
    asked_by_id bigint NOT NULL,
    decided_by_id bigint,
    key_id bigint,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER
);


ALTER TABLE public.merchants_approvalevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_approvalevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


ALTER TABLE public.merchants_chainblock ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_chainblock_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


ALTER TABLE public.merchants_chainrecipe ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_chainrecipe_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_compromise (
    id bigint NOT NULL,
    response character varying(10) NOT NULL,
    reason character varying(500) NOT NULL,
    exposed_since timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    closed_at timestamp with time zone,
    closed_by_id bigint,
    declared_by_id bigint,
    key_id bigint NOT NULL,
    replacement_id bigint,
    secret_id bigint NOT NULL,
    CONSTRAINT compromise_exposed_before_it_was_declared CHECK ((exposed_since <= created_at)),
    CONSTRAINT compromise_has_a_reason CHECK ((NOT ((reason)::text = ''::text))),
    CONSTRAINT compromise_reason_one_line CHECK ((NOT ((reason)::text ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'::text))),
    CONSTRAINT compromise_reason_without_secret CHECK ((NOT ((reason)::text ~ 'oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}'::text)))
);


ALTER TABLE public.merchants_compromise ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_compromise_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_compromiseevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    response character varying(10) NOT NULL,
    reason character varying(500) NOT NULL,
    exposed_since timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    closed_by_id bigint,
    declared_by_id bigint,
    key_id bigint NOT NULL,
    merchant_id bigint,
    pgh_obj_id bigint NOT NULL,
    replacement_id bigint,
    secret_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER
);


ALTER TABLE public.merchants_compromiseevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_compromiseevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_contact (
    id bigint NOT NULL,
    email character varying(254) NOT NULL,
    note character varying(200) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    merchant_id bigint NOT NULL,
    CONSTRAINT contact_email_ascii CHECK (((email)::text ~ '^[\x21-\x7e]*$'::text)),
    CONSTRAINT contact_note_one_line CHECK ((NOT ((note)::text ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'::text))),
    CONSTRAINT contact_note_without_secret CHECK ((NOT ((note)::text ~ 'oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}'::text)))
);


ALTER TABLE public.merchants_contact ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_contact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_contactevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    email character varying(254) NOT NULL,
    note character varying(200) NOT NULL,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER
);


ALTER TABLE public.merchants_contactevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_contactevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_disabledgame (
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    game_id bigint NOT NULL,
    merchant_id bigint NOT NULL
);


ALTER TABLE public.merchants_disabledgame ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_disabledgame_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_disabledgameevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    game_id bigint NOT NULL,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER
);


ALTER TABLE public.merchants_disabledgameevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_disabledgameevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_download (
    id bigint NOT NULL,
    what character varying(80) NOT NULL,
    filters jsonb NOT NULL,
    rows bigint,
    is_complete boolean,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    merchant_id bigint,
    person_id bigint NOT NULL
);


ALTER TABLE public.merchants_download ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_download_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_downloadevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    what character varying(80) NOT NULL,
    filters jsonb NOT NULL,
    rows bigint,
    is_complete boolean,
    merchant_id bigint,
    person_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER
);


ALTER TABLE public.merchants_downloadevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_downloadevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_egressproof (
    id bigint NOT NULL,
    word character varying(64) NOT NULL,
    begun_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    until timestamp with time zone NOT NULL,
    address inet,
    proved_at timestamp with time zone,
    by_id bigint,
    key_id bigint NOT NULL,
    merchant_id bigint NOT NULL,
    CONSTRAINT egress_proof_address_dated CHECK ((((address IS NULL) AND (proved_at IS NULL)) OR ((address IS NOT NULL) AND (proved_at IS NOT NULL))))
);


ALTER TABLE public.merchants_egressproof ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_egressproof_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_eventdelivery (
    id bigint NOT NULL,
    state character varying(8) NOT NULL,
    attempts smallint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    last_status smallint,
    last_answer character varying(500) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    tried_at timestamp with time zone,
    merchant_id bigint NOT NULL,
    endpoint_id bigint NOT NULL,
    event_id bigint NOT NULL,
    CONSTRAINT merchants_eventdelivery_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT merchants_eventdelivery_last_status_check CHECK ((last_status >= 0))
);


ALTER TABLE public.merchants_eventdelivery ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_eventdelivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_eventendpoint (
    id bigint NOT NULL,
    number uuid NOT NULL,
    kind character varying(8) NOT NULL,
    url character varying(500) NOT NULL,
    event_types character varying(40)[] NOT NULL,
    kek_id character varying(16) NOT NULL,
    sealed bytea NOT NULL,
    sealed_before bytea,
    kek_id_before character varying(16) DEFAULT ''::character varying NOT NULL,
    signs_before_until timestamp with time zone,
    is_enabled boolean NOT NULL,
    failing_since timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    created_by_id bigint NOT NULL,
    merchant_id bigint NOT NULL,
    CONSTRAINT event_endpoint_has_a_type CHECK ((
CASE
    WHEN (event_types IS NULL) THEN NULL::integer
    ELSE COALESCE(array_length(event_types, 1), 0)
END > 0)),
    CONSTRAINT event_endpoint_url_one_line CHECK ((NOT ((url)::text ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'::text))),
    CONSTRAINT event_endpoint_url_without_secret CHECK ((NOT ((url)::text ~ 'oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}'::text)))
);


ALTER TABLE public.merchants_eventendpoint ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_eventendpoint_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_eventendpointevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER,
    pgh_context jsonb,
    pgh_context_id uuid,
    kind character varying(8) NOT NULL,
    url character varying(500) NOT NULL,
    event_types character varying(40)[] NOT NULL,
    is_enabled boolean NOT NULL,
    removed_at timestamp with time zone,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL
);


ALTER TABLE public.merchants_eventendpointevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_eventendpointevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_game (
    id bigint NOT NULL,
    game_id character varying(64) NOT NULL COLLATE pg_catalog."C",
    name character varying(120) NOT NULL,
    is_active boolean NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    CONSTRAINT game_name_one_line CHECK ((NOT ((name)::text ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'::text))),
    CONSTRAINT game_name_without_secret CHECK ((NOT ((name)::text ~ 'oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}'::text)))
);


ALTER TABLE public.merchants_game ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_game_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_gameevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    game_id character varying(64) NOT NULL COLLATE pg_catalog."C",
    name character varying(120) NOT NULL,
    is_active boolean NOT NULL,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER
);


ALTER TABLE public.merchants_gameevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_gameevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_heartbeat (
    job character varying(20) NOT NULL,
    at timestamp with time zone NOT NULL,
    is_good boolean NOT NULL
);


CREATE TABLE public.merchants_importproposal (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    packed bytea NOT NULL,
    digest character varying(64) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    by_id bigint NOT NULL,
    merchant_id bigint NOT NULL
);


ALTER TABLE public.merchants_importproposal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_importproposal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_invitation (
    id bigint NOT NULL,
    email character varying(254) NOT NULL,
    role character varying(10) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    withdrawn_at timestamp with time zone,
    invited_by_id bigint NOT NULL,
    merchant_id bigint NOT NULL,
    CONSTRAINT invitation_email_ascii CHECK (((email)::text ~ '^[\x21-\x7e]*$'::text)),
    CONSTRAINT invitation_one_end CHECK (((accepted_at IS NULL) OR (withdrawn_at IS NULL)))
);


ALTER TABLE public.merchants_invitation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_invitation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_invitationevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    email character varying(254) NOT NULL,
    role character varying(10) NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    withdrawn_at timestamp with time zone,
    invited_by_id bigint NOT NULL,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER
);


ALTER TABLE public.merchants_invitationevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_invitationevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_letter (
    id bigint NOT NULL,
    "to" character varying(254) NOT NULL,
    template character varying(60) NOT NULL,
    context jsonb NOT NULL,
    once character varying(200),
    state character varying(8) NOT NULL,
    attempts smallint NOT NULL,
    last_answer character varying(500) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    due_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    sent_at timestamp with time zone,
    merchant_id bigint,
    receipt character varying(100) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT merchants_letter_attempts_check CHECK ((attempts >= 0))
);


ALTER TABLE public.merchants_letter ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_letter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_listtrial (
    id bigint NOT NULL,
    before jsonb NOT NULL,
    deadline timestamp with time zone NOT NULL,
    state character varying(8) NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    kept_for inet,
    by_id bigint,
    key_id bigint,
    merchant_id bigint NOT NULL,
    arrived jsonb DEFAULT '[]'::jsonb NOT NULL,
    awaited jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT list_trial_deadline_after_begin CHECK ((deadline > begun_at)),
    CONSTRAINT list_trial_end_dated CHECK ((((ended_at IS NULL) AND ((state)::text = 'trying'::text)) OR ((NOT ((state)::text = 'trying'::text)) AND (ended_at IS NOT NULL)))),
    CONSTRAINT list_trial_kept_in_time CHECK (((NOT ((state)::text = 'kept'::text)) OR ((ended_at < deadline) AND (kept_for IS NOT NULL)))),
    CONSTRAINT list_trial_state_known CHECK (((state)::text = ANY ((ARRAY['trying'::character varying, 'kept'::character varying, 'reverted'::character varying])::text[])))
);


ALTER TABLE public.merchants_listtrial ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_listtrial_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_listtrialevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    deadline timestamp with time zone NOT NULL,
    state character varying(8) NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    kept_for inet,
    by_id bigint,
    key_id bigint,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER
);


ALTER TABLE public.merchants_listtrialevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_listtrialevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_membership (
    id bigint NOT NULL,
    role character varying(10) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    person_id bigint NOT NULL,
    merchant_id bigint NOT NULL
);


ALTER TABLE public.merchants_membership ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_membership_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_membershipevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    role character varying(10) NOT NULL,
    merchant_id bigint NOT NULL,
    person_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER
);


ALTER TABLE public.merchants_membershipevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_membershipevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_merchant (
    id bigint NOT NULL,
    code character varying(40) NOT NULL,
    name character varying(120) NOT NULL,
    status character varying(10) NOT NULL,
    time_zone character varying(64) NOT NULL,
    timestamp_window_seconds smallint NOT NULL,
    bets_per_minute integer,
    max_stake bigint,
    access_version bigint NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    two_person boolean DEFAULT false NOT NULL,
    second_factor_required boolean DEFAULT false NOT NULL,
    staff_sees_secrets boolean DEFAULT true NOT NULL,
    sandbox_of_id bigint,
    second_factor_from timestamp with time zone,
    max_stake_by_currency jsonb,
    CONSTRAINT merchant_max_stake_by_currency_are_amounts CHECK (jsonb_path_match(max_stake_by_currency, 'strict ($.type() == "null" || ($.type() == "object" && exists ($.*)) && !(exists ($.keyvalue()?((((!(@."key" like_regex "^[A-Z0-9]{3,8}$") || @."value".type() != "number") || @."value" < 0) || @."value" > 9007199254740991) || @."value".floor() != @."value"))))'::jsonpath)),
    CONSTRAINT merchant_max_stake_not_negative CHECK ((max_stake >= 0)),
    CONSTRAINT merchant_name_one_line CHECK ((NOT ((name)::text ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'::text))),
    CONSTRAINT merchant_name_without_secret CHECK ((NOT ((name)::text ~ 'oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}'::text))),
    CONSTRAINT merchant_sandbox_needs_no_second_person CHECK (((sandbox_of_id IS NULL) OR (NOT two_person))),
    CONSTRAINT merchant_status_known CHECK (((status)::text = ANY ((ARRAY['active'::character varying, 'suspended'::character varying, 'closed'::character varying])::text[]))),
    CONSTRAINT merchant_timestamp_window_at_most_5_minutes CHECK (((timestamp_window_seconds >= 1) AND (timestamp_window_seconds <= 300))),
    CONSTRAINT merchants_merchant_bets_per_minute_check CHECK ((bets_per_minute >= 0)),
    CONSTRAINT merchants_merchant_timestamp_window_seconds_check CHECK ((timestamp_window_seconds >= 0))
);


ALTER TABLE public.merchants_merchant ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_merchant_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_merchantevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    code character varying(40) NOT NULL,
    name character varying(120) NOT NULL,
    status character varying(10) NOT NULL,
    time_zone character varying(64) NOT NULL,
    timestamp_window_seconds smallint NOT NULL,
    bets_per_minute integer,
    max_stake bigint,
    two_person boolean DEFAULT false NOT NULL,
    pgh_obj_id bigint NOT NULL,
    second_factor_required boolean DEFAULT false NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER,
    staff_sees_secrets boolean DEFAULT true NOT NULL,
    max_stake_by_currency jsonb,
    CONSTRAINT merchants_merchantevent_bets_per_minute_check CHECK ((bets_per_minute >= 0)),
    CONSTRAINT merchants_merchantevent_timestamp_window_seconds_check CHECK ((timestamp_window_seconds >= 0))
);


ALTER TABLE public.merchants_merchantevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_merchantevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_outgoingevent (
    id bigint NOT NULL,
    number uuid NOT NULL,
    type character varying(40) NOT NULL,
    data jsonb NOT NULL,
    is_test boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    merchant_id bigint NOT NULL
);


ALTER TABLE public.merchants_outgoingevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_outgoingevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_ownerquestion (
    id bigint NOT NULL,
    kind character varying(14) NOT NULL,
    email character varying(254) NOT NULL,
    state character varying(7) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    answered_by_id bigint,
    asked_by_id bigint NOT NULL,
    merchant_id bigint NOT NULL,
    CONSTRAINT owner_question_about_something CHECK (((((kind)::text = 'names_players'::text) AND ((email)::text = ''::text)) OR ((NOT ((kind)::text = 'names_players'::text)) AND (NOT ((email)::text = ''::text))))),
    CONSTRAINT owner_question_answered_by_somebody CHECK ((((answered_at IS NULL) AND (answered_by_id IS NULL) AND ((state)::text = 'waiting'::text)) OR ((answered_at IS NOT NULL) AND (answered_by_id IS NOT NULL) AND ((state)::text = ANY ((ARRAY['yes'::character varying, 'no'::character varying])::text[])))))
);


ALTER TABLE public.merchants_ownerquestion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_ownerquestion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_ownerquestionevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    kind character varying(14) NOT NULL,
    email character varying(254) NOT NULL,
    state character varying(7) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    answered_by_id bigint,
    asked_by_id bigint NOT NULL,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER
);


ALTER TABLE public.merchants_ownerquestionevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_ownerquestionevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_person (
    id bigint NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    email character varying(254) NOT NULL,
    name character varying(120) NOT NULL,
    is_active boolean NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    staff_role character varying(13) DEFAULT ''::character varying NOT NULL,
    time_zone character varying(64) DEFAULT 'UTC'::character varying NOT NULL,
    CONSTRAINT person_email_ascii CHECK (((email)::text ~ '^[\x21-\x7e]*$'::text)),
    CONSTRAINT person_name_one_line CHECK ((NOT ((name)::text ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'::text))),
    CONSTRAINT person_name_without_secret CHECK ((NOT ((name)::text ~ 'oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}'::text))),
    CONSTRAINT person_staff_role_known CHECK (((staff_role)::text = ANY ((ARRAY[''::character varying, 'auditor'::character varying, 'support'::character varying, 'administrator'::character varying])::text[])))
);


CREATE TABLE public.merchants_person_groups (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    group_id integer NOT NULL
);


ALTER TABLE public.merchants_person_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_person_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


ALTER TABLE public.merchants_person ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_person_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_person_user_permissions (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    permission_id integer NOT NULL
);


ALTER TABLE public.merchants_person_user_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_person_user_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_personevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    email character varying(254) NOT NULL,
    name character varying(120) NOT NULL,
    staff_role character varying(13) DEFAULT ''::character varying NOT NULL,
    is_active boolean NOT NULL,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER
);


ALTER TABLE public.merchants_personevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_personevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


ALTER TABLE public.merchants_player ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_player_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_playerevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    player_id character varying(255) NOT NULL COLLATE pg_catalog."C",
    is_blocked boolean DEFAULT false NOT NULL,
    blocked_reason character varying(200) DEFAULT ''::character varying NOT NULL,
    bets_per_minute integer,
    max_stake bigint,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER,
    max_stake_by_currency jsonb,
    CONSTRAINT merchants_playerevent_bets_per_minute_check CHECK ((bets_per_minute >= 0))
);


ALTER TABLE public.merchants_playerevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_playerevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_release (
    version character varying(40) NOT NULL,
    migrated_at timestamp with time zone NOT NULL
);


CREATE TABLE public.merchants_secret (
    id bigint NOT NULL,
    version smallint NOT NULL,
    sealed bytea NOT NULL,
    sealed_under character varying(16) NOT NULL,
    fingerprint bytea NOT NULL,
    usable_until timestamp with time zone,
    revoked_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    key_id bigint NOT NULL,
    quiet_hours smallint,
    superseded_at timestamp with time zone,
    approval_id bigint,
    CONSTRAINT merchants_secret_quiet_hours_check CHECK ((quiet_hours >= 0)),
    CONSTRAINT merchants_secret_version_check CHECK ((version >= 0)),
    CONSTRAINT secret_overlap_at_most_7_days CHECK (((usable_until IS NULL) OR ((superseded_at IS NOT NULL) AND (usable_until >= superseded_at) AND (usable_until <= (superseded_at + '7 days'::interval))))),
    CONSTRAINT secret_quiet_hours_of_a_week CHECK (((quiet_hours >= 1) AND (quiet_hours <= 168)))
);


ALTER TABLE public.merchants_secret ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_secret_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_secretclaim (
    id bigint NOT NULL,
    version smallint NOT NULL,
    nonce character varying(32) NOT NULL,
    token_hash character varying(64) NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    claimed_at timestamp with time zone,
    claimed_by_id bigint,
    key_id bigint NOT NULL,
    secret_id bigint NOT NULL,
    sent_by_id bigint,
    CONSTRAINT claim_by_another_person CHECK (((claimed_by_id IS NULL) OR (sent_by_id IS NULL) OR (NOT ((claimed_by_id = sent_by_id) AND (claimed_by_id IS NOT NULL) AND (sent_by_id IS NOT NULL))))),
    CONSTRAINT claim_by_somebody CHECK ((((claimed_at IS NULL) AND (claimed_by_id IS NULL)) OR ((claimed_at IS NOT NULL) AND (claimed_by_id IS NOT NULL) AND (withdrawn_at IS NULL)))),
    CONSTRAINT claim_in_time CHECK (((claimed_at IS NULL) OR (claimed_at < expires_at))),
    CONSTRAINT merchants_secretclaim_version_check CHECK ((version >= 0))
);


ALTER TABLE public.merchants_secretclaim ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_secretclaim_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_secretclaimevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    version smallint NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    claimed_at timestamp with time zone,
    claimed_by_id bigint,
    key_id bigint NOT NULL,
    merchant_id bigint,
    pgh_obj_id bigint NOT NULL,
    secret_id bigint NOT NULL,
    sent_by_id bigint,
    pgh_role character varying(63) DEFAULT SESSION_USER,
    CONSTRAINT merchants_secretclaimevent_version_check CHECK ((version >= 0))
);


ALTER TABLE public.merchants_secretclaimevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_secretclaimevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_secretevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    version smallint NOT NULL,
    superseded_at timestamp with time zone,
    usable_until timestamp with time zone,
    quiet_hours smallint,
    revoked_at timestamp with time zone,
    key_id bigint NOT NULL,
    merchant_id bigint,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER,
    CONSTRAINT merchants_secretevent_quiet_hours_check CHECK ((quiet_hours >= 0)),
    CONSTRAINT merchants_secretevent_version_check CHECK ((version >= 0))
);


ALTER TABLE public.merchants_secretevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_secretevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_seenaddress (
    id bigint NOT NULL,
    address inet NOT NULL,
    first_seen_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    key_id bigint NOT NULL
);


ALTER TABLE public.merchants_seenaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_seenaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_seenorigin (
    id bigint NOT NULL,
    host character varying(253) NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    key_id bigint NOT NULL
);


ALTER TABLE public.merchants_seenorigin ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_seenorigin_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_signinrecord (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    kind character varying(16) NOT NULL,
    email character varying(254) NOT NULL,
    address inet,
    method character varying(60) NOT NULL,
    by_id bigint,
    person_id bigint
);


ALTER TABLE public.merchants_signinrecord ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_signinrecord_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_signout (
    id bigint NOT NULL,
    sessions integer NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    person_id bigint,
    CONSTRAINT merchants_signout_sessions_check CHECK ((sessions >= 0))
);


ALTER TABLE public.merchants_signout ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_signout_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_signoutevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER,
    pgh_context jsonb,
    pgh_context_id uuid,
    sessions integer NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    person_id bigint,
    pgh_obj_id bigint NOT NULL,
    CONSTRAINT merchants_signoutevent_sessions_check CHECK ((sessions >= 0))
);


ALTER TABLE public.merchants_signoutevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_signoutevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_staffchange (
    id bigint NOT NULL,
    thing character varying(40) NOT NULL,
    event bigint NOT NULL,
    transaction bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    told_at timestamp with time zone,
    merchant_id bigint NOT NULL,
    letter_id bigint
);


ALTER TABLE public.merchants_staffchange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_staffchange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_staffvisit (
    id bigint NOT NULL,
    hour timestamp with time zone NOT NULL,
    merchant_id bigint NOT NULL,
    person_id bigint NOT NULL
);


ALTER TABLE public.merchants_staffvisit ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_staffvisit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_staffvisitevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    hour timestamp with time zone NOT NULL,
    merchant_id bigint NOT NULL,
    person_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER
);


ALTER TABLE public.merchants_staffvisitevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.merchants_staffvisitevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.merchants_timetablejob (
    name character varying(100) NOT NULL,
    sent_at timestamp with time zone NOT NULL
);


CREATE TABLE public.merchants_timetablelead (
    id smallint NOT NULL,
    holder uuid NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT merchants_timetablelead_id_check CHECK ((id >= 0)),
    CONSTRAINT merchants_timetablelead_is_one CHECK ((id = 1))
);


CREATE TABLE public.merchants_usedform (
    nonce character varying(64) NOT NULL,
    used_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
);


CREATE TABLE public.mfa_authenticator (
    id bigint NOT NULL,
    type character varying(20) NOT NULL,
    data jsonb NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);


ALTER TABLE public.mfa_authenticator ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.mfa_authenticator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.pghistory_context (
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    metadata jsonb NOT NULL
);


CREATE TABLE public.socialaccount_socialaccount (
    id integer NOT NULL,
    provider character varying(200) NOT NULL,
    uid character varying(191) NOT NULL,
    last_login timestamp with time zone NOT NULL,
    date_joined timestamp with time zone NOT NULL,
    extra_data jsonb NOT NULL,
    user_id bigint NOT NULL
);


ALTER TABLE public.socialaccount_socialaccount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.socialaccount_socialaccount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.socialaccount_socialapp (
    id integer NOT NULL,
    provider character varying(30) NOT NULL,
    name character varying(40) NOT NULL,
    client_id character varying(191) NOT NULL,
    secret character varying(191) NOT NULL,
    key character varying(191) NOT NULL,
    provider_id character varying(200) NOT NULL,
    settings jsonb NOT NULL
);


ALTER TABLE public.socialaccount_socialapp ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.socialaccount_socialapp_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.socialaccount_socialtoken (
    id integer NOT NULL,
    token text NOT NULL,
    token_secret text NOT NULL,
    expires_at timestamp with time zone,
    account_id integer NOT NULL,
    app_id integer
);


ALTER TABLE public.socialaccount_socialtoken ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.socialaccount_socialtoken_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.usersessions_usersession (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ip inet NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    session_key character varying(40) NOT NULL,
    user_agent character varying(200) NOT NULL,
    data jsonb NOT NULL,
    user_id bigint NOT NULL
);


ALTER TABLE public.usersessions_usersession ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.usersessions_usersession_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_account (
    id bigint NOT NULL,
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    kind character varying(8) NOT NULL,
    balance bigint,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    merchant_id bigint NOT NULL,
    player_id bigint,
    CONSTRAINT account_is_valid CHECK (((ROW(kind, currency, balance, player_id))::public.wallet_valid_account IS DISTINCT FROM NULL))
)
WITH (fillfactor='50');


ALTER TABLE public.wallet_account ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_accountproof (
    account_id bigint NOT NULL,
    total bigint NOT NULL,
    beyond bigint DEFAULT 0 NOT NULL,
    merchant_id bigint NOT NULL
);


CREATE TABLE public.wallet_bookfinding (
    id bigint NOT NULL,
    origin character varying(8) NOT NULL,
    kind character varying(20) NOT NULL,
    subject character varying(600) NOT NULL COLLATE pg_catalog."C",
    player_key bigint,
    player_id character varying(255) NOT NULL,
    currency character varying(8) NOT NULL,
    ours jsonb NOT NULL,
    difference bigint NOT NULL,
    found_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    merchant_id bigint NOT NULL
);


ALTER TABLE public.wallet_bookfinding ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_bookfinding_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_booksslice (
    merchant_id bigint NOT NULL,
    number smallint NOT NULL,
    checked_at timestamp with time zone,
    CONSTRAINT wallet_booksslice_number_check CHECK ((number >= 0))
);


CREATE TABLE public.wallet_callhour (
    id bigint NOT NULL,
    hour timestamp with time zone NOT NULL,
    address inet NOT NULL,
    endpoint character varying(64) NOT NULL,
    status character varying(40) NOT NULL,
    calls bigint NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    secret_id bigint NOT NULL
);


ALTER TABLE public.wallet_callhour ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_callhour_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_case (
    id bigint NOT NULL,
    day date NOT NULL,
    kind character varying(20) NOT NULL,
    subject character varying(600) NOT NULL COLLATE pg_catalog."C",
    player_id character varying(255) NOT NULL COLLATE pg_catalog."C",
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    ours jsonb,
    theirs jsonb,
    difference bigint NOT NULL,
    severity smallint NOT NULL,
    state character varying(8) NOT NULL,
    resolution character varying(11) NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    resolved_at timestamp with time zone,
    merchant_id bigint NOT NULL,
    other_id bigint,
    owner_id bigint,
    resolved_by_id bigint,
    write_off_asked_by_id bigint,
    found_by_id bigint NOT NULL,
    seen_by_id bigint NOT NULL,
    asked_resolution character varying(11) DEFAULT ''::character varying NOT NULL,
    due_at timestamp with time zone,
    CONSTRAINT case_asked_for_how CHECK (((write_off_asked_by_id IS NULL) OR (NOT ((asked_resolution)::text = ''::text)))),
    CONSTRAINT case_assigned_to_somebody CHECK (((NOT ((state)::text = 'assigned'::text)) OR (owner_id IS NOT NULL))),
    CONSTRAINT case_resolved_how_and_when CHECK ((((resolved_at IS NOT NULL) AND ((state)::text = 'resolved'::text) AND (NOT ((resolution)::text = ''::text))) OR ((NOT ((state)::text = 'resolved'::text)) AND ((resolution)::text = ''::text) AND (resolved_at IS NULL)))),
    CONSTRAINT case_written_off_by_another_person CHECK (((NOT ((resolved_by_id = write_off_asked_by_id) AND (resolved_by_id IS NOT NULL) AND (write_off_asked_by_id IS NOT NULL))) OR (NOT ((resolution)::text = 'written_off'::text)))),
    CONSTRAINT wallet_case_severity_check CHECK ((severity >= 0))
);


ALTER TABLE public.wallet_case ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_case_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_caseevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    day date NOT NULL,
    kind character varying(20) NOT NULL,
    subject character varying(600) NOT NULL COLLATE pg_catalog."C",
    player_id character varying(255) NOT NULL COLLATE pg_catalog."C",
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    difference bigint NOT NULL,
    severity smallint NOT NULL,
    state character varying(8) NOT NULL,
    resolution character varying(11) NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    resolved_at timestamp with time zone,
    merchant_id bigint NOT NULL,
    other_id bigint,
    owner_id bigint,
    pgh_obj_id bigint NOT NULL,
    resolved_by_id bigint,
    write_off_asked_by_id bigint,
    found_by_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER,
    asked_resolution character varying(11) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT wallet_caseevent_severity_check CHECK ((severity >= 0))
);


ALTER TABLE public.wallet_caseevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_caseevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_casenote (
    id bigint NOT NULL,
    is_staff boolean NOT NULL,
    is_internal boolean NOT NULL,
    text character varying(2000) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    by_id bigint,
    case_id bigint NOT NULL,
    statement_id bigint,
    CONSTRAINT case_note_internal_is_ours CHECK ((NOT (is_internal AND (NOT is_staff)))),
    CONSTRAINT case_note_text_without_secret CHECK ((NOT ((text)::text ~ 'oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}'::text)))
);


ALTER TABLE public.wallet_casenote ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_casenote_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_casereminder (
    id bigint NOT NULL,
    step smallint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    case_id bigint NOT NULL,
    CONSTRAINT wallet_casereminder_step_check CHECK ((step >= 0))
);


ALTER TABLE public.wallet_casereminder ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_casereminder_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_correction (
    id bigint NOT NULL,
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    amount bigint NOT NULL,
    is_credit boolean NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    approved_at timestamp with time zone,
    declined_at timestamp with time zone,
    approved_by_id bigint,
    asked_by_id bigint NOT NULL,
    case_id bigint NOT NULL,
    declined_by_id bigint,
    merchant_id bigint NOT NULL,
    player_id bigint NOT NULL,
    transaction_id bigint,
    CONSTRAINT correction_amount_above_zero CHECK ((amount > 0)),
    CONSTRAINT correction_approved_and_posted CHECK ((((approved_at IS NULL) AND (approved_by_id IS NULL) AND (transaction_id IS NULL)) OR ((approved_at IS NOT NULL) AND (approved_by_id IS NOT NULL) AND (declined_at IS NULL) AND (transaction_id IS NOT NULL)))),
    CONSTRAINT correction_by_two_persons CHECK (((approved_by_id IS NULL) OR (NOT ((approved_by_id = asked_by_id) AND (approved_by_id IS NOT NULL))))),
    CONSTRAINT correction_declined_when CHECK (((declined_by_id IS NULL) OR (declined_at IS NOT NULL))),
    CONSTRAINT correction_of_real_money CHECK ((NOT ((currency)::text = ANY ((ARRAY[''::character varying, 'XXX'::character varying])::text[]))))
);


ALTER TABLE public.wallet_correction ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_correction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_correctionevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER,
    pgh_context jsonb,
    pgh_context_id uuid,
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    amount bigint NOT NULL,
    is_credit boolean NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    approved_at timestamp with time zone,
    declined_at timestamp with time zone,
    approved_by_id bigint,
    asked_by_id bigint NOT NULL,
    case_id bigint NOT NULL,
    declined_by_id bigint,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    player_id bigint NOT NULL,
    transaction_id bigint
);


ALTER TABLE public.wallet_correctionevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_correctionevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_currencyrate (
    id bigint NOT NULL,
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    per_euro bigint NOT NULL,
    CONSTRAINT currency_rate_above_zero CHECK (((per_euro >= 1) AND (per_euro <= '9007199254740991'::bigint))),
    CONSTRAINT currency_rate_of_another_currency CHECK ((((currency)::text ~ '^[A-Z0-9]{3,8}$'::text) AND (NOT ((currency)::text = ANY ((ARRAY['EUR'::character varying, 'XXX'::character varying])::text[])))))
);


ALTER TABLE public.wallet_currencyrate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_currencyrate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_currencyrateevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER,
    pgh_context jsonb,
    pgh_context_id uuid,
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    per_euro bigint NOT NULL,
    pgh_obj_id bigint NOT NULL
);


ALTER TABLE public.wallet_currencyrateevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_currencyrateevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_export (
    id bigint NOT NULL,
    what character varying(9) NOT NULL,
    form character varying(4) NOT NULL,
    wish jsonb NOT NULL,
    state character varying(9) NOT NULL,
    attempt integer NOT NULL,
    rows_done bigint NOT NULL,
    rows_in_all bigint,
    size bigint,
    is_cut boolean NOT NULL,
    asked_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    alive_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    expires_at timestamp with time zone,
    cancelled_at timestamp with time zone,
    downloads integer NOT NULL,
    by_id bigint,
    merchant_id bigint NOT NULL,
    CONSTRAINT export_ready_ends CHECK (((NOT ((state)::text = 'ready'::text)) OR ((ended_at IS NOT NULL) AND (expires_at IS NOT NULL) AND (size IS NOT NULL)))),
    CONSTRAINT export_state_known CHECK (((state)::text = ANY ((ARRAY['waiting'::character varying, 'running'::character varying, 'ready'::character varying, 'failed'::character varying, 'cancelled'::character varying, 'expired'::character varying])::text[]))),
    CONSTRAINT wallet_export_attempt_check CHECK ((attempt >= 0)),
    CONSTRAINT wallet_export_downloads_check CHECK ((downloads >= 0))
);


ALTER TABLE public.wallet_export ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_export_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_exportevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    what character varying(9) NOT NULL,
    form character varying(4) NOT NULL,
    wish jsonb NOT NULL,
    downloads integer NOT NULL,
    cancelled_at timestamp with time zone,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER,
    CONSTRAINT wallet_exportevent_downloads_check CHECK ((downloads >= 0))
);


ALTER TABLE public.wallet_exportevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_exportevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_foldedrow (
    id bigint NOT NULL,
    number integer NOT NULL,
    subject character varying(600) NOT NULL COLLATE pg_catalog."C",
    player_id character varying(255) NOT NULL COLLATE pg_catalog."C",
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    ours jsonb,
    theirs jsonb,
    net numeric(40,0) NOT NULL,
    case_id bigint NOT NULL,
    CONSTRAINT wallet_foldedrow_number_check CHECK ((number >= 0))
);


ALTER TABLE public.wallet_foldedrow ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_foldedrow_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_gameday (
    id bigint NOT NULL,
    day date NOT NULL,
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    bets bigint NOT NULL,
    stakes numeric(38,0) NOT NULL,
    payouts numeric(38,0) NOT NULL,
    rewards numeric(38,0) NOT NULL,
    game_id bigint NOT NULL,
    merchant_id bigint NOT NULL
);


ALTER TABLE public.wallet_gameday ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_gameday_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_gamespan (
    id bigint NOT NULL,
    day date NOT NULL,
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    bets bigint NOT NULL,
    stakes numeric(38,0) NOT NULL,
    payouts numeric(38,0) NOT NULL,
    rewards numeric(38,0) NOT NULL,
    length smallint NOT NULL,
    game_id bigint NOT NULL,
    merchant_id bigint NOT NULL,
    CONSTRAINT wallet_gamespan_length_check CHECK ((length >= 0))
);


ALTER TABLE public.wallet_gamespan ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_gamespan_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_hostkeylookup (
    id bigint NOT NULL,
    address character varying(500) NOT NULL,
    asked_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    tried_at timestamp with time zone,
    answered_at timestamp with time zone,
    host_key character varying(200) DEFAULT ''::character varying NOT NULL,
    refusal character varying(500) DEFAULT ''::character varying NOT NULL,
    merchant_id bigint NOT NULL,
    CONSTRAINT host_key_lookup_address_one_line CHECK ((NOT ((address)::text ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'::text))),
    CONSTRAINT host_key_lookup_address_without_secret CHECK ((NOT ((address)::text ~ 'oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}'::text)))
);


ALTER TABLE public.wallet_hostkeylookup ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_hostkeylookup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_invoice (
    id bigint NOT NULL,
    month date NOT NULL,
    issuer character varying(8) NOT NULL,
    number character varying(60) NOT NULL,
    basis character varying(3) NOT NULL,
    totals jsonb NOT NULL,
    name character varying(200) NOT NULL,
    file character varying(200) NOT NULL,
    content_type character varying(40) NOT NULL,
    digest character varying(64) NOT NULL,
    size bigint NOT NULL,
    uploaded_at timestamp with time zone NOT NULL,
    by_id bigint NOT NULL,
    merchant_id bigint NOT NULL,
    CONSTRAINT invoice_basis_known CHECK (((basis)::text = ANY ((ARRAY['ggr'::character varying, 'net'::character varying])::text[]))),
    CONSTRAINT invoice_file_not_empty CHECK ((size > 0)),
    CONSTRAINT invoice_issuer_known CHECK (((issuer)::text = ANY ((ARRAY['merchant'::character varying, 'provider'::character varying])::text[]))),
    CONSTRAINT invoice_number_one_line CHECK ((NOT ((number)::text ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'::text))),
    CONSTRAINT invoice_number_without_secret CHECK ((NOT ((number)::text ~ 'oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}'::text))),
    CONSTRAINT invoice_of_a_month CHECK ((EXTRACT(day FROM month) = (1)::numeric)),
    CONSTRAINT invoice_totals_are_amounts CHECK (jsonb_path_match(totals, 'strict (($.type() == "object" && exists ($.*)) && !(exists ($.keyvalue()?((!(@."key" like_regex "^[A-Z0-9]{2,8}$") || @."value".type() != "string") || !(@."value" like_regex "^-?[0-9]{1,16}$")))))'::jsonpath))
);


ALTER TABLE public.wallet_invoice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_invoice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_mark (
    source character varying(9) NOT NULL,
    upto bigint NOT NULL
);


CREATE TABLE public.wallet_merchantgamingday (
    id bigint NOT NULL,
    day date NOT NULL,
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    bets bigint NOT NULL,
    stakes numeric(38,0) NOT NULL,
    payouts numeric(38,0) NOT NULL,
    rewards numeric(38,0) NOT NULL,
    merchant_id bigint NOT NULL
);


ALTER TABLE public.wallet_merchantgamingday ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_merchantgamingday_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_merchanthour (
    id bigint NOT NULL,
    hour timestamp with time zone NOT NULL,
    status character varying(40) NOT NULL,
    calls bigint NOT NULL,
    merchant_id bigint NOT NULL,
    signed boolean NOT NULL
);


ALTER TABLE public.wallet_merchanthour ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_merchanthour_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_movementhour (
    id bigint NOT NULL,
    hour timestamp with time zone NOT NULL,
    address inet NOT NULL,
    kind character varying(13) NOT NULL,
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    moves bigint NOT NULL,
    amount numeric(38,0) NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    secret_id bigint NOT NULL,
    CONSTRAINT movement_hour_tells_rollbacks_apart CHECK ((NOT ((kind)::text = ANY ((ARRAY['given_back'::character varying, 'taken_back'::character varying])::text[]))))
);


ALTER TABLE public.wallet_movementhour ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_movementhour_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_openbet (
    bet_id bigint NOT NULL,
    transaction_id character varying(255) NOT NULL COLLATE pg_catalog."C",
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    amount bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    merchant_id bigint NOT NULL,
    secret_id bigint NOT NULL,
    player_id bigint NOT NULL,
    game_id bigint NOT NULL
);


CREATE TABLE public.wallet_playerday (
    id bigint NOT NULL,
    day timestamp with time zone NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    player_id bigint NOT NULL,
    secret_id bigint NOT NULL
);


ALTER TABLE public.wallet_playerday ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_playerday_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_playergamingday (
    id bigint NOT NULL,
    day date NOT NULL,
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    bets bigint NOT NULL,
    stakes numeric(38,0) NOT NULL,
    payouts numeric(38,0) NOT NULL,
    rewards numeric(38,0) NOT NULL,
    merchant_id bigint NOT NULL,
    player_id bigint NOT NULL
);


ALTER TABLE public.wallet_playergamingday ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_playergamingday_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_playerspan (
    id bigint NOT NULL,
    day date NOT NULL,
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    bets bigint NOT NULL,
    stakes numeric(38,0) NOT NULL,
    payouts numeric(38,0) NOT NULL,
    rewards numeric(38,0) NOT NULL,
    length smallint NOT NULL,
    merchant_id bigint NOT NULL,
    player_id bigint NOT NULL,
    CONSTRAINT wallet_playerspan_length_check CHECK ((length >= 0))
);


ALTER TABLE public.wallet_playerspan ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_playerspan_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_playtransaction (
    id bigint NOT NULL,
    transaction_id character varying(255) NOT NULL COLLATE pg_catalog."C",
    kind character varying(9) NOT NULL,
    status character varying(40) NOT NULL,
    content jsonb NOT NULL,
    amount bigint NOT NULL,
    balance bigint,
    ref_transaction_id character varying(255) COLLATE pg_catalog."C",
    is_rolled_back boolean NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    session_id bigint NOT NULL
);


ALTER TABLE public.wallet_playtransaction ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_playtransaction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_reconciliation (
    id bigint NOT NULL,
    day date NOT NULL,
    number integer NOT NULL,
    state character varying(7) NOT NULL,
    outcome character varying(12) NOT NULL,
    upto bigint,
    figures jsonb NOT NULL,
    fault character varying(500) NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    by_id bigint,
    merchant_id bigint NOT NULL,
    statement_id bigint,
    statement_ids bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    restates date[] DEFAULT '{}'::date[] NOT NULL,
    CONSTRAINT reconciliation_done_has_an_outcome CHECK ((((state)::text = ANY ((ARRAY['running'::character varying, 'failed'::character varying])::text[])) OR ((done_at IS NOT NULL) AND (NOT ((outcome)::text = ''::text)))))
);


ALTER TABLE public.wallet_reconciliation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_reconciliation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_reconciliationplan (
    id bigint NOT NULL,
    is_on boolean DEFAULT true NOT NULL,
    hour smallint NOT NULL,
    grain character varying(6) NOT NULL,
    mapping jsonb NOT NULL,
    unsettled_hours smallint NOT NULL,
    high_amount bigint NOT NULL,
    write_off_alone bigint NOT NULL,
    is_attached boolean NOT NULL,
    names_players boolean NOT NULL,
    merchant_id bigint NOT NULL,
    day_begins smallint DEFAULT 0 NOT NULL,
    earlier_days jsonb DEFAULT '[]'::jsonb NOT NULL,
    left_out character varying(8)[] DEFAULT '{}'::character varying(8)[] NOT NULL,
    scopes character varying(300)[] DEFAULT '{}'::character varying(300)[] NOT NULL,
    high_amount_by_currency jsonb,
    write_off_alone_by_currency jsonb,
    CONSTRAINT plan_amounts_not_negative CHECK (((high_amount >= 0) AND (write_off_alone >= 0))),
    CONSTRAINT plan_day_begins_at_an_hour CHECK (((day_begins >= 0) AND (day_begins <= 23))),
    CONSTRAINT plan_grain_known CHECK (((grain)::text = ANY ((ARRAY['rows'::character varying, 'totals'::character varying])::text[]))),
    CONSTRAINT plan_high_amount_by_currency_are_amounts CHECK (jsonb_path_match(high_amount_by_currency, 'strict ($.type() == "null" || ($.type() == "object" && exists ($.*)) && !(exists ($.keyvalue()?((((!(@."key" like_regex "^[A-Z0-9]{3,8}$") || @."value".type() != "number") || @."value" < 0) || @."value" > 9007199254740991) || @."value".floor() != @."value"))))'::jsonpath)),
    CONSTRAINT plan_hour_of_a_day CHECK (((hour >= 0) AND (hour <= 23))),
    CONSTRAINT plan_leaves_out_cashier_rows_alone CHECK ((left_out <@ ARRAY['deposit'::character varying(8), 'withdraw'::character varying(8)])),
    CONSTRAINT plan_unsettled_at_least_an_hour CHECK ((unsettled_hours >= 1)),
    CONSTRAINT plan_write_off_alone_by_currency_are_amounts CHECK (jsonb_path_match(write_off_alone_by_currency, 'strict ($.type() == "null" || ($.type() == "object" && exists ($.*)) && !(exists ($.keyvalue()?((((!(@."key" like_regex "^[A-Z0-9]{3,8}$") || @."value".type() != "number") || @."value" < 0) || @."value" > 9007199254740991) || @."value".floor() != @."value"))))'::jsonpath)),
    CONSTRAINT wallet_reconciliationplan_day_begins_check CHECK ((day_begins >= 0)),
    CONSTRAINT wallet_reconciliationplan_hour_check CHECK ((hour >= 0)),
    CONSTRAINT wallet_reconciliationplan_unsettled_hours_check CHECK ((unsettled_hours >= 0))
);


ALTER TABLE public.wallet_reconciliationplan ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_reconciliationplan_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_reconciliationplanevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    is_on boolean DEFAULT true NOT NULL,
    hour smallint NOT NULL,
    grain character varying(6) NOT NULL,
    mapping jsonb NOT NULL,
    unsettled_hours smallint NOT NULL,
    high_amount bigint NOT NULL,
    write_off_alone bigint NOT NULL,
    is_attached boolean NOT NULL,
    names_players boolean NOT NULL,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER,
    day_begins smallint DEFAULT 0 NOT NULL,
    left_out character varying(8)[] DEFAULT '{}'::character varying(8)[] NOT NULL,
    scopes character varying(300)[] DEFAULT '{}'::character varying(300)[] NOT NULL,
    high_amount_by_currency jsonb,
    write_off_alone_by_currency jsonb,
    CONSTRAINT wallet_reconciliationplanevent_day_begins_check CHECK ((day_begins >= 0)),
    CONSTRAINT wallet_reconciliationplanevent_hour_check CHECK ((hour >= 0)),
    CONSTRAINT wallet_reconciliationplanevent_unsettled_hours_check CHECK ((unsettled_hours >= 0))
);


ALTER TABLE public.wallet_reconciliationplanevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_reconciliationplanevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_refusedcall (
    request_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    query text NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    is_cut boolean DEFAULT false NOT NULL,
    signature jsonb
);


CREATE TABLE public.wallet_refusedhour (
    id bigint NOT NULL,
    hour timestamp with time zone NOT NULL,
    merchant_id bigint NOT NULL,
    is_signed boolean NOT NULL,
    bytes bigint NOT NULL,
    lines_dropped bigint NOT NULL,
    bodies_dropped bigint NOT NULL
);


ALTER TABLE public.wallet_refusedhour ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_refusedhour_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_refusedpayout (
    id bigint NOT NULL,
    transaction_id character varying(255) NOT NULL COLLATE pg_catalog."C",
    ref_transaction_id character varying(255) COLLATE pg_catalog."C",
    player_id character varying(255) NOT NULL COLLATE pg_catalog."C",
    game_id character varying(64) COLLATE pg_catalog."C",
    round_id character varying(255) COLLATE pg_catalog."C",
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    amount bigint NOT NULL,
    status character varying(40) NOT NULL,
    request_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    merchant_id bigint NOT NULL
);


ALTER TABLE public.wallet_refusedpayout ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_refusedpayout_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_reportdelivery (
    id bigint NOT NULL,
    "to" character varying(254) NOT NULL,
    bounced_at timestamp with time zone,
    bounce character varying(300) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    letter_id bigint NOT NULL,
    reconciliation_id bigint NOT NULL
);


ALTER TABLE public.wallet_reportdelivery ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_reportdelivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_reportoptout (
    id bigint NOT NULL,
    email character varying(254) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    merchant_id bigint NOT NULL,
    CONSTRAINT report_opt_out_email_ascii CHECK (((email)::text ~ '^[\x21-\x7e]*$'::text))
);


ALTER TABLE public.wallet_reportoptout ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_reportoptout_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_reportoptoutevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER,
    pgh_context jsonb,
    pgh_context_id uuid,
    email character varying(254) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL
);


ALTER TABLE public.wallet_reportoptoutevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_reportoptoutevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_reportrecipient (
    id bigint NOT NULL,
    email character varying(254) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    merchant_id bigint NOT NULL,
    CONSTRAINT report_recipient_email_ascii CHECK (((email)::text ~ '^[\x21-\x7e]*$'::text))
);


ALTER TABLE public.wallet_reportrecipient ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_reportrecipient_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_reportrecipientevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    email character varying(254) NOT NULL,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER
);


ALTER TABLE public.wallet_reportrecipientevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_reportrecipientevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_session (
    id bigint NOT NULL,
    session_id character varying(512) NOT NULL COLLATE pg_catalog."C",
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    pushed_balance bigint NOT NULL,
    play_balance bigint,
    is_active boolean NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    account_id bigint,
    game_id bigint NOT NULL,
    merchant_id bigint NOT NULL,
    player_id bigint NOT NULL,
    CONSTRAINT session_real_or_play_money CHECK ((((account_id IS NULL) AND ((currency)::text = 'XXX'::text) AND (play_balance IS NOT NULL)) OR ((NOT ((currency)::text = 'XXX'::text)) AND (account_id IS NOT NULL) AND (play_balance IS NULL))))
);


ALTER TABLE public.wallet_session ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_session_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_sessionevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER,
    pgh_context jsonb,
    pgh_context_id uuid,
    is_active boolean NOT NULL,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    player_id bigint NOT NULL
);


ALTER TABLE public.wallet_sessionevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_sessionevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_settlement (
    id bigint NOT NULL,
    month date NOT NULL,
    number smallint NOT NULL,
    state character varying(9) NOT NULL,
    time_zone character varying(64) NOT NULL,
    begins_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    reason character varying(500) NOT NULL,
    figures jsonb NOT NULL,
    digest character varying(64) NOT NULL,
    counted_at timestamp with time zone,
    refusal character varying(500) NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    signed_at timestamp with time zone,
    withdrawn_at timestamp with time zone,
    withdrawal character varying(500) NOT NULL,
    merchant_id bigint NOT NULL,
    prepared_by_id bigint NOT NULL,
    signed_by_id bigint,
    withdrawn_by_id bigint,
    CONSTRAINT settlement_begins_before_its_end CHECK ((begins_at < ends_at)),
    CONSTRAINT settlement_by_two_people CHECK (((signed_by_id IS NULL) OR (NOT ((signed_by_id = prepared_by_id) AND (signed_by_id IS NOT NULL))))),
    CONSTRAINT settlement_of_a_month CHECK ((EXTRACT(day FROM month) = (1)::numeric)),
    CONSTRAINT settlement_prepared_has_figures CHECK (((NOT ((state)::text = ANY ((ARRAY['prepared'::character varying, 'signed'::character varying])::text[]))) OR ((counted_at IS NOT NULL) AND (NOT (figures = '{}'::jsonb)) AND (NOT ((digest)::text = ''::text))))),
    CONSTRAINT settlement_reason_one_line CHECK ((NOT ((reason)::text ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'::text))),
    CONSTRAINT settlement_reason_without_secret CHECK ((NOT ((reason)::text ~ 'oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}'::text))),
    CONSTRAINT settlement_signed_by_whom_and_when CHECK ((((signed_at IS NOT NULL) AND (signed_by_id IS NOT NULL) AND ((state)::text = 'signed'::text)) OR ((NOT ((state)::text = 'signed'::text)) AND (signed_at IS NULL) AND (signed_by_id IS NULL)))),
    CONSTRAINT settlement_state_known CHECK (((state)::text = ANY ((ARRAY['requested'::character varying, 'prepared'::character varying, 'signed'::character varying, 'refused'::character varying, 'withdrawn'::character varying])::text[]))),
    CONSTRAINT settlement_withdrawal_one_line CHECK ((NOT ((withdrawal)::text ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'::text))),
    CONSTRAINT settlement_withdrawal_without_secret CHECK ((NOT ((withdrawal)::text ~ 'oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}'::text))),
    CONSTRAINT settlement_withdrawn_by_whom_and_when CHECK (((((state)::text = 'withdrawn'::text) AND (withdrawn_at IS NOT NULL) AND (withdrawn_by_id IS NOT NULL)) OR ((NOT ((state)::text = 'withdrawn'::text)) AND (withdrawn_at IS NULL) AND (withdrawn_by_id IS NULL)))),
    CONSTRAINT wallet_settlement_number_check CHECK ((number >= 0))
);


ALTER TABLE public.wallet_settlement ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_settlement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_settlementadjustment (
    id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    month date NOT NULL,
    day date,
    transaction_id character varying(600) NOT NULL COLLATE pg_catalog."C",
    part integer NOT NULL,
    ref_transaction_id character varying(255) NOT NULL COLLATE pg_catalog."C",
    moved character varying(20) NOT NULL,
    currency character varying(8) NOT NULL COLLATE pg_catalog."C",
    amount bigint NOT NULL,
    difference bigint NOT NULL,
    text character varying(300) NOT NULL,
    at timestamp with time zone NOT NULL,
    case_id bigint,
    game_id bigint,
    run_id bigint,
    settlement_id bigint NOT NULL,
    CONSTRAINT adjustment_kind_known CHECK (((kind)::text = ANY ((ARRAY['rollback'::character varying, 'entry'::character varying, 'day'::character varying, 'case'::character varying])::text[]))),
    CONSTRAINT adjustment_money_is_of_the_ledger CHECK ((((kind)::text = ANY ((ARRAY['rollback'::character varying, 'entry'::character varying])::text[])) OR (amount = 0))),
    CONSTRAINT adjustment_of_a_month CHECK ((EXTRACT(day FROM month) = (1)::numeric))
);


ALTER TABLE public.wallet_settlementadjustment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_settlementadjustment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_settlementconfirmation (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint NOT NULL,
    settlement_id bigint NOT NULL
);


ALTER TABLE public.wallet_settlementconfirmation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_settlementconfirmation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_settlementevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER,
    pgh_context jsonb,
    pgh_context_id uuid,
    month date NOT NULL,
    number smallint NOT NULL,
    state character varying(9) NOT NULL,
    time_zone character varying(64) NOT NULL,
    begins_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    reason character varying(500) NOT NULL,
    digest character varying(64) NOT NULL,
    counted_at timestamp with time zone,
    refusal character varying(500) NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    signed_at timestamp with time zone,
    withdrawn_at timestamp with time zone,
    withdrawal character varying(500) NOT NULL,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    prepared_by_id bigint NOT NULL,
    signed_by_id bigint,
    withdrawn_by_id bigint,
    CONSTRAINT wallet_settlementevent_number_check CHECK ((number >= 0))
);


ALTER TABLE public.wallet_settlementevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_settlementevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_signedrequest (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    request_id uuid NOT NULL,
    auth_key character varying(64) NOT NULL,
    address inet,
    address_source character varying(16) NOT NULL,
    method character varying(8) NOT NULL,
    endpoint character varying(64) NOT NULL,
    http_status smallint NOT NULL,
    status character varying(40) NOT NULL,
    message character varying(200) NOT NULL,
    player_id character varying(255) COLLATE pg_catalog."C",
    session_id character varying(512) COLLATE pg_catalog."C",
    game_id character varying(64) COLLATE pg_catalog."C",
    transaction_id character varying(255) COLLATE pg_catalog."C",
    ref_transaction_id character varying(255) COLLATE pg_catalog."C",
    round_id character varying(255) COLLATE pg_catalog."C",
    currency character varying(8),
    amount bigint,
    balance bigint,
    items smallint,
    duration_us integer NOT NULL,
    merchant_id bigint,
    secret_id bigint,
    CONSTRAINT wallet_signedrequest_duration_us_check CHECK ((duration_us >= 0)),
    CONSTRAINT wallet_signedrequest_http_status_check CHECK ((http_status >= 0)),
    CONSTRAINT wallet_signedrequest_items_check CHECK ((items >= 0))
)
PARTITION BY RANGE (id);


CREATE TABLE public.wallet_signedrequest_0 (
    id bigint CONSTRAINT wallet_signedrequest_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT wallet_signedrequest_created_at_not_null NOT NULL,
    request_id uuid CONSTRAINT wallet_signedrequest_request_id_not_null NOT NULL,
    auth_key character varying(64) CONSTRAINT wallet_signedrequest_auth_key_not_null NOT NULL,
    address inet,
    address_source character varying(16) CONSTRAINT wallet_signedrequest_address_source_not_null NOT NULL,
    method character varying(8) CONSTRAINT wallet_signedrequest_method_not_null NOT NULL,
    endpoint character varying(64) CONSTRAINT wallet_signedrequest_endpoint_not_null NOT NULL,
    http_status smallint CONSTRAINT wallet_signedrequest_http_status_not_null NOT NULL,
    status character varying(40) CONSTRAINT wallet_signedrequest_status_not_null NOT NULL,
    message character varying(200) CONSTRAINT wallet_signedrequest_message_not_null NOT NULL,
    player_id character varying(255) COLLATE pg_catalog."C",
    session_id character varying(512) COLLATE pg_catalog."C",
    game_id character varying(64) COLLATE pg_catalog."C",
    transaction_id character varying(255) COLLATE pg_catalog."C",
    ref_transaction_id character varying(255) COLLATE pg_catalog."C",
    round_id character varying(255) COLLATE pg_catalog."C",
    currency character varying(8),
    amount bigint,
    balance bigint,
    items smallint,
    duration_us integer CONSTRAINT wallet_signedrequest_duration_us_not_null NOT NULL,
    merchant_id bigint,
    secret_id bigint,
    CONSTRAINT wallet_signedrequest_duration_us_check CHECK ((duration_us >= 0)),
    CONSTRAINT wallet_signedrequest_http_status_check CHECK ((http_status >= 0)),
    CONSTRAINT wallet_signedrequest_items_check CHECK ((items >= 0))
);


CREATE TABLE public.wallet_signedrequest_1000000 (
    id bigint CONSTRAINT wallet_signedrequest_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT wallet_signedrequest_created_at_not_null NOT NULL,
    request_id uuid CONSTRAINT wallet_signedrequest_request_id_not_null NOT NULL,
    auth_key character varying(64) CONSTRAINT wallet_signedrequest_auth_key_not_null NOT NULL,
    address inet,
    address_source character varying(16) CONSTRAINT wallet_signedrequest_address_source_not_null NOT NULL,
    method character varying(8) CONSTRAINT wallet_signedrequest_method_not_null NOT NULL,
    endpoint character varying(64) CONSTRAINT wallet_signedrequest_endpoint_not_null NOT NULL,
    http_status smallint CONSTRAINT wallet_signedrequest_http_status_not_null NOT NULL,
    status character varying(40) CONSTRAINT wallet_signedrequest_status_not_null NOT NULL,
    message character varying(200) CONSTRAINT wallet_signedrequest_message_not_null NOT NULL,
    player_id character varying(255) COLLATE pg_catalog."C",
    session_id character varying(512) COLLATE pg_catalog."C",
    game_id character varying(64) COLLATE pg_catalog."C",
    transaction_id character varying(255) COLLATE pg_catalog."C",
    ref_transaction_id character varying(255) COLLATE pg_catalog."C",
    round_id character varying(255) COLLATE pg_catalog."C",
    currency character varying(8),
    amount bigint,
    balance bigint,
    items smallint,
    duration_us integer CONSTRAINT wallet_signedrequest_duration_us_not_null NOT NULL,
    merchant_id bigint,
    secret_id bigint,
    CONSTRAINT wallet_signedrequest_duration_us_check CHECK ((duration_us >= 0)),
    CONSTRAINT wallet_signedrequest_http_status_check CHECK ((http_status >= 0)),
    CONSTRAINT wallet_signedrequest_items_check CHECK ((items >= 0))
);


CREATE TABLE public.wallet_signedrequest_2000000 (
    id bigint CONSTRAINT wallet_signedrequest_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT wallet_signedrequest_created_at_not_null NOT NULL,
    request_id uuid CONSTRAINT wallet_signedrequest_request_id_not_null NOT NULL,
    auth_key character varying(64) CONSTRAINT wallet_signedrequest_auth_key_not_null NOT NULL,
    address inet,
    address_source character varying(16) CONSTRAINT wallet_signedrequest_address_source_not_null NOT NULL,
    method character varying(8) CONSTRAINT wallet_signedrequest_method_not_null NOT NULL,
    endpoint character varying(64) CONSTRAINT wallet_signedrequest_endpoint_not_null NOT NULL,
    http_status smallint CONSTRAINT wallet_signedrequest_http_status_not_null NOT NULL,
    status character varying(40) CONSTRAINT wallet_signedrequest_status_not_null NOT NULL,
    message character varying(200) CONSTRAINT wallet_signedrequest_message_not_null NOT NULL,
    player_id character varying(255) COLLATE pg_catalog."C",
    session_id character varying(512) COLLATE pg_catalog."C",
    game_id character varying(64) COLLATE pg_catalog."C",
    transaction_id character varying(255) COLLATE pg_catalog."C",
    ref_transaction_id character varying(255) COLLATE pg_catalog."C",
    round_id character varying(255) COLLATE pg_catalog."C",
    currency character varying(8),
    amount bigint,
    balance bigint,
    items smallint,
    duration_us integer CONSTRAINT wallet_signedrequest_duration_us_not_null NOT NULL,
    merchant_id bigint,
    secret_id bigint,
    CONSTRAINT wallet_signedrequest_duration_us_check CHECK ((duration_us >= 0)),
    CONSTRAINT wallet_signedrequest_http_status_check CHECK ((http_status >= 0)),
    CONSTRAINT wallet_signedrequest_items_check CHECK ((items >= 0))
);


CREATE TABLE public.wallet_signedrequest_3000000 (
    id bigint CONSTRAINT wallet_signedrequest_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT wallet_signedrequest_created_at_not_null NOT NULL,
    request_id uuid CONSTRAINT wallet_signedrequest_request_id_not_null NOT NULL,
    auth_key character varying(64) CONSTRAINT wallet_signedrequest_auth_key_not_null NOT NULL,
    address inet,
    address_source character varying(16) CONSTRAINT wallet_signedrequest_address_source_not_null NOT NULL,
    method character varying(8) CONSTRAINT wallet_signedrequest_method_not_null NOT NULL,
    endpoint character varying(64) CONSTRAINT wallet_signedrequest_endpoint_not_null NOT NULL,
    http_status smallint CONSTRAINT wallet_signedrequest_http_status_not_null NOT NULL,
    status character varying(40) CONSTRAINT wallet_signedrequest_status_not_null NOT NULL,
    message character varying(200) CONSTRAINT wallet_signedrequest_message_not_null NOT NULL,
    player_id character varying(255) COLLATE pg_catalog."C",
    session_id character varying(512) COLLATE pg_catalog."C",
    game_id character varying(64) COLLATE pg_catalog."C",
    transaction_id character varying(255) COLLATE pg_catalog."C",
    ref_transaction_id character varying(255) COLLATE pg_catalog."C",
    round_id character varying(255) COLLATE pg_catalog."C",
    currency character varying(8),
    amount bigint,
    balance bigint,
    items smallint,
    duration_us integer CONSTRAINT wallet_signedrequest_duration_us_not_null NOT NULL,
    merchant_id bigint,
    secret_id bigint,
    CONSTRAINT wallet_signedrequest_duration_us_check CHECK ((duration_us >= 0)),
    CONSTRAINT wallet_signedrequest_http_status_check CHECK ((http_status >= 0)),
    CONSTRAINT wallet_signedrequest_items_check CHECK ((items >= 0))
);


ALTER TABLE public.wallet_signedrequest ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_signedrequest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_simulatedcall (
    id bigint NOT NULL,
    number integer NOT NULL,
    round smallint NOT NULL,
    scenario character varying(20) NOT NULL,
    purpose character varying(20) NOT NULL,
    method character varying(4) NOT NULL,
    target character varying(600) NOT NULL,
    headers jsonb NOT NULL,
    body text NOT NULL,
    expected character varying(40) NOT NULL,
    http_status smallint,
    status character varying(40) NOT NULL,
    answer text NOT NULL,
    request_id uuid,
    milliseconds integer NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    merchant_id bigint NOT NULL,
    simulation_id bigint NOT NULL,
    CONSTRAINT wallet_simulatedcall_http_status_check CHECK ((http_status >= 0)),
    CONSTRAINT wallet_simulatedcall_milliseconds_check CHECK ((milliseconds >= 0)),
    CONSTRAINT wallet_simulatedcall_number_check CHECK ((number >= 0)),
    CONSTRAINT wallet_simulatedcall_round_check CHECK ((round >= 0))
);


ALTER TABLE public.wallet_simulatedcall ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_simulatedcall_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_simulation (
    id bigint NOT NULL,
    rounds smallint NOT NULL,
    currency character varying(3) NOT NULL,
    with_refusals boolean NOT NULL,
    state character varying(7) NOT NULL,
    stop_reason character varying(10) NOT NULL,
    books jsonb,
    asked_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    alive_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    by_id bigint,
    key_id bigint NOT NULL,
    merchant_id bigint NOT NULL,
    CONSTRAINT simulation_rounds_bounded CHECK (((rounds >= 1) AND (rounds <= 50))),
    CONSTRAINT simulation_state_known CHECK (((state)::text = ANY ((ARRAY['waiting'::character varying, 'running'::character varying, 'done'::character varying, 'stopped'::character varying])::text[]))),
    CONSTRAINT simulation_stopped_for_a_reason CHECK (((((state)::text = 'stopped'::text) AND ((stop_reason)::text > ''::text)) OR ((NOT ((state)::text = 'stopped'::text)) AND ((stop_reason)::text = ''::text)))),
    CONSTRAINT wallet_simulation_rounds_check CHECK ((rounds >= 0))
);


ALTER TABLE public.wallet_simulation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_simulation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_simulationevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER,
    pgh_context jsonb,
    pgh_context_id uuid,
    rounds smallint NOT NULL,
    currency character varying(3) NOT NULL,
    with_refusals boolean NOT NULL,
    key_id bigint NOT NULL,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    CONSTRAINT wallet_simulationevent_rounds_check CHECK ((rounds >= 0))
);


ALTER TABLE public.wallet_simulationevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_simulationevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_statement (
    id bigint NOT NULL,
    number uuid NOT NULL,
    day date NOT NULL,
    grain character varying(6) NOT NULL,
    state character varying(8) NOT NULL,
    source character varying(6) NOT NULL,
    name character varying(200) NOT NULL,
    file character varying(200) NOT NULL,
    digest character varying(64) NOT NULL,
    size bigint NOT NULL,
    mapping jsonb NOT NULL,
    rows integer NOT NULL,
    totals jsonb NOT NULL,
    faults jsonb NOT NULL,
    is_current boolean NOT NULL,
    received_at timestamp with time zone NOT NULL,
    read_at timestamp with time zone,
    by_id bigint,
    merchant_id bigint NOT NULL,
    replaces_id bigint,
    declared jsonb NOT NULL,
    fault_count integer NOT NULL,
    tried_at timestamp with time zone,
    tries smallint DEFAULT 0 NOT NULL,
    repeats_id bigint,
    scope character varying(300) DEFAULT ''::character varying NOT NULL,
    warnings jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT statement_current_has_been_read CHECK (((NOT is_current) OR ((state)::text = 'read'::text))),
    CONSTRAINT statement_state_known CHECK (((state)::text = ANY ((ARRAY['received'::character varying, 'read'::character varying, 'refused'::character varying])::text[]))),
    CONSTRAINT wallet_statement_tries_check CHECK ((tries >= 0))
);


ALTER TABLE public.wallet_statement ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_statement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_statementpreview (
    id bigint NOT NULL,
    number uuid NOT NULL,
    day date NOT NULL,
    scope character varying(300) DEFAULT ''::character varying NOT NULL,
    name character varying(200) NOT NULL,
    path character varying(200) NOT NULL,
    "case" bigint,
    created_at timestamp with time zone NOT NULL,
    by_id bigint NOT NULL,
    merchant_id bigint NOT NULL,
    CONSTRAINT statement_preview_name_one_line CHECK ((NOT ((name)::text ~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'::text)))
);


ALTER TABLE public.wallet_statementpreview ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_statementpreview_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_statementsource (
    id bigint NOT NULL,
    kind character varying(4) NOT NULL,
    address character varying(500) NOT NULL,
    sealed bytea,
    kek_id character varying(32) NOT NULL,
    host_key character varying(200) NOT NULL,
    is_on boolean NOT NULL,
    last_tried_at timestamp with time zone,
    last_answer character varying(300) NOT NULL,
    merchant_id bigint NOT NULL,
    CONSTRAINT statement_source_address_without_secret CHECK ((NOT ((address)::text ~ 'oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}'::text))),
    CONSTRAINT statement_source_kind_known CHECK (((kind)::text = ANY ((ARRAY['url'::character varying, 'sftp'::character varying])::text[])))
);


ALTER TABLE public.wallet_statementsource ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_statementsource_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_statementsourceevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_context jsonb,
    pgh_context_id uuid,
    kind character varying(4) NOT NULL,
    address character varying(500) NOT NULL,
    host_key character varying(200) NOT NULL,
    is_on boolean NOT NULL,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER
);


ALTER TABLE public.wallet_statementsourceevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_statementsourceevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_trafficincident (
    id bigint NOT NULL,
    kind character varying(7) NOT NULL,
    began_at timestamp with time zone NOT NULL,
    last_accepted_at timestamp with time zone,
    usual_calls bigint NOT NULL,
    refused_calls bigint NOT NULL,
    ended_at timestamp with time zone,
    merchant_id bigint NOT NULL,
    CONSTRAINT traffic_incident_in_order CHECK (((ended_at IS NULL) OR (ended_at >= began_at)))
);


ALTER TABLE public.wallet_trafficincident ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_trafficincident_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE public.wallet_trafficincidentevent (
    pgh_id integer NOT NULL,
    pgh_created_at timestamp with time zone NOT NULL,
    pgh_label text NOT NULL,
    pgh_before jsonb,
    pgh_transaction bigint NOT NULL,
    pgh_role character varying(63) DEFAULT SESSION_USER,
    pgh_context jsonb,
    pgh_context_id uuid,
    kind character varying(7) NOT NULL,
    began_at timestamp with time zone NOT NULL,
    last_accepted_at timestamp with time zone,
    usual_calls bigint NOT NULL,
    refused_calls bigint NOT NULL,
    ended_at timestamp with time zone,
    merchant_id bigint NOT NULL,
    pgh_obj_id bigint NOT NULL
);


ALTER TABLE public.wallet_trafficincidentevent ALTER COLUMN pgh_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_trafficincidentevent_pgh_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


ALTER TABLE public.wallet_transaction ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wallet_transaction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


ALTER TABLE ONLY public.wallet_signedrequest ATTACH PARTITION public.wallet_signedrequest_0 FOR VALUES FROM (MINVALUE) TO ('1000000');


ALTER TABLE ONLY public.wallet_signedrequest ATTACH PARTITION public.wallet_signedrequest_1000000 FOR VALUES FROM ('1000000') TO ('2000000');


ALTER TABLE ONLY public.wallet_signedrequest ATTACH PARTITION public.wallet_signedrequest_2000000 FOR VALUES FROM ('2000000') TO ('3000000');


ALTER TABLE ONLY public.wallet_signedrequest ATTACH PARTITION public.wallet_signedrequest_3000000 FOR VALUES FROM ('3000000') TO ('4000000');












INSERT INTO public.django_migrations VALUES
	(1, 'contenttypes', '0001_initial', now()),
	(2, 'contenttypes', '0002_remove_content_type_name', now()),
	(3, 'auth', '0001_initial', now()),
	(4, 'auth', '0002_alter_permission_name_max_length', now()),
	(5, 'auth', '0003_alter_user_email_max_length', now()),
	(6, 'auth', '0004_alter_user_username_opts', now()),
	(7, 'auth', '0005_alter_user_last_login_null', now()),
	(8, 'auth', '0006_require_contenttypes_0002', now()),
	(9, 'auth', '0007_alter_validators_add_error_messages', now()),
	(10, 'auth', '0008_alter_user_username_max_length', now()),
	(11, 'auth', '0009_alter_user_last_name_max_length', now()),
	(12, 'auth', '0010_alter_group_name_max_length', now()),
	(13, 'auth', '0011_update_proxy_permissions', now()),
	(14, 'auth', '0012_alter_user_first_name_max_length', now()),
	(15, 'merchants', '0001_initial', now()),
	(16, 'account', '0001_initial', now()),
	(17, 'account', '0002_email_max_length', now()),
	(18, 'account', '0003_alter_emailaddress_create_unique_verified_email', now()),
	(19, 'account', '0004_alter_emailaddress_drop_unique_email', now()),
	(20, 'account', '0005_emailaddress_idx_upper_email', now()),
	(21, 'account', '0006_emailaddress_lower', now()),
	(22, 'account', '0007_emailaddress_idx_email', now()),
	(23, 'account', '0008_emailaddress_unique_primary_email_fixup', now()),
	(24, 'account', '0009_emailaddress_unique_primary_email', now()),
	(25, 'admin', '0001_initial', now()),
	(26, 'admin', '0002_logentry_remove_auto_add', now()),
	(27, 'admin', '0003_logentry_add_action_flag_choices', now()),
	(28, 'wallet', '0001_initial', now()),
	(29, 'wallet', '0002_ledger', now()),
	(30, 'merchants', '0002_credential_life', now()),
	(31, 'wallet', '0003_ledger_stale_first', now()),
	(32, 'wallet', '0004_usage', now()),
	(33, 'merchants', '0003_history', now()),
	(34, 'wallet', '0005_merchant_hour', now()),
	(35, 'wallet', '0006_marks_stay', now()),
	(36, 'merchants', '0004_player_blocked', now()),
	(37, 'merchants', '0005_letter_indexes', now()),
	(38, 'merchants', '0006_words_and_addresses_that_are_there', now()),
	(39, 'merchants', '0007_words_and_addresses', now()),
	(40, 'merchants', '0008_not_emptied_unseen', now()),
	(41, 'merchants', '0009_operators', now()),
	(42, 'merchants', '0010_list_trial', now()),
	(43, 'merchants', '0011_operators_not_emptied_unseen', now()),
	(44, 'wallet', '0007_bets_by_time', now()),
	(45, 'wallet', '0007_export', now()),
	(46, 'wallet', '0008_calls_searched', now()),
	(47, 'merchants', '0012_players_found', now()),
	(48, 'wallet', '0009_open_bets_by_player', now()),
	(49, 'wallet', '0010_reconciliation', now()),
	(50, 'wallet', '0011_statement_read', now()),
	(51, 'wallet', '0012_source_tries', now()),
	(52, 'wallet', '0013_refused_payouts', now()),
	(53, 'wallet', '0014_find_cases', now()),
	(54, 'wallet', '0015_statements_tried', now()),
	(55, 'wallet', '0016_case_worst_of_a_day', now()),
	(56, 'wallet', '0017_statement_rows_beside_the_file', now()),
	(57, 'wallet', '0018_rollbacks_told_apart', now()),
	(58, 'merchants', '0013_seen_origin', now()),
	(59, 'merchants', '0014_players_history_by_statement', now()),
	(60, 'merchants', '0015_used_forms', now()),
	(61, 'merchants', '0016_import_proposals', now()),
	(62, 'wallet', '0019_unsigned_calls_of_a_merchant', now()),
	(63, 'merchants', '0017_domains_have_owner_and_end', now()),
	(64, 'merchants', '0018_history_names_its_role', now()),
	(65, 'wallet', '0020_history_names_its_role', now()),
	(66, 'wallet', '0021_ledger_with_owners_rights', now()),
	(67, 'wallet', '0023_counted_bets', now()),
	(68, 'wallet', '0025_refused_calls_bounded', now()),
	(69, 'wallet', '0026_signatures_cut', now()),
	(70, 'merchants', '0020_downloads', now()),
	(71, 'merchants', '0022_tamper_evidence', now()),
	(72, 'merchants', '0024_second_approver', now()),
	(73, 'wallet', '0031_cases_by_two_people', now()),
	(74, 'wallet', '0032_owners_told', now()),
	(75, 'merchants', '0025_owners_told', now()),
	(76, 'wallet', '0033_cases_waiting_for_second', now()),
	(77, 'merchants', '0027_sandbox', now()),
	(78, 'wallet', '0034_ledger_knows_sandboxes', now()),
	(79, 'wallet', '0037_passwords_bound_to_their_server', now()),
	(80, 'wallet', '0038_host_key_lookups', now()),
	(81, 'wallet', '0039_cases_of_sandboxes', now()),
	(82, 'wallet', '0040_folded_cases_by_two', now()),
	(83, 'wallet', '0041_host_of_one_line', now()),
	(84, 'wallet', '0042_case_kinds_by_their_names', now()),
	(85, 'wallet', '0043_rollbacks_stated', now()),
	(86, 'wallet', '0044_folded_rows', now()),
	(87, 'mfa', '0001_initial', now()),
	(88, 'mfa', '0002_authenticator_timestamps', now()),
	(89, 'mfa', '0003_authenticator_type_uniq', now()),
	(90, 'merchants', '0030_seeds_bound_to_their_person', now()),
	(91, 'merchants', '0031_sign_in_records', now()),
	(92, 'merchants', '0032_second_factor_from', now()),
	(93, 'merchants', '0033_one_line_before', now()),
	(94, 'merchants', '0034_one_line', now()),
	(95, 'merchants', '0035_role_of_newer_events', now()),
	(96, 'merchants', '0037_owners_told_of_invitations', now()),
	(97, 'merchants', '0038_ascii_addresses', now()),
	(98, 'wallet', '0045_report_opt_outs', now()),
	(99, 'wallet', '0047_statements_have_a_scope', now()),
	(100, 'merchants', '0039_max_stake_by_currency', now()),
	(101, 'wallet', '0050_ledger_stakes_by_currency', now()),
	(102, 'wallet', '0051_thresholds_by_currency', now()),
	(103, 'wallet', '0052_settlement', now()),
	(104, 'wallet', '0055_correcting_entries', now()),
	(105, 'wallet', '0056_ledger_posts_corrections', now()),
	(106, 'wallet', '0057_due_dates', now()),
	(107, 'wallet', '0058_limit_by_two', now()),
	(108, 'merchants', '0040_notices_stay', now()),
	(109, 'merchants', '0041_chain_horizon', now()),
	(110, 'merchants', '0042_pages_refused', now()),
	(111, 'wallet', '0060_own_books_from_a_watermark', now()),
	(112, 'wallet', '0061_limits_by_two_in_each_currency', now()),
	(113, 'wallet', '0063_plan_history_of_all_fields', now()),
	(114, 'wallet', '0064_watermark', now()),
	(115, 'wallet', '0065_request_log_in_partitions', now()),
	(116, 'wallet', '0066_restated_days', now()),
	(117, 'wallet', '0067_opt_outs_on_the_timeline', now()),
	(118, 'merchants', '0043_time_zone_of_a_person', now()),
	(119, 'merchants', '0044_timetable', now()),
	(120, 'merchants', '0045_heartbeats', now()),
	(121, 'merchants', '0047_plain_words', now()),
	(122, 'wallet', '0070_plain_words', now()),
	(123, 'wallet', '0071_words_of_opt_outs', now()),
	(124, 'wallet', '0072_every_line_is_old', now()),
	(125, 'wallet', '0073_guards_of_sessions_and_limits', now()),
	(126, 'wallet', '0085_narrow_log_indexes', now()),
	(127, 'merchants', '0060_releases', now()),
	(128, 'merchants', '0061_kept_for_days', now()),
	(129, 'wallet', '0086_traffic_incidents', now()),
	(130, 'wallet', '0087_gaming_days', now()),
	(131, 'wallet', '0089_simulations', now()),
	(132, 'wallet', '0090_watermarks_and_owed_cases', now()),
	(133, 'wallet', '0093_bets_by_one_read', now()),
	(134, 'merchants', '0062_deeds_by_time_and_author', now()),
	(135, 'merchants', '0064_trials_await_addresses', now()),
	(136, 'merchants', '0066_access_tokens', now()),
	(137, 'merchants', '0067_events', now()),
	(138, 'merchants', '0074_deeds_of_tokens_and_endpoints', now()),
	(139, 'wallet', '0094_deeds_of_simulations', now()),
	(140, 'wallet', '0095_invoice_not_twice', now()),
	(141, 'merchants', '0075_words_of_addresses', now()),
	(142, 'wallet', '0096_words_of_labels', now()),
	(143, 'wallet', '0097_rows_are_valid', now()),
	(144, 'wallet', '0098_rows_before_are_valid', now()),
	(145, 'wallet', '0099_checks_stand_in_the_domain', now()),
	(146, 'wallet', '0106_days_of_one_player', now()),
	(147, 'merchants', '0081_sign_outs', now()),
	(148, 'wallet', '0107_closed_sessions', now()),
	(149, 'wallet', '0110_texts_without_any_secret', now()),
	(150, 'wallet', '0111_totals_of_invoices', now()),
	(151, 'merchants', '0084_texts_without_any_secret', now()),
	(152, 'merchants', '0085_receipts_of_emails', now()),
	(153, 'merchants', '0087_outgoing_emails', now()),
	(154, 'merchants', '0089_scopes_of_issues_and_approvals', now()),
	(155, 'merchants', '0092_tokens_end_with_a_reset', now()),
	(156, 'merchants', '0094_names_of_stakes', now()),
	(157, 'pghistory', '0001_initial', now()),
	(158, 'pghistory', '0002_aggregateevent', now()),
	(159, 'pghistory', '0003_auto_20201023_1636', now()),
	(160, 'pghistory', '0004_auto_20220906_1625', now()),
	(161, 'pghistory', '0005_events_middlewareevents', now()),
	(162, 'pghistory', '0006_delete_aggregateevent', now()),
	(163, 'pghistory', '0007_auto_20250421_0444', now()),
	(164, 'sessions', '0001_initial', now()),
	(165, 'socialaccount', '0001_initial', now()),
	(166, 'socialaccount', '0002_token_max_lengths', now()),
	(167, 'socialaccount', '0003_extra_data_default_dict', now()),
	(168, 'socialaccount', '0004_app_provider_id_settings', now()),
	(169, 'socialaccount', '0005_socialtoken_nullable_app', now()),
	(170, 'socialaccount', '0006_alter_socialaccount_extra_data', now()),
	(171, 'usersessions', '0001_initial', now()),
	(172, 'wallet', '0113_emails_of_deliveries', now()),
	(173, 'wallet', '0116_log_indexes_in_blocks', now()),
	(174, 'wallet', '0117_narrow_session_indexes', now()),
	(175, 'wallet', '0118_no_functions_of_the_version_before', now()),
	(176, 'wallet', '0119_accounts_are_valid', now()),
	(177, 'wallet', '0120_old_accounts_are_valid', now()),
	(178, 'wallet', '0121_old_checks_of_accounts_go', now()),
	(179, 'wallet', '0122_stakes_have_a_currency', now()),
	(180, 'wallet', '0130_coarser_gaming_sums', now()),
	(181, 'wallet', '0131_coarser_sums_of_days_before', now()),
	(182, 'wallet', '0140_log_by_merchant_in_blocks', now());


























INSERT INTO public.merchants_chainrecipe VALUES
	(1, 'django_admin_log', 1, 'history', 'id', '', '{id,action_time,object_id,object_repr,action_flag,change_message,content_type_id,user_id}', now()),
	(2, 'merchants_accesstokenevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_role,pgh_context,pgh_context_id,name,scopes,expires_at,revoked_at,merchant_id,person_id,pgh_obj_id,revoked_because}', now()),
	(3, 'merchants_alloweddomainevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,domain,note,merchant_id,pgh_obj_id,expires_at,owner_id,pgh_role}', now()),
	(4, 'merchants_allowlistentryevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,network,note,expires_at,key_id,merchant_id,owner_id,pgh_obj_id,pgh_role}', now()),
	(5, 'merchants_apikeyevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,environment,auth_key,label,status,quarantined_at,expires_at,merchant_id,pgh_obj_id,pgh_role}', now()),
	(6, 'merchants_approvalevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,verb,wish,reason,state,asked_at,decided_at,asked_by_id,decided_by_id,key_id,merchant_id,pgh_obj_id,pgh_role}', now()),
	(7, 'merchants_compromiseevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,response,reason,exposed_since,closed_at,closed_by_id,declared_by_id,key_id,merchant_id,pgh_obj_id,replacement_id,secret_id,pgh_role}', now()),
	(8, 'merchants_contactevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,email,note,merchant_id,pgh_obj_id,pgh_role}', now()),
	(9, 'merchants_disabledgameevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,game_id,merchant_id,pgh_obj_id,pgh_role}', now()),
	(10, 'merchants_downloadevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,what,filters,rows,is_complete,merchant_id,person_id,pgh_obj_id,pgh_role}', now()),
	(11, 'merchants_eventendpointevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_role,pgh_context,pgh_context_id,kind,url,event_types,is_enabled,removed_at,merchant_id,pgh_obj_id}', now()),
	(12, 'merchants_gameevent', 1, 'history', 'pgh_id', '', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,game_id,name,is_active,pgh_obj_id,pgh_role}', now()),
	(13, 'merchants_invitationevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,email,role,expires_at,accepted_at,withdrawn_at,invited_by_id,merchant_id,pgh_obj_id,pgh_role}', now()),
	(14, 'merchants_listtrialevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,deadline,state,begun_at,ended_at,kept_for,by_id,key_id,merchant_id,pgh_obj_id,pgh_role}', now()),
	(15, 'merchants_membershipevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,role,merchant_id,person_id,pgh_obj_id,pgh_role}', now()),
	(16, 'merchants_merchantevent', 1, 'history', 'pgh_id', 'pgh_obj_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,code,name,status,time_zone,timestamp_window_seconds,bets_per_minute,max_stake,two_person,pgh_obj_id,second_factor_required,pgh_role,staff_sees_secrets,max_stake_by_currency}', now()),
	(17, 'merchants_ownerquestionevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,kind,email,state,asked_at,answered_at,answered_by_id,asked_by_id,merchant_id,pgh_obj_id,pgh_role}', now()),
	(18, 'merchants_personevent', 1, 'history', 'pgh_id', '', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,email,name,staff_role,is_active,pgh_obj_id,pgh_role}', now()),
	(19, 'merchants_playerevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,player_id,is_blocked,blocked_reason,bets_per_minute,max_stake,merchant_id,pgh_obj_id,pgh_role,max_stake_by_currency}', now()),
	(20, 'merchants_secretclaimevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,version,sent_at,expires_at,withdrawn_at,claimed_at,claimed_by_id,key_id,merchant_id,pgh_obj_id,secret_id,sent_by_id,pgh_role}', now()),
	(21, 'merchants_secretevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,version,superseded_at,usable_until,quiet_hours,revoked_at,key_id,merchant_id,pgh_obj_id,pgh_role}', now()),
	(22, 'merchants_signinrecord', 1, 'history', 'id', '', '{id,at,kind,email,address,method,by_id,person_id}', now()),
	(23, 'merchants_signoutevent', 1, 'history', 'pgh_id', '', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_role,pgh_context,pgh_context_id,sessions,at,person_id,pgh_obj_id}', now()),
	(24, 'merchants_staffchange', 1, 'history', 'id', 'merchant_id', '{id,thing,event,transaction,created_at,merchant_id}', now()),
	(25, 'merchants_staffvisitevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,hour,merchant_id,person_id,pgh_obj_id,pgh_role}', now()),
	(26, 'wallet_caseevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,day,kind,subject,player_id,currency,difference,severity,state,resolution,opened_at,resolved_at,merchant_id,other_id,owner_id,pgh_obj_id,resolved_by_id,write_off_asked_by_id,found_by_id,pgh_role,asked_resolution}', now()),
	(27, 'wallet_casenote', 1, 'history', 'id', '', '{id,is_staff,is_internal,text,created_at,by_id,case_id,statement_id}', now()),
	(28, 'wallet_casereminder', 1, 'history', 'id', '', '{id,step,due_at,created_at,case_id}', now()),
	(29, 'wallet_correctionevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_role,pgh_context,pgh_context_id,currency,amount,is_credit,asked_at,approved_at,declined_at,approved_by_id,asked_by_id,case_id,declined_by_id,merchant_id,pgh_obj_id,player_id,transaction_id}', now()),
	(30, 'wallet_currencyrateevent', 1, 'history', 'pgh_id', '', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_role,pgh_context,pgh_context_id,currency,per_euro,pgh_obj_id}', now()),
	(31, 'wallet_exportevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,what,form,wish,downloads,cancelled_at,merchant_id,pgh_obj_id,pgh_role}', now()),
	(32, 'wallet_invoice', 1, 'history', 'id', 'merchant_id', '{id,month,issuer,number,basis,totals,name,file,content_type,digest,size,uploaded_at,by_id,merchant_id}', now()),
	(33, 'wallet_reconciliationplanevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,is_on,hour,grain,mapping,unsettled_hours,high_amount,write_off_alone,is_attached,names_players,merchant_id,pgh_obj_id,pgh_role,day_begins,left_out,scopes,high_amount_by_currency,write_off_alone_by_currency}', now()),
	(34, 'wallet_refusedpayout', 1, 'history', 'id', 'merchant_id', '{id,transaction_id,ref_transaction_id,player_id,game_id,round_id,currency,amount,status,request_id,created_at,merchant_id}', now()),
	(35, 'wallet_reportoptoutevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_role,pgh_context,pgh_context_id,email,asked_at,merchant_id,pgh_obj_id}', now()),
	(36, 'wallet_reportrecipientevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,email,merchant_id,pgh_obj_id,pgh_role}', now()),
	(37, 'wallet_sessionevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_role,pgh_context,pgh_context_id,is_active,merchant_id,pgh_obj_id,player_id}', now()),
	(38, 'wallet_settlementadjustment', 1, 'history', 'id', '', '{id,kind,month,day,transaction_id,part,ref_transaction_id,moved,currency,amount,difference,text,at,case_id,game_id,run_id,settlement_id}', now()),
	(39, 'wallet_settlementconfirmation', 1, 'history', 'id', '', '{id,at,by_id,settlement_id}', now()),
	(40, 'wallet_settlementevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_role,pgh_context,pgh_context_id,month,number,state,time_zone,begins_at,ends_at,reason,digest,counted_at,refusal,requested_at,signed_at,withdrawn_at,withdrawal,merchant_id,pgh_obj_id,prepared_by_id,signed_by_id,withdrawn_by_id}', now()),
	(41, 'wallet_simulationevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_role,pgh_context,pgh_context_id,rounds,currency,with_refusals,key_id,merchant_id,pgh_obj_id}', now()),
	(42, 'wallet_statementsourceevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_context,pgh_context_id,kind,address,host_key,is_on,merchant_id,pgh_obj_id,pgh_role}', now()),
	(43, 'wallet_trafficincidentevent', 1, 'history', 'pgh_id', 'merchant_id', '{pgh_id,pgh_created_at,pgh_label,pgh_before,pgh_transaction,pgh_role,pgh_context,pgh_context_id,kind,began_at,last_accepted_at,usual_calls,refused_calls,ended_at,merchant_id,pgh_obj_id}', now()),
	(44, 'wallet_transaction', 1, 'ledger', 'id', 'merchant_id', '{id,transaction_id,part,kind,status,currency,amount,balance,ref_transaction_id,is_win,reward_type,round_id,address,request_id,created_at,credit_account_id,debit_account_id,game_id,merchant_id,player_id,reverses_id,secret_id,session_id,case_id}', now());






































































INSERT INTO public.merchants_release VALUES
	('1.0.0', now());




















































































INSERT INTO public.wallet_mark VALUES
	('calls', 0),
	('movements', 0),
	('books', 0),
	('gaming', 0);
















































































SELECT pg_catalog.setval('public.account_emailaddress_id_seq', 1, false);


SELECT pg_catalog.setval('public.account_emailconfirmation_id_seq', 1, false);


SELECT pg_catalog.setval('public.auth_group_id_seq', 1, false);


SELECT pg_catalog.setval('public.auth_group_permissions_id_seq', 1, false);




SELECT pg_catalog.setval('public.django_admin_log_id_seq', 1, false);




SELECT pg_catalog.setval('public.django_migrations_id_seq', 182, true);


SELECT pg_catalog.setval('public.merchants_accesstoken_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_accesstokenevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_alloweddomain_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_alloweddomainevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_allowlistentry_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_allowlistentryevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_apikey_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_apikeyevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_approval_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_approvalevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_chainblock_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_chainrecipe_id_seq', 44, true);


SELECT pg_catalog.setval('public.merchants_compromise_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_compromiseevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_contact_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_contactevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_disabledgame_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_disabledgameevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_download_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_downloadevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_egressproof_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_eventdelivery_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_eventendpoint_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_eventendpointevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_game_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_gameevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_importproposal_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_invitation_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_invitationevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_letter_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_listtrial_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_listtrialevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_membership_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_membershipevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_merchant_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_merchantevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_outgoingevent_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_ownerquestion_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_ownerquestionevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_person_groups_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_person_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_person_user_permissions_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_personevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_player_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_playerevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_secret_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_secretclaim_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_secretclaimevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_secretevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_seenaddress_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_seenorigin_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_signinrecord_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_signout_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_signoutevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_staffchange_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_staffvisit_id_seq', 1, false);


SELECT pg_catalog.setval('public.merchants_staffvisitevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.mfa_authenticator_id_seq', 1, false);


SELECT pg_catalog.setval('public.socialaccount_socialaccount_id_seq', 1, false);


SELECT pg_catalog.setval('public.socialaccount_socialapp_id_seq', 1, false);


SELECT pg_catalog.setval('public.socialaccount_socialtoken_id_seq', 1, false);


SELECT pg_catalog.setval('public.usersessions_usersession_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_account_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_bookfinding_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_callhour_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_case_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_caseevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_casenote_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_casereminder_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_correction_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_correctionevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_currencyrate_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_currencyrateevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_export_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_exportevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_foldedrow_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_gameday_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_gamespan_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_hostkeylookup_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_invoice_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_merchantgamingday_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_merchanthour_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_movementhour_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_playerday_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_playergamingday_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_playerspan_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_playtransaction_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_reconciliation_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_reconciliationplan_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_reconciliationplanevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_refusedhour_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_refusedpayout_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_reportdelivery_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_reportoptout_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_reportoptoutevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_reportrecipient_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_reportrecipientevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_session_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_sessionevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_settlement_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_settlementadjustment_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_settlementconfirmation_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_settlementevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_signedrequest_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_simulatedcall_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_simulation_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_simulationevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_statement_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_statementpreview_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_statementsource_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_statementsourceevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_trafficincident_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_trafficincidentevent_pgh_id_seq', 1, false);


SELECT pg_catalog.setval('public.wallet_transaction_id_seq', 1, false);


ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_email_987c8728_uniq UNIQUE (user_id, email);


ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_key_key UNIQUE (key);


ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_allowlistentry
    ADD CONSTRAINT allowlist_network_once UNIQUE NULLS NOT DISTINCT (merchant_id, key_id, network);


ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);


ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);


ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);


ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_bookfinding
    ADD CONSTRAINT book_finding_once UNIQUE (merchant_id, origin, kind, subject);


ALTER TABLE ONLY public.wallet_callhour
    ADD CONSTRAINT call_hour_once UNIQUE (secret_id, hour, address, endpoint, status);


ALTER TABLE ONLY public.wallet_case
    ADD CONSTRAINT case_once UNIQUE (merchant_id, day, kind, subject);


ALTER TABLE ONLY public.wallet_casereminder
    ADD CONSTRAINT case_reminder_once UNIQUE (case_id, due_at, step);


ALTER TABLE ONLY public.merchants_chainblock
    ADD CONSTRAINT chain_block_once UNIQUE (chain, merchant_id, number);


ALTER TABLE ONLY public.merchants_chainblock
    ADD CONSTRAINT chain_block_window_once UNIQUE (table_name, upto_id, merchant_id);


ALTER TABLE ONLY public.merchants_chainrecipe
    ADD CONSTRAINT chain_recipe_once UNIQUE (table_name, version);


ALTER TABLE ONLY public.merchants_disabledgame
    ADD CONSTRAINT disabled_game_once UNIQUE (merchant_id, game_id);


ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);


ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);


ALTER TABLE ONLY public.wallet_foldedrow
    ADD CONSTRAINT folded_row_once UNIQUE (case_id, number);


ALTER TABLE ONLY public.wallet_gameday
    ADD CONSTRAINT game_day_once UNIQUE (merchant_id, day, game_id, currency);


ALTER TABLE ONLY public.wallet_gamespan
    ADD CONSTRAINT game_span_once UNIQUE (merchant_id, length, day, game_id, currency);


ALTER TABLE ONLY public.merchants_membership
    ADD CONSTRAINT membership_once UNIQUE (person_id, merchant_id);


ALTER TABLE ONLY public.wallet_merchantgamingday
    ADD CONSTRAINT merchant_gaming_day_once UNIQUE (merchant_id, day, currency);


ALTER TABLE ONLY public.wallet_merchanthour
    ADD CONSTRAINT merchant_hour_once UNIQUE (merchant_id, hour, status, signed);


ALTER TABLE ONLY public.merchants_accesstoken
    ADD CONSTRAINT merchants_accesstoken_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_accesstoken
    ADD CONSTRAINT merchants_accesstoken_token_hash_key UNIQUE (token_hash);


ALTER TABLE ONLY public.merchants_accesstokenevent
    ADD CONSTRAINT merchants_accesstokenevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_alloweddomain
    ADD CONSTRAINT merchants_alloweddomain_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_alloweddomainevent
    ADD CONSTRAINT merchants_alloweddomainevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_allowlistentry
    ADD CONSTRAINT merchants_allowlistentry_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_allowlistentryevent
    ADD CONSTRAINT merchants_allowlistentryevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_apikey
    ADD CONSTRAINT merchants_apikey_auth_key_key UNIQUE (auth_key);


ALTER TABLE ONLY public.merchants_apikey
    ADD CONSTRAINT merchants_apikey_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_apikeyevent
    ADD CONSTRAINT merchants_apikeyevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_approval
    ADD CONSTRAINT merchants_approval_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_approvalevent
    ADD CONSTRAINT merchants_approvalevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_chainblock
    ADD CONSTRAINT merchants_chainblock_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_chainrecipe
    ADD CONSTRAINT merchants_chainrecipe_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_compromise
    ADD CONSTRAINT merchants_compromise_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_compromiseevent
    ADD CONSTRAINT merchants_compromiseevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_contact
    ADD CONSTRAINT merchants_contact_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_contactevent
    ADD CONSTRAINT merchants_contactevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_disabledgame
    ADD CONSTRAINT merchants_disabledgame_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_disabledgameevent
    ADD CONSTRAINT merchants_disabledgameevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_download
    ADD CONSTRAINT merchants_download_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_downloadevent
    ADD CONSTRAINT merchants_downloadevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_egressproof
    ADD CONSTRAINT merchants_egressproof_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_egressproof
    ADD CONSTRAINT merchants_egressproof_word_key UNIQUE (word);


ALTER TABLE ONLY public.merchants_eventdelivery
    ADD CONSTRAINT merchants_eventdelivery_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_eventendpoint
    ADD CONSTRAINT merchants_eventendpoint_number_key UNIQUE (number);


ALTER TABLE ONLY public.merchants_eventendpoint
    ADD CONSTRAINT merchants_eventendpoint_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_eventendpointevent
    ADD CONSTRAINT merchants_eventendpointevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_game
    ADD CONSTRAINT merchants_game_game_id_key UNIQUE (game_id);


ALTER TABLE ONLY public.merchants_game
    ADD CONSTRAINT merchants_game_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_gameevent
    ADD CONSTRAINT merchants_gameevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_heartbeat
    ADD CONSTRAINT merchants_heartbeat_pkey PRIMARY KEY (job);


ALTER TABLE ONLY public.merchants_importproposal
    ADD CONSTRAINT merchants_importproposal_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_invitation
    ADD CONSTRAINT merchants_invitation_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_invitationevent
    ADD CONSTRAINT merchants_invitationevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_letter
    ADD CONSTRAINT merchants_letter_once_key UNIQUE (once);


ALTER TABLE ONLY public.merchants_letter
    ADD CONSTRAINT merchants_letter_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_listtrial
    ADD CONSTRAINT merchants_listtrial_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_listtrialevent
    ADD CONSTRAINT merchants_listtrialevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_membership
    ADD CONSTRAINT merchants_membership_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_membershipevent
    ADD CONSTRAINT merchants_membershipevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_merchant
    ADD CONSTRAINT merchants_merchant_code_key UNIQUE (code);


ALTER TABLE ONLY public.merchants_merchant
    ADD CONSTRAINT merchants_merchant_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_merchant
    ADD CONSTRAINT merchants_merchant_sandbox_of_id_key UNIQUE (sandbox_of_id);


ALTER TABLE ONLY public.merchants_merchantevent
    ADD CONSTRAINT merchants_merchantevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_outgoingevent
    ADD CONSTRAINT merchants_outgoingevent_number_key UNIQUE (number);


ALTER TABLE ONLY public.merchants_outgoingevent
    ADD CONSTRAINT merchants_outgoingevent_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_ownerquestion
    ADD CONSTRAINT merchants_ownerquestion_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_ownerquestionevent
    ADD CONSTRAINT merchants_ownerquestionevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_person
    ADD CONSTRAINT merchants_person_email_key UNIQUE (email);


ALTER TABLE ONLY public.merchants_person_groups
    ADD CONSTRAINT merchants_person_groups_person_id_group_id_f2e74bfa_uniq UNIQUE (person_id, group_id);


ALTER TABLE ONLY public.merchants_person_groups
    ADD CONSTRAINT merchants_person_groups_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_person
    ADD CONSTRAINT merchants_person_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_person_user_permissions
    ADD CONSTRAINT merchants_person_user_pe_person_id_permission_id_a4a666a9_uniq UNIQUE (person_id, permission_id);


ALTER TABLE ONLY public.merchants_person_user_permissions
    ADD CONSTRAINT merchants_person_user_permissions_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_personevent
    ADD CONSTRAINT merchants_personevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_player
    ADD CONSTRAINT merchants_player_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_playerevent
    ADD CONSTRAINT merchants_playerevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_release
    ADD CONSTRAINT merchants_release_pkey PRIMARY KEY (version);


ALTER TABLE ONLY public.merchants_secret
    ADD CONSTRAINT merchants_secret_approval_id_key UNIQUE (approval_id);


ALTER TABLE ONLY public.merchants_secret
    ADD CONSTRAINT merchants_secret_fingerprint_key UNIQUE (fingerprint);


ALTER TABLE ONLY public.merchants_secret
    ADD CONSTRAINT merchants_secret_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_secretclaim
    ADD CONSTRAINT merchants_secretclaim_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_secretclaim
    ADD CONSTRAINT merchants_secretclaim_token_hash_key UNIQUE (token_hash);


ALTER TABLE ONLY public.merchants_secretclaimevent
    ADD CONSTRAINT merchants_secretclaimevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_secretevent
    ADD CONSTRAINT merchants_secretevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_seenaddress
    ADD CONSTRAINT merchants_seenaddress_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_seenorigin
    ADD CONSTRAINT merchants_seenorigin_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_signinrecord
    ADD CONSTRAINT merchants_signinrecord_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_signout
    ADD CONSTRAINT merchants_signout_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_signoutevent
    ADD CONSTRAINT merchants_signoutevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_staffchange
    ADD CONSTRAINT merchants_staffchange_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_staffvisit
    ADD CONSTRAINT merchants_staffvisit_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_staffvisitevent
    ADD CONSTRAINT merchants_staffvisitevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.merchants_timetablejob
    ADD CONSTRAINT merchants_timetablejob_pkey PRIMARY KEY (name);


ALTER TABLE ONLY public.merchants_timetablelead
    ADD CONSTRAINT merchants_timetablelead_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_usedform
    ADD CONSTRAINT merchants_usedform_pkey PRIMARY KEY (nonce);


ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_movementhour
    ADD CONSTRAINT movement_hour_once UNIQUE (secret_id, hour, address, kind, currency);


ALTER TABLE ONLY public.wallet_openbet
    ADD CONSTRAINT open_bet_once UNIQUE (merchant_id, transaction_id);


ALTER TABLE ONLY public.pghistory_context
    ADD CONSTRAINT pghistory_context_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_playtransaction
    ADD CONSTRAINT play_transaction_once UNIQUE (session_id, transaction_id);


ALTER TABLE ONLY public.wallet_playerday
    ADD CONSTRAINT player_day_once UNIQUE (secret_id, day, player_id);


ALTER TABLE ONLY public.wallet_playergamingday
    ADD CONSTRAINT player_gaming_day_once UNIQUE (merchant_id, day, player_id, currency);


ALTER TABLE ONLY public.merchants_player
    ADD CONSTRAINT player_once UNIQUE (merchant_id, player_id);


ALTER TABLE ONLY public.wallet_playerspan
    ADD CONSTRAINT player_span_once UNIQUE (merchant_id, length, day, player_id, currency);


ALTER TABLE ONLY public.wallet_reconciliation
    ADD CONSTRAINT reconciliation_once UNIQUE (merchant_id, day, number);


ALTER TABLE ONLY public.wallet_refusedhour
    ADD CONSTRAINT refused_hour_once UNIQUE (hour, merchant_id, is_signed);


ALTER TABLE ONLY public.wallet_refusedpayout
    ADD CONSTRAINT refused_payout_once UNIQUE (merchant_id, transaction_id);


ALTER TABLE ONLY public.wallet_reportdelivery
    ADD CONSTRAINT report_delivery_once UNIQUE (reconciliation_id, "to");


ALTER TABLE ONLY public.wallet_reportoptout
    ADD CONSTRAINT report_opt_out_once UNIQUE (merchant_id, email);


ALTER TABLE ONLY public.wallet_reportrecipient
    ADD CONSTRAINT report_recipient_once UNIQUE (merchant_id, email);


ALTER TABLE ONLY public.merchants_secret
    ADD CONSTRAINT secret_version_once UNIQUE (key_id, version);


ALTER TABLE ONLY public.merchants_seenaddress
    ADD CONSTRAINT seen_address_once UNIQUE (key_id, address);


ALTER TABLE ONLY public.merchants_seenorigin
    ADD CONSTRAINT seen_origin_once UNIQUE (key_id, host);


ALTER TABLE ONLY public.wallet_settlement
    ADD CONSTRAINT settlement_once UNIQUE (merchant_id, month, number);


ALTER TABLE ONLY public.wallet_simulatedcall
    ADD CONSTRAINT simulated_call_once UNIQUE (simulation_id, number);


ALTER TABLE ONLY public.socialaccount_socialaccount
    ADD CONSTRAINT socialaccount_socialaccount_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.socialaccount_socialaccount
    ADD CONSTRAINT socialaccount_socialaccount_provider_uid_fc810c6e_uniq UNIQUE (provider, uid);


ALTER TABLE ONLY public.socialaccount_socialapp
    ADD CONSTRAINT socialaccount_socialapp_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_socialtoken_app_id_account_id_fca4e0ac_uniq UNIQUE (app_id, account_id);


ALTER TABLE ONLY public.socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_socialtoken_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.merchants_staffvisit
    ADD CONSTRAINT staff_visit_once_an_hour UNIQUE (merchant_id, person_id, hour);


ALTER TABLE ONLY public.wallet_transaction
    ADD CONSTRAINT transaction_once UNIQUE (merchant_id, transaction_id, part);


ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_session_key_key UNIQUE (session_key);


ALTER TABLE ONLY public.wallet_account
    ADD CONSTRAINT wallet_account_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_accountproof
    ADD CONSTRAINT wallet_accountproof_pkey PRIMARY KEY (account_id);


ALTER TABLE ONLY public.wallet_bookfinding
    ADD CONSTRAINT wallet_bookfinding_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_booksslice
    ADD CONSTRAINT wallet_booksslice_pkey PRIMARY KEY (merchant_id);


ALTER TABLE ONLY public.wallet_callhour
    ADD CONSTRAINT wallet_callhour_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_case
    ADD CONSTRAINT wallet_case_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_caseevent
    ADD CONSTRAINT wallet_caseevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.wallet_casenote
    ADD CONSTRAINT wallet_casenote_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_casereminder
    ADD CONSTRAINT wallet_casereminder_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_correction
    ADD CONSTRAINT wallet_correction_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_correction
    ADD CONSTRAINT wallet_correction_transaction_id_key UNIQUE (transaction_id);


ALTER TABLE ONLY public.wallet_correctionevent
    ADD CONSTRAINT wallet_correctionevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.wallet_currencyrate
    ADD CONSTRAINT wallet_currencyrate_currency_key UNIQUE (currency);


ALTER TABLE ONLY public.wallet_currencyrate
    ADD CONSTRAINT wallet_currencyrate_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_currencyrateevent
    ADD CONSTRAINT wallet_currencyrateevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.wallet_export
    ADD CONSTRAINT wallet_export_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_exportevent
    ADD CONSTRAINT wallet_exportevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.wallet_foldedrow
    ADD CONSTRAINT wallet_foldedrow_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_gameday
    ADD CONSTRAINT wallet_gameday_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_gamespan
    ADD CONSTRAINT wallet_gamespan_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_hostkeylookup
    ADD CONSTRAINT wallet_hostkeylookup_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_invoice
    ADD CONSTRAINT wallet_invoice_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_mark
    ADD CONSTRAINT wallet_mark_pkey PRIMARY KEY (source);


ALTER TABLE ONLY public.wallet_merchantgamingday
    ADD CONSTRAINT wallet_merchantgamingday_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_merchanthour
    ADD CONSTRAINT wallet_merchanthour_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_movementhour
    ADD CONSTRAINT wallet_movementhour_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_openbet
    ADD CONSTRAINT wallet_openbet_pkey PRIMARY KEY (bet_id);


ALTER TABLE ONLY public.wallet_playerday
    ADD CONSTRAINT wallet_playerday_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_playergamingday
    ADD CONSTRAINT wallet_playergamingday_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_playerspan
    ADD CONSTRAINT wallet_playerspan_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_playtransaction
    ADD CONSTRAINT wallet_playtransaction_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_reconciliation
    ADD CONSTRAINT wallet_reconciliation_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_reconciliationplan
    ADD CONSTRAINT wallet_reconciliationplan_merchant_id_key UNIQUE (merchant_id);


ALTER TABLE ONLY public.wallet_reconciliationplan
    ADD CONSTRAINT wallet_reconciliationplan_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_reconciliationplanevent
    ADD CONSTRAINT wallet_reconciliationplanevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.wallet_refusedcall
    ADD CONSTRAINT wallet_refusedcall_pkey PRIMARY KEY (request_id);


ALTER TABLE ONLY public.wallet_refusedhour
    ADD CONSTRAINT wallet_refusedhour_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_refusedpayout
    ADD CONSTRAINT wallet_refusedpayout_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_reportdelivery
    ADD CONSTRAINT wallet_reportdelivery_letter_id_key UNIQUE (letter_id);


ALTER TABLE ONLY public.wallet_reportdelivery
    ADD CONSTRAINT wallet_reportdelivery_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_reportoptout
    ADD CONSTRAINT wallet_reportoptout_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_reportoptoutevent
    ADD CONSTRAINT wallet_reportoptoutevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.wallet_reportrecipient
    ADD CONSTRAINT wallet_reportrecipient_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_reportrecipientevent
    ADD CONSTRAINT wallet_reportrecipientevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.wallet_session
    ADD CONSTRAINT wallet_session_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_session
    ADD CONSTRAINT wallet_session_session_id_key UNIQUE (session_id);


ALTER TABLE ONLY public.wallet_sessionevent
    ADD CONSTRAINT wallet_sessionevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.wallet_settlement
    ADD CONSTRAINT wallet_settlement_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_settlementadjustment
    ADD CONSTRAINT wallet_settlementadjustment_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_settlementconfirmation
    ADD CONSTRAINT wallet_settlementconfirmation_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_settlementconfirmation
    ADD CONSTRAINT wallet_settlementconfirmation_settlement_id_key UNIQUE (settlement_id);


ALTER TABLE ONLY public.wallet_settlementevent
    ADD CONSTRAINT wallet_settlementevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.wallet_signedrequest
    ADD CONSTRAINT wallet_signedrequest_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_signedrequest_1000000
    ADD CONSTRAINT wallet_signedrequest_1000000_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_signedrequest_2000000
    ADD CONSTRAINT wallet_signedrequest_2000000_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_signedrequest_3000000
    ADD CONSTRAINT wallet_signedrequest_3000000_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_signedrequest_0
    ADD CONSTRAINT wallet_signedrequest_pkey_0 PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_simulatedcall
    ADD CONSTRAINT wallet_simulatedcall_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_simulation
    ADD CONSTRAINT wallet_simulation_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_simulationevent
    ADD CONSTRAINT wallet_simulationevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.wallet_statement
    ADD CONSTRAINT wallet_statement_number_key UNIQUE (number);


ALTER TABLE ONLY public.wallet_statement
    ADD CONSTRAINT wallet_statement_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_statement
    ADD CONSTRAINT wallet_statement_replaces_id_key UNIQUE (replaces_id);


ALTER TABLE ONLY public.wallet_statementpreview
    ADD CONSTRAINT wallet_statementpreview_number_key UNIQUE (number);


ALTER TABLE ONLY public.wallet_statementpreview
    ADD CONSTRAINT wallet_statementpreview_path_key UNIQUE (path);


ALTER TABLE ONLY public.wallet_statementpreview
    ADD CONSTRAINT wallet_statementpreview_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_statementsource
    ADD CONSTRAINT wallet_statementsource_merchant_id_key UNIQUE (merchant_id);


ALTER TABLE ONLY public.wallet_statementsource
    ADD CONSTRAINT wallet_statementsource_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_statementsourceevent
    ADD CONSTRAINT wallet_statementsourceevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.wallet_trafficincident
    ADD CONSTRAINT wallet_trafficincident_pkey PRIMARY KEY (id);


ALTER TABLE ONLY public.wallet_trafficincidentevent
    ADD CONSTRAINT wallet_trafficincidentevent_pkey PRIMARY KEY (pgh_id);


ALTER TABLE ONLY public.wallet_transaction
    ADD CONSTRAINT wallet_transaction_pkey PRIMARY KEY (id);


CREATE INDEX access_token_newest ON public.merchants_accesstoken USING btree (merchant_id, id DESC);


CREATE INDEX account_emailaddress_email_03be32b2 ON public.account_emailaddress USING btree (email);


CREATE INDEX account_emailaddress_email_03be32b2_like ON public.account_emailaddress USING btree (email varchar_pattern_ops);


CREATE INDEX account_emailaddress_user_id_2c513194 ON public.account_emailaddress USING btree (user_id);


CREATE INDEX account_emailconfirmation_email_address_id_5b7f8c58 ON public.account_emailconfirmation USING btree (email_address_id);


CREATE INDEX account_emailconfirmation_key_f43612bd_like ON public.account_emailconfirmation USING btree (key varchar_pattern_ops);


CREATE INDEX adjustment_of_settlement ON public.wallet_settlementadjustment USING btree (settlement_id, id);


CREATE UNIQUE INDEX allowed_domain_once ON public.merchants_alloweddomain USING btree (merchant_id, lower((domain)::text));


CREATE UNIQUE INDEX approval_one_of_merchant ON public.merchants_approval USING btree (merchant_id, verb) WHERE ((key_id IS NULL) AND ((state)::text = 'waiting'::text));


CREATE UNIQUE INDEX approval_one_waiting ON public.merchants_approval USING btree (key_id) WHERE ((state)::text = 'waiting'::text);


CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);


CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);


CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);


CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);


CREATE INDEX case_closed_by ON public.wallet_case USING btree (resolved_by_id, resolved_at) WHERE ((resolved_by_id IS NOT NULL) AND ((state)::text = 'resolved'::text));


CREATE INDEX case_of_day ON public.wallet_case USING btree (merchant_id, day DESC, kind);


CREATE INDEX case_of_day_worst_first ON public.wallet_case USING btree (merchant_id, day, severity DESC, id);


CREATE INDEX case_of_player ON public.wallet_case USING btree (player_id);


CREATE INDEX case_of_subject ON public.wallet_case USING btree (subject);


CREATE INDEX case_open_by_due_date ON public.wallet_case USING btree (due_at) WHERE (NOT ((state)::text = 'resolved'::text));


CREATE INDEX case_open_of ON public.wallet_case USING btree (merchant_id, severity DESC, opened_at) WHERE (NOT ((state)::text = 'resolved'::text));


CREATE INDEX case_open_worst_first ON public.wallet_case USING btree (severity DESC, opened_at) WHERE (NOT ((state)::text = 'resolved'::text));


CREATE INDEX case_over_midnight ON public.wallet_case USING btree (merchant_id, subject) WHERE (((kind)::text = 'day_boundary'::text) AND (NOT ((state)::text = 'resolved'::text)));


CREATE INDEX case_waits_for_second ON public.wallet_case USING btree (merchant_id) WHERE ((write_off_asked_by_id IS NOT NULL) AND (NOT ((state)::text = 'resolved'::text)));


CREATE UNIQUE INDEX claim_one_link ON public.merchants_secretclaim USING btree (secret_id) WHERE (withdrawn_at IS NULL);


CREATE UNIQUE INDEX contact_once ON public.merchants_contact USING btree (merchant_id, lower((email)::text));


CREATE UNIQUE INDEX correction_one_proposal ON public.wallet_correction USING btree (case_id) WHERE ((approved_at IS NULL) AND (declined_at IS NULL));


CREATE UNIQUE INDEX counter_account_once ON public.wallet_account USING btree (merchant_id, currency, kind) WHERE (NOT ((kind)::text = 'player'::text));


CREATE INDEX deed_at_accesstoken ON public.merchants_accesstokenevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_alloweddomain ON public.merchants_alloweddomainevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_allowlistentry ON public.merchants_allowlistentryevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_apikey ON public.merchants_apikeyevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_approval ON public.merchants_approvalevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_case ON public.wallet_caseevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_compromise ON public.merchants_compromiseevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_contact ON public.merchants_contactevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_correction ON public.wallet_correctionevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_currencyrate ON public.wallet_currencyrateevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_disabledgame ON public.merchants_disabledgameevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_download ON public.merchants_downloadevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_eventendpoint ON public.merchants_eventendpointevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_export ON public.wallet_exportevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_game ON public.merchants_gameevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_invitation ON public.merchants_invitationevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_listtrial ON public.merchants_listtrialevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_membership ON public.merchants_membershipevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_merchant ON public.merchants_merchantevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_ownerquestion ON public.merchants_ownerquestionevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_person ON public.merchants_personevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_player ON public.merchants_playerevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_reconciliationplan ON public.wallet_reconciliationplanevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_reportoptout ON public.wallet_reportoptoutevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_reportrecipient ON public.wallet_reportrecipientevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_secret ON public.merchants_secretevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_secretclaim ON public.merchants_secretclaimevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_session ON public.wallet_sessionevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_settlement ON public.wallet_settlementevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_signout ON public.merchants_signoutevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_simulation ON public.wallet_simulationevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_staffvisit ON public.merchants_staffvisitevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_statementsource ON public.wallet_statementsourceevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_at_trafficincident ON public.wallet_trafficincidentevent USING btree (pgh_created_at DESC);


CREATE INDEX deed_by_accesstoken ON public.merchants_accesstokenevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_alloweddomain ON public.merchants_alloweddomainevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_allowlistentry ON public.merchants_allowlistentryevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_apikey ON public.merchants_apikeyevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_approval ON public.merchants_approvalevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_case ON public.wallet_caseevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_compromise ON public.merchants_compromiseevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_contact ON public.merchants_contactevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_correction ON public.wallet_correctionevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_currencyrate ON public.wallet_currencyrateevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_disabledgame ON public.merchants_disabledgameevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_download ON public.merchants_downloadevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_eventendpoint ON public.merchants_eventendpointevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_export ON public.wallet_exportevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_game ON public.merchants_gameevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_invitation ON public.merchants_invitationevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_listtrial ON public.merchants_listtrialevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_membership ON public.merchants_membershipevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_merchant ON public.merchants_merchantevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_ownerquestion ON public.merchants_ownerquestionevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_person ON public.merchants_personevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_player ON public.merchants_playerevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_reconciliationplan ON public.wallet_reconciliationplanevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_reportoptout ON public.wallet_reportoptoutevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_reportrecipient ON public.wallet_reportrecipientevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_secret ON public.merchants_secretevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_secretclaim ON public.merchants_secretclaimevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_session ON public.wallet_sessionevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_settlement ON public.wallet_settlementevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_signout ON public.merchants_signoutevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_simulation ON public.wallet_simulationevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_staffvisit ON public.merchants_staffvisitevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_statementsource ON public.wallet_statementsourceevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX deed_by_trafficincident ON public.wallet_trafficincidentevent USING btree (((pgh_context ->> 'person'::text)), pgh_created_at DESC);


CREATE INDEX django_admin_log_content_type_id_c4bce8eb ON public.django_admin_log USING btree (content_type_id);


CREATE INDEX django_admin_log_user_id_c564eba6 ON public.django_admin_log USING btree (user_id);


CREATE INDEX django_session_expire_date_a5c62663 ON public.django_session USING btree (expire_date);


CREATE INDEX django_session_session_key_c0390e0f_like ON public.django_session USING btree (session_key varchar_pattern_ops);


CREATE INDEX download_of_person ON public.merchants_download USING btree (person_id, created_at);


CREATE INDEX event_delivery_newest ON public.merchants_eventdelivery USING btree (merchant_id, id DESC);


CREATE INDEX event_delivery_oldest ON public.merchants_eventdelivery USING btree (created_at);


CREATE INDEX event_delivery_waiting ON public.merchants_eventdelivery USING btree (attempts, due_at) WHERE ((state)::text = 'waiting'::text);


CREATE INDEX event_oldest ON public.merchants_outgoingevent USING btree (created_at);


CREATE INDEX export_due ON public.wallet_export USING btree (expires_at) WHERE ((state)::text = 'ready'::text);


CREATE INDEX export_newest ON public.wallet_export USING btree (merchant_id, id DESC);


CREATE INDEX history_accesstoken_merchant ON public.merchants_accesstokenevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_accesstoken_person ON public.merchants_accesstokenevent USING btree (person_id, pgh_created_at DESC);


CREATE INDEX history_alloweddomain_merchant ON public.merchants_alloweddomainevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_allowlistentry_key ON public.merchants_allowlistentryevent USING btree (key_id, pgh_created_at DESC);


CREATE INDEX history_allowlistentry_merchan ON public.merchants_allowlistentryevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_apikey_merchant ON public.merchants_apikeyevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_apikey_pgh_obj ON public.merchants_apikeyevent USING btree (pgh_obj_id, pgh_created_at DESC);


CREATE INDEX history_approval_key ON public.merchants_approvalevent USING btree (key_id, pgh_created_at DESC);


CREATE INDEX history_approval_merchant ON public.merchants_approvalevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_case_pgh_obj ON public.wallet_caseevent USING btree (pgh_obj_id, pgh_created_at DESC);


CREATE INDEX history_compromise_key ON public.merchants_compromiseevent USING btree (key_id, pgh_created_at DESC);


CREATE INDEX history_compromise_merchant ON public.merchants_compromiseevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_contact_merchant ON public.merchants_contactevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_correction_case ON public.wallet_correctionevent USING btree (case_id, pgh_created_at DESC);


CREATE INDEX history_correction_merchant ON public.wallet_correctionevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_currencyrate_pgh_obj ON public.wallet_currencyrateevent USING btree (pgh_obj_id, pgh_created_at DESC);


CREATE INDEX history_disabledgame_game ON public.merchants_disabledgameevent USING btree (game_id, pgh_created_at DESC);


CREATE INDEX history_disabledgame_merchant ON public.merchants_disabledgameevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_download_merchant ON public.merchants_downloadevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_download_person ON public.merchants_downloadevent USING btree (person_id, pgh_created_at DESC);


CREATE INDEX history_eventendpoint_merchant ON public.merchants_eventendpointevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_export_merchant ON public.wallet_exportevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_game_pgh_obj ON public.merchants_gameevent USING btree (pgh_obj_id, pgh_created_at DESC);


CREATE INDEX history_invitation_merchant ON public.merchants_invitationevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_listtrial_key ON public.merchants_listtrialevent USING btree (key_id, pgh_created_at DESC);


CREATE INDEX history_listtrial_merchant ON public.merchants_listtrialevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_membership_merchant ON public.merchants_membershipevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_membership_person ON public.merchants_membershipevent USING btree (person_id, pgh_created_at DESC);


CREATE INDEX history_merchant_pgh_obj ON public.merchants_merchantevent USING btree (pgh_obj_id, pgh_created_at DESC);


CREATE INDEX history_ownerquestion_merchant ON public.merchants_ownerquestionevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_person_pgh_obj ON public.merchants_personevent USING btree (pgh_obj_id, pgh_created_at DESC);


CREATE INDEX history_player_merchant ON public.merchants_playerevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_player_pgh_obj ON public.merchants_playerevent USING btree (pgh_obj_id, pgh_created_at DESC);


CREATE INDEX history_reconciliationplan_mer ON public.wallet_reconciliationplanevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_reportoptout_merchant ON public.wallet_reportoptoutevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_reportrecipient_mercha ON public.wallet_reportrecipientevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_secret_key ON public.merchants_secretevent USING btree (key_id, pgh_created_at DESC);


CREATE INDEX history_secret_merchant ON public.merchants_secretevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_secretclaim_key ON public.merchants_secretclaimevent USING btree (key_id, pgh_created_at DESC);


CREATE INDEX history_secretclaim_merchant ON public.merchants_secretclaimevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_session_merchant ON public.wallet_sessionevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_session_player ON public.wallet_sessionevent USING btree (player_id, pgh_created_at DESC);


CREATE INDEX history_settlement_merchant ON public.wallet_settlementevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_signout_person ON public.merchants_signoutevent USING btree (person_id, pgh_created_at DESC);


CREATE INDEX history_simulation_merchant ON public.wallet_simulationevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_staffvisit_merchant ON public.merchants_staffvisitevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_staffvisit_person ON public.merchants_staffvisitevent USING btree (person_id, pgh_created_at DESC);


CREATE INDEX history_statementsource_mercha ON public.wallet_statementsourceevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX history_trafficincident_mercha ON public.wallet_trafficincidentevent USING btree (merchant_id, pgh_created_at DESC);


CREATE INDEX host_key_lookup_newest ON public.wallet_hostkeylookup USING btree (merchant_id, id DESC);


CREATE INDEX host_key_lookup_waiting ON public.wallet_hostkeylookup USING btree (asked_at) WHERE (answered_at IS NULL);


CREATE UNIQUE INDEX invitation_once ON public.merchants_invitation USING btree (merchant_id, lower((email)::text)) WHERE ((accepted_at IS NULL) AND (withdrawn_at IS NULL));


CREATE INDEX invoice_newest ON public.wallet_invoice USING btree (merchant_id, month, id DESC);


CREATE INDEX letter_given_up ON public.merchants_letter USING btree (id DESC) WHERE ((state)::text = 'given_up'::text);


CREATE INDEX letter_to ON public.merchants_letter USING btree ("to", id DESC);


CREATE INDEX letter_waiting ON public.merchants_letter USING btree (due_at) WHERE ((state)::text = 'waiting'::text);


CREATE INDEX list_trial_due ON public.merchants_listtrial USING btree (deadline) WHERE ((state)::text = 'trying'::text);


CREATE UNIQUE INDEX list_trial_one ON public.merchants_listtrial USING btree (merchant_id, key_id) NULLS NOT DISTINCT WHERE ((state)::text = 'trying'::text);


CREATE INDEX merchants_accesstoken_merchant_id_6e685dad ON public.merchants_accesstoken USING btree (merchant_id);


CREATE INDEX merchants_accesstoken_person_id_de67aa7e ON public.merchants_accesstoken USING btree (person_id);


CREATE INDEX merchants_alloweddomain_merchant_id_01f7d074 ON public.merchants_alloweddomain USING btree (merchant_id);


CREATE INDEX merchants_alloweddomain_owner_id_83dab9c6 ON public.merchants_alloweddomain USING btree (owner_id);


CREATE INDEX merchants_allowlistentry_key_id_e58f3359 ON public.merchants_allowlistentry USING btree (key_id);


CREATE INDEX merchants_allowlistentry_merchant_id_104ba8a2 ON public.merchants_allowlistentry USING btree (merchant_id);


CREATE INDEX merchants_allowlistentry_owner_id_c007d11e ON public.merchants_allowlistentry USING btree (owner_id);


CREATE INDEX merchants_apikey_auth_key_9f4adf0b_like ON public.merchants_apikey USING btree (auth_key varchar_pattern_ops);


CREATE INDEX merchants_apikey_merchant_id_6da38186 ON public.merchants_apikey USING btree (merchant_id);


CREATE INDEX merchants_approval_asked_by_id_2bccf3d4 ON public.merchants_approval USING btree (asked_by_id);


CREATE INDEX merchants_approval_decided_by_id_5b362f14 ON public.merchants_approval USING btree (decided_by_id);


CREATE INDEX merchants_approval_key_id_4cadb98e ON public.merchants_approval USING btree (key_id);


CREATE INDEX merchants_approval_merchant_id_ef5d48c8 ON public.merchants_approval USING btree (merchant_id);


CREATE INDEX merchants_compromise_closed_by_id_451313a6 ON public.merchants_compromise USING btree (closed_by_id);


CREATE INDEX merchants_compromise_declared_by_id_3835387a ON public.merchants_compromise USING btree (declared_by_id);


CREATE INDEX merchants_compromise_key_id_594333bd ON public.merchants_compromise USING btree (key_id);


CREATE INDEX merchants_compromise_replacement_id_683be8af ON public.merchants_compromise USING btree (replacement_id);


CREATE INDEX merchants_compromise_secret_id_6d900d67 ON public.merchants_compromise USING btree (secret_id);


CREATE INDEX merchants_contact_merchant_id_aab89164 ON public.merchants_contact USING btree (merchant_id);


CREATE INDEX merchants_disabledgame_game_id_e7e57d85 ON public.merchants_disabledgame USING btree (game_id);


CREATE INDEX merchants_disabledgame_merchant_id_6bf557c5 ON public.merchants_disabledgame USING btree (merchant_id);


CREATE INDEX merchants_egressproof_by_id_046c9be0 ON public.merchants_egressproof USING btree (by_id);


CREATE INDEX merchants_egressproof_key_id_9831a490 ON public.merchants_egressproof USING btree (key_id);


CREATE INDEX merchants_egressproof_merchant_id_4e2d2803 ON public.merchants_egressproof USING btree (merchant_id);


CREATE INDEX merchants_egressproof_word_f50e3777_like ON public.merchants_egressproof USING btree (word varchar_pattern_ops);


CREATE INDEX merchants_eventdelivery_endpoint_id_536189b9 ON public.merchants_eventdelivery USING btree (endpoint_id);


CREATE INDEX merchants_eventdelivery_event_id_11910e13 ON public.merchants_eventdelivery USING btree (event_id);


CREATE INDEX merchants_eventendpoint_created_by_id_e0290787 ON public.merchants_eventendpoint USING btree (created_by_id);


CREATE INDEX merchants_eventendpoint_merchant_id_41bef322 ON public.merchants_eventendpoint USING btree (merchant_id);


CREATE INDEX merchants_game_game_id_63e16bb9_like ON public.merchants_game USING btree (game_id varchar_pattern_ops);


CREATE INDEX merchants_heartbeat_job_b00efe18_like ON public.merchants_heartbeat USING btree (job varchar_pattern_ops);


CREATE INDEX merchants_importproposal_by_id_518fc625 ON public.merchants_importproposal USING btree (by_id);


CREATE INDEX merchants_importproposal_created_at_aebab656 ON public.merchants_importproposal USING btree (created_at);


CREATE INDEX merchants_invitation_invited_by_id_6aeb8522 ON public.merchants_invitation USING btree (invited_by_id);


CREATE INDEX merchants_invitation_merchant_id_f9b5cced ON public.merchants_invitation USING btree (merchant_id);


CREATE INDEX merchants_letter_merchant_id_af82ad4f ON public.merchants_letter USING btree (merchant_id);


CREATE INDEX merchants_letter_once_2355a252_like ON public.merchants_letter USING btree (once varchar_pattern_ops);


CREATE INDEX merchants_listtrial_by_id_b3a82e18 ON public.merchants_listtrial USING btree (by_id);


CREATE INDEX merchants_listtrial_key_id_9dfb1bd1 ON public.merchants_listtrial USING btree (key_id);


CREATE INDEX merchants_listtrial_merchant_id_214cacb7 ON public.merchants_listtrial USING btree (merchant_id);


CREATE INDEX merchants_membership_merchant_id_fba4ba2f ON public.merchants_membership USING btree (merchant_id);


CREATE INDEX merchants_membership_person_id_e682a1df ON public.merchants_membership USING btree (person_id);


CREATE INDEX merchants_merchant_code_b9968922_like ON public.merchants_merchant USING btree (code varchar_pattern_ops);


CREATE INDEX merchants_ownerquestion_answered_by_id_dd24e320 ON public.merchants_ownerquestion USING btree (answered_by_id);


CREATE INDEX merchants_ownerquestion_asked_by_id_c45baa72 ON public.merchants_ownerquestion USING btree (asked_by_id);


CREATE INDEX merchants_ownerquestion_merchant_id_6a559d57 ON public.merchants_ownerquestion USING btree (merchant_id);


CREATE INDEX merchants_person_email_1b577e0e_like ON public.merchants_person USING btree (email varchar_pattern_ops);


CREATE INDEX merchants_person_groups_group_id_4b067b45 ON public.merchants_person_groups USING btree (group_id);


CREATE INDEX merchants_person_groups_person_id_11cf12ca ON public.merchants_person_groups USING btree (person_id);


CREATE INDEX merchants_person_user_permissions_permission_id_874734ae ON public.merchants_person_user_permissions USING btree (permission_id);


CREATE INDEX merchants_person_user_permissions_person_id_befbb1bc ON public.merchants_person_user_permissions USING btree (person_id);


CREATE INDEX merchants_player_merchant_id_9b832e19 ON public.merchants_player USING btree (merchant_id);


CREATE INDEX merchants_release_version_81b81a2b_like ON public.merchants_release USING btree (version varchar_pattern_ops);


CREATE INDEX merchants_secret_key_id_c3cb6277 ON public.merchants_secret USING btree (key_id);


CREATE INDEX merchants_secretclaim_claimed_by_id_0beb2ed1 ON public.merchants_secretclaim USING btree (claimed_by_id);


CREATE INDEX merchants_secretclaim_key_id_bf499592 ON public.merchants_secretclaim USING btree (key_id);


CREATE INDEX merchants_secretclaim_secret_id_35e6be9d ON public.merchants_secretclaim USING btree (secret_id);


CREATE INDEX merchants_secretclaim_sent_by_id_b1381203 ON public.merchants_secretclaim USING btree (sent_by_id);


CREATE INDEX merchants_secretclaim_token_hash_5dfb83b5_like ON public.merchants_secretclaim USING btree (token_hash varchar_pattern_ops);


CREATE INDEX merchants_seenaddress_key_id_524530f7 ON public.merchants_seenaddress USING btree (key_id);


CREATE INDEX merchants_seenorigin_key_id_fa622665 ON public.merchants_seenorigin USING btree (key_id);


CREATE INDEX merchants_staffchange_letter_id_3b950596 ON public.merchants_staffchange USING btree (letter_id);


CREATE INDEX merchants_staffvisit_merchant_id_5daeb7e9 ON public.merchants_staffvisit USING btree (merchant_id);


CREATE INDEX merchants_staffvisit_person_id_d5bcf1be ON public.merchants_staffvisit USING btree (person_id);


CREATE INDEX merchants_timetablejob_name_020e2291_like ON public.merchants_timetablejob USING btree (name varchar_pattern_ops);


CREATE INDEX merchants_usedform_nonce_ee144678_like ON public.merchants_usedform USING btree (nonce varchar_pattern_ops);


CREATE INDEX merchants_usedform_used_at_3939b9ff ON public.merchants_usedform USING btree (used_at);


CREATE INDEX mfa_authenticator_user_id_0c3a50c0 ON public.mfa_authenticator USING btree (user_id);


CREATE INDEX open_bet_by_age ON public.wallet_openbet USING btree (merchant_id, created_at, bet_id);


CREATE INDEX open_bet_of_game ON public.wallet_openbet USING btree (merchant_id, game_id, created_at);


CREATE INDEX open_bet_of_player ON public.wallet_openbet USING btree (player_id, created_at);


CREATE INDEX open_bet_of_secret ON public.wallet_openbet USING btree (secret_id, created_at);


CREATE UNIQUE INDEX owner_question_once ON public.merchants_ownerquestion USING btree (merchant_id, kind, lower((email)::text)) WHERE ((state)::text = 'waiting'::text);


CREATE UNIQUE INDEX person_email_once ON public.merchants_person USING btree (lower((email)::text));


CREATE UNIQUE INDEX player_account_once ON public.wallet_account USING btree (player_id, currency) WHERE ((kind)::text = 'player'::text);


CREATE INDEX player_blocked_by_id ON public.merchants_player USING btree (merchant_id, player_id) WHERE is_blocked;


CREATE INDEX player_gaming_days ON public.wallet_playergamingday USING btree (merchant_id, player_id, day);


CREATE INDEX player_spans ON public.wallet_playerspan USING btree (merchant_id, player_id, length, day);


CREATE INDEX player_with_limits ON public.merchants_player USING btree (merchant_id, player_id) WHERE ((bets_per_minute IS NOT NULL) OR (max_stake IS NOT NULL) OR (max_stake_by_currency IS NOT NULL));


CREATE INDEX reconciliation_newest ON public.wallet_reconciliation USING btree (merchant_id, day DESC, number DESC);


CREATE UNIQUE INDEX reconciliation_one_runs ON public.wallet_reconciliation USING btree (merchant_id, day) WHERE ((state)::text = 'running'::text);


CREATE INDEX reconciliation_restates ON public.wallet_reconciliation USING btree (begun_at) WHERE (NOT (restates = '{}'::date[]));


CREATE INDEX refused_payout_of_day ON public.wallet_refusedpayout USING btree (merchant_id, created_at);


CREATE INDEX request_address_block ON ONLY public.wallet_signedrequest USING btree (merchant_id, address, ((id / 4096))) WHERE (merchant_id IS NOT NULL);


CREATE INDEX request_address_block_0 ON public.wallet_signedrequest_0 USING btree (merchant_id, address, ((id / 4096))) WHERE (merchant_id IS NOT NULL);


CREATE INDEX request_address_block_1000000 ON public.wallet_signedrequest_1000000 USING btree (merchant_id, address, ((id / 4096))) WHERE (merchant_id IS NOT NULL);


CREATE INDEX request_address_block_2000000 ON public.wallet_signedrequest_2000000 USING btree (merchant_id, address, ((id / 4096))) WHERE (merchant_id IS NOT NULL);


CREATE INDEX request_address_block_3000000 ON public.wallet_signedrequest_3000000 USING btree (merchant_id, address, ((id / 4096))) WHERE (merchant_id IS NOT NULL);


CREATE INDEX request_by_id ON ONLY public.wallet_signedrequest USING btree (request_id);


CREATE INDEX request_by_id_0 ON public.wallet_signedrequest_0 USING btree (request_id);


CREATE INDEX request_by_time ON ONLY public.wallet_signedrequest USING brin (created_at);


CREATE INDEX request_by_time_0 ON public.wallet_signedrequest_0 USING brin (created_at);


CREATE INDEX request_merchant_block ON ONLY public.wallet_signedrequest USING btree (merchant_id, ((id / 1024))) WHERE (merchant_id IS NOT NULL);


CREATE INDEX request_merchant_block_0 ON public.wallet_signedrequest_0 USING btree (merchant_id, ((id / 1024))) WHERE (merchant_id IS NOT NULL);


CREATE INDEX request_merchant_block_1000000 ON public.wallet_signedrequest_1000000 USING btree (merchant_id, ((id / 1024))) WHERE (merchant_id IS NOT NULL);


CREATE INDEX request_merchant_block_2000000 ON public.wallet_signedrequest_2000000 USING btree (merchant_id, ((id / 1024))) WHERE (merchant_id IS NOT NULL);


CREATE INDEX request_merchant_block_3000000 ON public.wallet_signedrequest_3000000 USING btree (merchant_id, ((id / 1024))) WHERE (merchant_id IS NOT NULL);


CREATE INDEX request_player_block ON ONLY public.wallet_signedrequest USING btree (player_id, ((id / 65536))) WHERE (player_id IS NOT NULL);


CREATE INDEX request_player_block_0 ON public.wallet_signedrequest_0 USING btree (player_id, ((id / 65536))) WHERE (player_id IS NOT NULL);


CREATE INDEX request_player_block_1000000 ON public.wallet_signedrequest_1000000 USING btree (player_id, ((id / 65536))) WHERE (player_id IS NOT NULL);


CREATE INDEX request_player_block_2000000 ON public.wallet_signedrequest_2000000 USING btree (player_id, ((id / 65536))) WHERE (player_id IS NOT NULL);


CREATE INDEX request_player_block_3000000 ON public.wallet_signedrequest_3000000 USING btree (player_id, ((id / 65536))) WHERE (player_id IS NOT NULL);


CREATE INDEX request_rare_endpoint ON ONLY public.wallet_signedrequest USING btree (merchant_id, endpoint, id) WHERE ((merchant_id IS NOT NULL) AND (NOT ((endpoint)::text = ANY (ARRAY[('/wallet/balance'::character varying)::text, ('/wallet/transaction/bet'::character varying)::text, ('/wallet/transaction/payout'::character varying)::text]))));


CREATE INDEX request_rare_endpoint_0 ON public.wallet_signedrequest_0 USING btree (merchant_id, endpoint, id) WHERE ((merchant_id IS NOT NULL) AND (NOT ((endpoint)::text = ANY ((ARRAY['/wallet/balance'::character varying, '/wallet/transaction/bet'::character varying, '/wallet/transaction/payout'::character varying])::text[]))));


CREATE INDEX request_refused ON ONLY public.wallet_signedrequest USING btree (merchant_id, status, id) WHERE (NOT ((status)::text = 'RS_OK'::text));


CREATE INDEX request_refused_0 ON public.wallet_signedrequest_0 USING btree (merchant_id, status, id) WHERE (NOT ((status)::text = 'RS_OK'::text));


CREATE INDEX request_secret_block ON ONLY public.wallet_signedrequest USING btree (secret_id, ((id / 4096))) WHERE (secret_id IS NOT NULL);


CREATE INDEX request_secret_block_0 ON public.wallet_signedrequest_0 USING btree (secret_id, ((id / 4096))) WHERE (secret_id IS NOT NULL);


CREATE INDEX request_secret_block_1000000 ON public.wallet_signedrequest_1000000 USING btree (secret_id, ((id / 4096))) WHERE (secret_id IS NOT NULL);


CREATE INDEX request_secret_block_2000000 ON public.wallet_signedrequest_2000000 USING btree (secret_id, ((id / 4096))) WHERE (secret_id IS NOT NULL);


CREATE INDEX request_secret_block_3000000 ON public.wallet_signedrequest_3000000 USING btree (secret_id, ((id / 4096))) WHERE (secret_id IS NOT NULL);


CREATE INDEX request_transaction_hash ON ONLY public.wallet_signedrequest USING hash (transaction_id) WHERE (transaction_id IS NOT NULL);


CREATE INDEX request_transaction_hash_0 ON public.wallet_signedrequest_0 USING hash (transaction_id) WHERE (transaction_id IS NOT NULL);


CREATE INDEX request_transaction_hash_1000000 ON public.wallet_signedrequest_1000000 USING hash (transaction_id) WHERE (transaction_id IS NOT NULL);


CREATE INDEX request_transaction_hash_2000000 ON public.wallet_signedrequest_2000000 USING hash (transaction_id) WHERE (transaction_id IS NOT NULL);


CREATE INDEX request_transaction_hash_3000000 ON public.wallet_signedrequest_3000000 USING hash (transaction_id) WHERE (transaction_id IS NOT NULL);


CREATE INDEX request_unsigned ON ONLY public.wallet_signedrequest USING btree (auth_key, id) WHERE ((merchant_id IS NULL) AND (NOT ((auth_key)::text = ''::text)));


CREATE INDEX request_unsigned_0 ON public.wallet_signedrequest_0 USING btree (auth_key, id) WHERE ((merchant_id IS NULL) AND (NOT ((auth_key)::text = ''::text)));


CREATE INDEX request_unsigned_address ON ONLY public.wallet_signedrequest USING btree (auth_key, address, id) WHERE ((merchant_id IS NULL) AND (NOT ((auth_key)::text = ''::text)));


CREATE INDEX request_unsigned_address_0 ON public.wallet_signedrequest_0 USING btree (auth_key, address, id) WHERE ((merchant_id IS NULL) AND (NOT ((auth_key)::text = ''::text)));


CREATE INDEX request_unsigned_answer ON ONLY public.wallet_signedrequest USING btree (auth_key, status, id) WHERE ((merchant_id IS NULL) AND (NOT ((auth_key)::text = ''::text)));


CREATE INDEX request_unsigned_answer_0 ON public.wallet_signedrequest_0 USING btree (auth_key, status, id) WHERE ((merchant_id IS NULL) AND (NOT ((auth_key)::text = ''::text)));


CREATE UNIQUE INDEX secret_one_current ON public.merchants_secret USING btree (key_id) WHERE ((revoked_at IS NULL) AND (usable_until IS NULL));


CREATE INDEX session_of_merchant ON public.wallet_session USING btree (merchant_id, id);


CREATE UNIQUE INDEX settlement_one_draft ON public.wallet_settlement USING btree (merchant_id) WHERE ((state)::text = ANY ((ARRAY['requested'::character varying, 'prepared'::character varying])::text[]));


CREATE UNIQUE INDEX settlement_signed_once ON public.wallet_settlement USING btree (merchant_id, month) WHERE ((state)::text = 'signed'::text);


CREATE INDEX settlement_waiting ON public.wallet_settlement USING btree (requested_at) WHERE ((state)::text = 'requested'::text);


CREATE INDEX sign_in_of_kind ON public.merchants_signinrecord USING btree (kind, at DESC);


CREATE INDEX sign_in_of_person ON public.merchants_signinrecord USING btree (person_id, id DESC);


CREATE INDEX simulation_by_age ON public.wallet_simulation USING btree (asked_at);


CREATE INDEX simulation_by_person ON public.wallet_simulation USING btree (by_id, asked_at);


CREATE INDEX simulation_newest ON public.wallet_simulation USING btree (merchant_id, id DESC);


CREATE INDEX socialaccount_socialaccount_user_id_8146e70c ON public.socialaccount_socialaccount USING btree (user_id);


CREATE INDEX socialaccount_socialtoken_account_id_951f210e ON public.socialaccount_socialtoken USING btree (account_id);


CREATE INDEX socialaccount_socialtoken_app_id_636a42d7 ON public.socialaccount_socialtoken USING btree (app_id);


CREATE INDEX staff_change_untold ON public.merchants_staffchange USING btree (id) WHERE (told_at IS NULL);


CREATE UNIQUE INDEX statement_current_once_a_scope ON public.wallet_statement USING btree (merchant_id, day, scope) WHERE is_current;


CREATE INDEX statement_current_since ON public.wallet_statement USING btree (received_at) WHERE is_current;


CREATE INDEX statement_newest ON public.wallet_statement USING btree (merchant_id, id DESC);


CREATE UNIQUE INDEX statement_of_same_bytes_and_scope_once ON public.wallet_statement USING btree (merchant_id, day, digest, md5((mapping)::text), scope) WHERE ((NOT ((state)::text = 'refused'::text)) AND (repeats_id IS NULL));


CREATE INDEX statement_preview_of_person ON public.wallet_statementpreview USING btree (merchant_id, by_id, id DESC);


CREATE INDEX statement_preview_oldest ON public.wallet_statementpreview USING btree (created_at);


CREATE INDEX statement_waiting ON public.wallet_statement USING btree (tries, id) WHERE ((state)::text = 'received'::text);


CREATE INDEX traffic_incident_newest ON public.wallet_trafficincident USING btree (merchant_id, id DESC);


CREATE UNIQUE INDEX traffic_incident_one_open ON public.wallet_trafficincident USING btree (merchant_id) WHERE (ended_at IS NULL);


CREATE INDEX transaction_bets ON public.wallet_transaction USING btree (merchant_id, created_at, id) WHERE ((kind)::text = 'bet'::text);


CREATE INDEX transaction_by_time ON public.wallet_transaction USING brin (created_at);


CREATE INDEX transaction_counted_bets ON public.wallet_transaction USING btree (player_id, created_at) WHERE (((kind)::text = 'bet'::text) AND (NOT ((status)::text = 'RS_ERROR_LIMIT_REACHED'::text)));


CREATE INDEX transaction_in_round ON public.wallet_transaction USING btree (merchant_id, round_id, session_id) WHERE (round_id IS NOT NULL);


CREATE INDEX transaction_of_player ON public.wallet_transaction USING btree (player_id, id);


CREATE INDEX transaction_of_reference ON public.wallet_transaction USING btree (merchant_id, ref_transaction_id) WHERE (ref_transaction_id IS NOT NULL);


CREATE UNIQUE INDEX transaction_reversed_once ON public.wallet_transaction USING btree (reverses_id) WHERE (reverses_id IS NOT NULL);


CREATE UNIQUE INDEX unique_authenticator_type ON public.mfa_authenticator USING btree (user_id, type) WHERE ((type)::text = ANY ((ARRAY['totp'::character varying, 'recovery_codes'::character varying])::text[]));


CREATE UNIQUE INDEX unique_primary_email ON public.account_emailaddress USING btree (user_id, "primary") WHERE "primary";


CREATE UNIQUE INDEX unique_verified_email ON public.account_emailaddress USING btree (email) WHERE verified;


CREATE INDEX usersessions_usersession_session_key_fd35de43_like ON public.usersessions_usersession USING btree (session_key varchar_pattern_ops);


CREATE INDEX usersessions_usersession_user_id_af5e0a6d ON public.usersessions_usersession USING btree (user_id);


CREATE INDEX wallet_account_merchant_id_52b56d96 ON public.wallet_account USING btree (merchant_id);


CREATE INDEX wallet_account_player_id_651ba349 ON public.wallet_account USING btree (player_id);


CREATE INDEX wallet_case_found_by_id_4f3318bf ON public.wallet_case USING btree (found_by_id);


CREATE INDEX wallet_case_other_id_d4747f56 ON public.wallet_case USING btree (other_id);


CREATE INDEX wallet_case_owner_id_0183089c ON public.wallet_case USING btree (owner_id);


CREATE INDEX wallet_case_resolved_by_id_232de97e ON public.wallet_case USING btree (resolved_by_id);


CREATE INDEX wallet_case_seen_by_id_17953c8d ON public.wallet_case USING btree (seen_by_id);


CREATE INDEX wallet_case_write_off_asked_by_id_41505ed3 ON public.wallet_case USING btree (write_off_asked_by_id);


CREATE INDEX wallet_casenote_by_id_782507d7 ON public.wallet_casenote USING btree (by_id);


CREATE INDEX wallet_casenote_case_id_00ea3088 ON public.wallet_casenote USING btree (case_id);


CREATE INDEX wallet_casenote_statement_id_ca305ff4 ON public.wallet_casenote USING btree (statement_id);


CREATE INDEX wallet_correction_case_id_2a4015d9 ON public.wallet_correction USING btree (case_id);


CREATE INDEX wallet_currencyrate_currency_23b02a8c_like ON public.wallet_currencyrate USING btree (currency varchar_pattern_ops);


CREATE INDEX wallet_export_by_id_4943e837 ON public.wallet_export USING btree (by_id);


CREATE INDEX wallet_hostkeylookup_merchant_id_0f3a7b93 ON public.wallet_hostkeylookup USING btree (merchant_id);


CREATE INDEX wallet_invoice_by_id_8f21e3b0 ON public.wallet_invoice USING btree (by_id);


CREATE INDEX wallet_mark_source_ed5517ef_like ON public.wallet_mark USING btree (source varchar_pattern_ops);


CREATE INDEX wallet_playtransaction_session_id_0ecbe65b ON public.wallet_playtransaction USING btree (session_id);


CREATE INDEX wallet_reconciliation_by_id_ba6e8d5b ON public.wallet_reconciliation USING btree (by_id);


CREATE INDEX wallet_reconciliation_statement_id_de9c0fb8 ON public.wallet_reconciliation USING btree (statement_id);


CREATE INDEX wallet_refusedcall_created_at_3606ab8b ON public.wallet_refusedcall USING btree (created_at);


CREATE INDEX wallet_reportdelivery_reconciliation_id_1d3c12d0 ON public.wallet_reportdelivery USING btree (reconciliation_id);


CREATE INDEX wallet_reportoptout_merchant_id_380fc6c4 ON public.wallet_reportoptout USING btree (merchant_id);


CREATE INDEX wallet_reportrecipient_merchant_id_edc821a2 ON public.wallet_reportrecipient USING btree (merchant_id);


CREATE INDEX wallet_session_account_id_02a8c952 ON public.wallet_session USING btree (account_id);


CREATE INDEX wallet_session_game_id_cc857625 ON public.wallet_session USING btree (game_id);


CREATE INDEX wallet_session_player_id_90cfd821 ON public.wallet_session USING btree (player_id);


CREATE INDEX wallet_settlement_prepared_by_id_c64d4376 ON public.wallet_settlement USING btree (prepared_by_id);


CREATE INDEX wallet_settlement_signed_by_id_f1b325df ON public.wallet_settlement USING btree (signed_by_id);


CREATE INDEX wallet_settlement_withdrawn_by_id_1d44390c ON public.wallet_settlement USING btree (withdrawn_by_id);


CREATE INDEX wallet_settlementconfirmation_by_id_1f5b5e89 ON public.wallet_settlementconfirmation USING btree (by_id);


CREATE INDEX wallet_signedrequest_1000000_auth_key_address_id_idx ON public.wallet_signedrequest_1000000 USING btree (auth_key, address, id) WHERE ((merchant_id IS NULL) AND (NOT ((auth_key)::text = ''::text)));


CREATE INDEX wallet_signedrequest_1000000_auth_key_id_idx ON public.wallet_signedrequest_1000000 USING btree (auth_key, id) WHERE ((merchant_id IS NULL) AND (NOT ((auth_key)::text = ''::text)));


CREATE INDEX wallet_signedrequest_1000000_auth_key_status_id_idx ON public.wallet_signedrequest_1000000 USING btree (auth_key, status, id) WHERE ((merchant_id IS NULL) AND (NOT ((auth_key)::text = ''::text)));


CREATE INDEX wallet_signedrequest_1000000_created_at_idx ON public.wallet_signedrequest_1000000 USING brin (created_at);


CREATE INDEX wallet_signedrequest_1000000_merchant_id_endpoint_id_idx ON public.wallet_signedrequest_1000000 USING btree (merchant_id, endpoint, id) WHERE ((merchant_id IS NOT NULL) AND (NOT ((endpoint)::text = ANY (ARRAY[('/wallet/balance'::character varying)::text, ('/wallet/transaction/bet'::character varying)::text, ('/wallet/transaction/payout'::character varying)::text]))));


CREATE INDEX wallet_signedrequest_1000000_merchant_id_status_id_idx ON public.wallet_signedrequest_1000000 USING btree (merchant_id, status, id) WHERE (NOT ((status)::text = 'RS_OK'::text));


CREATE INDEX wallet_signedrequest_1000000_request_id_idx ON public.wallet_signedrequest_1000000 USING btree (request_id);


CREATE INDEX wallet_signedrequest_2000000_auth_key_address_id_idx ON public.wallet_signedrequest_2000000 USING btree (auth_key, address, id) WHERE ((merchant_id IS NULL) AND (NOT ((auth_key)::text = ''::text)));


CREATE INDEX wallet_signedrequest_2000000_auth_key_id_idx ON public.wallet_signedrequest_2000000 USING btree (auth_key, id) WHERE ((merchant_id IS NULL) AND (NOT ((auth_key)::text = ''::text)));


CREATE INDEX wallet_signedrequest_2000000_auth_key_status_id_idx ON public.wallet_signedrequest_2000000 USING btree (auth_key, status, id) WHERE ((merchant_id IS NULL) AND (NOT ((auth_key)::text = ''::text)));


CREATE INDEX wallet_signedrequest_2000000_created_at_idx ON public.wallet_signedrequest_2000000 USING brin (created_at);


CREATE INDEX wallet_signedrequest_2000000_merchant_id_endpoint_id_idx ON public.wallet_signedrequest_2000000 USING btree (merchant_id, endpoint, id) WHERE ((merchant_id IS NOT NULL) AND (NOT ((endpoint)::text = ANY (ARRAY[('/wallet/balance'::character varying)::text, ('/wallet/transaction/bet'::character varying)::text, ('/wallet/transaction/payout'::character varying)::text]))));


CREATE INDEX wallet_signedrequest_2000000_merchant_id_status_id_idx ON public.wallet_signedrequest_2000000 USING btree (merchant_id, status, id) WHERE (NOT ((status)::text = 'RS_OK'::text));


CREATE INDEX wallet_signedrequest_2000000_request_id_idx ON public.wallet_signedrequest_2000000 USING btree (request_id);


CREATE INDEX wallet_signedrequest_3000000_auth_key_address_id_idx ON public.wallet_signedrequest_3000000 USING btree (auth_key, address, id) WHERE ((merchant_id IS NULL) AND (NOT ((auth_key)::text = ''::text)));


CREATE INDEX wallet_signedrequest_3000000_auth_key_id_idx ON public.wallet_signedrequest_3000000 USING btree (auth_key, id) WHERE ((merchant_id IS NULL) AND (NOT ((auth_key)::text = ''::text)));


CREATE INDEX wallet_signedrequest_3000000_auth_key_status_id_idx ON public.wallet_signedrequest_3000000 USING btree (auth_key, status, id) WHERE ((merchant_id IS NULL) AND (NOT ((auth_key)::text = ''::text)));


CREATE INDEX wallet_signedrequest_3000000_created_at_idx ON public.wallet_signedrequest_3000000 USING brin (created_at);


CREATE INDEX wallet_signedrequest_3000000_merchant_id_endpoint_id_idx ON public.wallet_signedrequest_3000000 USING btree (merchant_id, endpoint, id) WHERE ((merchant_id IS NOT NULL) AND (NOT ((endpoint)::text = ANY (ARRAY[('/wallet/balance'::character varying)::text, ('/wallet/transaction/bet'::character varying)::text, ('/wallet/transaction/payout'::character varying)::text]))));


CREATE INDEX wallet_signedrequest_3000000_merchant_id_status_id_idx ON public.wallet_signedrequest_3000000 USING btree (merchant_id, status, id) WHERE (NOT ((status)::text = 'RS_OK'::text));


CREATE INDEX wallet_signedrequest_3000000_request_id_idx ON public.wallet_signedrequest_3000000 USING btree (request_id);


CREATE INDEX wallet_simulation_by_id_e46c8a9d ON public.wallet_simulation USING btree (by_id);


CREATE INDEX wallet_simulation_key_id_81b1b495 ON public.wallet_simulation USING btree (key_id);


CREATE INDEX wallet_statement_by_id_ee21313c ON public.wallet_statement USING btree (by_id);


CREATE INDEX wallet_statement_repeats_id_07b91562 ON public.wallet_statement USING btree (repeats_id);


CREATE INDEX wallet_statementpreview_by_id_66dd4ce1 ON public.wallet_statementpreview USING btree (by_id);


CREATE INDEX wallet_statementpreview_path_8299d55b_like ON public.wallet_statementpreview USING btree (path varchar_pattern_ops);


ALTER INDEX public.request_address_block ATTACH PARTITION public.request_address_block_0;


ALTER INDEX public.request_address_block ATTACH PARTITION public.request_address_block_1000000;


ALTER INDEX public.request_address_block ATTACH PARTITION public.request_address_block_2000000;


ALTER INDEX public.request_address_block ATTACH PARTITION public.request_address_block_3000000;


ALTER INDEX public.request_by_id ATTACH PARTITION public.request_by_id_0;


ALTER INDEX public.request_by_time ATTACH PARTITION public.request_by_time_0;


ALTER INDEX public.request_merchant_block ATTACH PARTITION public.request_merchant_block_0;


ALTER INDEX public.request_merchant_block ATTACH PARTITION public.request_merchant_block_1000000;


ALTER INDEX public.request_merchant_block ATTACH PARTITION public.request_merchant_block_2000000;


ALTER INDEX public.request_merchant_block ATTACH PARTITION public.request_merchant_block_3000000;


ALTER INDEX public.request_player_block ATTACH PARTITION public.request_player_block_0;


ALTER INDEX public.request_player_block ATTACH PARTITION public.request_player_block_1000000;


ALTER INDEX public.request_player_block ATTACH PARTITION public.request_player_block_2000000;


ALTER INDEX public.request_player_block ATTACH PARTITION public.request_player_block_3000000;


ALTER INDEX public.request_rare_endpoint ATTACH PARTITION public.request_rare_endpoint_0;


ALTER INDEX public.request_refused ATTACH PARTITION public.request_refused_0;


ALTER INDEX public.request_secret_block ATTACH PARTITION public.request_secret_block_0;


ALTER INDEX public.request_secret_block ATTACH PARTITION public.request_secret_block_1000000;


ALTER INDEX public.request_secret_block ATTACH PARTITION public.request_secret_block_2000000;


ALTER INDEX public.request_secret_block ATTACH PARTITION public.request_secret_block_3000000;


ALTER INDEX public.request_transaction_hash ATTACH PARTITION public.request_transaction_hash_0;


ALTER INDEX public.request_transaction_hash ATTACH PARTITION public.request_transaction_hash_1000000;


ALTER INDEX public.request_transaction_hash ATTACH PARTITION public.request_transaction_hash_2000000;


ALTER INDEX public.request_transaction_hash ATTACH PARTITION public.request_transaction_hash_3000000;


ALTER INDEX public.request_unsigned ATTACH PARTITION public.request_unsigned_0;


ALTER INDEX public.request_unsigned_address ATTACH PARTITION public.request_unsigned_address_0;


ALTER INDEX public.request_unsigned_answer ATTACH PARTITION public.request_unsigned_answer_0;


ALTER INDEX public.request_unsigned_address ATTACH PARTITION public.wallet_signedrequest_1000000_auth_key_address_id_idx;


ALTER INDEX public.request_unsigned ATTACH PARTITION public.wallet_signedrequest_1000000_auth_key_id_idx;


ALTER INDEX public.request_unsigned_answer ATTACH PARTITION public.wallet_signedrequest_1000000_auth_key_status_id_idx;


ALTER INDEX public.request_by_time ATTACH PARTITION public.wallet_signedrequest_1000000_created_at_idx;


ALTER INDEX public.request_rare_endpoint ATTACH PARTITION public.wallet_signedrequest_1000000_merchant_id_endpoint_id_idx;


ALTER INDEX public.request_refused ATTACH PARTITION public.wallet_signedrequest_1000000_merchant_id_status_id_idx;


ALTER INDEX public.wallet_signedrequest_pkey ATTACH PARTITION public.wallet_signedrequest_1000000_pkey;


ALTER INDEX public.request_by_id ATTACH PARTITION public.wallet_signedrequest_1000000_request_id_idx;


ALTER INDEX public.request_unsigned_address ATTACH PARTITION public.wallet_signedrequest_2000000_auth_key_address_id_idx;


ALTER INDEX public.request_unsigned ATTACH PARTITION public.wallet_signedrequest_2000000_auth_key_id_idx;


ALTER INDEX public.request_unsigned_answer ATTACH PARTITION public.wallet_signedrequest_2000000_auth_key_status_id_idx;


ALTER INDEX public.request_by_time ATTACH PARTITION public.wallet_signedrequest_2000000_created_at_idx;


ALTER INDEX public.request_rare_endpoint ATTACH PARTITION public.wallet_signedrequest_2000000_merchant_id_endpoint_id_idx;


ALTER INDEX public.request_refused ATTACH PARTITION public.wallet_signedrequest_2000000_merchant_id_status_id_idx;


ALTER INDEX public.wallet_signedrequest_pkey ATTACH PARTITION public.wallet_signedrequest_2000000_pkey;


ALTER INDEX public.request_by_id ATTACH PARTITION public.wallet_signedrequest_2000000_request_id_idx;


ALTER INDEX public.request_unsigned_address ATTACH PARTITION public.wallet_signedrequest_3000000_auth_key_address_id_idx;


ALTER INDEX public.request_unsigned ATTACH PARTITION public.wallet_signedrequest_3000000_auth_key_id_idx;


ALTER INDEX public.request_unsigned_answer ATTACH PARTITION public.wallet_signedrequest_3000000_auth_key_status_id_idx;


ALTER INDEX public.request_by_time ATTACH PARTITION public.wallet_signedrequest_3000000_created_at_idx;


ALTER INDEX public.request_rare_endpoint ATTACH PARTITION public.wallet_signedrequest_3000000_merchant_id_endpoint_id_idx;


ALTER INDEX public.request_refused ATTACH PARTITION public.wallet_signedrequest_3000000_merchant_id_status_id_idx;


ALTER INDEX public.wallet_signedrequest_pkey ATTACH PARTITION public.wallet_signedrequest_3000000_pkey;


ALTER INDEX public.request_by_id ATTACH PARTITION public.wallet_signedrequest_3000000_request_id_idx;


ALTER INDEX public.wallet_signedrequest_pkey ATTACH PARTITION public.wallet_signedrequest_pkey_0;


CREATE TRIGGER pgtrigger_access_token_stays_revoked_2c2c1 BEFORE UPDATE ON public.merchants_accesstoken FOR EACH ROW WHEN (((old.revoked_at IS NOT NULL) AND (new.revoked_at IS DISTINCT FROM old.revoked_at))) EXECUTE FUNCTION public.pgtrigger_access_token_stays_revoked_2c2c1();


COMMENT ON TRIGGER pgtrigger_access_token_stays_revoked_2c2c1 ON public.merchants_accesstoken IS '9e9d0d3d705d2ab77e35642849bf7c2b19ce91a8';


CREATE TRIGGER pgtrigger_account_not_emptied_6a0d2 BEFORE TRUNCATE ON public.wallet_account FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_account_not_emptied_6a0d2();


COMMENT ON TRIGGER pgtrigger_account_not_emptied_6a0d2 ON public.wallet_account IS 'fc179a8679b52b6dfed80968ee773e96223a8f9e';


CREATE TRIGGER pgtrigger_account_stays_11409 BEFORE DELETE ON public.wallet_account FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_account_stays_11409();


COMMENT ON TRIGGER pgtrigger_account_stays_11409 ON public.wallet_account IS '5c181939ec63412c61b99b0c8170ff97c79f095c';


CREATE TRIGGER pgtrigger_adjustment_not_emptied_9147b BEFORE TRUNCATE ON public.wallet_settlementadjustment FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_adjustment_not_emptied_9147b();


COMMENT ON TRIGGER pgtrigger_adjustment_not_emptied_9147b ON public.wallet_settlementadjustment IS '82544858c96daff31bfda200e3bf299aab0f5564';


CREATE TRIGGER pgtrigger_adjustment_stays_d2ca1 BEFORE DELETE OR UPDATE ON public.wallet_settlementadjustment FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_adjustment_stays_d2ca1();


COMMENT ON TRIGGER pgtrigger_adjustment_stays_d2ca1 ON public.wallet_settlementadjustment IS 'acb11d0c6360995e1b2350ddd7b31b70057f128c';


CREATE TRIGGER pgtrigger_adjustment_while_prepared_b1a07 BEFORE INSERT ON public.wallet_settlementadjustment FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_adjustment_while_prepared_b1a07();


COMMENT ON TRIGGER pgtrigger_adjustment_while_prepared_b1a07 ON public.wallet_settlementadjustment IS '8e83715c9a20dc1047613dac749c08365d11a757';


CREATE TRIGGER pgtrigger_allowlist_access_changed_78942 AFTER INSERT OR DELETE OR UPDATE ON public.merchants_allowlistentry FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_allowlist_access_changed_78942();


COMMENT ON TRIGGER pgtrigger_allowlist_access_changed_78942 ON public.merchants_allowlistentry IS '5d32c4be570c0b84be554ef3dff20d5c1ecdc3a3';


CREATE TRIGGER pgtrigger_allowlist_at_most_100_3eb54 BEFORE INSERT ON public.merchants_allowlistentry FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_allowlist_at_most_100_3eb54();


COMMENT ON TRIGGER pgtrigger_allowlist_at_most_100_3eb54 ON public.merchants_allowlistentry IS '426fd1a48beff83042e067a1f40cbf4f882a9c68';


CREATE TRIGGER pgtrigger_allowlist_by_two_people_7362f BEFORE INSERT OR DELETE ON public.merchants_allowlistentry FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_allowlist_by_two_people_7362f();


COMMENT ON TRIGGER pgtrigger_allowlist_by_two_people_7362f ON public.merchants_allowlistentry IS '95d4ac096320793e017e65ad425789d85a376436';


CREATE TRIGGER pgtrigger_allowlist_changed_by_two_people_e88e3 BEFORE UPDATE ON public.merchants_allowlistentry FOR EACH ROW WHEN (((old.expires_at IS DISTINCT FROM new.expires_at) OR (old.key_id IS DISTINCT FROM new.key_id) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR ((old.network)::inet IS DISTINCT FROM (new.network)::inet))) EXECUTE FUNCTION public.pgtrigger_allowlist_changed_by_two_people_e88e3();


COMMENT ON TRIGGER pgtrigger_allowlist_changed_by_two_people_e88e3 ON public.merchants_allowlistentry IS '75fb0fd424877fd79235b86dbe1c43df73d40630';


CREATE TRIGGER pgtrigger_allowlist_not_changed_on_trial_58c4f BEFORE UPDATE ON public.merchants_allowlistentry FOR EACH ROW WHEN (((old.expires_at IS DISTINCT FROM new.expires_at) OR (old.key_id IS DISTINCT FROM new.key_id) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR ((old.network)::inet IS DISTINCT FROM (new.network)::inet))) EXECUTE FUNCTION public.pgtrigger_allowlist_not_changed_on_trial_58c4f();


COMMENT ON TRIGGER pgtrigger_allowlist_not_changed_on_trial_58c4f ON public.merchants_allowlistentry IS 'ab293e62916ac6f20a853d64e0cff67ae73668bd';


CREATE TRIGGER pgtrigger_allowlist_not_on_trial_f61ff BEFORE INSERT OR DELETE ON public.merchants_allowlistentry FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_allowlist_not_on_trial_f61ff();


COMMENT ON TRIGGER pgtrigger_allowlist_not_on_trial_f61ff ON public.merchants_allowlistentry IS 'a64905c81d036b68c0554a6258dc16b536e5214e';


CREATE TRIGGER pgtrigger_allowlist_not_too_wide_8af01 BEFORE INSERT OR UPDATE ON public.merchants_allowlistentry FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_allowlist_not_too_wide_8af01();


COMMENT ON TRIGGER pgtrigger_allowlist_not_too_wide_8af01 ON public.merchants_allowlistentry IS '247dd69912186982f91d21278f6963786087e771';


CREATE TRIGGER pgtrigger_allowlist_not_too_wide_together_1bac0 AFTER INSERT OR UPDATE ON public.merchants_allowlistentry FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_allowlist_not_too_wide_together_1bac0();


COMMENT ON TRIGGER pgtrigger_allowlist_not_too_wide_together_1bac0 ON public.merchants_allowlistentry IS 'b6f64fa01d15e0129b816da17b308e90ad60aeaf';


CREATE TRIGGER pgtrigger_allowlist_of_own_key_3d940 BEFORE INSERT OR UPDATE ON public.merchants_allowlistentry FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_allowlist_of_own_key_3d940();


COMMENT ON TRIGGER pgtrigger_allowlist_of_own_key_3d940 ON public.merchants_allowlistentry IS '1640aca3efd40dd14d0a82a3b174ec94b8179eaf';


CREATE TRIGGER pgtrigger_api_key_access_changed_56daa AFTER INSERT OR UPDATE ON public.merchants_apikey FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_api_key_access_changed_56daa();


COMMENT ON TRIGGER pgtrigger_api_key_access_changed_56daa ON public.merchants_apikey IS '72f16d468227e7e454f623e09fae8a6e35fddca4';


CREATE TRIGGER pgtrigger_api_key_of_its_environment_dae9a BEFORE INSERT ON public.merchants_apikey FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_api_key_of_its_environment_dae9a();


COMMENT ON TRIGGER pgtrigger_api_key_of_its_environment_dae9a ON public.merchants_apikey IS 'ec5728d415a9aaa8da1dba45a72bf18e900dfc0d';


CREATE TRIGGER pgtrigger_api_key_revoked_for_good_8f048 BEFORE UPDATE ON public.merchants_apikey FOR EACH ROW WHEN ((((old.status)::text = 'revoked'::text) AND (NOT ((new.status)::text = 'revoked'::text)))) EXECUTE FUNCTION public.pgtrigger_api_key_revoked_for_good_8f048();


COMMENT ON TRIGGER pgtrigger_api_key_revoked_for_good_8f048 ON public.merchants_apikey IS '599e6b96940e73bf70b14831083ecbacee02bc7e';


CREATE TRIGGER pgtrigger_api_key_stays_f9a45 BEFORE DELETE ON public.merchants_apikey FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_api_key_stays_f9a45();


COMMENT ON TRIGGER pgtrigger_api_key_stays_f9a45 ON public.merchants_apikey IS '72c0772028e42c38aef02a2c60fef6ca3f75b485';


CREATE TRIGGER pgtrigger_api_key_stays_where_it_is_083b4 BEFORE UPDATE ON public.merchants_apikey FOR EACH ROW WHEN ((((old.auth_key)::text IS DISTINCT FROM (new.auth_key)::text) OR ((old.environment)::text IS DISTINCT FROM (new.environment)::text) OR (old.merchant_id IS DISTINCT FROM new.merchant_id))) EXECUTE FUNCTION public.pgtrigger_api_key_stays_where_it_is_083b4();


COMMENT ON TRIGGER pgtrigger_api_key_stays_where_it_is_083b4 ON public.merchants_apikey IS '34ffcc58937d47976fba84d690556f76d78b8374';


CREATE TRIGGER pgtrigger_append_only_1916f BEFORE DELETE OR UPDATE ON public.merchants_membershipevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_1916f();


COMMENT ON TRIGGER pgtrigger_append_only_1916f ON public.merchants_membershipevent IS 'a16a286932de2d78b7b55954bed0bb5ada862913';


CREATE TRIGGER pgtrigger_append_only_27ae9 BEFORE DELETE OR UPDATE ON public.merchants_eventendpointevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_27ae9();


COMMENT ON TRIGGER pgtrigger_append_only_27ae9 ON public.merchants_eventendpointevent IS 'd70902aa2cf60322ccd6833cd1b6ef153c791d5a';


CREATE TRIGGER pgtrigger_append_only_290a1 BEFORE DELETE OR UPDATE ON public.merchants_allowlistentryevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_290a1();


COMMENT ON TRIGGER pgtrigger_append_only_290a1 ON public.merchants_allowlistentryevent IS 'ec28123259a0211c4a556fd8a224100bb90b0fcf';


CREATE TRIGGER pgtrigger_append_only_2c95c BEFORE DELETE OR UPDATE ON public.wallet_reportrecipientevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_2c95c();


COMMENT ON TRIGGER pgtrigger_append_only_2c95c ON public.wallet_reportrecipientevent IS '74a3f623073a3247f0ab26011dd0c3b6ce1e16b6';


CREATE TRIGGER pgtrigger_append_only_2e5fa BEFORE DELETE OR UPDATE ON public.merchants_ownerquestionevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_2e5fa();


COMMENT ON TRIGGER pgtrigger_append_only_2e5fa ON public.merchants_ownerquestionevent IS '05019646d82f1a74c52b6573f2b8e059a1ee125e';


CREATE TRIGGER pgtrigger_append_only_3f8c1 BEFORE DELETE OR UPDATE ON public.wallet_currencyrateevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_3f8c1();


COMMENT ON TRIGGER pgtrigger_append_only_3f8c1 ON public.wallet_currencyrateevent IS '5d7c30e324357009f4c7bba4039f0d1e4b701b48';


CREATE TRIGGER pgtrigger_append_only_44678 BEFORE DELETE OR UPDATE ON public.merchants_listtrialevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_44678();


COMMENT ON TRIGGER pgtrigger_append_only_44678 ON public.merchants_listtrialevent IS '75609cd22097c6e7a007fa3007363b6d8540f070';


CREATE TRIGGER pgtrigger_append_only_4c3c1 BEFORE DELETE OR UPDATE ON public.merchants_disabledgameevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_4c3c1();


COMMENT ON TRIGGER pgtrigger_append_only_4c3c1 ON public.merchants_disabledgameevent IS '403d88ac752f7ad0e09b2170a8e9dacd9fe3d236';


CREATE TRIGGER pgtrigger_append_only_5c69d BEFORE DELETE OR UPDATE ON public.merchants_staffvisitevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_5c69d();


COMMENT ON TRIGGER pgtrigger_append_only_5c69d ON public.merchants_staffvisitevent IS '68ebe2da5223330ac99513a89ab09d68e72156c0';


CREATE TRIGGER pgtrigger_append_only_63e58 BEFORE DELETE OR UPDATE ON public.wallet_exportevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_63e58();


COMMENT ON TRIGGER pgtrigger_append_only_63e58 ON public.wallet_exportevent IS 'fc675a0867489bc9208a7f26daa16085eea4d97c';


CREATE TRIGGER pgtrigger_append_only_6c0a8 BEFORE DELETE OR UPDATE ON public.merchants_personevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_6c0a8();


COMMENT ON TRIGGER pgtrigger_append_only_6c0a8 ON public.merchants_personevent IS '146efe0f26b66e47876a7db87c422f9c500d1c5e';


CREATE TRIGGER pgtrigger_append_only_706a1 BEFORE DELETE OR UPDATE ON public.merchants_contactevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_706a1();


COMMENT ON TRIGGER pgtrigger_append_only_706a1 ON public.merchants_contactevent IS 'bc824297a0a17d7e561c833cbeae6c280928b7e0';


CREATE TRIGGER pgtrigger_append_only_76104 BEFORE DELETE OR UPDATE ON public.merchants_accesstokenevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_76104();


COMMENT ON TRIGGER pgtrigger_append_only_76104 ON public.merchants_accesstokenevent IS '963d59d1db85674fac4a05fd826a9728453949d3';


CREATE TRIGGER pgtrigger_append_only_84d09 BEFORE DELETE OR UPDATE ON public.merchants_approvalevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_84d09();


COMMENT ON TRIGGER pgtrigger_append_only_84d09 ON public.merchants_approvalevent IS 'fccfd2c4ba7e3ef3341940eb5b99301d14250892';


CREATE TRIGGER pgtrigger_append_only_85f84 BEFORE DELETE OR UPDATE ON public.merchants_signoutevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_85f84();


COMMENT ON TRIGGER pgtrigger_append_only_85f84 ON public.merchants_signoutevent IS '089c49f685abe50425a2064312aa915273fdf1e2';


CREATE TRIGGER pgtrigger_append_only_8e362 BEFORE DELETE OR UPDATE ON public.merchants_alloweddomainevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_8e362();


COMMENT ON TRIGGER pgtrigger_append_only_8e362 ON public.merchants_alloweddomainevent IS 'fb6fe5e667e64c8ab2ad59d5667bc4a4b9211c0f';


CREATE TRIGGER pgtrigger_append_only_9082d BEFORE DELETE OR UPDATE ON public.merchants_playerevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_9082d();


COMMENT ON TRIGGER pgtrigger_append_only_9082d ON public.merchants_playerevent IS 'dc1a975ca212c11e721601b63830bb72117e2e42';


CREATE TRIGGER pgtrigger_append_only_923c5 BEFORE DELETE OR UPDATE ON public.merchants_downloadevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_923c5();


COMMENT ON TRIGGER pgtrigger_append_only_923c5 ON public.merchants_downloadevent IS '1758aebc59c87ce578c193815646ff3ea6573635';


CREATE TRIGGER pgtrigger_append_only_99a92 BEFORE DELETE OR UPDATE ON public.wallet_sessionevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_99a92();


COMMENT ON TRIGGER pgtrigger_append_only_99a92 ON public.wallet_sessionevent IS '68143a93b37742b084a74c7ca01313dceee80957';


CREATE TRIGGER pgtrigger_append_only_acb9e BEFORE DELETE OR UPDATE ON public.merchants_merchantevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_acb9e();


COMMENT ON TRIGGER pgtrigger_append_only_acb9e ON public.merchants_merchantevent IS '5b3af95b99a637c592b8e1b5bb35c3fa37ab0038';


CREATE TRIGGER pgtrigger_append_only_ad3ee BEFORE DELETE OR UPDATE ON public.wallet_reconciliationplanevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_ad3ee();


COMMENT ON TRIGGER pgtrigger_append_only_ad3ee ON public.wallet_reconciliationplanevent IS 'f06a537ddde6add21e8b759903d38a73e146c699';


CREATE TRIGGER pgtrigger_append_only_afbbe BEFORE DELETE OR UPDATE ON public.merchants_secretclaimevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_afbbe();


COMMENT ON TRIGGER pgtrigger_append_only_afbbe ON public.merchants_secretclaimevent IS 'c99ef575d5fa4d70bfc7a1a489ae2a9c38b59e61';


CREATE TRIGGER pgtrigger_append_only_b6472 BEFORE DELETE OR UPDATE ON public.wallet_caseevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_b6472();


COMMENT ON TRIGGER pgtrigger_append_only_b6472 ON public.wallet_caseevent IS 'e6110f0c94963ce1d4dedd88a76a9ac66657aea7';


CREATE TRIGGER pgtrigger_append_only_bbf20 BEFORE DELETE OR UPDATE ON public.wallet_settlementevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_bbf20();


COMMENT ON TRIGGER pgtrigger_append_only_bbf20 ON public.wallet_settlementevent IS '2414af8b5ce99e858d27b436086a20f528682500';


CREATE TRIGGER pgtrigger_append_only_c5700 BEFORE DELETE OR UPDATE ON public.wallet_simulationevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_c5700();


COMMENT ON TRIGGER pgtrigger_append_only_c5700 ON public.wallet_simulationevent IS '5cb26b11c32a06601cdc8048978141bcd07503c4';


CREATE TRIGGER pgtrigger_append_only_c60c2 BEFORE DELETE OR UPDATE ON public.merchants_secretevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_c60c2();


COMMENT ON TRIGGER pgtrigger_append_only_c60c2 ON public.merchants_secretevent IS 'adec0c8eeb3d550342e3ad959eabfced61c97482';


CREATE TRIGGER pgtrigger_append_only_d5a36 BEFORE DELETE OR UPDATE ON public.merchants_invitationevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_d5a36();


COMMENT ON TRIGGER pgtrigger_append_only_d5a36 ON public.merchants_invitationevent IS 'b33b991d96219a4ecc5a2025d1954f9ae6555e4b';


CREATE TRIGGER pgtrigger_append_only_e6416 BEFORE DELETE OR UPDATE ON public.wallet_statementsourceevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_e6416();


COMMENT ON TRIGGER pgtrigger_append_only_e6416 ON public.wallet_statementsourceevent IS '0a2df8894f617d1169a9cef61efcc532c415cca8';


CREATE TRIGGER pgtrigger_append_only_eb068 BEFORE DELETE OR UPDATE ON public.merchants_gameevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_eb068();


COMMENT ON TRIGGER pgtrigger_append_only_eb068 ON public.merchants_gameevent IS '9def9196bae5d9748a109216b8dac7b8ce159a6e';


CREATE TRIGGER pgtrigger_append_only_ef6f9 BEFORE DELETE OR UPDATE ON public.merchants_apikeyevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_ef6f9();


COMMENT ON TRIGGER pgtrigger_append_only_ef6f9 ON public.merchants_apikeyevent IS '429721259c8595295299913daa67f68f52bafcbf';


CREATE TRIGGER pgtrigger_append_only_ef961 BEFORE DELETE OR UPDATE ON public.wallet_correctionevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_ef961();


COMMENT ON TRIGGER pgtrigger_append_only_ef961 ON public.wallet_correctionevent IS '83c0f75ce88eb008b0aa11170445392ee2f67314';


CREATE TRIGGER pgtrigger_append_only_f0536 BEFORE DELETE OR UPDATE ON public.merchants_compromiseevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_f0536();


COMMENT ON TRIGGER pgtrigger_append_only_f0536 ON public.merchants_compromiseevent IS '29d00d49206398adc5f32a899b354d3872632077';


CREATE TRIGGER pgtrigger_append_only_f4dc2 BEFORE DELETE OR UPDATE ON public.wallet_trafficincidentevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_f4dc2();


COMMENT ON TRIGGER pgtrigger_append_only_f4dc2 ON public.wallet_trafficincidentevent IS 'cf5af964afef0559961891826e38b6136f8284a6';


CREATE TRIGGER pgtrigger_append_only_fe3c1 BEFORE DELETE OR UPDATE ON public.wallet_reportoptoutevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_fe3c1();


COMMENT ON TRIGGER pgtrigger_append_only_fe3c1 ON public.wallet_reportoptoutevent IS '5f9ab6a185fceb99887c64c7192f6366605bd60e';


CREATE TRIGGER pgtrigger_approval_as_asked_d24a4 BEFORE INSERT OR UPDATE ON public.merchants_approval FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_approval_as_asked_d24a4();


COMMENT ON TRIGGER pgtrigger_approval_as_asked_d24a4 ON public.merchants_approval IS '65fe20a46bf1366c39f5851721eda0a5502d41e9';


CREATE TRIGGER pgtrigger_approval_stays_1574f BEFORE DELETE ON public.merchants_approval FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_approval_stays_1574f();


COMMENT ON TRIGGER pgtrigger_approval_stays_1574f ON public.merchants_approval IS '17a956d53ff345ef965f14c8138a56bcd1b24182';


CREATE TRIGGER pgtrigger_case_begins_without_people_c2064 BEFORE INSERT ON public.wallet_case FOR EACH ROW WHEN (((new.resolved_by_id IS NOT NULL) OR (new.write_off_asked_by_id IS NOT NULL))) EXECUTE FUNCTION public.pgtrigger_case_begins_without_people_c2064();


COMMENT ON TRIGGER pgtrigger_case_begins_without_people_c2064 ON public.wallet_case IS '0ffb1a4c47b090ab5609021c2132d0be5a60cfb1';


CREATE TRIGGER pgtrigger_case_by_two_people_a96b7 BEFORE UPDATE ON public.wallet_case FOR EACH ROW WHEN ((((new.state)::text = 'resolved'::text) AND (new.resolved_by_id IS NOT NULL) AND (((old.state)::text <> 'resolved'::text) OR ((old.resolution)::text <> (new.resolution)::text) OR (old.resolved_by_id IS DISTINCT FROM new.resolved_by_id)))) EXECUTE FUNCTION public.pgtrigger_case_by_two_people_a96b7();


COMMENT ON TRIGGER pgtrigger_case_by_two_people_a96b7 ON public.wallet_case IS '68e7a6ac79b4bd459d286cf1ce6936143212604c';


CREATE TRIGGER pgtrigger_case_due_7b7d0 BEFORE INSERT OR UPDATE ON public.wallet_case FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_case_due_7b7d0();


COMMENT ON TRIGGER pgtrigger_case_due_7b7d0 ON public.wallet_case IS '8e431e10a6867ea3dc0f917aed2f460467253863';


CREATE TRIGGER pgtrigger_case_note_stays_8df6c BEFORE DELETE OR UPDATE ON public.wallet_casenote FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_case_note_stays_8df6c();


COMMENT ON TRIGGER pgtrigger_case_note_stays_8df6c ON public.wallet_casenote IS '8f76e0ad6ffb719d6b57f595de635f8f74d331f4';


CREATE TRIGGER pgtrigger_case_owed_closes_by_payout_25119 BEFORE UPDATE ON public.wallet_case FOR EACH ROW WHEN ((((new.kind)::text = 'owed'::text) AND ((new.state)::text = 'resolved'::text) AND (new.resolved_by_id IS NULL) AND (((old.state)::text <> 'resolved'::text) OR (old.resolved_by_id IS NOT NULL)))) EXECUTE FUNCTION public.pgtrigger_case_owed_closes_by_payout_25119();


COMMENT ON TRIGGER pgtrigger_case_owed_closes_by_payout_25119 ON public.wallet_case IS '3048f5b8d172c247359916e5afbf4c0b6fe01676';


CREATE TRIGGER pgtrigger_case_reminder_stays_05ee5 BEFORE DELETE OR UPDATE ON public.wallet_casereminder FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_case_reminder_stays_05ee5();


COMMENT ON TRIGGER pgtrigger_case_reminder_stays_05ee5 ON public.wallet_casereminder IS '5109ee4618a998a20b33c6c9d39fe196a493fc2d';


CREATE TRIGGER pgtrigger_case_settled_by_correction_b0b18 BEFORE UPDATE ON public.wallet_case FOR EACH ROW WHEN ((((new.resolution)::text = 'settled'::text) AND (((old.resolution)::text <> 'settled'::text) OR (old.resolved_by_id IS DISTINCT FROM new.resolved_by_id)))) EXECUTE FUNCTION public.pgtrigger_case_settled_by_correction_b0b18();


COMMENT ON TRIGGER pgtrigger_case_settled_by_correction_b0b18 ON public.wallet_case IS '696a77ef0406afa4d8eb2ba947717fe7996b879d';


CREATE TRIGGER pgtrigger_case_stays_cd5ae BEFORE DELETE ON public.wallet_case FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_case_stays_cd5ae();


COMMENT ON TRIGGER pgtrigger_case_stays_cd5ae ON public.wallet_case IS '08d599bf5c89032d1af275d1b0f0ba76da2ba333';


CREATE TRIGGER pgtrigger_case_stays_what_it_is_cd3cd BEFORE UPDATE ON public.wallet_case FOR EACH ROW WHEN (((new.merchant_id <> old.merchant_id) OR (new.day <> old.day) OR ((new.kind)::text <> (old.kind)::text) OR ((new.subject)::text <> (old.subject)::text))) EXECUTE FUNCTION public.pgtrigger_case_stays_what_it_is_cd3cd();


COMMENT ON TRIGGER pgtrigger_case_stays_what_it_is_cd3cd ON public.wallet_case IS '6697fa5e6892e268a6dde8d19ee16c213d8c37f1';


CREATE TRIGGER pgtrigger_chain_block_stays_046b5 BEFORE DELETE OR UPDATE ON public.merchants_chainblock FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_chain_block_stays_046b5();


COMMENT ON TRIGGER pgtrigger_chain_block_stays_046b5 ON public.merchants_chainblock IS '4b56e4ad9af0644fc0a0449a4a1d70deb1629e91';


CREATE TRIGGER pgtrigger_chain_recipe_stays_03cbf BEFORE DELETE OR UPDATE ON public.merchants_chainrecipe FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_chain_recipe_stays_03cbf();


COMMENT ON TRIGGER pgtrigger_chain_recipe_stays_03cbf ON public.merchants_chainrecipe IS '7294dda8dce27cccb849ac7791598fcce67ae4ea';


CREATE TRIGGER pgtrigger_claim_stays_13640 BEFORE DELETE ON public.merchants_secretclaim FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_claim_stays_13640();


COMMENT ON TRIGGER pgtrigger_claim_stays_13640 ON public.merchants_secretclaim IS '50e361a8e28a560b7763464a9078fcd3bee40a54';


CREATE TRIGGER pgtrigger_claim_works_once_71574 BEFORE UPDATE ON public.merchants_secretclaim FOR EACH ROW WHEN (((old.claimed_at IS NOT NULL) OR (old.withdrawn_at IS NOT NULL))) EXECUTE FUNCTION public.pgtrigger_claim_works_once_71574();


COMMENT ON TRIGGER pgtrigger_claim_works_once_71574 ON public.merchants_secretclaim IS '6dd1069fe083a189fc4a316d12f059765502d97f';


CREATE TRIGGER pgtrigger_compromise_stays_3639e BEFORE DELETE ON public.merchants_compromise FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_compromise_stays_3639e();


COMMENT ON TRIGGER pgtrigger_compromise_stays_3639e ON public.merchants_compromise IS 'f52c8259e1dc8205823fcc0ec799e471993b6b1b';


CREATE TRIGGER pgtrigger_confirmation_not_emptied_ed71f BEFORE TRUNCATE ON public.wallet_settlementconfirmation FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_confirmation_not_emptied_ed71f();


COMMENT ON TRIGGER pgtrigger_confirmation_not_emptied_ed71f ON public.wallet_settlementconfirmation IS '72ec5f17681eeda5b2ee481d107a7f325f02f227';


CREATE TRIGGER pgtrigger_confirmation_of_a_signed_one_7a65b BEFORE INSERT ON public.wallet_settlementconfirmation FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_confirmation_of_a_signed_one_7a65b();


COMMENT ON TRIGGER pgtrigger_confirmation_of_a_signed_one_7a65b ON public.wallet_settlementconfirmation IS '39204262f7d4189fb564ae593b6426b19a482b60';


CREATE TRIGGER pgtrigger_confirmation_stays_4658b BEFORE DELETE OR UPDATE ON public.wallet_settlementconfirmation FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_confirmation_stays_4658b();


COMMENT ON TRIGGER pgtrigger_confirmation_stays_4658b ON public.wallet_settlementconfirmation IS '87c4ec4faafdb5bf9782b13db7ca81d60f2028bd';


CREATE TRIGGER pgtrigger_contact_outside_by_owner_fc32b BEFORE INSERT OR UPDATE ON public.merchants_contact FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_contact_outside_by_owner_fc32b();


COMMENT ON TRIGGER pgtrigger_contact_outside_by_owner_fc32b ON public.merchants_contact IS '74871530bf17772a1eb8e08c234e0fc6983ed0c3';


CREATE TRIGGER pgtrigger_correction_begins_undecided_9744c BEFORE INSERT ON public.wallet_correction FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_correction_begins_undecided_9744c();


COMMENT ON TRIGGER pgtrigger_correction_begins_undecided_9744c ON public.wallet_correction IS '4443c135f1889a96ffd829e0959405250b8d29cf';


CREATE TRIGGER pgtrigger_correction_decided_once_fb527 BEFORE UPDATE ON public.wallet_correction FOR EACH ROW WHEN (((old.approved_at IS NOT NULL) OR (old.declined_at IS NOT NULL))) EXECUTE FUNCTION public.pgtrigger_correction_decided_once_fb527();


COMMENT ON TRIGGER pgtrigger_correction_decided_once_fb527 ON public.wallet_correction IS 'e9d488b6741f95f10802ac0b1e58261af6c86dde';


CREATE TRIGGER pgtrigger_correction_stays_3f2f9 BEFORE DELETE ON public.wallet_correction FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_correction_stays_3f2f9();


COMMENT ON TRIGGER pgtrigger_correction_stays_3f2f9 ON public.wallet_correction IS '4d725d2620b3e871193d0decf7cbe1e9fa5ab7dc';


CREATE TRIGGER pgtrigger_currency_rate_raises_no_limit_0a21e BEFORE INSERT OR UPDATE ON public.wallet_currencyrate FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_currency_rate_raises_no_limit_0a21e();


COMMENT ON TRIGGER pgtrigger_currency_rate_raises_no_limit_0a21e ON public.wallet_currencyrate IS '422bc12cafa42e2ce05b792d216545e0e0b6f302';


CREATE TRIGGER pgtrigger_currency_rate_stays_93f51 BEFORE DELETE ON public.wallet_currencyrate FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_currency_rate_stays_93f51();


COMMENT ON TRIGGER pgtrigger_currency_rate_stays_93f51 ON public.wallet_currencyrate IS 'a4401b80f7a95d6e9c6bc8ce9509f6f624489963';


CREATE TRIGGER pgtrigger_domain_access_changed_3375c AFTER INSERT OR DELETE OR UPDATE ON public.merchants_alloweddomain FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_domain_access_changed_3375c();


COMMENT ON TRIGGER pgtrigger_domain_access_changed_3375c ON public.merchants_alloweddomain IS '52b494d054c026211abe6b4c8ae756b83ce1b9d3';


CREATE TRIGGER pgtrigger_domain_by_two_people_decb6 BEFORE INSERT OR DELETE ON public.merchants_alloweddomain FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_domain_by_two_people_decb6();


COMMENT ON TRIGGER pgtrigger_domain_by_two_people_decb6 ON public.merchants_alloweddomain IS '1de227aab19f7b93f379240a38181c2e5d54db1e';


CREATE TRIGGER pgtrigger_domain_changed_by_two_people_7cf41 BEFORE UPDATE ON public.merchants_alloweddomain FOR EACH ROW WHEN ((((old.domain)::text IS DISTINCT FROM (new.domain)::text) OR (old.expires_at IS DISTINCT FROM new.expires_at) OR (old.merchant_id IS DISTINCT FROM new.merchant_id))) EXECUTE FUNCTION public.pgtrigger_domain_changed_by_two_people_7cf41();


COMMENT ON TRIGGER pgtrigger_domain_changed_by_two_people_7cf41 ON public.merchants_alloweddomain IS '2172fbaf194a8d1eb9b0a1b6f13b4c96a30d87fa';


CREATE TRIGGER pgtrigger_download_ends_once_c254e BEFORE UPDATE ON public.merchants_download FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_download_ends_once_c254e();


COMMENT ON TRIGGER pgtrigger_download_ends_once_c254e ON public.merchants_download IS 'a5eb5fb3a508865f441c395ad922176298739fb4';


CREATE TRIGGER pgtrigger_download_stays_d7c27 BEFORE DELETE ON public.merchants_download FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_download_stays_d7c27();


COMMENT ON TRIGGER pgtrigger_download_stays_d7c27 ON public.merchants_download IS 'f54b91fb0c38056dda57b84f89112f465ddbfc49';


CREATE TRIGGER pgtrigger_event_delivery_stays_a61a5 BEFORE DELETE ON public.merchants_eventdelivery FOR EACH ROW WHEN ((old.created_at > (now() - '30 days'::interval))) EXECUTE FUNCTION public.pgtrigger_event_delivery_stays_a61a5();


COMMENT ON TRIGGER pgtrigger_event_delivery_stays_a61a5 ON public.merchants_eventdelivery IS 'da80aabd33a8e9980b53d933acde6e62cd0a48ae';


CREATE TRIGGER pgtrigger_event_endpoint_keeps_its_address_e2501 BEFORE UPDATE ON public.merchants_eventendpoint FOR EACH ROW WHEN ((((old.kind)::text IS DISTINCT FROM (new.kind)::text) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR (old.number IS DISTINCT FROM new.number) OR ((old.url)::text IS DISTINCT FROM (new.url)::text))) EXECUTE FUNCTION public.pgtrigger_event_endpoint_keeps_its_address_e2501();


COMMENT ON TRIGGER pgtrigger_event_endpoint_keeps_its_address_e2501 ON public.merchants_eventendpoint IS '1238918d0bbc33bdb5fa9a068ef336d1cf2cad5d';


CREATE TRIGGER pgtrigger_event_stays_dd4e6 BEFORE DELETE ON public.merchants_outgoingevent FOR EACH ROW WHEN ((old.created_at > (now() - '30 days'::interval))) EXECUTE FUNCTION public.pgtrigger_event_stays_dd4e6();


COMMENT ON TRIGGER pgtrigger_event_stays_dd4e6 ON public.merchants_outgoingevent IS '75e068c5fd94540d7a36a03916de4c5b8e02283f';


CREATE TRIGGER pgtrigger_game_spans_added_95de4 AFTER INSERT ON public.wallet_gameday REFERENCING NEW TABLE AS new_days FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_game_spans_added_95de4();


COMMENT ON TRIGGER pgtrigger_game_spans_added_95de4 ON public.wallet_gameday IS '52ecec8dd4f0bc43084274fe95bdb64e4f8cd094';


CREATE TRIGGER pgtrigger_game_spans_changed_3e175 AFTER UPDATE ON public.wallet_gameday REFERENCING OLD TABLE AS old_days NEW TABLE AS new_days FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_game_spans_changed_3e175();


COMMENT ON TRIGGER pgtrigger_game_spans_changed_3e175 ON public.wallet_gameday IS 'd9b85597c4c1e458f137c0122c13897342b1d4fd';


CREATE TRIGGER pgtrigger_game_spans_deleted_c63ca AFTER DELETE ON public.wallet_gameday REFERENCING OLD TABLE AS old_days FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_game_spans_deleted_c63ca();


COMMENT ON TRIGGER pgtrigger_game_spans_deleted_c63ca ON public.wallet_gameday IS 'ff1119388b140039373da42ef465c863cc360a6f';


CREATE TRIGGER pgtrigger_game_stays_7966f BEFORE DELETE ON public.merchants_game FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_game_stays_7966f();


COMMENT ON TRIGGER pgtrigger_game_stays_7966f ON public.merchants_game IS 'd5bff0eb609590d328833d79e4ef42427d14b1a0';


CREATE TRIGGER pgtrigger_games_added_44020 AFTER INSERT ON public.wallet_gameday REFERENCING NEW TABLE AS new_days FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_games_added_44020();


COMMENT ON TRIGGER pgtrigger_games_added_44020 ON public.wallet_gameday IS '4cbc9023ed371df5a6eacf74a0d0d0f9dd44efa7';


CREATE TRIGGER pgtrigger_games_changed_8e0e7 AFTER UPDATE ON public.wallet_gameday REFERENCING OLD TABLE AS old_days NEW TABLE AS new_days FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_games_changed_8e0e7();


COMMENT ON TRIGGER pgtrigger_games_changed_8e0e7 ON public.wallet_gameday IS '505f9d53cfabbb40103c5c7b41b9cc61e0c4902e';


CREATE TRIGGER pgtrigger_games_deleted_94389 AFTER DELETE ON public.wallet_gameday REFERENCING OLD TABLE AS old_days FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_games_deleted_94389();


COMMENT ON TRIGGER pgtrigger_games_deleted_94389 ON public.wallet_gameday IS '2c694a59aba4309777231d00ac80bcea2d2720e0';


CREATE TRIGGER pgtrigger_history_delete_185df AFTER DELETE ON public.wallet_correction FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_185df();


COMMENT ON TRIGGER pgtrigger_history_delete_185df ON public.wallet_correction IS '49c78d8c19a2112039b8afb15bf2db703a64c683';


CREATE TRIGGER pgtrigger_history_delete_19973 AFTER DELETE ON public.wallet_settlement FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_19973();


COMMENT ON TRIGGER pgtrigger_history_delete_19973 ON public.wallet_settlement IS '479c6aa4e939efdf7e5d676eb9f73a1b15d9b69e';


CREATE TRIGGER pgtrigger_history_delete_199a9 AFTER DELETE ON public.merchants_person FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_199a9();


COMMENT ON TRIGGER pgtrigger_history_delete_199a9 ON public.merchants_person IS 'dc02b3743605bf3e86d2a4aae3ed1abfa50ed7c7';


CREATE TRIGGER pgtrigger_history_delete_1d9b3 AFTER DELETE ON public.merchants_compromise FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_1d9b3();


COMMENT ON TRIGGER pgtrigger_history_delete_1d9b3 ON public.merchants_compromise IS '471a49f3c404216923f4ae923aa30457ed51ff34';


CREATE TRIGGER pgtrigger_history_delete_1e2e2 AFTER DELETE ON public.merchants_allowlistentry FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_1e2e2();


COMMENT ON TRIGGER pgtrigger_history_delete_1e2e2 ON public.merchants_allowlistentry IS '956e70bbcddc22918b6418d7694ef9220bd1f573';


CREATE TRIGGER pgtrigger_history_delete_34a7d AFTER DELETE ON public.merchants_listtrial FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_34a7d();


COMMENT ON TRIGGER pgtrigger_history_delete_34a7d ON public.merchants_listtrial IS 'a2652d63716defb89ac5de2e6dedbe67a26abd84';


CREATE TRIGGER pgtrigger_history_delete_3f9d8 AFTER DELETE ON public.merchants_secretclaim FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_3f9d8();


COMMENT ON TRIGGER pgtrigger_history_delete_3f9d8 ON public.merchants_secretclaim IS '8f1e0f349f4467facfe3d0049ca164cc5c5cc875';


CREATE TRIGGER pgtrigger_history_delete_43527 AFTER DELETE ON public.wallet_reportrecipient FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_43527();


COMMENT ON TRIGGER pgtrigger_history_delete_43527 ON public.wallet_reportrecipient IS '402e8003e38b5ac0850e719fc9bb647abb88227d';


CREATE TRIGGER pgtrigger_history_delete_4e414 AFTER DELETE ON public.merchants_apikey FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_4e414();


COMMENT ON TRIGGER pgtrigger_history_delete_4e414 ON public.merchants_apikey IS '9a3f7d54a52aa9a967845445c8aa73f839afc876';


CREATE TRIGGER pgtrigger_history_delete_6fa7c AFTER DELETE ON public.merchants_alloweddomain FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_6fa7c();


COMMENT ON TRIGGER pgtrigger_history_delete_6fa7c ON public.merchants_alloweddomain IS 'f278ff3199947370d27fc221ff946544dcd8ae82';


CREATE TRIGGER pgtrigger_history_delete_70348 AFTER DELETE ON public.merchants_disabledgame FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_70348();


COMMENT ON TRIGGER pgtrigger_history_delete_70348 ON public.merchants_disabledgame IS '95f2cab173f4d1cd0fddbf49ae7258310d30d26d';


CREATE TRIGGER pgtrigger_history_delete_7a251 AFTER DELETE ON public.wallet_reportoptout FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_7a251();


COMMENT ON TRIGGER pgtrigger_history_delete_7a251 ON public.wallet_reportoptout IS 'fd1bf5ecd57937cb3b36a00dd2e5cfc22f418bd6';


CREATE TRIGGER pgtrigger_history_delete_7afc6 AFTER DELETE ON public.merchants_contact FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_7afc6();


COMMENT ON TRIGGER pgtrigger_history_delete_7afc6 ON public.merchants_contact IS '9ce976f56efb888f6fd11cfda76ebbb6f7391bc1';


CREATE TRIGGER pgtrigger_history_delete_84cb9 AFTER DELETE ON public.merchants_eventendpoint FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_84cb9();


COMMENT ON TRIGGER pgtrigger_history_delete_84cb9 ON public.merchants_eventendpoint IS 'a85f237a77ddb6c812e4de8d65d6bbc20b82dd87';


CREATE TRIGGER pgtrigger_history_delete_8778d AFTER DELETE ON public.merchants_invitation FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_8778d();


COMMENT ON TRIGGER pgtrigger_history_delete_8778d ON public.merchants_invitation IS '002b92d09367273454b59b01a68899d42c440abb';


CREATE TRIGGER pgtrigger_history_delete_8d741 AFTER DELETE ON public.merchants_game FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_8d741();


COMMENT ON TRIGGER pgtrigger_history_delete_8d741 ON public.merchants_game IS '322d7142546c2eb0a4a222819858e977022e49fd';


CREATE TRIGGER pgtrigger_history_delete_92344 AFTER DELETE ON public.wallet_trafficincident FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_92344();


COMMENT ON TRIGGER pgtrigger_history_delete_92344 ON public.wallet_trafficincident IS 'b78338a609f84f05f0fc6efce475d4d811b9316a';


CREATE TRIGGER pgtrigger_history_delete_9be58 AFTER DELETE ON public.merchants_approval FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_9be58();


COMMENT ON TRIGGER pgtrigger_history_delete_9be58 ON public.merchants_approval IS '509682c2bd28b5d0dffc7517c461e8be784a87b8';


CREATE TRIGGER pgtrigger_history_delete_9f6b6 AFTER DELETE ON public.wallet_case FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_9f6b6();


COMMENT ON TRIGGER pgtrigger_history_delete_9f6b6 ON public.wallet_case IS 'f46cadcef30bb5f48892cd3c506705e2135ce50c';


CREATE TRIGGER pgtrigger_history_delete_a4ba4 AFTER DELETE ON public.merchants_ownerquestion FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_a4ba4();


COMMENT ON TRIGGER pgtrigger_history_delete_a4ba4 ON public.merchants_ownerquestion IS 'ac736beb73dd8095c0ee3273ea15e9a9e4bcb3f3';


CREATE TRIGGER pgtrigger_history_delete_a8cc2 AFTER DELETE ON public.merchants_accesstoken FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_a8cc2();


COMMENT ON TRIGGER pgtrigger_history_delete_a8cc2 ON public.merchants_accesstoken IS 'e0f9912d2ed30fd6e307d64939d98266e76e0873';


CREATE TRIGGER pgtrigger_history_delete_b4ee4 AFTER DELETE ON public.merchants_membership FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_b4ee4();


COMMENT ON TRIGGER pgtrigger_history_delete_b4ee4 ON public.merchants_membership IS '892d2de000db814453f78d5b362d6dfadb66821d';


CREATE TRIGGER pgtrigger_history_delete_bb0b0 AFTER DELETE ON public.merchants_merchant FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_bb0b0();


COMMENT ON TRIGGER pgtrigger_history_delete_bb0b0 ON public.merchants_merchant IS '05b12d7f472e5d197c528447d70a8f51266636c5';


CREATE TRIGGER pgtrigger_history_delete_c7127 AFTER DELETE ON public.merchants_secret FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_c7127();


COMMENT ON TRIGGER pgtrigger_history_delete_c7127 ON public.merchants_secret IS 'b9ec499b402d90f51742f9a49022953bd4c2de03';


CREATE TRIGGER pgtrigger_history_delete_eac7a AFTER DELETE ON public.wallet_reconciliationplan FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_eac7a();


COMMENT ON TRIGGER pgtrigger_history_delete_eac7a ON public.wallet_reconciliationplan IS '1e2907a11ef80375c38976f787c860313d18ebfc';


CREATE TRIGGER pgtrigger_history_delete_f4adb AFTER DELETE ON public.wallet_currencyrate FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_f4adb();


COMMENT ON TRIGGER pgtrigger_history_delete_f4adb ON public.wallet_currencyrate IS 'a6ec3bb965e8e9686767166ffd169e30504e0f9f';


CREATE TRIGGER pgtrigger_history_delete_ff802 AFTER DELETE ON public.wallet_statementsource FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_delete_ff802();


COMMENT ON TRIGGER pgtrigger_history_delete_ff802 ON public.wallet_statementsource IS '1e2e5ad0a90dc9ab33099bc9179a666e50a53f9e';


CREATE TRIGGER pgtrigger_history_insert_05dd2 AFTER INSERT ON public.merchants_apikey FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_05dd2();


COMMENT ON TRIGGER pgtrigger_history_insert_05dd2 ON public.merchants_apikey IS '3248f04c22931ff8aa932eb22c006020b006aba0';


CREATE TRIGGER pgtrigger_history_insert_0628a AFTER INSERT ON public.merchants_download FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_0628a();


COMMENT ON TRIGGER pgtrigger_history_insert_0628a ON public.merchants_download IS '1802565337a8231efac32dcc836929a7f7c8df22';


CREATE TRIGGER pgtrigger_history_insert_08570 AFTER INSERT ON public.merchants_membership FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_08570();


COMMENT ON TRIGGER pgtrigger_history_insert_08570 ON public.merchants_membership IS '2546eee03d73b95b25092c8ac13fea4123dec5d3';


CREATE TRIGGER pgtrigger_history_insert_0a20c AFTER INSERT ON public.wallet_simulation FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_0a20c();


COMMENT ON TRIGGER pgtrigger_history_insert_0a20c ON public.wallet_simulation IS '22cceb86d1f766b92a04d5d7da8fc2a3204ce113';


CREATE TRIGGER pgtrigger_history_insert_0abd6 AFTER INSERT ON public.merchants_accesstoken FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_0abd6();


COMMENT ON TRIGGER pgtrigger_history_insert_0abd6 ON public.merchants_accesstoken IS '6321f81018cc60f84e78baa7e13cdf04f82c53da';


CREATE TRIGGER pgtrigger_history_insert_1275d AFTER INSERT ON public.merchants_signout FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_1275d();


COMMENT ON TRIGGER pgtrigger_history_insert_1275d ON public.merchants_signout IS 'cc7a66c5cc3ef8a6b42730d3a026b09a68b8be25';


CREATE TRIGGER pgtrigger_history_insert_14074 AFTER INSERT ON public.merchants_game FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_14074();


COMMENT ON TRIGGER pgtrigger_history_insert_14074 ON public.merchants_game IS 'd25fe3be140c2b9750e53993d39d63140f0d9ea0';


CREATE TRIGGER pgtrigger_history_insert_1d64e AFTER INSERT ON public.merchants_alloweddomain FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_1d64e();


COMMENT ON TRIGGER pgtrigger_history_insert_1d64e ON public.merchants_alloweddomain IS 'f9b50a87b7157766f1cfb6695814ecbc1a9ffb44';


CREATE TRIGGER pgtrigger_history_insert_29785 AFTER INSERT ON public.wallet_reportoptout FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_29785();


COMMENT ON TRIGGER pgtrigger_history_insert_29785 ON public.wallet_reportoptout IS '870e131e81c6ac2844932e7883c7db33845d9ea3';


CREATE TRIGGER pgtrigger_history_insert_2da00 AFTER INSERT ON public.merchants_person FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_2da00();


COMMENT ON TRIGGER pgtrigger_history_insert_2da00 ON public.merchants_person IS 'c097be08dbea5ad6f60e3063f76fabdf7a76558a';


CREATE TRIGGER pgtrigger_history_insert_361fa AFTER INSERT ON public.wallet_trafficincident FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_361fa();


COMMENT ON TRIGGER pgtrigger_history_insert_361fa ON public.wallet_trafficincident IS '6c64d6a15df856d08c914e6f37a06a93a38f0b97';


CREATE TRIGGER pgtrigger_history_insert_3655b AFTER INSERT ON public.merchants_listtrial FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_3655b();


COMMENT ON TRIGGER pgtrigger_history_insert_3655b ON public.merchants_listtrial IS 'f7bc632d669811bb85deec0cb919f732f50cde1b';


CREATE TRIGGER pgtrigger_history_insert_3ae26 AFTER INSERT ON public.wallet_currencyrate FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_3ae26();


COMMENT ON TRIGGER pgtrigger_history_insert_3ae26 ON public.wallet_currencyrate IS 'a3c71c56aba268d14c3fd6c1059dcf1c4bdca8f4';


CREATE TRIGGER pgtrigger_history_insert_3c285 AFTER INSERT ON public.merchants_merchant FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_3c285();


COMMENT ON TRIGGER pgtrigger_history_insert_3c285 ON public.merchants_merchant IS 'dd33db85ff00d6a7b1a01c3f28a742489c4fcb90';


CREATE TRIGGER pgtrigger_history_insert_51208 AFTER INSERT ON public.wallet_case FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_51208();


COMMENT ON TRIGGER pgtrigger_history_insert_51208 ON public.wallet_case IS '407a0ba7d440ab7731512da7a5284e0779c2c03c';


CREATE TRIGGER pgtrigger_history_insert_55454 AFTER INSERT ON public.wallet_settlement FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_55454();


COMMENT ON TRIGGER pgtrigger_history_insert_55454 ON public.wallet_settlement IS '832b1aec5a23ef37ed1c623884c31878cac8eeb5';


CREATE TRIGGER pgtrigger_history_insert_56517 AFTER INSERT ON public.merchants_ownerquestion FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_56517();


COMMENT ON TRIGGER pgtrigger_history_insert_56517 ON public.merchants_ownerquestion IS 'a74841cc573c1e90e90f8cd65504c8a856036f3b';


CREATE TRIGGER pgtrigger_history_insert_5815d AFTER INSERT ON public.merchants_staffvisit FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_5815d();


COMMENT ON TRIGGER pgtrigger_history_insert_5815d ON public.merchants_staffvisit IS 'da7a295296894dfe29bf9709e140db1b24487e8e';


CREATE TRIGGER pgtrigger_history_insert_6a917 AFTER INSERT ON public.merchants_disabledgame FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_6a917();


COMMENT ON TRIGGER pgtrigger_history_insert_6a917 ON public.merchants_disabledgame IS '70de302175d47e52d83df4a3e23ebc59dca74e0c';


CREATE TRIGGER pgtrigger_history_insert_7665b AFTER INSERT ON public.merchants_secret FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_7665b();


COMMENT ON TRIGGER pgtrigger_history_insert_7665b ON public.merchants_secret IS '1df6a3a253bd35097e19f0de0678aa5e0f9b01f3';


CREATE TRIGGER pgtrigger_history_insert_76697 AFTER INSERT ON public.merchants_eventendpoint FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_76697();


COMMENT ON TRIGGER pgtrigger_history_insert_76697 ON public.merchants_eventendpoint IS '7bebbef26b5fbe4a541702f97091f37b9443a503';


CREATE TRIGGER pgtrigger_history_insert_8dd41 AFTER INSERT ON public.wallet_reportrecipient FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_8dd41();


COMMENT ON TRIGGER pgtrigger_history_insert_8dd41 ON public.wallet_reportrecipient IS 'b104f0ad3db1d66ae165b832a5fba8b11d5f97c0';


CREATE TRIGGER pgtrigger_history_insert_8e1eb AFTER INSERT ON public.wallet_export FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_8e1eb();


COMMENT ON TRIGGER pgtrigger_history_insert_8e1eb ON public.wallet_export IS 'b29900e5b0ae15c31e97616cef4b6c02084d542e';


CREATE TRIGGER pgtrigger_history_insert_9319f AFTER INSERT ON public.wallet_reconciliationplan FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_9319f();


COMMENT ON TRIGGER pgtrigger_history_insert_9319f ON public.wallet_reconciliationplan IS '416f5482e0f620857cf0562292faba34e28636cf';


CREATE TRIGGER pgtrigger_history_insert_9ed35 AFTER INSERT ON public.merchants_compromise FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_9ed35();


COMMENT ON TRIGGER pgtrigger_history_insert_9ed35 ON public.merchants_compromise IS '95fe1c6b8c2fcee2e40b8633a80bdbb9d804343e';


CREATE TRIGGER pgtrigger_history_insert_aec8a AFTER INSERT ON public.merchants_invitation FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_aec8a();


COMMENT ON TRIGGER pgtrigger_history_insert_aec8a ON public.merchants_invitation IS 'e5bc49a584b58b71ede2e48abb11559ee3deac9d';


CREATE TRIGGER pgtrigger_history_insert_b94e2 AFTER INSERT ON public.wallet_correction FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_b94e2();


COMMENT ON TRIGGER pgtrigger_history_insert_b94e2 ON public.wallet_correction IS '2886996a0ff27ab9a30f313c63871839395110d9';


CREATE TRIGGER pgtrigger_history_insert_bce7d AFTER INSERT ON public.merchants_contact FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_bce7d();


COMMENT ON TRIGGER pgtrigger_history_insert_bce7d ON public.merchants_contact IS '0cbf817cfc4fd60897c08dcad13b4bf2abdeec85';


CREATE TRIGGER pgtrigger_history_insert_c6d8c AFTER INSERT ON public.merchants_allowlistentry FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_c6d8c();


COMMENT ON TRIGGER pgtrigger_history_insert_c6d8c ON public.merchants_allowlistentry IS 'cd6913d6ac416393497250cc05eb9bf1fd83fddc';


CREATE TRIGGER pgtrigger_history_insert_ea180 AFTER INSERT ON public.merchants_secretclaim FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_ea180();


COMMENT ON TRIGGER pgtrigger_history_insert_ea180 ON public.merchants_secretclaim IS '57cb92ec6de8e4dab4058a9672465fbc874a9a5d';


CREATE TRIGGER pgtrigger_history_insert_ed4de AFTER INSERT ON public.wallet_statementsource FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_ed4de();


COMMENT ON TRIGGER pgtrigger_history_insert_ed4de ON public.wallet_statementsource IS '176d3d00ced7c6af8fdf160267594355b55db32b';


CREATE TRIGGER pgtrigger_history_insert_f7909 AFTER INSERT ON public.merchants_approval FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_history_insert_f7909();


COMMENT ON TRIGGER pgtrigger_history_insert_f7909 ON public.merchants_approval IS '899584d45b2669ac362d760d7451eae9c5ea631d';


CREATE TRIGGER pgtrigger_history_password_e4a01 AFTER UPDATE ON public.merchants_person FOR EACH ROW WHEN (((old.password)::text IS DISTINCT FROM (new.password)::text)) EXECUTE FUNCTION public.pgtrigger_history_password_e4a01();


COMMENT ON TRIGGER pgtrigger_history_password_e4a01 ON public.merchants_person IS '5f6ec8b501eea8ad8aefe945d7a1b03ab05f6332';


CREATE TRIGGER pgtrigger_history_update_16311 AFTER UPDATE ON public.merchants_listtrial FOR EACH ROW WHEN (((old.begun_at IS DISTINCT FROM new.begun_at) OR (old.by_id IS DISTINCT FROM new.by_id) OR (old.deadline IS DISTINCT FROM new.deadline) OR (old.ended_at IS DISTINCT FROM new.ended_at) OR (old.kept_for IS DISTINCT FROM new.kept_for) OR (old.key_id IS DISTINCT FROM new.key_id) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR ((old.state)::text IS DISTINCT FROM (new.state)::text))) EXECUTE FUNCTION public.pgtrigger_history_update_16311();


COMMENT ON TRIGGER pgtrigger_history_update_16311 ON public.merchants_listtrial IS '6e0ac16fd40452748383b69d7f389165917751f7';


CREATE TRIGGER pgtrigger_history_update_2a8e5 AFTER UPDATE ON public.wallet_trafficincident FOR EACH ROW WHEN (((old.began_at IS DISTINCT FROM new.began_at) OR (old.ended_at IS DISTINCT FROM new.ended_at) OR ((old.kind)::text IS DISTINCT FROM (new.kind)::text) OR (old.last_accepted_at IS DISTINCT FROM new.last_accepted_at) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR (old.refused_calls IS DISTINCT FROM new.refused_calls) OR (old.usual_calls IS DISTINCT FROM new.usual_calls))) EXECUTE FUNCTION public.pgtrigger_history_update_2a8e5();


COMMENT ON TRIGGER pgtrigger_history_update_2a8e5 ON public.wallet_trafficincident IS 'e7a903d0e69d02e80804e06a74cbd9b211b17d0a';


CREATE TRIGGER pgtrigger_history_update_384c0 AFTER UPDATE ON public.wallet_correction FOR EACH ROW WHEN (((old.amount IS DISTINCT FROM new.amount) OR (old.approved_at IS DISTINCT FROM new.approved_at) OR (old.approved_by_id IS DISTINCT FROM new.approved_by_id) OR (old.asked_at IS DISTINCT FROM new.asked_at) OR (old.asked_by_id IS DISTINCT FROM new.asked_by_id) OR (old.case_id IS DISTINCT FROM new.case_id) OR ((old.currency)::text IS DISTINCT FROM (new.currency)::text) OR (old.declined_at IS DISTINCT FROM new.declined_at) OR (old.declined_by_id IS DISTINCT FROM new.declined_by_id) OR (old.is_credit IS DISTINCT FROM new.is_credit) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR (old.player_id IS DISTINCT FROM new.player_id) OR (old.transaction_id IS DISTINCT FROM new.transaction_id))) EXECUTE FUNCTION public.pgtrigger_history_update_384c0();


COMMENT ON TRIGGER pgtrigger_history_update_384c0 ON public.wallet_correction IS 'aa48779ea36bf876616aea02fb8f27b11bbbd2e5';


CREATE TRIGGER pgtrigger_history_update_38cf5 AFTER UPDATE ON public.wallet_reportrecipient FOR EACH ROW WHEN ((((old.email)::text IS DISTINCT FROM (new.email)::text) OR (old.merchant_id IS DISTINCT FROM new.merchant_id))) EXECUTE FUNCTION public.pgtrigger_history_update_38cf5();


COMMENT ON TRIGGER pgtrigger_history_update_38cf5 ON public.wallet_reportrecipient IS '78c589343f5e1f391fa9a4d0007488b8e5e0d863';


CREATE TRIGGER pgtrigger_history_update_3c50f AFTER UPDATE ON public.merchants_apikey FOR EACH ROW WHEN ((((old.auth_key)::text IS DISTINCT FROM (new.auth_key)::text) OR ((old.environment)::text IS DISTINCT FROM (new.environment)::text) OR (old.expires_at IS DISTINCT FROM new.expires_at) OR ((old.label)::text IS DISTINCT FROM (new.label)::text) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR (old.quarantined_at IS DISTINCT FROM new.quarantined_at) OR ((old.status)::text IS DISTINCT FROM (new.status)::text))) EXECUTE FUNCTION public.pgtrigger_history_update_3c50f();


COMMENT ON TRIGGER pgtrigger_history_update_3c50f ON public.merchants_apikey IS '6c85b7432048d2cbb9f5b444bfd93a99fd75e60f';


CREATE TRIGGER pgtrigger_history_update_465cd AFTER UPDATE ON public.merchants_compromise FOR EACH ROW WHEN (((old.closed_at IS DISTINCT FROM new.closed_at) OR (old.closed_by_id IS DISTINCT FROM new.closed_by_id) OR (old.declared_by_id IS DISTINCT FROM new.declared_by_id) OR (old.exposed_since IS DISTINCT FROM new.exposed_since) OR (old.key_id IS DISTINCT FROM new.key_id) OR ((old.reason)::text IS DISTINCT FROM (new.reason)::text) OR (old.replacement_id IS DISTINCT FROM new.replacement_id) OR ((old.response)::text IS DISTINCT FROM (new.response)::text) OR (old.secret_id IS DISTINCT FROM new.secret_id))) EXECUTE FUNCTION public.pgtrigger_history_update_465cd();


COMMENT ON TRIGGER pgtrigger_history_update_465cd ON public.merchants_compromise IS '06c56cba6ac7722681d59df853ffb92d729f963e';


CREATE TRIGGER pgtrigger_history_update_503ad AFTER UPDATE ON public.merchants_disabledgame FOR EACH ROW WHEN (((old.game_id IS DISTINCT FROM new.game_id) OR (old.merchant_id IS DISTINCT FROM new.merchant_id))) EXECUTE FUNCTION public.pgtrigger_history_update_503ad();


COMMENT ON TRIGGER pgtrigger_history_update_503ad ON public.merchants_disabledgame IS '8fd7366adf87df929d6b08186ca2232b655fa6b9';


CREATE TRIGGER pgtrigger_history_update_55206 AFTER UPDATE ON public.wallet_session FOR EACH ROW WHEN (((old.is_active IS DISTINCT FROM new.is_active) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR (old.player_id IS DISTINCT FROM new.player_id))) EXECUTE FUNCTION public.pgtrigger_history_update_55206();


COMMENT ON TRIGGER pgtrigger_history_update_55206 ON public.wallet_session IS 'da004925aa30d77ba02defe72e45067747a7699f';


CREATE TRIGGER pgtrigger_history_update_5911b AFTER UPDATE ON public.merchants_alloweddomain FOR EACH ROW WHEN ((((old.domain)::text IS DISTINCT FROM (new.domain)::text) OR (old.expires_at IS DISTINCT FROM new.expires_at) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR ((old.note)::text IS DISTINCT FROM (new.note)::text) OR (old.owner_id IS DISTINCT FROM new.owner_id))) EXECUTE FUNCTION public.pgtrigger_history_update_5911b();


COMMENT ON TRIGGER pgtrigger_history_update_5911b ON public.merchants_alloweddomain IS '68869e764a7eb32dd37d71c07110ebd85e148990';


CREATE TRIGGER pgtrigger_history_update_6dad7 AFTER UPDATE ON public.merchants_secretclaim FOR EACH ROW WHEN (((old.claimed_at IS DISTINCT FROM new.claimed_at) OR (old.claimed_by_id IS DISTINCT FROM new.claimed_by_id) OR (old.expires_at IS DISTINCT FROM new.expires_at) OR (old.key_id IS DISTINCT FROM new.key_id) OR (old.secret_id IS DISTINCT FROM new.secret_id) OR (old.sent_at IS DISTINCT FROM new.sent_at) OR (old.sent_by_id IS DISTINCT FROM new.sent_by_id) OR (old.version IS DISTINCT FROM new.version) OR (old.withdrawn_at IS DISTINCT FROM new.withdrawn_at))) EXECUTE FUNCTION public.pgtrigger_history_update_6dad7();


COMMENT ON TRIGGER pgtrigger_history_update_6dad7 ON public.merchants_secretclaim IS '0612d5b6f1f2f55842dd3b9029d59427539528fc';


CREATE TRIGGER pgtrigger_history_update_7543b AFTER UPDATE ON public.wallet_export FOR EACH ROW WHEN (((old.cancelled_at IS DISTINCT FROM new.cancelled_at) OR (old.downloads IS DISTINCT FROM new.downloads) OR ((old.form)::text IS DISTINCT FROM (new.form)::text) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR ((old.what)::text IS DISTINCT FROM (new.what)::text) OR (old.wish IS DISTINCT FROM new.wish))) EXECUTE FUNCTION public.pgtrigger_history_update_7543b();


COMMENT ON TRIGGER pgtrigger_history_update_7543b ON public.wallet_export IS 'dcec2fe278ed3297a84d2b29d67481273c8c93b3';


CREATE TRIGGER pgtrigger_history_update_7be23 AFTER UPDATE ON public.wallet_case FOR EACH ROW WHEN ((((old.asked_resolution)::text IS DISTINCT FROM (new.asked_resolution)::text) OR ((old.currency)::text IS DISTINCT FROM (new.currency)::text) OR (old.day IS DISTINCT FROM new.day) OR (old.difference IS DISTINCT FROM new.difference) OR (old.found_by_id IS DISTINCT FROM new.found_by_id) OR ((old.kind)::text IS DISTINCT FROM (new.kind)::text) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR (old.opened_at IS DISTINCT FROM new.opened_at) OR (old.other_id IS DISTINCT FROM new.other_id) OR (old.owner_id IS DISTINCT FROM new.owner_id) OR ((old.player_id)::text IS DISTINCT FROM (new.player_id)::text) OR ((old.resolution)::text IS DISTINCT FROM (new.resolution)::text) OR (old.resolved_at IS DISTINCT FROM new.resolved_at) OR (old.resolved_by_id IS DISTINCT FROM new.resolved_by_id) OR (old.severity IS DISTINCT FROM new.severity) OR ((old.state)::text IS DISTINCT FROM (new.state)::text) OR ((old.subject)::text IS DISTINCT FROM (new.subject)::text) OR (old.write_off_asked_by_id IS DISTINCT FROM new.write_off_asked_by_id))) EXECUTE FUNCTION public.pgtrigger_history_update_7be23();


COMMENT ON TRIGGER pgtrigger_history_update_7be23 ON public.wallet_case IS '77634e035f3bf7de7d2db786753d96b1f7d0f802';


CREATE TRIGGER pgtrigger_history_update_81e29 AFTER UPDATE ON public.merchants_merchant FOR EACH ROW WHEN (((old.bets_per_minute IS DISTINCT FROM new.bets_per_minute) OR ((old.code)::text IS DISTINCT FROM (new.code)::text) OR (old.max_stake IS DISTINCT FROM new.max_stake) OR (old.max_stake_by_currency IS DISTINCT FROM new.max_stake_by_currency) OR ((old.name)::text IS DISTINCT FROM (new.name)::text) OR (old.second_factor_required IS DISTINCT FROM new.second_factor_required) OR (old.staff_sees_secrets IS DISTINCT FROM new.staff_sees_secrets) OR ((old.status)::text IS DISTINCT FROM (new.status)::text) OR ((old.time_zone)::text IS DISTINCT FROM (new.time_zone)::text) OR (old.timestamp_window_seconds IS DISTINCT FROM new.timestamp_window_seconds) OR (old.two_person IS DISTINCT FROM new.two_person))) EXECUTE FUNCTION public.pgtrigger_history_update_81e29();


COMMENT ON TRIGGER pgtrigger_history_update_81e29 ON public.merchants_merchant IS 'db639ee4d691bab9f1ab58a853acc59ee97a9721';


CREATE TRIGGER pgtrigger_history_update_8a9c0 AFTER UPDATE ON public.wallet_settlement FOR EACH ROW WHEN (((old.begins_at IS DISTINCT FROM new.begins_at) OR (old.counted_at IS DISTINCT FROM new.counted_at) OR ((old.digest)::text IS DISTINCT FROM (new.digest)::text) OR (old.ends_at IS DISTINCT FROM new.ends_at) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR (old.month IS DISTINCT FROM new.month) OR (old.number IS DISTINCT FROM new.number) OR (old.prepared_by_id IS DISTINCT FROM new.prepared_by_id) OR ((old.reason)::text IS DISTINCT FROM (new.reason)::text) OR ((old.refusal)::text IS DISTINCT FROM (new.refusal)::text) OR (old.requested_at IS DISTINCT FROM new.requested_at) OR (old.signed_at IS DISTINCT FROM new.signed_at) OR (old.signed_by_id IS DISTINCT FROM new.signed_by_id) OR ((old.state)::text IS DISTINCT FROM (new.state)::text) OR ((old.time_zone)::text IS DISTINCT FROM (new.time_zone)::text) OR ((old.withdrawal)::text IS DISTINCT FROM (new.withdrawal)::text) OR (old.withdrawn_at IS DISTINCT FROM new.withdrawn_at) OR (old.withdrawn_by_id IS DISTINCT FROM new.withdrawn_by_id))) EXECUTE FUNCTION public.pgtrigger_history_update_8a9c0();


COMMENT ON TRIGGER pgtrigger_history_update_8a9c0 ON public.wallet_settlement IS 'bb4906b56533f87e1438a32d388da397b03d3f01';


CREATE TRIGGER pgtrigger_history_update_8e24a AFTER UPDATE ON public.merchants_membership FOR EACH ROW WHEN (((old.merchant_id IS DISTINCT FROM new.merchant_id) OR (old.person_id IS DISTINCT FROM new.person_id) OR ((old.role)::text IS DISTINCT FROM (new.role)::text))) EXECUTE FUNCTION public.pgtrigger_history_update_8e24a();


COMMENT ON TRIGGER pgtrigger_history_update_8e24a ON public.merchants_membership IS '98ea5bad4a71917d4626f716b5a4bbafa698e217';


CREATE TRIGGER pgtrigger_history_update_90f05 AFTER UPDATE ON public.merchants_ownerquestion FOR EACH ROW WHEN (((old.answered_at IS DISTINCT FROM new.answered_at) OR (old.answered_by_id IS DISTINCT FROM new.answered_by_id) OR (old.asked_at IS DISTINCT FROM new.asked_at) OR (old.asked_by_id IS DISTINCT FROM new.asked_by_id) OR ((old.email)::text IS DISTINCT FROM (new.email)::text) OR ((old.kind)::text IS DISTINCT FROM (new.kind)::text) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR ((old.state)::text IS DISTINCT FROM (new.state)::text))) EXECUTE FUNCTION public.pgtrigger_history_update_90f05();


COMMENT ON TRIGGER pgtrigger_history_update_90f05 ON public.merchants_ownerquestion IS 'b303815b4a9c10655e0ee47a694993c47135834e';


CREATE TRIGGER pgtrigger_history_update_9a028 AFTER UPDATE ON public.wallet_statementsource FOR EACH ROW WHEN ((((old.address)::text IS DISTINCT FROM (new.address)::text) OR ((old.host_key)::text IS DISTINCT FROM (new.host_key)::text) OR (old.is_on IS DISTINCT FROM new.is_on) OR ((old.kind)::text IS DISTINCT FROM (new.kind)::text) OR (old.merchant_id IS DISTINCT FROM new.merchant_id))) EXECUTE FUNCTION public.pgtrigger_history_update_9a028();


COMMENT ON TRIGGER pgtrigger_history_update_9a028 ON public.wallet_statementsource IS '482257365490b6bab9f0099545beaf7f4bcb2baf';


CREATE TRIGGER pgtrigger_history_update_9be30 AFTER UPDATE ON public.wallet_reconciliationplan FOR EACH ROW WHEN (((old.day_begins IS DISTINCT FROM new.day_begins) OR ((old.grain)::text IS DISTINCT FROM (new.grain)::text) OR (old.high_amount IS DISTINCT FROM new.high_amount) OR (old.high_amount_by_currency IS DISTINCT FROM new.high_amount_by_currency) OR (old.hour IS DISTINCT FROM new.hour) OR (old.is_attached IS DISTINCT FROM new.is_attached) OR (old.is_on IS DISTINCT FROM new.is_on) OR (old.left_out IS DISTINCT FROM new.left_out) OR (old.mapping IS DISTINCT FROM new.mapping) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR (old.names_players IS DISTINCT FROM new.names_players) OR (old.scopes IS DISTINCT FROM new.scopes) OR (old.unsettled_hours IS DISTINCT FROM new.unsettled_hours) OR (old.write_off_alone IS DISTINCT FROM new.write_off_alone) OR (old.write_off_alone_by_currency IS DISTINCT FROM new.write_off_alone_by_currency))) EXECUTE FUNCTION public.pgtrigger_history_update_9be30();


COMMENT ON TRIGGER pgtrigger_history_update_9be30 ON public.wallet_reconciliationplan IS '30bc72328948cb2d0f6712d909174673d8d7bedb';


CREATE TRIGGER pgtrigger_history_update_9dec1 AFTER UPDATE ON public.merchants_download FOR EACH ROW WHEN (((old.filters IS DISTINCT FROM new.filters) OR (old.is_complete IS DISTINCT FROM new.is_complete) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR (old.person_id IS DISTINCT FROM new.person_id) OR (old.rows IS DISTINCT FROM new.rows) OR ((old.what)::text IS DISTINCT FROM (new.what)::text))) EXECUTE FUNCTION public.pgtrigger_history_update_9dec1();


COMMENT ON TRIGGER pgtrigger_history_update_9dec1 ON public.merchants_download IS 'fbc626b63c2b567cc31e38227b8e2760b4954dec';


CREATE TRIGGER pgtrigger_history_update_a4ab3 AFTER UPDATE ON public.merchants_game FOR EACH ROW WHEN ((((old.game_id)::text IS DISTINCT FROM (new.game_id)::text) OR (old.is_active IS DISTINCT FROM new.is_active) OR ((old.name)::text IS DISTINCT FROM (new.name)::text))) EXECUTE FUNCTION public.pgtrigger_history_update_a4ab3();


COMMENT ON TRIGGER pgtrigger_history_update_a4ab3 ON public.merchants_game IS '74a0c420b02e6afcc503062f3d4d3b0d5f6e0225';


CREATE TRIGGER pgtrigger_history_update_bdb0b AFTER UPDATE ON public.wallet_reportoptout FOR EACH ROW WHEN (((old.asked_at IS DISTINCT FROM new.asked_at) OR ((old.email)::text IS DISTINCT FROM (new.email)::text) OR (old.merchant_id IS DISTINCT FROM new.merchant_id))) EXECUTE FUNCTION public.pgtrigger_history_update_bdb0b();


COMMENT ON TRIGGER pgtrigger_history_update_bdb0b ON public.wallet_reportoptout IS '0e7302ea8b1675e4e3f0f9209ec7b77e992172db';


CREATE TRIGGER pgtrigger_history_update_c2604 AFTER UPDATE ON public.merchants_invitation FOR EACH ROW WHEN (((old.accepted_at IS DISTINCT FROM new.accepted_at) OR ((old.email)::text IS DISTINCT FROM (new.email)::text) OR (old.expires_at IS DISTINCT FROM new.expires_at) OR (old.invited_by_id IS DISTINCT FROM new.invited_by_id) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR ((old.role)::text IS DISTINCT FROM (new.role)::text) OR (old.withdrawn_at IS DISTINCT FROM new.withdrawn_at))) EXECUTE FUNCTION public.pgtrigger_history_update_c2604();


COMMENT ON TRIGGER pgtrigger_history_update_c2604 ON public.merchants_invitation IS '45e4c6e6d4735e5bed8f675146233ab2e7d4b0dc';


CREATE TRIGGER pgtrigger_history_update_ca2e3 AFTER UPDATE ON public.merchants_accesstoken FOR EACH ROW WHEN (((old.expires_at IS DISTINCT FROM new.expires_at) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR ((old.name)::text IS DISTINCT FROM (new.name)::text) OR (old.person_id IS DISTINCT FROM new.person_id) OR (old.revoked_at IS DISTINCT FROM new.revoked_at) OR ((old.revoked_because)::text IS DISTINCT FROM (new.revoked_because)::text) OR (old.scopes IS DISTINCT FROM new.scopes))) EXECUTE FUNCTION public.pgtrigger_history_update_ca2e3();


COMMENT ON TRIGGER pgtrigger_history_update_ca2e3 ON public.merchants_accesstoken IS 'e9ffdde9b0222913183f6088782c56888939d273';


CREATE TRIGGER pgtrigger_history_update_caf19 AFTER UPDATE ON public.merchants_person FOR EACH ROW WHEN ((((old.email)::text IS DISTINCT FROM (new.email)::text) OR (old.is_active IS DISTINCT FROM new.is_active) OR ((old.name)::text IS DISTINCT FROM (new.name)::text) OR ((old.staff_role)::text IS DISTINCT FROM (new.staff_role)::text))) EXECUTE FUNCTION public.pgtrigger_history_update_caf19();


COMMENT ON TRIGGER pgtrigger_history_update_caf19 ON public.merchants_person IS '12e49d5c323bcc32cac5a896bd9d0eab9667c773';


CREATE TRIGGER pgtrigger_history_update_d5ee7 AFTER UPDATE ON public.merchants_player REFERENCING OLD TABLE AS old_values NEW TABLE AS new_values FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_history_update_d5ee7();


COMMENT ON TRIGGER pgtrigger_history_update_d5ee7 ON public.merchants_player IS 'a924ea88076a4e4aa08d9453c243987e847bfa01';


CREATE TRIGGER pgtrigger_history_update_de107 AFTER UPDATE ON public.merchants_secret FOR EACH ROW WHEN (((old.key_id IS DISTINCT FROM new.key_id) OR (old.quiet_hours IS DISTINCT FROM new.quiet_hours) OR (old.revoked_at IS DISTINCT FROM new.revoked_at) OR (old.superseded_at IS DISTINCT FROM new.superseded_at) OR (old.usable_until IS DISTINCT FROM new.usable_until) OR (old.version IS DISTINCT FROM new.version))) EXECUTE FUNCTION public.pgtrigger_history_update_de107();


COMMENT ON TRIGGER pgtrigger_history_update_de107 ON public.merchants_secret IS '6c1192cb03df8a530f99bf168d66a95b0baa91f7';


CREATE TRIGGER pgtrigger_history_update_de3ef AFTER UPDATE ON public.merchants_eventendpoint FOR EACH ROW WHEN (((old.event_types IS DISTINCT FROM new.event_types) OR (old.is_enabled IS DISTINCT FROM new.is_enabled) OR ((old.kind)::text IS DISTINCT FROM (new.kind)::text) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR (old.removed_at IS DISTINCT FROM new.removed_at) OR ((old.url)::text IS DISTINCT FROM (new.url)::text))) EXECUTE FUNCTION public.pgtrigger_history_update_de3ef();


COMMENT ON TRIGGER pgtrigger_history_update_de3ef ON public.merchants_eventendpoint IS '74b8df733b1e52ae9b017b67f38d3b645e1cfd8d';


CREATE TRIGGER pgtrigger_history_update_df9be AFTER UPDATE ON public.wallet_currencyrate FOR EACH ROW WHEN ((((old.currency)::text IS DISTINCT FROM (new.currency)::text) OR (old.per_euro IS DISTINCT FROM new.per_euro))) EXECUTE FUNCTION public.pgtrigger_history_update_df9be();


COMMENT ON TRIGGER pgtrigger_history_update_df9be ON public.wallet_currencyrate IS '093742e6725c713578979a94172803f2c0332d60';


CREATE TRIGGER pgtrigger_history_update_e6827 AFTER UPDATE ON public.merchants_allowlistentry FOR EACH ROW WHEN (((old.expires_at IS DISTINCT FROM new.expires_at) OR (old.key_id IS DISTINCT FROM new.key_id) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR ((old.network)::inet IS DISTINCT FROM (new.network)::inet) OR ((old.note)::text IS DISTINCT FROM (new.note)::text) OR (old.owner_id IS DISTINCT FROM new.owner_id))) EXECUTE FUNCTION public.pgtrigger_history_update_e6827();


COMMENT ON TRIGGER pgtrigger_history_update_e6827 ON public.merchants_allowlistentry IS '88b4f19fed52fc29104b269e4739506370d7b67e';


CREATE TRIGGER pgtrigger_history_update_ecc04 AFTER UPDATE ON public.merchants_contact FOR EACH ROW WHEN ((((old.email)::text IS DISTINCT FROM (new.email)::text) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR ((old.note)::text IS DISTINCT FROM (new.note)::text))) EXECUTE FUNCTION public.pgtrigger_history_update_ecc04();


COMMENT ON TRIGGER pgtrigger_history_update_ecc04 ON public.merchants_contact IS '03decabb6e7f4e96791b1e1c12618c4fb410f642';


CREATE TRIGGER pgtrigger_history_update_fe0b0 AFTER UPDATE ON public.merchants_approval FOR EACH ROW WHEN (((old.asked_at IS DISTINCT FROM new.asked_at) OR (old.asked_by_id IS DISTINCT FROM new.asked_by_id) OR (old.decided_at IS DISTINCT FROM new.decided_at) OR (old.decided_by_id IS DISTINCT FROM new.decided_by_id) OR (old.key_id IS DISTINCT FROM new.key_id) OR (old.merchant_id IS DISTINCT FROM new.merchant_id) OR ((old.reason)::text IS DISTINCT FROM (new.reason)::text) OR ((old.state)::text IS DISTINCT FROM (new.state)::text) OR ((old.verb)::text IS DISTINCT FROM (new.verb)::text) OR (old.wish IS DISTINCT FROM new.wish))) EXECUTE FUNCTION public.pgtrigger_history_update_fe0b0();


COMMENT ON TRIGGER pgtrigger_history_update_fe0b0 ON public.merchants_approval IS '804c6d53d1d62771389f378f4d6a387af703a4c2';


CREATE TRIGGER pgtrigger_invoice_not_emptied_d083f BEFORE TRUNCATE ON public.wallet_invoice FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_invoice_not_emptied_d083f();


COMMENT ON TRIGGER pgtrigger_invoice_not_emptied_d083f ON public.wallet_invoice IS '891066c13e9f5412d5a4f080ce434d36ad729f82';


CREATE TRIGGER pgtrigger_invoice_not_twice_8e416 BEFORE INSERT ON public.wallet_invoice FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_invoice_not_twice_8e416();


COMMENT ON TRIGGER pgtrigger_invoice_not_twice_8e416 ON public.wallet_invoice IS 'ef2990b212bdd672dba172c907f76ea437a7dcf6';


CREATE TRIGGER pgtrigger_invoice_stays_ca79d BEFORE DELETE OR UPDATE ON public.wallet_invoice FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_invoice_stays_ca79d();


COMMENT ON TRIGGER pgtrigger_invoice_stays_ca79d ON public.wallet_invoice IS '32be094322ed16b3f79cd128edeba083dfa9d73f';


CREATE TRIGGER pgtrigger_list_trial_access_changed_42fdd AFTER INSERT OR UPDATE ON public.merchants_listtrial FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_list_trial_access_changed_42fdd();


COMMENT ON TRIGGER pgtrigger_list_trial_access_changed_42fdd ON public.merchants_listtrial IS '87cb91d16050a802a71f680a7fe75441eed0e0a5';


CREATE TRIGGER pgtrigger_list_trial_ends_once_55d49 BEFORE UPDATE ON public.merchants_listtrial FOR EACH ROW WHEN (((NOT ((old.state)::text = 'trying'::text)) AND (((new.state)::text IS DISTINCT FROM (old.state)::text) OR (new.deadline IS DISTINCT FROM old.deadline)))) EXECUTE FUNCTION public.pgtrigger_list_trial_ends_once_55d49();


COMMENT ON TRIGGER pgtrigger_list_trial_ends_once_55d49 ON public.merchants_listtrial IS '810a57a209fc581780aaaa72cdcfda2d7901ac51';


CREATE TRIGGER pgtrigger_list_trial_stays_73c2f BEFORE DELETE ON public.merchants_listtrial FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_list_trial_stays_73c2f();


COMMENT ON TRIGGER pgtrigger_list_trial_stays_73c2f ON public.merchants_listtrial IS 'cc177026eae2c64023597d39941044c4c3598644';


CREATE TRIGGER pgtrigger_mark_moves_on_c0cb9 BEFORE UPDATE ON public.wallet_mark FOR EACH ROW WHEN ((new.* IS DISTINCT FROM old.*)) EXECUTE FUNCTION public.pgtrigger_mark_moves_on_c0cb9();


COMMENT ON TRIGGER pgtrigger_mark_moves_on_c0cb9 ON public.wallet_mark IS '982223c6f166532b509c715ef6e5c43605caf77b';


CREATE TRIGGER pgtrigger_mark_stays_9b2b9 BEFORE DELETE ON public.wallet_mark FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_mark_stays_9b2b9();


COMMENT ON TRIGGER pgtrigger_mark_stays_9b2b9 ON public.wallet_mark IS '4b55dcbdf27180e9258f83b43fb60cb5fc5f801e';


CREATE TRIGGER pgtrigger_membership_ends_tokens_a2cf7 AFTER DELETE ON public.merchants_membership FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_membership_ends_tokens_a2cf7();


COMMENT ON TRIGGER pgtrigger_membership_ends_tokens_a2cf7 ON public.merchants_membership IS 'ce557ce215684a12fee403784fec82e31e6c5f38';


CREATE TRIGGER pgtrigger_membership_of_the_same_4dfe7 BEFORE UPDATE ON public.merchants_membership FOR EACH ROW WHEN (((old.merchant_id IS DISTINCT FROM new.merchant_id) OR (old.person_id IS DISTINCT FROM new.person_id))) EXECUTE FUNCTION public.pgtrigger_membership_of_the_same_4dfe7();


COMMENT ON TRIGGER pgtrigger_membership_of_the_same_4dfe7 ON public.merchants_membership IS 'cc1240592e79dca36a30853db930531005251632';


CREATE TRIGGER pgtrigger_membership_role_ends_tokens_02338 AFTER UPDATE ON public.merchants_membership FOR EACH ROW WHEN (((old.role)::text IS DISTINCT FROM (new.role)::text)) EXECUTE FUNCTION public.pgtrigger_membership_role_ends_tokens_02338();


COMMENT ON TRIGGER pgtrigger_membership_role_ends_tokens_02338 ON public.merchants_membership IS '0a280ee2370749909c3adaae25dea83287e02724';


CREATE TRIGGER pgtrigger_merchant_access_changed_07adc BEFORE UPDATE ON public.merchants_merchant FOR EACH ROW WHEN ((((old.code)::text IS DISTINCT FROM (new.code)::text) OR ((old.status)::text IS DISTINCT FROM (new.status)::text) OR (old.timestamp_window_seconds IS DISTINCT FROM new.timestamp_window_seconds))) EXECUTE FUNCTION public.pgtrigger_merchant_access_changed_07adc();


COMMENT ON TRIGGER pgtrigger_merchant_access_changed_07adc ON public.merchants_merchant IS '4ddff9628f75c03871f2eacd75b96d6efe0cdf58';


CREATE TRIGGER pgtrigger_merchant_by_two_people_2be83 BEFORE UPDATE ON public.merchants_merchant FOR EACH ROW WHEN ((old.two_person AND (((old.status)::text IS DISTINCT FROM (new.status)::text) OR (NOT new.two_person)))) EXECUTE FUNCTION public.pgtrigger_merchant_by_two_people_2be83();


COMMENT ON TRIGGER pgtrigger_merchant_by_two_people_2be83 ON public.merchants_merchant IS '1898f43ac10cbc7e1418635d53512b91f01dd0a4';


CREATE TRIGGER pgtrigger_merchant_sandbox_for_good_655de BEFORE UPDATE ON public.merchants_merchant FOR EACH ROW WHEN ((old.sandbox_of_id IS DISTINCT FROM new.sandbox_of_id)) EXECUTE FUNCTION public.pgtrigger_merchant_sandbox_for_good_655de();


COMMENT ON TRIGGER pgtrigger_merchant_sandbox_for_good_655de ON public.merchants_merchant IS 'f2af37aa7530e51272b14f851eb359054d990631';


CREATE TRIGGER pgtrigger_merchant_sandbox_of_a_live_one_ce99b BEFORE INSERT ON public.merchants_merchant FOR EACH ROW WHEN ((new.sandbox_of_id IS NOT NULL)) EXECUTE FUNCTION public.pgtrigger_merchant_sandbox_of_a_live_one_ce99b();


COMMENT ON TRIGGER pgtrigger_merchant_sandbox_of_a_live_one_ce99b ON public.merchants_merchant IS '9968e61d049669250ac72fac5d267743a9827562';


CREATE TRIGGER pgtrigger_merchant_stays_fadf3 BEFORE DELETE ON public.merchants_merchant FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_merchant_stays_fadf3();


COMMENT ON TRIGGER pgtrigger_merchant_stays_fadf3 ON public.merchants_merchant IS '0771c660339aeb2a88d9394487050f0d4543c684';


CREATE TRIGGER pgtrigger_never_emptied_01d11 BEFORE TRUNCATE ON public.merchants_ownerquestionevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_01d11();


COMMENT ON TRIGGER pgtrigger_never_emptied_01d11 ON public.merchants_ownerquestionevent IS '492b093d7c25ae255fe6b7b05312b6f81e7427a2';


CREATE TRIGGER pgtrigger_never_emptied_0e3eb BEFORE TRUNCATE ON public.wallet_simulationevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_0e3eb();


COMMENT ON TRIGGER pgtrigger_never_emptied_0e3eb ON public.wallet_simulationevent IS '5c46fe0402f153562622d3e95a7ec8176eb3d854';


CREATE TRIGGER pgtrigger_never_emptied_1af51 BEFORE TRUNCATE ON public.merchants_allowlistentryevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_1af51();


COMMENT ON TRIGGER pgtrigger_never_emptied_1af51 ON public.merchants_allowlistentryevent IS 'a096e5c868a72e506fc4c695fd8e78343b8ffb53';


CREATE TRIGGER pgtrigger_never_emptied_1ff6a BEFORE TRUNCATE ON public.wallet_reportrecipientevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_1ff6a();


COMMENT ON TRIGGER pgtrigger_never_emptied_1ff6a ON public.wallet_reportrecipientevent IS '5d597edd7ccfdeb93cf2944eda2d04a171033e93';


CREATE TRIGGER pgtrigger_never_emptied_22e5e BEFORE TRUNCATE ON public.merchants_alloweddomainevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_22e5e();


COMMENT ON TRIGGER pgtrigger_never_emptied_22e5e ON public.merchants_alloweddomainevent IS '60a61406ed98f7c46150f563241e3248da84374d';


CREATE TRIGGER pgtrigger_never_emptied_2c40b BEFORE TRUNCATE ON public.wallet_settlementevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_2c40b();


COMMENT ON TRIGGER pgtrigger_never_emptied_2c40b ON public.wallet_settlementevent IS '70d6c2e4e50a8fa16c845ab60534dd7c52b79026';


CREATE TRIGGER pgtrigger_never_emptied_2e0d1 BEFORE TRUNCATE ON public.merchants_compromiseevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_2e0d1();


COMMENT ON TRIGGER pgtrigger_never_emptied_2e0d1 ON public.merchants_compromiseevent IS '4cb4c4e70975f2ebe1292ec2ce41ec3575136914';


CREATE TRIGGER pgtrigger_never_emptied_32b7e BEFORE TRUNCATE ON public.merchants_approvalevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_32b7e();


COMMENT ON TRIGGER pgtrigger_never_emptied_32b7e ON public.merchants_approvalevent IS '2a6d2b0d09a834015c310cd94af6302eee6c3627';


CREATE TRIGGER pgtrigger_never_emptied_33d47 BEFORE TRUNCATE ON public.merchants_apikeyevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_33d47();


COMMENT ON TRIGGER pgtrigger_never_emptied_33d47 ON public.merchants_apikeyevent IS '094a7ddddf7229986f02d968ffefcb0a25cea904';


CREATE TRIGGER pgtrigger_never_emptied_437b2 BEFORE TRUNCATE ON public.wallet_currencyrateevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_437b2();


COMMENT ON TRIGGER pgtrigger_never_emptied_437b2 ON public.wallet_currencyrateevent IS 'aa00b7f1bcfdc534104d8389e8a4ca497e5657e6';


CREATE TRIGGER pgtrigger_never_emptied_44f48 BEFORE TRUNCATE ON public.merchants_invitationevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_44f48();


COMMENT ON TRIGGER pgtrigger_never_emptied_44f48 ON public.merchants_invitationevent IS '19e98069220be90a2419745c81682525ac74f086';


CREATE TRIGGER pgtrigger_never_emptied_468a4 BEFORE TRUNCATE ON public.merchants_signoutevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_468a4();


COMMENT ON TRIGGER pgtrigger_never_emptied_468a4 ON public.merchants_signoutevent IS 'e4a364f3ac635d00e122368e005e51fbc322eac0';


CREATE TRIGGER pgtrigger_never_emptied_4fa16 BEFORE TRUNCATE ON public.wallet_statementsourceevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_4fa16();


COMMENT ON TRIGGER pgtrigger_never_emptied_4fa16 ON public.wallet_statementsourceevent IS '4d91390779f67553cb1400b05a775b730a2f3882';


CREATE TRIGGER pgtrigger_never_emptied_57771 BEFORE TRUNCATE ON public.wallet_correctionevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_57771();


COMMENT ON TRIGGER pgtrigger_never_emptied_57771 ON public.wallet_correctionevent IS 'bea78b3a1f76d2eb2730d41ce6d630f4aa9e0c6a';


CREATE TRIGGER pgtrigger_never_emptied_6a675 BEFORE TRUNCATE ON public.merchants_disabledgameevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_6a675();


COMMENT ON TRIGGER pgtrigger_never_emptied_6a675 ON public.merchants_disabledgameevent IS '2efb8cb8aded24c5ce35d9e87d7f318bf19700ed';


CREATE TRIGGER pgtrigger_never_emptied_74c13 BEFORE TRUNCATE ON public.merchants_chainrecipe FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_74c13();


COMMENT ON TRIGGER pgtrigger_never_emptied_74c13 ON public.merchants_chainrecipe IS '0adc9a53eb9c083fcf5eab5abc240cb64a5feaa1';


CREATE TRIGGER pgtrigger_never_emptied_77599 BEFORE TRUNCATE ON public.merchants_personevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_77599();


COMMENT ON TRIGGER pgtrigger_never_emptied_77599 ON public.merchants_personevent IS 'e307e9bd37e8fe81ec8ef6fa75e4909fb101cc99';


CREATE TRIGGER pgtrigger_never_emptied_7bc6a BEFORE TRUNCATE ON public.merchants_accesstokenevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_7bc6a();


COMMENT ON TRIGGER pgtrigger_never_emptied_7bc6a ON public.merchants_accesstokenevent IS 'a0a7940e05a9d6542804147646669ab0e9e5048e';


CREATE TRIGGER pgtrigger_never_emptied_81e72 BEFORE TRUNCATE ON public.merchants_gameevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_81e72();


COMMENT ON TRIGGER pgtrigger_never_emptied_81e72 ON public.merchants_gameevent IS '5c67c9fccc930042ff7ba7bd3722d879a276bae2';


CREATE TRIGGER pgtrigger_never_emptied_93bf7 BEFORE TRUNCATE ON public.wallet_sessionevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_93bf7();


COMMENT ON TRIGGER pgtrigger_never_emptied_93bf7 ON public.wallet_sessionevent IS 'a9b85bdd1166c5352a98ca49970dd57b1fd4d845';


CREATE TRIGGER pgtrigger_never_emptied_99f97 BEFORE TRUNCATE ON public.merchants_staffvisitevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_99f97();


COMMENT ON TRIGGER pgtrigger_never_emptied_99f97 ON public.merchants_staffvisitevent IS 'f4e3536603b4077fd0490f5172edcbf07ac635a2';


CREATE TRIGGER pgtrigger_never_emptied_a3c5f BEFORE TRUNCATE ON public.merchants_chainblock FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_a3c5f();


COMMENT ON TRIGGER pgtrigger_never_emptied_a3c5f ON public.merchants_chainblock IS 'e7789720d257c045d0f24d9df4b24e0c0806880d';


CREATE TRIGGER pgtrigger_never_emptied_a6346 BEFORE TRUNCATE ON public.wallet_trafficincidentevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_a6346();


COMMENT ON TRIGGER pgtrigger_never_emptied_a6346 ON public.wallet_trafficincidentevent IS '64b437e35b98ddfb5f44cfc69016cb3c9f2c2cdb';


CREATE TRIGGER pgtrigger_never_emptied_abead BEFORE TRUNCATE ON public.merchants_secretclaimevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_abead();


COMMENT ON TRIGGER pgtrigger_never_emptied_abead ON public.merchants_secretclaimevent IS '377da4b94705c2ade53fef943e1c575abccf13db';


CREATE TRIGGER pgtrigger_never_emptied_ad024 BEFORE TRUNCATE ON public.wallet_exportevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_ad024();


COMMENT ON TRIGGER pgtrigger_never_emptied_ad024 ON public.wallet_exportevent IS '45ab15951a12d766cf02f4274e0e46207284ac3e';


CREATE TRIGGER pgtrigger_never_emptied_b0336 BEFORE TRUNCATE ON public.merchants_signinrecord FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_b0336();


COMMENT ON TRIGGER pgtrigger_never_emptied_b0336 ON public.merchants_signinrecord IS '5ca2d809e7daa27d83392659d3755a993af2ae7f';


CREATE TRIGGER pgtrigger_never_emptied_b0e9f BEFORE TRUNCATE ON public.merchants_downloadevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_b0e9f();


COMMENT ON TRIGGER pgtrigger_never_emptied_b0e9f ON public.merchants_downloadevent IS '98b1a9bf80b0f85571f081c3c9a19de6ce14f184';


CREATE TRIGGER pgtrigger_never_emptied_b9875 BEFORE TRUNCATE ON public.wallet_caseevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_b9875();


COMMENT ON TRIGGER pgtrigger_never_emptied_b9875 ON public.wallet_caseevent IS '2d7742b8c3680d8b424a2c63025bba89afbcaa9a';


CREATE TRIGGER pgtrigger_never_emptied_bcd93 BEFORE TRUNCATE ON public.merchants_playerevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_bcd93();


COMMENT ON TRIGGER pgtrigger_never_emptied_bcd93 ON public.merchants_playerevent IS '92883bd3d71196867977f2bb68d58ad33db472bb';


CREATE TRIGGER pgtrigger_never_emptied_bf656 BEFORE TRUNCATE ON public.wallet_reportoptoutevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_bf656();


COMMENT ON TRIGGER pgtrigger_never_emptied_bf656 ON public.wallet_reportoptoutevent IS '460f112d2a6cb4c180a809761aa84ae3785f49b1';


CREATE TRIGGER pgtrigger_never_emptied_c2bf5 BEFORE TRUNCATE ON public.merchants_eventendpointevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_c2bf5();


COMMENT ON TRIGGER pgtrigger_never_emptied_c2bf5 ON public.merchants_eventendpointevent IS '008210721053df0de3beebaf126ab1b8456700d5';


CREATE TRIGGER pgtrigger_never_emptied_cd031 BEFORE TRUNCATE ON public.wallet_reconciliationplanevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_cd031();


COMMENT ON TRIGGER pgtrigger_never_emptied_cd031 ON public.wallet_reconciliationplanevent IS '2fc51fa03db42be08647fec8157e6c57e33b9726';


CREATE TRIGGER pgtrigger_never_emptied_d6c7c BEFORE TRUNCATE ON public.merchants_contactevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_d6c7c();


COMMENT ON TRIGGER pgtrigger_never_emptied_d6c7c ON public.merchants_contactevent IS '0425b43f1e35d2561c3ff6fe1934f73d686dad03';


CREATE TRIGGER pgtrigger_never_emptied_e6f06 BEFORE TRUNCATE ON public.merchants_secretevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_e6f06();


COMMENT ON TRIGGER pgtrigger_never_emptied_e6f06 ON public.merchants_secretevent IS '1a469b07250878dbe64aa6750dac779e7ea1396a';


CREATE TRIGGER pgtrigger_never_emptied_f379b BEFORE TRUNCATE ON public.merchants_membershipevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_f379b();


COMMENT ON TRIGGER pgtrigger_never_emptied_f379b ON public.merchants_membershipevent IS '35fcc42e7f4f252127c50c21a664e9661f36a509';


CREATE TRIGGER pgtrigger_never_emptied_f500a BEFORE TRUNCATE ON public.merchants_merchantevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_f500a();


COMMENT ON TRIGGER pgtrigger_never_emptied_f500a ON public.merchants_merchantevent IS '1765b9c2d8764f54eb9cd63e5a9253b7f4b666ed';


CREATE TRIGGER pgtrigger_never_emptied_fd3d7 BEFORE TRUNCATE ON public.merchants_listtrialevent FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_never_emptied_fd3d7();


COMMENT ON TRIGGER pgtrigger_never_emptied_fd3d7 ON public.merchants_listtrialevent IS '4aab3b1e54e77dc220fda27bd404b6864b2b47fd';


CREATE TRIGGER pgtrigger_not_emptied_unseen_04f17 BEFORE TRUNCATE ON public.merchants_player FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_04f17();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_04f17 ON public.merchants_player IS 'c8ed97ad70a97945c76e1cc2f183a0c68c15904c';


CREATE TRIGGER pgtrigger_not_emptied_unseen_0cfdb BEFORE TRUNCATE ON public.merchants_disabledgame FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_0cfdb();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_0cfdb ON public.merchants_disabledgame IS 'e75862914cd7738892af551a418dafa584e343ee';


CREATE TRIGGER pgtrigger_not_emptied_unseen_0fc34 BEFORE TRUNCATE ON public.merchants_alloweddomain FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_0fc34();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_0fc34 ON public.merchants_alloweddomain IS '16107606ba8d5969170de2afd2c200d0828b04e5';


CREATE TRIGGER pgtrigger_not_emptied_unseen_121e5 BEFORE TRUNCATE ON public.merchants_person FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_121e5();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_121e5 ON public.merchants_person IS '40d3070b5b7ee8ada5f9084fc23c8d7872838754';


CREATE TRIGGER pgtrigger_not_emptied_unseen_168e4 BEFORE TRUNCATE ON public.merchants_signout FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_168e4();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_168e4 ON public.merchants_signout IS '9a991751bee814868d7e9dea6cb5bcb6af5f4f6d';


CREATE TRIGGER pgtrigger_not_emptied_unseen_1a739 BEFORE TRUNCATE ON public.wallet_session FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_1a739();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_1a739 ON public.wallet_session IS 'fa6a3fcb77e09543e948a69596fb66d9cf79cd1d';


CREATE TRIGGER pgtrigger_not_emptied_unseen_1bdc4 BEFORE TRUNCATE ON public.merchants_membership FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_1bdc4();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_1bdc4 ON public.merchants_membership IS '8a6280ef93481ce8d5faa94a075f57dea5f2a55f';


CREATE TRIGGER pgtrigger_not_emptied_unseen_1e617 BEFORE TRUNCATE ON public.wallet_correction FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_1e617();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_1e617 ON public.wallet_correction IS '980b1dbf2a75f3a4d7da274c4a6332ecc5dfa184';


CREATE TRIGGER pgtrigger_not_emptied_unseen_2c5a5 BEFORE TRUNCATE ON public.wallet_statementsource FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_2c5a5();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_2c5a5 ON public.wallet_statementsource IS '2170db98dc5de55ef6e6c3d542ae658c0b2034dd';


CREATE TRIGGER pgtrigger_not_emptied_unseen_336a4 BEFORE TRUNCATE ON public.wallet_case FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_336a4();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_336a4 ON public.wallet_case IS '3666dafde3984f74fdbd2e1473e8a4124f8f77a0';


CREATE TRIGGER pgtrigger_not_emptied_unseen_33f95 BEFORE TRUNCATE ON public.merchants_staffvisit FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_33f95();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_33f95 ON public.merchants_staffvisit IS 'dc92a0e63c64ef5f6989a68dc1892f99903cbed2';


CREATE TRIGGER pgtrigger_not_emptied_unseen_3448f BEFORE TRUNCATE ON public.merchants_ownerquestion FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_3448f();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_3448f ON public.merchants_ownerquestion IS 'fa909fee7a5c7ad40fa04f4dc25d52bf308e2b23';


CREATE TRIGGER pgtrigger_not_emptied_unseen_3d2a7 BEFORE TRUNCATE ON public.merchants_merchant FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_3d2a7();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_3d2a7 ON public.merchants_merchant IS '0982cf690fe375282963fd5183c377a43409d3a7';


CREATE TRIGGER pgtrigger_not_emptied_unseen_4b73e BEFORE TRUNCATE ON public.wallet_trafficincident FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_4b73e();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_4b73e ON public.wallet_trafficincident IS '0081401e5e6b42b2e0f7fcbee2836f65569a7388';


CREATE TRIGGER pgtrigger_not_emptied_unseen_4e97b BEFORE TRUNCATE ON public.wallet_reportoptout FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_4e97b();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_4e97b ON public.wallet_reportoptout IS 'fb40f369df3e9728f9fb0ddede0cbe6f8b117656';


CREATE TRIGGER pgtrigger_not_emptied_unseen_54934 BEFORE TRUNCATE ON public.merchants_secret FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_54934();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_54934 ON public.merchants_secret IS 'dd4a76933720741d0c2f63525e0bda63c1a6322c';


CREATE TRIGGER pgtrigger_not_emptied_unseen_58df2 BEFORE TRUNCATE ON public.wallet_export FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_58df2();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_58df2 ON public.wallet_export IS '5a3ec38c380d89ce75c5e577a1c46d1960252002';


CREATE TRIGGER pgtrigger_not_emptied_unseen_5e5ca BEFORE TRUNCATE ON public.wallet_currencyrate FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_5e5ca();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_5e5ca ON public.wallet_currencyrate IS '59910adf6d93700c97b81fdc70f98bd4f075589c';


CREATE TRIGGER pgtrigger_not_emptied_unseen_65ed8 BEFORE TRUNCATE ON public.merchants_approval FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_65ed8();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_65ed8 ON public.merchants_approval IS '4727411a74865382598d7fec4cdc483d93395195';


CREATE TRIGGER pgtrigger_not_emptied_unseen_6792a BEFORE TRUNCATE ON public.merchants_invitation FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_6792a();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_6792a ON public.merchants_invitation IS 'fa97f7e14e580e8261a2aa7b33dc82a37f43397f';


CREATE TRIGGER pgtrigger_not_emptied_unseen_8994e BEFORE TRUNCATE ON public.merchants_eventendpoint FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_8994e();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_8994e ON public.merchants_eventendpoint IS '5b7399b15878b1235d75f65859f81006f8613d7a';


CREATE TRIGGER pgtrigger_not_emptied_unseen_8c86d BEFORE TRUNCATE ON public.merchants_compromise FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_8c86d();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_8c86d ON public.merchants_compromise IS 'c651cb1cfa2a472b09be0df155d8eaa723730af4';


CREATE TRIGGER pgtrigger_not_emptied_unseen_910c6 BEFORE TRUNCATE ON public.merchants_download FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_910c6();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_910c6 ON public.merchants_download IS '3bafbd8cfe6e0d48a72d8f427ed882f4afc8a4ba';


CREATE TRIGGER pgtrigger_not_emptied_unseen_997ee BEFORE TRUNCATE ON public.merchants_apikey FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_997ee();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_997ee ON public.merchants_apikey IS 'e922c0b72be2d4046082b3ec7d7259847f9797ce';


CREATE TRIGGER pgtrigger_not_emptied_unseen_9a4f4 BEFORE TRUNCATE ON public.merchants_allowlistentry FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_9a4f4();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_9a4f4 ON public.merchants_allowlistentry IS '8fceb7a669948dfd72828de1df17745c7435bf5e';


CREATE TRIGGER pgtrigger_not_emptied_unseen_a4ad7 BEFORE TRUNCATE ON public.merchants_game FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_a4ad7();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_a4ad7 ON public.merchants_game IS 'e204c5d9c2934a158f9ba6302d4cd69cda152017';


CREATE TRIGGER pgtrigger_not_emptied_unseen_a4ec1 BEFORE TRUNCATE ON public.wallet_reportrecipient FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_a4ec1();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_a4ec1 ON public.wallet_reportrecipient IS '109d02cf33ad4df79b11f5cf9a54687c389cd207';


CREATE TRIGGER pgtrigger_not_emptied_unseen_b92e0 BEFORE TRUNCATE ON public.merchants_accesstoken FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_b92e0();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_b92e0 ON public.merchants_accesstoken IS '2beeea8ce590ff321fd88522aa3a30d4a5e4b540';


CREATE TRIGGER pgtrigger_not_emptied_unseen_cccb1 BEFORE TRUNCATE ON public.merchants_secretclaim FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_cccb1();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_cccb1 ON public.merchants_secretclaim IS '4dfa7942f750bbe7d4f5db2e5a1c8391b7411586';


CREATE TRIGGER pgtrigger_not_emptied_unseen_d6029 BEFORE TRUNCATE ON public.wallet_simulation FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_d6029();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_d6029 ON public.wallet_simulation IS '62decfb94b0fbf1ef5a16c97ca761c308e6fa551';


CREATE TRIGGER pgtrigger_not_emptied_unseen_e740e BEFORE TRUNCATE ON public.wallet_reconciliationplan FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_e740e();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_e740e ON public.wallet_reconciliationplan IS '4bf56cd48a548dc6d79dd634ebb7f92a788da63b';


CREATE TRIGGER pgtrigger_not_emptied_unseen_e74ba BEFORE TRUNCATE ON public.wallet_settlement FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_e74ba();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_e74ba ON public.wallet_settlement IS 'd6301adc8233eb7f7574f99e88b24da58ad34740';


CREATE TRIGGER pgtrigger_not_emptied_unseen_f5220 BEFORE TRUNCATE ON public.merchants_contact FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_f5220();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_f5220 ON public.merchants_contact IS 'c478ac57530636959f797366cfb56a5f489234ba';


CREATE TRIGGER pgtrigger_not_emptied_unseen_f60ca BEFORE TRUNCATE ON public.merchants_listtrial FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_not_emptied_unseen_f60ca();


COMMENT ON TRIGGER pgtrigger_not_emptied_unseen_f60ca ON public.merchants_listtrial IS '4793d2a2a7f8f1ec770d4362cef7b2b35f495824';


CREATE TRIGGER pgtrigger_not_of_a_sandbox_5217c BEFORE INSERT OR UPDATE ON public.merchants_contact FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_not_of_a_sandbox_5217c();


COMMENT ON TRIGGER pgtrigger_not_of_a_sandbox_5217c ON public.merchants_contact IS 'b3c7eaa9492041aa2945be76711336ad7beda687';


CREATE TRIGGER pgtrigger_not_of_a_sandbox_a2306 BEFORE INSERT OR UPDATE ON public.wallet_settlement FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_not_of_a_sandbox_a2306();


COMMENT ON TRIGGER pgtrigger_not_of_a_sandbox_a2306 ON public.wallet_settlement IS 'ab75e8742af79ed50113b97ebe9d1460694021e2';


CREATE TRIGGER pgtrigger_not_of_a_sandbox_c3422 BEFORE INSERT OR UPDATE ON public.wallet_invoice FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_not_of_a_sandbox_c3422();


COMMENT ON TRIGGER pgtrigger_not_of_a_sandbox_c3422 ON public.wallet_invoice IS '6344248cf43b3087455de49b04c9ea78f5951b77';


CREATE TRIGGER pgtrigger_not_of_a_sandbox_efcf0 BEFORE INSERT OR UPDATE ON public.merchants_membership FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_not_of_a_sandbox_efcf0();


COMMENT ON TRIGGER pgtrigger_not_of_a_sandbox_efcf0 ON public.merchants_membership IS '8d50004264e8856d9d66b2cb44776b8e4daee0cc';


CREATE TRIGGER pgtrigger_not_of_a_sandbox_f74ab BEFORE INSERT OR UPDATE ON public.merchants_invitation FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_not_of_a_sandbox_f74ab();


COMMENT ON TRIGGER pgtrigger_not_of_a_sandbox_f74ab ON public.merchants_invitation IS 'd539e2d3d3155f1d299293d5d805ff0813ad04c8';


CREATE TRIGGER pgtrigger_outgoing_email_as_written_35447 BEFORE INSERT OR UPDATE ON public.merchants_letter FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_outgoing_email_as_written_35447();


COMMENT ON TRIGGER pgtrigger_outgoing_email_as_written_35447 ON public.merchants_letter IS '98933074822bb8a60cd1541d83d36bdbfe77e236';


CREATE TRIGGER pgtrigger_outgoing_email_stays_aab07 BEFORE DELETE ON public.merchants_letter FOR EACH ROW WHEN ((((old.state)::text = 'waiting'::text) OR (old.created_at > (now() - '90 days'::interval)))) EXECUTE FUNCTION public.pgtrigger_outgoing_email_stays_aab07();


COMMENT ON TRIGGER pgtrigger_outgoing_email_stays_aab07 ON public.merchants_letter IS '30496e8ab353fd2be9cf6ccb2a571328b1f20491';


CREATE TRIGGER pgtrigger_owner_question_answered_once_7dff8 BEFORE UPDATE ON public.merchants_ownerquestion FOR EACH ROW WHEN (((old.state)::text <> 'waiting'::text)) EXECUTE FUNCTION public.pgtrigger_owner_question_answered_once_7dff8();


COMMENT ON TRIGGER pgtrigger_owner_question_answered_once_7dff8 ON public.merchants_ownerquestion IS 'd195d5ac17b6e8919009eeec5187a799fe6c303d';


CREATE TRIGGER pgtrigger_owner_question_stays_b5ef1 BEFORE DELETE ON public.merchants_ownerquestion FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_owner_question_stays_b5ef1();


COMMENT ON TRIGGER pgtrigger_owner_question_stays_b5ef1 ON public.merchants_ownerquestion IS 'd45b0d7d0bd13630f38061be9765355ef730be01';


CREATE TRIGGER pgtrigger_owners_are_told_155d5 AFTER INSERT ON public.merchants_merchantevent FOR EACH ROW WHEN (((COALESCE((new.pgh_context ->> 'role'::text), ''::text) <> ''::text) OR (((new.pgh_before ->> 'two_person'::text) = 'true'::text) AND (NOT new.two_person)))) EXECUTE FUNCTION public.pgtrigger_owners_are_told_155d5();


COMMENT ON TRIGGER pgtrigger_owners_are_told_155d5 ON public.merchants_merchantevent IS '663630f818f5c93020f1270a992bc7a5fe5285db';


CREATE TRIGGER pgtrigger_owners_are_told_5eb63 AFTER INSERT ON public.wallet_reconciliationplanevent FOR EACH ROW WHEN (((COALESCE((new.pgh_context ->> 'role'::text), ''::text) <> ''::text) OR (((new.pgh_before ->> 'is_on'::text) = 'true'::text) AND (NOT new.is_on)))) EXECUTE FUNCTION public.pgtrigger_owners_are_told_5eb63();


COMMENT ON TRIGGER pgtrigger_owners_are_told_5eb63 ON public.wallet_reconciliationplanevent IS 'c06868941b2279e897fcdf3cff38f93d27f5d303';


CREATE TRIGGER pgtrigger_owners_are_told_60b45 AFTER INSERT ON public.merchants_membershipevent FOR EACH ROW WHEN (((COALESCE((new.pgh_context ->> 'role'::text), ''::text) <> ''::text) OR false)) EXECUTE FUNCTION public.pgtrigger_owners_are_told_60b45();


COMMENT ON TRIGGER pgtrigger_owners_are_told_60b45 ON public.merchants_membershipevent IS '2584afb2ad22f3bb7bce31667bad9fa36eee53f7';


CREATE TRIGGER pgtrigger_owners_are_told_6bb8e AFTER INSERT ON public.merchants_eventendpointevent FOR EACH ROW WHEN (((COALESCE((new.pgh_context ->> 'role'::text), ''::text) <> ''::text) OR false)) EXECUTE FUNCTION public.pgtrigger_owners_are_told_6bb8e();


COMMENT ON TRIGGER pgtrigger_owners_are_told_6bb8e ON public.merchants_eventendpointevent IS '26d1d1aa335ab74811ede572bb22a1a0ed3314a1';


CREATE TRIGGER pgtrigger_owners_are_told_88f4c AFTER INSERT ON public.wallet_correctionevent FOR EACH ROW WHEN (((COALESCE((new.pgh_context ->> 'role'::text), ''::text) <> ''::text) OR false)) EXECUTE FUNCTION public.pgtrigger_owners_are_told_88f4c();


COMMENT ON TRIGGER pgtrigger_owners_are_told_88f4c ON public.wallet_correctionevent IS '18ea129394959df591c4835eab0865c0fb0c2711';


CREATE TRIGGER pgtrigger_owners_are_told_8afd3 AFTER INSERT ON public.merchants_allowlistentryevent FOR EACH ROW WHEN (((COALESCE((new.pgh_context ->> 'role'::text), ''::text) <> ''::text) OR false)) EXECUTE FUNCTION public.pgtrigger_owners_are_told_8afd3();


COMMENT ON TRIGGER pgtrigger_owners_are_told_8afd3 ON public.merchants_allowlistentryevent IS '57eebd79229ef0c54b717db60de8315e2e18e1ad';


CREATE TRIGGER pgtrigger_owners_are_told_8b753 AFTER INSERT ON public.wallet_reportrecipientevent FOR EACH ROW WHEN (((COALESCE((new.pgh_context ->> 'role'::text), ''::text) <> ''::text) OR false)) EXECUTE FUNCTION public.pgtrigger_owners_are_told_8b753();


COMMENT ON TRIGGER pgtrigger_owners_are_told_8b753 ON public.wallet_reportrecipientevent IS '9ec7e861d111de11d2a643b6661619f00492d651';


CREATE TRIGGER pgtrigger_owners_are_told_8e6c4 AFTER INSERT ON public.wallet_statementsourceevent FOR EACH ROW WHEN (((COALESCE((new.pgh_context ->> 'role'::text), ''::text) <> ''::text) OR (((new.pgh_before ->> 'is_on'::text) = 'true'::text) AND (NOT new.is_on)))) EXECUTE FUNCTION public.pgtrigger_owners_are_told_8e6c4();


COMMENT ON TRIGGER pgtrigger_owners_are_told_8e6c4 ON public.wallet_statementsourceevent IS 'ba2f2007026480810ba4fecaa87b7d50e0c37e33';


CREATE TRIGGER pgtrigger_owners_are_told_97ec2 AFTER INSERT ON public.merchants_contactevent FOR EACH ROW WHEN (((COALESCE((new.pgh_context ->> 'role'::text), ''::text) <> ''::text) OR false)) EXECUTE FUNCTION public.pgtrigger_owners_are_told_97ec2();


COMMENT ON TRIGGER pgtrigger_owners_are_told_97ec2 ON public.merchants_contactevent IS '17c5f15b52c8a769c4931232e9861e7241cb3bf4';


CREATE TRIGGER pgtrigger_owners_are_told_b842a AFTER INSERT ON public.merchants_alloweddomainevent FOR EACH ROW WHEN (((COALESCE((new.pgh_context ->> 'role'::text), ''::text) <> ''::text) OR false)) EXECUTE FUNCTION public.pgtrigger_owners_are_told_b842a();


COMMENT ON TRIGGER pgtrigger_owners_are_told_b842a ON public.merchants_alloweddomainevent IS '93e5f0eef3529ecb07ed43e2f4821653701c6bf5';


CREATE TRIGGER pgtrigger_owners_are_told_d5ec8 AFTER INSERT ON public.merchants_invitationevent FOR EACH ROW WHEN (((COALESCE((new.pgh_context ->> 'role'::text), ''::text) <> ''::text) OR false)) EXECUTE FUNCTION public.pgtrigger_owners_are_told_d5ec8();


COMMENT ON TRIGGER pgtrigger_owners_are_told_d5ec8 ON public.merchants_invitationevent IS '846e0b495a48e1761d7616bda06972fe2bcfe409';


CREATE TRIGGER pgtrigger_person_old_address_forgotten_9d98f AFTER UPDATE ON public.merchants_person FOR EACH ROW WHEN (((old.email)::text IS DISTINCT FROM (new.email)::text)) EXECUTE FUNCTION public.pgtrigger_person_old_address_forgotten_9d98f();


COMMENT ON TRIGGER pgtrigger_person_old_address_forgotten_9d98f ON public.merchants_person IS 'f66e2f3d02fe91e2753f4b22b0dd7f65cd57e9ca';


CREATE TRIGGER pgtrigger_person_without_role_has_no_tokens_3b0c6 AFTER UPDATE ON public.merchants_person FOR EACH ROW WHEN (((old.is_active IS DISTINCT FROM new.is_active) OR ((old.staff_role)::text IS DISTINCT FROM (new.staff_role)::text))) EXECUTE FUNCTION public.pgtrigger_person_without_role_has_no_tokens_3b0c6();


COMMENT ON TRIGGER pgtrigger_person_without_role_has_no_tokens_3b0c6 ON public.merchants_person IS '45cbdb502d774cf8fbe84a56df69f0ef8a71e1a7';


CREATE TRIGGER pgtrigger_plan_higher_limit_by_two_7075c BEFORE UPDATE ON public.wallet_reconciliationplan FOR EACH ROW WHEN (((new.write_off_alone > old.write_off_alone) OR (new.merchant_id <> old.merchant_id) OR (new.write_off_alone_by_currency IS DISTINCT FROM old.write_off_alone_by_currency))) EXECUTE FUNCTION public.pgtrigger_plan_higher_limit_by_two_7075c();


COMMENT ON TRIGGER pgtrigger_plan_higher_limit_by_two_7075c ON public.wallet_reconciliationplan IS '4df7bd0e9450c081a22b6560c45d7c9c76ebfe87';


CREATE TRIGGER pgtrigger_plan_limit_by_two_8c9bf BEFORE INSERT ON public.wallet_reconciliationplan FOR EACH ROW WHEN (((new.write_off_alone > 0) OR (new.write_off_alone_by_currency IS NOT NULL))) EXECUTE FUNCTION public.pgtrigger_plan_limit_by_two_8c9bf();


COMMENT ON TRIGGER pgtrigger_plan_limit_by_two_8c9bf ON public.wallet_reconciliationplan IS '4356fd242ee8ebbfa810483467b398184ff76cb4';


CREATE TRIGGER pgtrigger_plan_names_by_owner_8fbf1 BEFORE INSERT ON public.wallet_reconciliationplan FOR EACH ROW WHEN (new.names_players) EXECUTE FUNCTION public.pgtrigger_plan_names_by_owner_8fbf1();


COMMENT ON TRIGGER pgtrigger_plan_names_by_owner_8fbf1 ON public.wallet_reconciliationplan IS 'b977ab0555d3946307aecd88d71ec05658c6a2f2';


CREATE TRIGGER pgtrigger_plan_names_later_by_owner_fc0f3 BEFORE UPDATE ON public.wallet_reconciliationplan FOR EACH ROW WHEN ((new.names_players AND (NOT old.names_players))) EXECUTE FUNCTION public.pgtrigger_plan_names_later_by_owner_fc0f3();


COMMENT ON TRIGGER pgtrigger_plan_names_later_by_owner_fc0f3 ON public.wallet_reconciliationplan IS 'ce491c29a462e7402b08d7f2f83ee74ee9b8bf61';


CREATE TRIGGER pgtrigger_plan_stays_2dfd6 BEFORE DELETE ON public.wallet_reconciliationplan FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_plan_stays_2dfd6();


COMMENT ON TRIGGER pgtrigger_plan_stays_2dfd6 ON public.wallet_reconciliationplan IS '8b80cb8533289184309312acb609510a783bfdf6';


CREATE TRIGGER pgtrigger_player_spans_added_3974e AFTER INSERT ON public.wallet_playergamingday REFERENCING NEW TABLE AS new_days FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_player_spans_added_3974e();


COMMENT ON TRIGGER pgtrigger_player_spans_added_3974e ON public.wallet_playergamingday IS 'fd98f93a112271331c84fa37c499565e0dca90c5';


CREATE TRIGGER pgtrigger_player_spans_changed_fc5e5 AFTER UPDATE ON public.wallet_playergamingday REFERENCING OLD TABLE AS old_days NEW TABLE AS new_days FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_player_spans_changed_fc5e5();


COMMENT ON TRIGGER pgtrigger_player_spans_changed_fc5e5 ON public.wallet_playergamingday IS '7d0098aff1b74c5b79f170354749a82789d5e229';


CREATE TRIGGER pgtrigger_player_spans_deleted_f6486 AFTER DELETE ON public.wallet_playergamingday REFERENCING OLD TABLE AS old_days FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_player_spans_deleted_f6486();


COMMENT ON TRIGGER pgtrigger_player_spans_deleted_f6486 ON public.wallet_playergamingday IS '5f187d00644292289a9812e6bd34689c858a085e';


CREATE TRIGGER pgtrigger_player_stays_4fd44 BEFORE DELETE ON public.merchants_player FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_player_stays_4fd44();


COMMENT ON TRIGGER pgtrigger_player_stays_4fd44 ON public.merchants_player IS '9594f4af983a834458d6fec244716066e76bba6f';


CREATE TRIGGER pgtrigger_recipient_outside_by_owner_7d060 BEFORE INSERT OR UPDATE ON public.wallet_reportrecipient FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_recipient_outside_by_owner_7d060();


COMMENT ON TRIGGER pgtrigger_recipient_outside_by_owner_7d060 ON public.wallet_reportrecipient IS '7a3777c2f065f75c7fd970c9a1d58d8b8617ca13';


CREATE TRIGGER pgtrigger_reconciliation_ends_once_b6fcc BEFORE UPDATE ON public.wallet_reconciliation FOR EACH ROW WHEN ((NOT ((old.state)::text = 'running'::text))) EXECUTE FUNCTION public.pgtrigger_reconciliation_ends_once_b6fcc();


COMMENT ON TRIGGER pgtrigger_reconciliation_ends_once_b6fcc ON public.wallet_reconciliation IS 'd922d558286277aa4892d9c5ea3da7e441e120da';


CREATE TRIGGER pgtrigger_reconciliation_stays_8e09e BEFORE DELETE ON public.wallet_reconciliation FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_reconciliation_stays_8e09e();


COMMENT ON TRIGGER pgtrigger_reconciliation_stays_8e09e ON public.wallet_reconciliation IS '3c77d8f4d69bbebf68d2986ea9bdc16992de0ac2';


CREATE TRIGGER pgtrigger_refused_payout_stays_27807 BEFORE DELETE OR UPDATE ON public.wallet_refusedpayout FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_refused_payout_stays_27807();


COMMENT ON TRIGGER pgtrigger_refused_payout_stays_27807 ON public.wallet_refusedpayout IS 'f625db7272f55dae2eacf79d97b2096e6d578c17';


CREATE TRIGGER pgtrigger_request_immutable_e92a8 BEFORE UPDATE ON public.wallet_signedrequest FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_request_immutable_e92a8();


COMMENT ON TRIGGER pgtrigger_request_immutable_e92a8 ON public.wallet_signedrequest IS 'd4772b617393ccb82182e8bc9943698377779175';


CREATE TRIGGER pgtrigger_secret_access_begun_b081c AFTER INSERT ON public.merchants_secret FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_secret_access_begun_b081c();


COMMENT ON TRIGGER pgtrigger_secret_access_begun_b081c ON public.merchants_secret IS '2524fc5d0415b946bce0ffdee82a3eb9ebc13967';


CREATE TRIGGER pgtrigger_secret_access_changed_f3450 AFTER UPDATE ON public.merchants_secret FOR EACH ROW WHEN (((old.key_id IS DISTINCT FROM new.key_id) OR (old.revoked_at IS DISTINCT FROM new.revoked_at) OR (old.usable_until IS DISTINCT FROM new.usable_until))) EXECUTE FUNCTION public.pgtrigger_secret_access_changed_f3450();


COMMENT ON TRIGGER pgtrigger_secret_access_changed_f3450 ON public.merchants_secret IS '53b2648b2d718b3e67db9581151a3d7e58792244';


CREATE TRIGGER pgtrigger_secret_at_most_two_28c0c BEFORE INSERT ON public.merchants_secret FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_secret_at_most_two_28c0c();


COMMENT ON TRIGGER pgtrigger_secret_at_most_two_28c0c ON public.merchants_secret IS '6b0e4517f9508c950f6506a17fc3f300bbc901c7';


CREATE TRIGGER pgtrigger_secret_by_two_people_306ee BEFORE INSERT ON public.merchants_secret FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_secret_by_two_people_306ee();


COMMENT ON TRIGGER pgtrigger_secret_by_two_people_306ee ON public.merchants_secret IS '485c20245f2b97cdd0bfa6d965cc0a4622fa4ada';


CREATE TRIGGER pgtrigger_secret_ended_for_good_4bc90 BEFORE UPDATE ON public.merchants_secret FOR EACH ROW WHEN ((old.usable_until IS DISTINCT FROM new.usable_until)) EXECUTE FUNCTION public.pgtrigger_secret_ended_for_good_4bc90();


COMMENT ON TRIGGER pgtrigger_secret_ended_for_good_4bc90 ON public.merchants_secret IS '8768612200794f78da14fe2581b04fca698b6d3e';


CREATE TRIGGER pgtrigger_secret_revoked_for_good_b49de BEFORE UPDATE ON public.merchants_secret FOR EACH ROW WHEN (((old.revoked_at IS NOT NULL) AND (new.revoked_at IS DISTINCT FROM old.revoked_at))) EXECUTE FUNCTION public.pgtrigger_secret_revoked_for_good_b49de();


COMMENT ON TRIGGER pgtrigger_secret_revoked_for_good_b49de ON public.merchants_secret IS '7352936e174b41b354862cc9073e6ebd99998bed';


CREATE TRIGGER pgtrigger_secret_stays_9a994 BEFORE DELETE ON public.merchants_secret FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_secret_stays_9a994();


COMMENT ON TRIGGER pgtrigger_secret_stays_9a994 ON public.merchants_secret IS '8e489797d2feb360e2983854cd7a08b000596ad7';


CREATE TRIGGER pgtrigger_session_of_its_player_2a1a5 BEFORE INSERT OR UPDATE OF merchant_id, player_id, account_id, currency ON public.wallet_session FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_session_of_its_player_2a1a5();


COMMENT ON TRIGGER pgtrigger_session_of_its_player_2a1a5 ON public.wallet_session IS '39c3da6cd4e6b597c0f5ca71893d6b3d5fbe8adb';


CREATE TRIGGER pgtrigger_session_stays_1df3a BEFORE DELETE ON public.wallet_session FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_session_stays_1df3a();


COMMENT ON TRIGGER pgtrigger_session_stays_1df3a ON public.wallet_session IS '362695aaa543ff8d2f5406e3b3f75441749740dc';


CREATE TRIGGER pgtrigger_settlement_begins_c432e BEFORE INSERT ON public.wallet_settlement FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_settlement_begins_c432e();


COMMENT ON TRIGGER pgtrigger_settlement_begins_c432e ON public.wallet_settlement IS '7e31d3be44a526014d9b219591adb65e22584c43';


CREATE TRIGGER pgtrigger_settlement_frozen_2128f BEFORE UPDATE ON public.wallet_settlement FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_settlement_frozen_2128f();


COMMENT ON TRIGGER pgtrigger_settlement_frozen_2128f ON public.wallet_settlement IS '888b1e260dcf83372659e63b1c5dc87f65c733ad';


CREATE TRIGGER pgtrigger_settlement_stays_7454e BEFORE DELETE ON public.wallet_settlement FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_settlement_stays_7454e();


COMMENT ON TRIGGER pgtrigger_settlement_stays_7454e ON public.wallet_settlement IS 'e4717c486e3127e4e56520644cd57f5f01062fcf';


CREATE TRIGGER pgtrigger_sign_in_record_stays_09e79 BEFORE DELETE OR UPDATE ON public.merchants_signinrecord FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_sign_in_record_stays_09e79();


COMMENT ON TRIGGER pgtrigger_sign_in_record_stays_09e79 ON public.merchants_signinrecord IS '391684567cdc78275f7f80a2dbeeda4b64beee13';


CREATE TRIGGER pgtrigger_sign_in_reset_ends_tokens_62c58 AFTER INSERT ON public.merchants_signinrecord FOR EACH ROW WHEN (((new.kind)::text = ANY ((ARRAY['reset_done'::character varying, 'password_set'::character varying, 'factors_reset'::character varying])::text[]))) EXECUTE FUNCTION public.pgtrigger_sign_in_reset_ends_tokens_62c58();


COMMENT ON TRIGGER pgtrigger_sign_in_reset_ends_tokens_62c58 ON public.merchants_signinrecord IS '2d27f86c5683cd8eb294bc4494169f878252912e';


CREATE TRIGGER pgtrigger_simulation_in_a_sandbox_5ebc7 BEFORE INSERT OR UPDATE ON public.wallet_simulation FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_simulation_in_a_sandbox_5ebc7();


COMMENT ON TRIGGER pgtrigger_simulation_in_a_sandbox_5ebc7 ON public.wallet_simulation IS '9167d2f160f75d5888b6d694258aaf393d39ead0';


CREATE TRIGGER pgtrigger_staff_change_stays_6cfe3 BEFORE DELETE ON public.merchants_staffchange FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_staff_change_stays_6cfe3();


COMMENT ON TRIGGER pgtrigger_staff_change_stays_6cfe3 ON public.merchants_staffchange IS '4ce427cbf36633bbfc30228ac90fdb9de20e42d2';


CREATE TRIGGER pgtrigger_staff_change_told_by_letter_d110f BEFORE INSERT OR UPDATE ON public.merchants_staffchange FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_staff_change_told_by_letter_d110f();


COMMENT ON TRIGGER pgtrigger_staff_change_told_by_letter_d110f ON public.merchants_staffchange IS 'b49aae0d67c41095a26783adf9802b75144d8085';


CREATE TRIGGER pgtrigger_staff_visit_stays_33a43 BEFORE DELETE ON public.merchants_staffvisit FOR EACH ROW WHEN ((old.hour > (now() - '90 days'::interval))) EXECUTE FUNCTION public.pgtrigger_staff_visit_stays_33a43();


COMMENT ON TRIGGER pgtrigger_staff_visit_stays_33a43 ON public.merchants_staffvisit IS '62d9007914fdd25870f9cf8888fa37a8ea4cd811';


CREATE TRIGGER pgtrigger_statement_stays_92ea6 BEFORE DELETE ON public.wallet_statement FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_statement_stays_92ea6();


COMMENT ON TRIGGER pgtrigger_statement_stays_92ea6 ON public.wallet_statement IS '8316cec4cf61568355b0120ad48c310d56b65744';


CREATE TRIGGER pgtrigger_traffic_incident_ends_once_bca8d BEFORE UPDATE ON public.wallet_trafficincident FOR EACH ROW WHEN ((old.ended_at IS NOT NULL)) EXECUTE FUNCTION public.pgtrigger_traffic_incident_ends_once_bca8d();


COMMENT ON TRIGGER pgtrigger_traffic_incident_ends_once_bca8d ON public.wallet_trafficincident IS '9fe187208d4dbbacea5fea44497f7a4577193987';


CREATE TRIGGER pgtrigger_traffic_incident_stays_1d2e1 BEFORE DELETE ON public.wallet_trafficincident FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_traffic_incident_stays_1d2e1();


COMMENT ON TRIGGER pgtrigger_traffic_incident_stays_1d2e1 ON public.wallet_trafficincident IS '3c36d01098fc39c12ae94ee44cccb68d63d74544';


CREATE TRIGGER pgtrigger_transaction_immutable_8868e BEFORE DELETE OR UPDATE ON public.wallet_transaction FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_transaction_immutable_8868e();


COMMENT ON TRIGGER pgtrigger_transaction_immutable_8868e ON public.wallet_transaction IS '86de71336ad0bea6aacb5e8b36a61c0d9bb65e5f';


CREATE TRIGGER pgtrigger_transaction_not_emptied_df4b4 BEFORE TRUNCATE ON public.wallet_transaction FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_transaction_not_emptied_df4b4();


COMMENT ON TRIGGER pgtrigger_transaction_not_emptied_df4b4 ON public.wallet_transaction IS 'f07a7c4f3880c081a6fb27a9607b9d26e886db5b';


ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_2c513194_fk_merchants_person_id FOREIGN KEY (user_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirm_email_address_id_5b7f8c58_fk_account_e FOREIGN KEY (email_address_id) REFERENCES public.account_emailaddress(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_content_type_id_c4bce8eb_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_user_id_c564eba6_fk_merchants_person_id FOREIGN KEY (user_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_accesstoken
    ADD CONSTRAINT merchants_accesstoke_merchant_id_6e685dad_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_accesstoken
    ADD CONSTRAINT merchants_accesstoken_person_id_de67aa7e_fk_merchants_person_id FOREIGN KEY (person_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_alloweddomain
    ADD CONSTRAINT merchants_alloweddom_merchant_id_01f7d074_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_alloweddomain
    ADD CONSTRAINT merchants_alloweddom_owner_id_83dab9c6_fk_merchants FOREIGN KEY (owner_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_allowlistentry
    ADD CONSTRAINT merchants_allowliste_merchant_id_104ba8a2_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_allowlistentry
    ADD CONSTRAINT merchants_allowliste_owner_id_c007d11e_fk_merchants FOREIGN KEY (owner_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_allowlistentry
    ADD CONSTRAINT merchants_allowlistentry_key_id_e58f3359_fk_merchants_apikey_id FOREIGN KEY (key_id) REFERENCES public.merchants_apikey(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_apikey
    ADD CONSTRAINT merchants_apikey_merchant_id_6da38186_fk_merchants_merchant_id FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_approval
    ADD CONSTRAINT merchants_approval_asked_by_id_2bccf3d4_fk_merchants_person_id FOREIGN KEY (asked_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_approval
    ADD CONSTRAINT merchants_approval_decided_by_id_5b362f14_fk_merchants FOREIGN KEY (decided_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_approval
    ADD CONSTRAINT merchants_approval_key_id_4cadb98e_fk_merchants_apikey_id FOREIGN KEY (key_id) REFERENCES public.merchants_apikey(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_approval
    ADD CONSTRAINT merchants_approval_merchant_id_ef5d48c8_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_chainblock
    ADD CONSTRAINT merchants_chainblock_recipe_id_c5de68fa_fk_merchants FOREIGN KEY (recipe_id) REFERENCES public.merchants_chainrecipe(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_compromise
    ADD CONSTRAINT merchants_compromise_closed_by_id_451313a6_fk_merchants FOREIGN KEY (closed_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_compromise
    ADD CONSTRAINT merchants_compromise_declared_by_id_3835387a_fk_merchants FOREIGN KEY (declared_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_compromise
    ADD CONSTRAINT merchants_compromise_key_id_594333bd_fk_merchants_apikey_id FOREIGN KEY (key_id) REFERENCES public.merchants_apikey(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_compromise
    ADD CONSTRAINT merchants_compromise_replacement_id_683be8af_fk_merchants FOREIGN KEY (replacement_id) REFERENCES public.merchants_secret(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_compromise
    ADD CONSTRAINT merchants_compromise_secret_id_6d900d67_fk_merchants_secret_id FOREIGN KEY (secret_id) REFERENCES public.merchants_secret(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_contact
    ADD CONSTRAINT merchants_contact_merchant_id_aab89164_fk_merchants_merchant_id FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_disabledgame
    ADD CONSTRAINT merchants_disabledga_merchant_id_6bf557c5_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_disabledgame
    ADD CONSTRAINT merchants_disabledgame_game_id_e7e57d85_fk_merchants_game_id FOREIGN KEY (game_id) REFERENCES public.merchants_game(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_download
    ADD CONSTRAINT merchants_download_merchant_id_1aef9e9b_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_download
    ADD CONSTRAINT merchants_download_person_id_1dfadae3_fk_merchants_person_id FOREIGN KEY (person_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_egressproof
    ADD CONSTRAINT merchants_egressproo_merchant_id_4e2d2803_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_egressproof
    ADD CONSTRAINT merchants_egressproof_by_id_046c9be0_fk_merchants_person_id FOREIGN KEY (by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_egressproof
    ADD CONSTRAINT merchants_egressproof_key_id_9831a490_fk_merchants_apikey_id FOREIGN KEY (key_id) REFERENCES public.merchants_apikey(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_eventdelivery
    ADD CONSTRAINT merchants_eventdeliv_endpoint_id_536189b9_fk_merchants FOREIGN KEY (endpoint_id) REFERENCES public.merchants_eventendpoint(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_eventdelivery
    ADD CONSTRAINT merchants_eventdeliv_event_id_11910e13_fk_merchants FOREIGN KEY (event_id) REFERENCES public.merchants_outgoingevent(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_eventdelivery
    ADD CONSTRAINT merchants_eventdeliv_merchant_id_8087901b_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_eventendpoint
    ADD CONSTRAINT merchants_eventendpo_created_by_id_e0290787_fk_merchants FOREIGN KEY (created_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_eventendpoint
    ADD CONSTRAINT merchants_eventendpo_merchant_id_41bef322_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_importproposal
    ADD CONSTRAINT merchants_importprop_merchant_id_8a1e09a1_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_importproposal
    ADD CONSTRAINT merchants_importproposal_by_id_518fc625_fk_merchants_person_id FOREIGN KEY (by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_invitation
    ADD CONSTRAINT merchants_invitation_invited_by_id_6aeb8522_fk_merchants FOREIGN KEY (invited_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_invitation
    ADD CONSTRAINT merchants_invitation_merchant_id_f9b5cced_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_letter
    ADD CONSTRAINT merchants_letter_merchant_id_af82ad4f_fk_merchants_merchant_id FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_listtrial
    ADD CONSTRAINT merchants_listtrial_by_id_b3a82e18_fk_merchants_person_id FOREIGN KEY (by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_listtrial
    ADD CONSTRAINT merchants_listtrial_key_id_9dfb1bd1_fk_merchants_apikey_id FOREIGN KEY (key_id) REFERENCES public.merchants_apikey(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_listtrial
    ADD CONSTRAINT merchants_listtrial_merchant_id_214cacb7_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_membership
    ADD CONSTRAINT merchants_membership_merchant_id_fba4ba2f_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_membership
    ADD CONSTRAINT merchants_membership_person_id_e682a1df_fk_merchants_person_id FOREIGN KEY (person_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_merchant
    ADD CONSTRAINT merchants_merchant_sandbox_of_id_0dff8d7b_fk_merchants FOREIGN KEY (sandbox_of_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_outgoingevent
    ADD CONSTRAINT merchants_outgoingev_merchant_id_ff0d98a5_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_ownerquestion
    ADD CONSTRAINT merchants_ownerquest_answered_by_id_dd24e320_fk_merchants FOREIGN KEY (answered_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_ownerquestion
    ADD CONSTRAINT merchants_ownerquest_asked_by_id_c45baa72_fk_merchants FOREIGN KEY (asked_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_ownerquestion
    ADD CONSTRAINT merchants_ownerquest_merchant_id_6a559d57_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_person_groups
    ADD CONSTRAINT merchants_person_gro_person_id_11cf12ca_fk_merchants FOREIGN KEY (person_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_person_groups
    ADD CONSTRAINT merchants_person_groups_group_id_4b067b45_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_person_user_permissions
    ADD CONSTRAINT merchants_person_use_permission_id_874734ae_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_person_user_permissions
    ADD CONSTRAINT merchants_person_use_person_id_befbb1bc_fk_merchants FOREIGN KEY (person_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_player
    ADD CONSTRAINT merchants_player_merchant_id_9b832e19_fk_merchants_merchant_id FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_secret
    ADD CONSTRAINT merchants_secret_approval_id_61fde027_fk_merchants_approval_id FOREIGN KEY (approval_id) REFERENCES public.merchants_approval(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_secret
    ADD CONSTRAINT merchants_secret_key_id_c3cb6277_fk_merchants_apikey_id FOREIGN KEY (key_id) REFERENCES public.merchants_apikey(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_secretclaim
    ADD CONSTRAINT merchants_secretclai_claimed_by_id_0beb2ed1_fk_merchants FOREIGN KEY (claimed_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_secretclaim
    ADD CONSTRAINT merchants_secretclai_sent_by_id_b1381203_fk_merchants FOREIGN KEY (sent_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_secretclaim
    ADD CONSTRAINT merchants_secretclaim_key_id_bf499592_fk_merchants_apikey_id FOREIGN KEY (key_id) REFERENCES public.merchants_apikey(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_secretclaim
    ADD CONSTRAINT merchants_secretclaim_secret_id_35e6be9d_fk_merchants_secret_id FOREIGN KEY (secret_id) REFERENCES public.merchants_secret(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_seenaddress
    ADD CONSTRAINT merchants_seenaddress_key_id_524530f7_fk_merchants_apikey_id FOREIGN KEY (key_id) REFERENCES public.merchants_apikey(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_seenorigin
    ADD CONSTRAINT merchants_seenorigin_key_id_fa622665_fk_merchants_apikey_id FOREIGN KEY (key_id) REFERENCES public.merchants_apikey(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_staffchange
    ADD CONSTRAINT merchants_staffchange_letter_id_3b950596_fk_merchants_letter_id FOREIGN KEY (letter_id) REFERENCES public.merchants_letter(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_staffvisit
    ADD CONSTRAINT merchants_staffvisit_merchant_id_5daeb7e9_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.merchants_staffvisit
    ADD CONSTRAINT merchants_staffvisit_person_id_d5bcf1be_fk_merchants_person_id FOREIGN KEY (person_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_user_id_0c3a50c0_fk_merchants_person_id FOREIGN KEY (user_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_social_account_id_951f210e_fk_socialacc FOREIGN KEY (account_id) REFERENCES public.socialaccount_socialaccount(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_social_app_id_636a42d7_fk_socialacc FOREIGN KEY (app_id) REFERENCES public.socialaccount_socialapp(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.socialaccount_socialaccount
    ADD CONSTRAINT socialaccount_social_user_id_8146e70c_fk_merchants FOREIGN KEY (user_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_userses_user_id_af5e0a6d_fk_merchants FOREIGN KEY (user_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_account
    ADD CONSTRAINT wallet_account_merchant_id_52b56d96_fk_merchants_merchant_id FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_account
    ADD CONSTRAINT wallet_account_player_id_651ba349_fk_merchants_player_id FOREIGN KEY (player_id) REFERENCES public.merchants_player(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_bookfinding
    ADD CONSTRAINT wallet_bookfinding_merchant_id_cb6f6234_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_booksslice
    ADD CONSTRAINT wallet_booksslice_merchant_id_8fd4965c_fk_merchants_merchant_id FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_case
    ADD CONSTRAINT wallet_case_found_by_id_4f3318bf_fk_wallet_reconciliation_id FOREIGN KEY (found_by_id) REFERENCES public.wallet_reconciliation(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_case
    ADD CONSTRAINT wallet_case_merchant_id_2aa9d0eb_fk_merchants_merchant_id FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_case
    ADD CONSTRAINT wallet_case_other_id_d4747f56_fk_wallet_case_id FOREIGN KEY (other_id) REFERENCES public.wallet_case(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_case
    ADD CONSTRAINT wallet_case_owner_id_0183089c_fk_merchants_person_id FOREIGN KEY (owner_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_case
    ADD CONSTRAINT wallet_case_resolved_by_id_232de97e_fk_merchants_person_id FOREIGN KEY (resolved_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_case
    ADD CONSTRAINT wallet_case_seen_by_id_17953c8d_fk_wallet_reconciliation_id FOREIGN KEY (seen_by_id) REFERENCES public.wallet_reconciliation(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_case
    ADD CONSTRAINT wallet_case_write_off_asked_by_i_41505ed3_fk_merchants FOREIGN KEY (write_off_asked_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_casenote
    ADD CONSTRAINT wallet_casenote_by_id_782507d7_fk_merchants_person_id FOREIGN KEY (by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_casenote
    ADD CONSTRAINT wallet_casenote_case_id_00ea3088_fk_wallet_case_id FOREIGN KEY (case_id) REFERENCES public.wallet_case(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_casenote
    ADD CONSTRAINT wallet_casenote_statement_id_ca305ff4_fk_wallet_statement_id FOREIGN KEY (statement_id) REFERENCES public.wallet_statement(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_casereminder
    ADD CONSTRAINT wallet_casereminder_case_id_eaf8221f_fk_wallet_case_id FOREIGN KEY (case_id) REFERENCES public.wallet_case(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_correction
    ADD CONSTRAINT wallet_correction_approved_by_id_35cbca92_fk_merchants FOREIGN KEY (approved_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_correction
    ADD CONSTRAINT wallet_correction_asked_by_id_53e691f3_fk_merchants_person_id FOREIGN KEY (asked_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_correction
    ADD CONSTRAINT wallet_correction_case_id_2a4015d9_fk_wallet_case_id FOREIGN KEY (case_id) REFERENCES public.wallet_case(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_correction
    ADD CONSTRAINT wallet_correction_declined_by_id_1fe8fb49_fk_merchants FOREIGN KEY (declined_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_correction
    ADD CONSTRAINT wallet_correction_merchant_id_a52be374_fk_merchants_merchant_id FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_correction
    ADD CONSTRAINT wallet_correction_player_id_5eef72b4_fk_merchants_player_id FOREIGN KEY (player_id) REFERENCES public.merchants_player(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_export
    ADD CONSTRAINT wallet_export_by_id_4943e837_fk_merchants_person_id FOREIGN KEY (by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_export
    ADD CONSTRAINT wallet_export_merchant_id_d4525975_fk_merchants_merchant_id FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_hostkeylookup
    ADD CONSTRAINT wallet_hostkeylookup_merchant_id_0f3a7b93_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_invoice
    ADD CONSTRAINT wallet_invoice_by_id_8f21e3b0_fk_merchants_person_id FOREIGN KEY (by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_invoice
    ADD CONSTRAINT wallet_invoice_merchant_id_5a605a87_fk_merchants_merchant_id FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_playtransaction
    ADD CONSTRAINT wallet_playtransaction_session_id_0ecbe65b_fk_wallet_session_id FOREIGN KEY (session_id) REFERENCES public.wallet_session(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_reconciliation
    ADD CONSTRAINT wallet_reconciliatio_merchant_id_23e60831_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_reconciliationplan
    ADD CONSTRAINT wallet_reconciliatio_merchant_id_e2c1e5f0_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_reconciliation
    ADD CONSTRAINT wallet_reconciliatio_statement_id_de9c0fb8_fk_wallet_st FOREIGN KEY (statement_id) REFERENCES public.wallet_statement(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_reconciliation
    ADD CONSTRAINT wallet_reconciliation_by_id_ba6e8d5b_fk_merchants_person_id FOREIGN KEY (by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_reportdelivery
    ADD CONSTRAINT wallet_reportdeliver_reconciliation_id_1d3c12d0_fk_wallet_re FOREIGN KEY (reconciliation_id) REFERENCES public.wallet_reconciliation(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_reportdelivery
    ADD CONSTRAINT wallet_reportdelivery_letter_id_f4157136_fk_merchants_letter_id FOREIGN KEY (letter_id) REFERENCES public.merchants_letter(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_reportoptout
    ADD CONSTRAINT wallet_reportoptout_merchant_id_380fc6c4_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_reportrecipient
    ADD CONSTRAINT wallet_reportrecipie_merchant_id_edc821a2_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_session
    ADD CONSTRAINT wallet_session_account_id_02a8c952_fk_wallet_account_id FOREIGN KEY (account_id) REFERENCES public.wallet_account(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_session
    ADD CONSTRAINT wallet_session_game_id_cc857625_fk_merchants_game_id FOREIGN KEY (game_id) REFERENCES public.merchants_game(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_session
    ADD CONSTRAINT wallet_session_merchant_id_f877dada_fk_merchants_merchant_id FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_session
    ADD CONSTRAINT wallet_session_player_id_90cfd821_fk_merchants_player_id FOREIGN KEY (player_id) REFERENCES public.merchants_player(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_settlement
    ADD CONSTRAINT wallet_settlement_merchant_id_64c57fda_fk_merchants_merchant_id FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_settlement
    ADD CONSTRAINT wallet_settlement_prepared_by_id_c64d4376_fk_merchants FOREIGN KEY (prepared_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_settlement
    ADD CONSTRAINT wallet_settlement_signed_by_id_f1b325df_fk_merchants_person_id FOREIGN KEY (signed_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_settlement
    ADD CONSTRAINT wallet_settlement_withdrawn_by_id_1d44390c_fk_merchants FOREIGN KEY (withdrawn_by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_settlementadjustment
    ADD CONSTRAINT wallet_settlementadj_run_id_1919fa82_fk_wallet_re FOREIGN KEY (run_id) REFERENCES public.wallet_reconciliation(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_settlementadjustment
    ADD CONSTRAINT wallet_settlementadj_settlement_id_33631c14_fk_wallet_se FOREIGN KEY (settlement_id) REFERENCES public.wallet_settlement(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_settlementadjustment
    ADD CONSTRAINT wallet_settlementadjustment_case_id_4f426d1a_fk_wallet_case_id FOREIGN KEY (case_id) REFERENCES public.wallet_case(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_settlementconfirmation
    ADD CONSTRAINT wallet_settlementcon_by_id_1f5b5e89_fk_merchants FOREIGN KEY (by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_settlementconfirmation
    ADD CONSTRAINT wallet_settlementcon_settlement_id_d09f0e17_fk_wallet_se FOREIGN KEY (settlement_id) REFERENCES public.wallet_settlement(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_simulatedcall
    ADD CONSTRAINT wallet_simulatedcall_merchant_id_ee72d1ec_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_simulatedcall
    ADD CONSTRAINT wallet_simulatedcall_simulation_id_d4408d81_fk_wallet_si FOREIGN KEY (simulation_id) REFERENCES public.wallet_simulation(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_simulation
    ADD CONSTRAINT wallet_simulation_by_id_e46c8a9d_fk_merchants_person_id FOREIGN KEY (by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_simulation
    ADD CONSTRAINT wallet_simulation_key_id_81b1b495_fk_merchants_apikey_id FOREIGN KEY (key_id) REFERENCES public.merchants_apikey(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_simulation
    ADD CONSTRAINT wallet_simulation_merchant_id_82b57e89_fk_merchants_merchant_id FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_statement
    ADD CONSTRAINT wallet_statement_by_id_ee21313c_fk_merchants_person_id FOREIGN KEY (by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_statement
    ADD CONSTRAINT wallet_statement_merchant_id_172832db_fk_merchants_merchant_id FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_statement
    ADD CONSTRAINT wallet_statement_repeats_id_07b91562_fk_wallet_statement_id FOREIGN KEY (repeats_id) REFERENCES public.wallet_statement(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_statement
    ADD CONSTRAINT wallet_statement_replaces_id_188a666f_fk_wallet_statement_id FOREIGN KEY (replaces_id) REFERENCES public.wallet_statement(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_statementpreview
    ADD CONSTRAINT wallet_statementprev_merchant_id_6cb5a162_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_statementpreview
    ADD CONSTRAINT wallet_statementpreview_by_id_66dd4ce1_fk_merchants_person_id FOREIGN KEY (by_id) REFERENCES public.merchants_person(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_statementsource
    ADD CONSTRAINT wallet_statementsour_merchant_id_117e478f_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;


ALTER TABLE ONLY public.wallet_trafficincident
    ADD CONSTRAINT wallet_trafficincide_merchant_id_61bcac97_fk_merchants FOREIGN KEY (merchant_id) REFERENCES public.merchants_merchant(id) DEFERRABLE INITIALLY DEFERRED;




--
-- PostgreSQL database dump complete
--


