import { docker, type Ended } from "../../support/live-engine";
import { besideApi, of, SUFFIX } from "./live";

/** Databases, logins, roles and tenants. */
export function postgresTests(): void {
    /** As superuser, through the server's socket: the only way that needs no password. */
    const asAdministrator = async (service: string, database: string, sql: string): Promise<string> => {
        const psql = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database];
        return (await docker(["exec", "-i", of(service), ...psql], { input: sql })).trim();
    };
    /** As the application's role: where the application is, with what is in its file. */
    const asApplication = (sql: string, url = '"$(cat "$0")"'): Promise<Ended> =>
        besideApi("psra-postgres", `psql -X -q -A -t -w -v ON_ERROR_STOP=1 ${url}`, `postgres-psra_${SUFFIX}`, sql);
    const value = async (sql: string): Promise<string> => {
        const { code, stdout, stderr } = await asApplication(sql);
        return code === 0 ? stdout.trim() : `failed with ${code}: ${stderr}`;
    };

    test("has the databases of each product and of the platform, with vector and uuid where they are asked for", async () => {
        const databases =
            "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'";
        expect(await asAdministrator("bizosaas-postgres", "postgres", databases)).toBe(
            `bizosaas_${SUFFIX} saleor_${SUFFIX}`,
        );
        expect(await asAdministrator("postgres", "postgres", databases)).toBe(`temporal_${SUFFIX} vault_${SUFFIX}`);
        expect(await asAdministrator("psra-postgres", "postgres", databases)).toBe(`psra_${SUFFIX}`);
        const use =
            "SELECT '[1,2]'::vector <-> '[1,4]'::vector, length(uuid_generate_v4()::text), length(gen_random_uuid()::text)";
        expect(await asAdministrator("bizosaas-postgres", `bizosaas_${SUFFIX}`, use)).toBe("2|36|36");
        const version = await asAdministrator("psra-postgres", "postgres", "SHOW server_version_num");
        expect(Number(version)).toBeGreaterThanOrEqual(160_000);
    });

    test("lets an application in over the network with the password of its file, by SCRAM, and nobody else", async () => {
        expect(await value("SELECT current_user || ' ' || current_database()")).toBe(`psra psra_${SUFFIX}`);
        const methods =
            "SELECT string_agg(DISTINCT type || ' ' || auth_method, ', ') FROM pg_hba_file_rules WHERE auth_method <> 'reject'";
        expect(await asAdministrator("psra-postgres", "postgres", methods)).toBe("host scram-sha-256, local peer");
        const stored = "SELECT bool_and(rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid WHERE rolcanlogin";
        expect(await asAdministrator("psra-postgres", "postgres", stored)).toBe("t");

        const wrong = await asApplication("SELECT 1", `postgresql://psra:wrong@psra-postgres/psra_${SUFFIX}`);
        expect(wrong.code).toBe(2);
        expect(wrong.stderr).toContain('password authentication failed for user "psra"');
        const none = await asApplication("SELECT 1", "postgresql://postgres@psra-postgres/postgres");
        expect(none.code).toBe(2);
        expect(none.stderr).toContain("no password supplied");
    });

    test("gives an application a role that owns nothing and can become nobody", async () => {
        const owned = `SELECT count(*) FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = 'psra'::regrole AND deptype = 'o'`;
        expect(await value(owned)).toBe("0");
        const rights =
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = current_user";
        expect(await value(rights)).toBe("f|f|f|f|f");
        expect(await value("SELECT count(*) FROM pg_auth_members WHERE member = 'psra'::regrole")).toBe("0");
        expect(await value("CREATE TABLE mine (x int)")).toContain("permission denied for schema public");
        expect(await value(`SET ROLE psra_${SUFFIX}_owner`)).toContain("permission denied to set role");
        expect(
            await value(
                "SELECT has_database_privilege('postgres', 'CONNECT'), has_database_privilege('template1', 'CONNECT')",
            ),
        ).toBe("f|f");
    });

    test("shows each tenant its own rows, and none to whoever names no tenant", async () => {
        // As a migration does it: as the owner. The administrator is above row-level security and fills both tenants' rows in.
        await asAdministrator(
            "psra-postgres",
            `psra_${SUFFIX}`,
            `SET ROLE psra_${SUFFIX}_owner;
         CREATE TABLE orders (id int PRIMARY KEY, tenant_id text NOT NULL, what text NOT NULL);
         SELECT strata.isolate_tenants('orders', 'tenant_id');
         RESET ROLE;
         INSERT INTO orders VALUES (1, 'alpha', 'a1'), (2, 'beta', 'b1'), (3, 'beta', 'b2');`,
        );
        const seen = "SELECT coalesce(string_agg(what, ' ' ORDER BY id), 'nothing') FROM orders;";
        const as = (tenant: string, sql: string): string =>
            `BEGIN; SET LOCAL app.current_tenant_id = '${tenant}'; ${sql} COMMIT;`;
        expect(await value(seen)).toBe("nothing");
        expect(await value(as("alpha", seen))).toBe("a1");
        expect(await value(as("beta", seen))).toBe("b1 b2");
        // The setting ends with its transaction, so a pooled connection does not carry it to the next tenant.
        expect(await value(`${as("beta", seen)} ${seen}`)).toBe("b1 b2\nnothing");
        const refused = 'new row violates row-level security policy for table "orders"';
        expect(await value(as("alpha", "INSERT INTO orders VALUES (4, 'beta', 'b3');"))).toContain(refused);
        expect(await value("INSERT INTO orders VALUES (4, 'alpha', 'a2')")).toContain(refused);
        expect(
            await value(
                as(
                    "alpha",
                    "WITH gone AS (DELETE FROM orders RETURNING 1) SELECT count(*) FROM gone; ROLLBACK; BEGIN;",
                ),
            ),
        ).toBe("1");
        expect(await value("ALTER TABLE orders DISABLE ROW LEVEL SECURITY")).toContain("must be owner of table orders");
        // FORCE: the owner is held to it as well.
        const owner = `SET ROLE psra_${SUFFIX}_owner; ${seen}`;
        expect(await asAdministrator("psra-postgres", `psra_${SUFFIX}`, owner)).toBe("nothing");
    });
}
