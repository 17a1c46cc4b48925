/**
 * Creates the role through which Vault makes logins for migrations of a database. The role may connect and nothing else. Its
 * membership in the owner has no effect: it records whose owner a login for migrations becomes. Can be applied any number of
 * times.
 *
 * psql variables: `database`, `owner`, `migrations`.
 */
export const MIGRATIONS_ROLE = String.raw`
SELECT format('CREATE ROLE %I NOLOGIN', :'migrations') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'migrations') \gexec
ALTER ROLE :"migrations" NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD NULL;
GRANT :"owner" TO :"migrations" WITH ADMIN FALSE, INHERIT FALSE, SET FALSE;
GRANT CONNECT ON DATABASE :"database" TO :"migrations";
`;

/**
 * Lets the login of Vault make logins for migrations. `strata.grant_owner` runs as superuser. It lets a login become the owner
 * of a database, and takes only logins that `DATABASE_MANAGER` has created and roles that {@link MIGRATIONS_ROLE} has created.
 * So Vault's login itself never gets the owner's rights. `strata.begin_migrations` then makes the login act as the owner from
 * its first statement on. Postgres refuses that setting in a function that runs as another role.
 *
 * psql variable: `manager`.
 */
export const BEGIN_MIGRATIONS = String.raw`
CREATE OR REPLACE FUNCTION strata.grant_owner(login text, migrations text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET client_min_messages = error
AS $$
DECLARE
    leased text := (SELECT rolname FROM strata.leased_logins WHERE rolname = login AND rolcanlogin);
    owner text := (SELECT owner.rolname FROM pg_auth_members m
        JOIN pg_roles owner ON owner.oid = m.roleid JOIN pg_roles holder ON holder.oid = m.member
        WHERE holder.rolname = migrations AND NOT holder.rolcanlogin AND NOT owner.rolsuper
            AND EXISTS (SELECT FROM pg_database WHERE datdba = owner.oid));
BEGIN
    IF leased IS NULL OR owner IS NULL THEN
        RAISE EXCEPTION 'strata.grant_owner: % is no login of Vault, or % is for no database', quote_ident(login), quote_ident(migrations)
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('GRANT %I TO %I WITH ADMIN FALSE, INHERIT FALSE, SET TRUE', owner, leased);
    RETURN owner;
END
$$;

CREATE OR REPLACE FUNCTION strata.begin_migrations(login text, migrations text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = error
AS $$
BEGIN
    EXECUTE format('ALTER ROLE %I SET role TO %I', login, strata.grant_owner(login, migrations));
END
$$;
REVOKE ALL ON FUNCTION strata.grant_owner(text, text), strata.begin_migrations(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION strata.grant_owner(text, text), strata.begin_migrations(text, text) TO :"manager";
`;
