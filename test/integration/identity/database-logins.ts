import { asGuestOf, type Ended, inspect } from "../../support/live-engine";
import { asSuperuser } from "../../support/vault-client";
import { ENV, LEASE_SECONDS, of, SUFFIX } from "./live";
import { askAs, change, tokenFor } from "./vault-client";

/** psql where psra-api is. */
export async function psql(url: string, sql: string): Promise<Ended> {
    const { Config } = await inspect(of("psra-postgres"));
    return asGuestOf({
        environment: ENV,
        of: of("psra-api"),
        image: Config.Image,
        entrypoint: "sh",
        command: ["-c", 'read -r url; exec psql "$url" -X -A -t -v ON_ERROR_STOP=1 -c "$0"', sql],
        input: `${url}\n`,
    });
}

interface Lease {
    readonly id: string;
    readonly seconds: number;
    readonly user: string;
    readonly url: string;
}

/** Logins that Vault makes on request. */
export function databaseLoginsTests(): void {
    const CREDENTIALS = "psra/database/creds/psra";
    const rolesNamed = async (user: string): Promise<string> =>
        asSuperuser(of("psra-postgres"), `SELECT count(*) FROM pg_roles WHERE rolname = '${user}'`);

    async function lease(): Promise<Lease> {
        const token = await tokenFor("psra-api");
        const [answer] = await askAs("psra-api", [{ method: "GET", path: CREDENTIALS, token }]);
        const { lease_id, lease_duration, data } = answer!.body as unknown as {
            lease_id: string;
            lease_duration: number;
            data: { username: string; password: string };
        };
        const url = `postgresql://${data.username}:${data.password}@psra-postgres:5432/psra_${SUFFIX}`;
        return { id: lease_id, seconds: lease_duration, user: data.username, url };
    }

    test("work, are held like the application's own role, and end when they are taken back", async () => {
        const { id, seconds, user, url } = await lease();
        expect(seconds).toBe(LEASE_SECONDS);
        const rights =
            "SELECT current_user, rolsuper, rolcreaterole, rolbypassrls, pg_has_role(current_user, 'psra', 'USAGE'), " +
            "rolvaliduntil > now() FROM pg_roles WHERE rolname = current_user";
        const worked = await psql(url, rights);
        expect([worked.code, worked.stdout.trim(), worked.stderr]).toEqual([0, `${user}|f|f|f|t|t`, ""]);
        expect((await psql(url, "CREATE TABLE mine (id int)")).code).not.toBe(0);

        const open = psql(url, "SELECT pg_sleep(45)");
        await new Promise((resolve) => setTimeout(resolve, 3000));
        const started = Date.now();
        await change("PUT", "sys/leases/revoke", { lease_id: id, sync: true });
        const ended = await open;
        expect(ended.code).not.toBe(0);
        expect(Date.now() - started).toBeLessThan(15_000);
        const after = await psql(url, "SELECT 1");
        expect(after.code).not.toBe(0);
        expect(await rolesNamed(user)).toBe("0");
    });

    const database = `psra_${SUFFIX}`;
    const asOwnerOf = async (sql: string): Promise<string> =>
        asSuperuser(of("psra-postgres"), `\\connect ${database}\n${sql}`);
    const revoke = (id: string): Promise<unknown> => change("PUT", "sys/leases/revoke", { lease_id: id, sync: true });
    const endedOrGone = async (user: string): Promise<string> =>
        asSuperuser(
            of("psra-postgres"),
            `SELECT count(*) FROM pg_roles r LEFT JOIN pg_auth_members m ON m.member = r.oid
            WHERE rolname = '${user}' AND (rolcanlogin OR m.roleid IS NOT NULL)`,
        );

    test("can neither own anything nor become the role that they are in", async () => {
        const { id, url } = await lease();
        for (const [sql, refusal] of [
            ["SELECT lo_create(0)", "permission denied for function lo_create"],
            ["ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO psra", "is for roles that may create objects"],
            ["SET ROLE psra", "permission denied to set role"],
            ["ALTER ROLE psra PASSWORD 'known'", "permission denied to alter role"],
            ["ALTER ROLE CURRENT_USER VALID UNTIL 'infinity'", "permission denied to alter role"],
        ] as const) {
            const { stderr } = await psql(url, sql);
            expect([sql, stderr]).toEqual([sql, expect.stringContaining(refusal)]);
        }
        await revoke(id);
    });

    test.each([
        ["settings of its own", "ALTER ROLE CURRENT_USER SET work_mem = '1MB'", ""],
        ["a password of its own", "ALTER ROLE CURRENT_USER PASSWORD 'known'", ""],
        ["a large object", "", "SELECT lo_create(4711); ALTER LARGE OBJECT 4711 OWNER TO"],
        ["a grant", "", "GRANT CREATE ON SCHEMA public TO"],
        ["default privileges", "", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO"],
    ])("end even with %s", async (_, own, given) => {
        const { id, user, url } = await lease();
        if (own !== "") {
            expect((await psql(url, own)).code).toBe(0);
        } else {
            await asOwnerOf(`${given} "${user}"`);
        }
        await revoke(id);
        expect(await endedOrGone(user)).toBe("0");
        for (const password of [url, url.replace(/:[^:@/]+@/, ":known@")]) {
            expect((await psql(password, "SELECT 1")).stderr).toContain("password authentication failed");
        }
        // What was given to it by hand holds the role, without any right, until the databases' script runs again.
        expect(await rolesNamed(user)).toBe(own === "" ? "1" : "0");
        if (own === "") {
            await asOwnerOf(
                `REASSIGN OWNED BY "${user}" TO psra_${SUFFIX}_owner; DROP OWNED BY "${user}"; DROP ROLE "${user}"`,
            );
            await asOwnerOf("SELECT lo_unlink(oid) FROM pg_largeobject_metadata WHERE oid = 4711");
        }
    });

    test("end while they change their own password", async () => {
        const { id, user, url } = await lease();
        const password = /:([^:@/]+)@/.exec(url)![1]!;
        const loop = Array.from({ length: 400 }, () => `ALTER ROLE CURRENT_USER PASSWORD '${password}';`).join(" ");
        const busy = psql(url, `${loop} SELECT pg_sleep(60)`);
        await new Promise((resolve) => setTimeout(resolve, 1500));
        await revoke(id);
        expect((await busy).code).not.toBe(0);
        expect(await rolesNamed(user)).toBe("0");
    });

    test("are the only ones that Vault can end", async () => {
        for (const name of ["psra", "postgres", "vault_manager", `psra_${SUFFIX}_owner`]) {
            const ended = asSuperuser(
                of("psra-postgres"),
                `SET SESSION AUTHORIZATION vault_manager; SELECT strata.end_login('${name}')`,
            );
            await expect(ended).rejects.toThrow("is no login that vault_manager has made");
        }
    });

    test("end with the token that asked for them", async () => {
        const token = await tokenFor("psra-api");
        const [answer] = await askAs("psra-api", [
            { method: "GET", path: CREDENTIALS, token },
            { method: "POST", path: "auth/token/revoke-self", token },
        ]);
        const { username } = (answer!.body as unknown as { data: { username: string } }).data;
        for (let waited = 0; waited < 20 && (await rolesNamed(username)) !== "0"; waited++) {
            await new Promise((resolve) => setTimeout(resolve, 500));
        }
        expect(await rolesNamed(username)).toBe("0");
    });

    test("are made by a role that sees no data itself", async () => {
        const sql =
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication, pg_has_role(rolname, 'psra', 'USAGE'), " +
            "pg_has_role(rolname, 'psra', 'SET') FROM pg_roles WHERE rolname = 'vault_manager'";
        expect(await asSuperuser(of("psra-postgres"), sql)).toBe("f|f|t|f|f|f|f");
    });
}
