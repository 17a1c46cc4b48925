import { DATABASE_MANAGER } from "../../databases";

/**
 * Beginning of the names of leased logins. The roles of databases have no dash in their names, so none of them begins like
 * this.
 */
export const LEASED_PREFIX = "v-";

/** Query for the logins that `DATABASE_MANAGER` has created: the creator of a role has the admin option on it. */
const LEASED_LOGINS = `
    SELECT r.oid, r.rolname, r.rolcanlogin
    FROM pg_catalog.pg_roles r
    WHERE pg_catalog.starts_with(r.rolname, '${LEASED_PREFIX}')
        AND NOT (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls)
        AND EXISTS (SELECT FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles manager ON manager.oid = m.member
            WHERE m.roleid = r.oid AND m.admin_option AND manager.rolname = '${DATABASE_MANAGER}')`;

/**
 * Creates `DATABASE_MANAGER`. It sees no data: it may create roles, and put them into the applications' roles without being
 * a member of these. Its statements contain passwords, so they are never logged, not even when they fail. Can be applied
 * any number of times.
 *
 * `strata.end_login` ends a login. It runs as superuser and ends only logins that `DATABASE_MANAGER` has created. First
 * come the steps that protect: no login any more, no role, no session. These are retried, because a session may change its
 * own password at the same moment. Then come the steps that tidy up, which may fail without undoing the first. Vault runs
 * all of it in one transaction, so a connection that has just logged in can outlive it. That connection has no role, and
 * the next call ends it.
 *
 * psql variables: `manager`, `password`.
 */
export const CREATE_MANAGER = String.raw`
SELECT format('CREATE ROLE %I LOGIN', :'manager') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'manager') \gexec
ALTER ROLE :"manager" LOGIN NOSUPERUSER NOCREATEDB CREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT CONNECTION LIMIT 8 PASSWORD :'password';
ALTER ROLE :"manager" SET log_statement TO 'none';
ALTER ROLE :"manager" SET log_min_error_statement TO 'panic';
GRANT CONNECT ON DATABASE postgres TO :"manager";

CREATE SCHEMA IF NOT EXISTS strata;
REVOKE ALL ON SCHEMA strata FROM PUBLIC;
GRANT USAGE ON SCHEMA strata TO :"manager";

CREATE OR REPLACE VIEW strata.leased_logins AS ${LEASED_LOGINS};

CREATE OR REPLACE FUNCTION strata.end_sessions(login oid) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Else a transaction sees the sessions of the first time that it looked.
    PERFORM pg_stat_clear_snapshot();
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usesysid = login;
    PERFORM pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE usesysid = login;
END
$$;

CREATE OR REPLACE FUNCTION strata.end_login(login text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '2s'
SET client_min_messages = error
AS $$
DECLARE
    leased oid := (SELECT oid FROM strata.leased_logins WHERE rolname = login);
    membership record;
    ended record;
BEGIN
    IF leased IS NULL THEN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
            RAISE EXCEPTION 'strata.end_login: % is no login that ${DATABASE_MANAGER} has made', quote_ident(login)
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN;
    END IF;

    FOR attempt IN 1..10 LOOP
        PERFORM strata.end_sessions(leased);
        BEGIN
            EXECUTE format('ALTER ROLE %I NOLOGIN CONNECTION LIMIT 0 PASSWORD NULL', login);
            FOR membership IN
                SELECT roleid::regrole AS role, grantor::regrole AS grantor FROM pg_auth_members WHERE member = leased
            LOOP
                EXECUTE format('REVOKE %s FROM %I GRANTED BY %s', membership.role, login, membership.grantor);
            END LOOP;
            EXIT;
        EXCEPTION WHEN OTHERS THEN
            IF attempt = 10 THEN
                RAISE;
            END IF;
        END;
    END LOOP;
    PERFORM strata.end_sessions(leased);

    -- Those that could not be removed when they ended get another chance.
    FOR ended IN SELECT oid, rolname FROM strata.leased_logins WHERE NOT rolcanlogin LOOP
        BEGIN
            PERFORM strata.end_sessions(ended.oid);
            EXECUTE format('DROP OWNED BY %I', ended.rolname);
            EXECUTE format('DROP ROLE %I', ended.rolname);
        EXCEPTION WHEN OTHERS THEN
            RAISE LOG 'strata.end_login: % has ended and cannot be removed yet: %', ended.rolname, SQLERRM;
        END;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION strata.end_sessions(oid), strata.end_login(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION strata.end_login(text) TO :"manager";
`;

/** Lets the login of Vault put other logins into a database's role. */
export const GRANT_ROLE = String.raw`
GRANT :"role" TO :"manager" WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
`;

/**
 * Frees ended logins of everything in the connected database that prevents their removal. Their objects go to the
 * database's owner.
 */
export const RELEASE_ENDED = String.raw`
SELECT format('REASSIGN OWNED BY %I TO %s', rolname, (SELECT datdba::regrole FROM pg_database WHERE datname = current_database())),
    format('DROP OWNED BY %I', rolname)
FROM (${LEASED_LOGINS}) AS leased
WHERE NOT rolcanlogin AND EXISTS (SELECT FROM pg_shdepend
    WHERE refclassid = 'pg_authid'::regclass AND refobjid = leased.oid
        AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())) \gexec
`;

/** Removes ended logins on which no object depends any more. Runs in the database `postgres`. */
export const REMOVE_ENDED = String.raw`
SELECT format('DROP ROLE %I', rolname) FROM strata.leased_logins l
WHERE NOT rolcanlogin
    AND NOT EXISTS (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = l.oid) \gexec
`;
