/**
 * Creates the login of Vault, `DATABASE_MANAGER`. It sees no data: it may make roles, remove those it made, and put them into the applications'
 * roles without being in these itself. What it sends holds passwords, so none of it is logged, not even when it fails.
 * Can be applied any number of times.
 *
 * psql variables: `manager`, `password`.
 */
export const CREATE_MANAGER = String.raw`
SELECT format('CREATE ROLE %I LOGIN', :'manager') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'manager') \gexec
ALTER ROLE :"manager" LOGIN NOSUPERUSER NOCREATEDB CREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT CONNECTION LIMIT 8 PASSWORD :'password';
ALTER ROLE :"manager" SET log_statement TO 'none';
ALTER ROLE :"manager" SET log_min_error_statement TO 'panic';
GRANT CONNECT ON DATABASE postgres TO :"manager";
`;

/**
 * Lets the login of Vault put others into a database's role.
 *
 * psql variables: `manager`, `role`.
 */
export const GRANT_ROLE = String.raw`
GRANT :"role" TO :"manager" WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
`;
