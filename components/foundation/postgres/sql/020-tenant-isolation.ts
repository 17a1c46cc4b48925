/**
 * Row-level security for tables that hold rows of several tenants. A migration calls, once per table:
 *
 *     SELECT strata.isolate_tenants('orders', 'tenant_id');
 *
 * and a request begins with `SET LOCAL app.current_tenant_id = '...'`. Without a tenant no row is seen and none can be
 * written. A value that the column's type does not accept is an error. FORCE applies the policies to the owner too.
 *
 * Two policies: `tenant_isolation` is restrictive, so no further policy of the product can widen access;
 * `tenant_rows` is permissive, because restrictive policies alone show nothing. The condition compares the column itself
 * with one value for each query, so that an index on the column is used.
 *
 * Partitions and inherited tables have grants of their own, so an event trigger gives them the same policies when they are
 * created. A foreign table cannot have policies, so it is refused below an isolated one. A materialized view of isolated tables
 * holds the rows of the tenant for which it was filled; one filled before the isolation holds the rows of all tenants. So the
 * grants on it are revoked, once. The same applies to a view whose owner bypasses policies. Not
 * covered, because no catalogue records the origin of rows: a table into which a migration copies rows (it needs a call
 * of its own), and functions with a quoted body that run as a superuser (SECURITY DEFINER).
 *
 * Functions that run as superuser name `pg_temp` last: otherwise a temporary table of the caller would hide the
 * catalogue's table of the same name.
 *
 * Can be applied any number of times; it replaces the policies of earlier versions.
 *
 * psql variables: `owner`, who runs migrations, and `role`.
 *
 * @see https://www.postgresql.org/docs/17/ddl-rowsecurity.html
 */
export const TENANT_ISOLATION = String.raw`
CREATE SCHEMA IF NOT EXISTS strata;
REVOKE ALL ON SCHEMA strata FROM PUBLIC;
GRANT USAGE ON SCHEMA strata TO :"owner", :"role";

-- Names in a body of this form are looked up now, so it needs no search_path of its own, and queries can inline it.
-- A setting that was local to a transaction reads as an empty string after it, not as NULL.
CREATE OR REPLACE FUNCTION strata.current_tenant() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(pg_catalog.current_setting('app.current_tenant_id', true), '');

-- The condition for rows of the current tenant, written with the column's own type and that type's equality.
CREATE OR REPLACE FUNCTION strata.tenant_condition(target regclass, tenant_column name) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    base oid;
    kind "char";
    type text;
    equality text := 'pg_catalog';
BEGIN
    SELECT atttypid INTO base FROM pg_attribute
    WHERE attrelid = target AND attname = tenant_column AND attnum > 0 AND NOT attisdropped;
    IF base IS NULL THEN
        RAISE EXCEPTION 'strata.isolate_tenants: % has no column %', target, quote_ident(tenant_column)
            USING ERRCODE = 'undefined_column', HINT = 'Name the column that holds the tenant.';
    END IF;
    LOOP
        SELECT typtype INTO kind FROM pg_type WHERE oid = base;
        EXIT WHEN kind <> 'd';
        SELECT typbasetype INTO base FROM pg_type WHERE oid = base;
    END LOOP;
    -- Without the length: a cast to varchar(8) would cut a longer tenant's name down to another tenant's.
    type := format_type(base, -1);
    IF kind <> 'e' AND base <> ALL (ARRAY['uuid', 'int2', 'int4', 'int8', 'text', 'varchar', 'bpchar']::regtype[]::oid[]) THEN
        SELECT quote_ident(nspname) INTO equality
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE t.oid = base AND typname = 'citext'
            AND EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
                    AND d.refclassid = 'pg_extension'::regclass AND e.extname = 'citext');
        IF equality IS NULL THEN
            RAISE EXCEPTION 'strata.isolate_tenants: column % of % is of type %', quote_ident(tenant_column), target, type
                USING ERRCODE = 'datatype_mismatch',
                    HINT = 'A tenant is a uuid, smallint, integer, bigint, text, varchar, char, citext or enum.';
        END IF;
    END IF;
    RETURN format('%I OPERATOR(%s.=) (SELECT strata.current_tenant()::%s)', tenant_column, equality, type);
END
$$;

-- One table, without those below it.
CREATE OR REPLACE FUNCTION strata.isolate_table(target regclass, tenant_column name) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET strata.isolating = 'on'
SET client_min_messages = warning
AS $$
DECLARE
    condition CONSTANT text := strata.tenant_condition(target, tenant_column);
BEGIN
    IF (SELECT relkind FROM pg_class WHERE oid = target) NOT IN ('r', 'p') THEN
        RAISE EXCEPTION 'strata.isolate_tenants: % is not a table that row-level security can hold', target
            USING ERRCODE = 'wrong_object_type', HINT = 'Foreign tables and views have none: keep its rows in a table here.';
    END IF;
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('DROP POLICY IF EXISTS tenant_isolation ON %s', target);
    EXECUTE format('DROP POLICY IF EXISTS tenant_rows ON %s', target);
    EXECUTE format('CREATE POLICY tenant_isolation ON %s AS RESTRICTIVE USING (%s) WITH CHECK (%s)', target, condition, condition);
    EXECUTE format('CREATE POLICY tenant_rows ON %s USING (true) WITH CHECK (true)', target);
END
$$;

CREATE OR REPLACE FUNCTION strata.isolate_tenants(target regclass, tenant_column name) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    member regclass;
BEGIN
    FOR member IN
        WITH RECURSIVE family(relation) AS (
            SELECT target::oid
            UNION
            SELECT i.inhrelid FROM family f JOIN pg_inherits i ON i.inhparent = f.relation
        )
        SELECT f.relation FROM family f
    LOOP
        PERFORM strata.isolate_table(member, tenant_column);
    END LOOP;
    PERFORM strata.withhold_copies();
END
$$;

-- Isolated tables with their columns. A policy depends on the column that it names, so a column may be renamed.
CREATE OR REPLACE VIEW strata.isolated_tables AS
SELECT c.oid::regclass AS relation, a.attname AS tenant_column, p.polpermissive AS outdated
FROM pg_catalog.pg_policy p
JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_policy'::regclass AND d.objid = p.oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid > 0
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
WHERE p.polname = 'tenant_isolation';

-- Brings the tables below isolated ones to the same policies, and closes a table that has lost its isolation.
CREATE OR REPLACE FUNCTION strata.isolate_descendants() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET strata.isolating = 'on'
SET client_min_messages = warning
AS $$
DECLARE
    child record;
    opened regclass;
BEGIN
    FOR child IN
        WITH RECURSIVE family(relation, tenant_column) AS (
            SELECT i.inhrelid, t.tenant_column
            FROM strata.isolated_tables t JOIN pg_inherits i ON i.inhparent = t.relation
            UNION
            SELECT i.inhrelid, f.tenant_column FROM family f JOIN pg_inherits i ON i.inhparent = f.relation
        )
        SELECT f.relation::regclass AS relation, f.tenant_column
        FROM family f JOIN pg_class c ON c.oid = f.relation
        WHERE NOT (c.relrowsecurity AND c.relforcerowsecurity)
            OR NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND polname = 'tenant_isolation' AND NOT polpermissive)
            OR NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND polname = 'tenant_rows')
    LOOP
        PERFORM strata.isolate_table(child.relation, child.tenant_column);
    END LOOP;
    FOR opened IN
        SELECT polrelid FROM pg_policy p WHERE polname = 'tenant_rows'
            AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = p.polrelid AND polname = 'tenant_isolation')
    LOOP
        EXECUTE format('DROP POLICY tenant_rows ON %s', opened);
    END LOOP;
END
$$;

-- Relations that show rows of isolated tables without asking their policies: materialized views, and views of an owner whom
-- policies do not hold. Rows reach them through views, rules, functions of the form BEGIN ATOMIC, and functions with the
-- table's row type.
CREATE OR REPLACE VIEW strata.copies AS
WITH RECURSIVE dependents(class, object) AS (
    SELECT 'pg_catalog.pg_class'::regclass::oid, t.relation::oid FROM strata.isolated_tables t
    UNION
    SELECT CASE WHEN r.oid IS NULL THEN d.classid ELSE 'pg_catalog.pg_class'::regclass END, coalesce(r.ev_class, d.objid)
    FROM dependents f
    JOIN pg_catalog.pg_depend d ON d.refclassid = f.class AND d.refobjid = f.object AND d.classid IN
        ('pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_type'::regclass)
    LEFT JOIN pg_catalog.pg_rewrite r ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND r.oid = d.objid
)
SELECT c.oid::regclass AS relation
FROM dependents f
JOIN pg_catalog.pg_class c ON f.class = 'pg_catalog.pg_class'::regclass AND c.oid = f.object
JOIN pg_catalog.pg_roles o ON o.oid = c.relowner
WHERE c.relkind = 'm' OR c.relkind = 'v' AND (o.rolsuper OR o.rolbypassrls) AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_options_to_table(c.reloptions)
    WHERE option_name = 'security_invoker' AND option_value::boolean);

-- Copies from which the grants were taken back. By name in a dump, because another cluster has other numbers.
CREATE TABLE IF NOT EXISTS strata.withheld_copies (relation regclass NOT NULL);
REVOKE ALL ON strata.copies, strata.withheld_copies FROM PUBLIC;

-- Once for each copy: a grant that is made afterwards is made by somebody who knows what the copy holds, and stays. As
-- superuser, because a copy may belong to another role than the one that isolates its table.
CREATE OR REPLACE FUNCTION strata.withhold_copies() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET strata.isolating = 'on'
SET client_min_messages = warning
AS $$
DECLARE
    copy regclass;
    reader text;
BEGIN
    DELETE FROM strata.withheld_copies w WHERE w.relation NOT IN (SELECT c.relation FROM strata.copies c);
    FOR copy IN
        SELECT c.relation FROM strata.copies c EXCEPT SELECT w.relation FROM strata.withheld_copies w
    LOOP
        FOR reader IN
            WITH lists(acl) AS (
                SELECT relacl FROM pg_class WHERE oid = copy
                UNION ALL
                SELECT attacl FROM pg_attribute WHERE attrelid = copy AND NOT attisdropped
            )
            SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
            FROM lists, aclexplode(acl) a WHERE a.grantee <> (SELECT relowner FROM pg_class WHERE oid = copy)
        LOOP
            EXECUTE format('REVOKE ALL ON %s FROM %s CASCADE', copy, reader);
        END LOOP;
        INSERT INTO strata.withheld_copies VALUES (copy);
    END LOOP;
END
$$;

-- As superuser, because a child may belong to another role than the table above it.
CREATE OR REPLACE FUNCTION strata.after_ddl() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF current_setting('strata.isolating', true) IS DISTINCT FROM 'on'
        AND EXISTS (SELECT FROM pg_policy WHERE polname IN ('tenant_isolation', 'tenant_rows')) THEN
        PERFORM strata.isolate_descendants();
        PERFORM strata.withhold_copies();
    END IF;
END
$$;

REVOKE ALL ON FUNCTION strata.isolate_tenants(regclass, name), strata.isolate_table(regclass, name),
    strata.tenant_condition(regclass, name), strata.isolate_descendants(), strata.withhold_copies(),
    strata.after_ddl() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION strata.isolate_tenants(regclass, name), strata.isolate_table(regclass, name),
    strata.tenant_condition(regclass, name), strata.withhold_copies() TO :"owner";
REVOKE ALL ON strata.isolated_tables FROM PUBLIC;

SELECT strata.isolate_tenants(relation, tenant_column) FROM strata.isolated_tables WHERE outdated;
SELECT strata.isolate_descendants();
SELECT strata.withhold_copies();
DROP FUNCTION IF EXISTS strata.withhold_copy(regclass);
DROP EVENT TRIGGER IF EXISTS strata_tenant_isolation;
CREATE EVENT TRIGGER strata_tenant_isolation ON ddl_command_end EXECUTE FUNCTION strata.after_ddl();
`;
