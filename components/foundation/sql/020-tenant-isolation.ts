/**
 * Row-level security for tables that hold rows of several tenants. A migration calls, once per table:
 *
 *     SELECT strata.isolate_tenants('orders', 'tenant_id');
 *
 * and a request begins with `SET LOCAL app.current_tenant_id = '...'`. Without it no row is seen and none can be
 * written. FORCE holds the owner to it too. Can be applied any number of times.
 *
 * psql variables: `owner`, who runs migrations, and `role`.
 */
export const TENANT_ISOLATION = String.raw`
CREATE SCHEMA IF NOT EXISTS strata;
REVOKE ALL ON SCHEMA strata FROM PUBLIC;
GRANT USAGE ON SCHEMA strata TO :"owner", :"role";

CREATE OR REPLACE FUNCTION strata.current_tenant() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog
-- A setting that was local to a transaction reads as an empty string after it, not as NULL.
AS $$ SELECT nullif(current_setting('app.current_tenant_id', true), '') $$;

CREATE OR REPLACE FUNCTION strata.isolate_tenants(target regclass, tenant_column name) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('DROP POLICY IF EXISTS tenant_isolation ON %s', target);
    EXECUTE format(
        'CREATE POLICY tenant_isolation ON %s USING (%I::text = strata.current_tenant()) WITH CHECK (%I::text = strata.current_tenant())',
        target, tenant_column, tenant_column);
END
$$;
REVOKE ALL ON FUNCTION strata.isolate_tenants(regclass, name) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION strata.isolate_tenants(regclass, name) TO :"owner";
`;
