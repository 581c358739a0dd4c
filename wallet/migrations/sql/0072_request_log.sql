-- The request log in partitions by range of id: a partition goes as a whole, and its disk with it.

-- Makes partitions ahead and drops those of which every line is older than p_days. A partition whose lines are not summed
-- up yet stays. With the owner's rights; whoever calls it cannot have less than 35 days of the log kept.
CREATE OR REPLACE FUNCTION request_log_partitions(p_days integer, OUT made integer, OUT dropped integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
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

-- The partitions of the request log: ids from `since`, below `until`.
CREATE OR REPLACE FUNCTION request_log_parts(OUT name text, OUT since bigint, OUT until bigint)
RETURNS SETOF record LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.relname::text,
           coalesce((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''?(-?\d+)''?\)'))[1]::bigint, 0),
           (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''?(-?\d+)''?\)'))[1]::bigint
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'public.wallet_signedrequest'::regclass
$$;
